"""Tables and the keys that they are registered under."""

from __future__ import annotations

from collections.abc import Mapping

from kitcn_repl.schema.source.values import Host, Value


class TableNames:
    """The registration keys of tables. Where nothing is registered, a name stays as it is."""

    def __init__(self, tables: Mapping[str, Value], declared: Mapping[str, str]) -> None:
        """`declared` maps names that tables are declared with to their keys."""
        self._keys: dict[int, str] = {}
        for key, table in tables.items():
            self._keys.setdefault(id(table), key)
        self._registered = frozenset(tables)
        self._declared = declared

    def of_table(self, table: Host, declared_name: str | None) -> str | None:
        """The key of a table; its declared name, if known, where it is not registered itself."""
        key = self._keys.get(id(table))
        if key is not None:
            return key
        return self.of_name(declared_name) if declared_name is not None else None

    def of_name(self, name: str) -> str:
        """The key of the table that `id('name')` means."""
        return name if name in self._registered else self._declared.get(name, name)

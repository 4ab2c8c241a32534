"""Which values of kitcn's auth tables are credentials, and how they look in human displays (design 10)."""

from __future__ import annotations

from collections.abc import Mapping

from kitcn_repl.values import JsonValue

MASK = "••••••••"

_ANYWHERE = frozenset({"password", "privateKey"})
_BY_TABLE = {"session": frozenset({"token"}), "verification": frozenset({"value"})}
# An inline query's result does not say which table a document is from; its neighbours tell.
_BY_NEIGHBOURS = {"token": frozenset({"userId", "expiresAt"}), "value": frozenset({"identifier", "expiresAt"})}


def is_credential(document: Mapping[str, JsonValue], field: str, table: str | None = None) -> bool:
    """Whether `document[field]` should not be shown. `table` is None where nothing says which table it is from."""
    value = document.get(field)
    if not isinstance(value, str) and not (isinstance(value, dict) and "$bytes" in value):
        return False
    if field in _ANYWHERE or field.endswith("Token"):
        return True
    if table is not None:
        return field in _BY_TABLE.get(table, ())
    neighbours = _BY_NEIGHBOURS.get(field)
    return neighbours is not None and neighbours <= document.keys()


def redacted(value: JsonValue) -> JsonValue:
    """`value` with every credential inside it masked."""
    if isinstance(value, list):
        return [redacted(item) for item in value]
    if isinstance(value, dict):
        return {name: MASK if is_credential(value, name) else redacted(item) for name, item in value.items()}
    return value

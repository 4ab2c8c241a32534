"""A backend's file as a `Store`: pages come straight from the file's own index entries."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from kitcn_repl.deployment.models import ComponentInfo
from kitcn_repl.offline.backend_file.counts import count_documents
from kitcn_repl.offline.backend_file.errors import BackendFileError
from kitcn_repl.offline.backend_file.file import BackendFile, View
from kitcn_repl.offline.backend_file.layout import Tablet, whole
from kitcn_repl.offline.backend_file.revisions import ID_BYTES
from kitcn_repl.offline.backend_file.views import PUBLIC_NAMES, VIEWS
from kitcn_repl.offline.store import BY_ID, Row, StoredTable
from kitcn_repl.values.export import dump_text
from kitcn_repl.values.ids import IdError, decode_id, encode_id
from kitcn_repl.values.nesting import check_nesting

_MANY_CONTAINERS: Final = 300
_MOST_DIGITS: Final = 4_300
"""Of a whole number, which Python reads no longer."""
_LONG_NUMBER: Final = re.compile(f"[0-9]{{{_MOST_DIGITS + 1}}}")
"""Documents with fewer cannot be nested so deeply that a JSON reader gives up."""


def public_name(name: str) -> str | None:
    """What apps call a table; None for a system table that they do not see."""
    return PUBLIC_NAMES.get(name) if name.startswith("_") else name


def system_name(name: str) -> str | None:
    """A system table's own name; None for the app's tables."""
    return name if name.startswith("_") else None


class BackendFileStore:
    """The tables to which `naming` gives a name: those that apps see, or the system tables as they are."""

    def __init__(self, file: BackendFile, naming: Callable[[str], str | None] = public_name) -> None:
        self._file = file
        self._naming = naming
        self._found: tuple[View, dict[str, dict[str, _Table]]] | None = None
        self._counted: tuple[View, dict[bytes, int]] | None = None

    def components(self) -> list[ComponentInfo]:
        return self._file.read(lambda view: list(view.layout.components))

    def tables(self, component: str) -> Mapping[str, StoredTable]:
        return self._file.read(
            lambda view: {name: table.stored for name, table in self._tables(view).get(component, {}).items()}
        )

    def get(self, table: StoredTable, document_id: str) -> str | None:
        return self._file.read(lambda view: self._get(view, table, document_id))

    def prepare(self, table: StoredTable, fields: tuple[str, ...]) -> None:
        """The file has its indexes already."""

    def rows(
        self,
        table: StoredTable,
        fields: tuple[str, ...],
        lower: bytes,
        upper: bytes | None,
        *,
        descending: bool,
        limit: int,
    ) -> list[Row]:
        if limit <= 0 or (upper is not None and upper <= lower):
            return []
        return self._file.read(lambda view: self._rows(view, table, fields, lower, upper, descending, limit))

    def close(self) -> None:
        self._file.close()

    def _tables(self, view: View) -> dict[str, dict[str, _Table]]:
        if self._found is None or self._found[0] is not view:
            self._found = view, {component: dict(self._tables_of(view, component)) for component in view.layout.tables}
        return self._found[1]

    def _tables_of(self, view: View, component: str) -> list[tuple[str, _Table]]:
        numbers = _public_numbers(view)
        found = []
        for tablet in view.layout.tables[component].values():
            name = self._naming(tablet.name)
            if name is not None:
                number = numbers.get(name, tablet.number)
                count = partial(self._count, component, name)
                found.append((name, _Table(StoredTable(component, name, number, count), tablet)))
        return found

    def _count(self, component: str, name: str) -> int:
        def count(view: View) -> int:
            if self._counted is None or self._counted[0] is not view:
                self._counted = view, count_documents(view.revisions)
            table = self._tables(view).get(component, {}).get(name)
            return 0 if table is None else self._counted[1].get(table.tablet.id, 0)

        return self._file.read(count)

    def _get(self, view: View, table: StoredTable, document_id: str) -> str | None:
        found = self._tables(view).get(table.component, {}).get(table.name)
        if found is None:
            return None
        identity = decode_id(document_id).internal
        text = view.revisions.document(found.tablet.id, identity)
        return None if text is None else self._shown(view, found, identity, text, is_json=None)

    def _rows(
        self,
        view: View,
        table: StoredTable,
        fields: tuple[str, ...],
        lower: bytes,
        upper: bytes | None,
        descending: bool,
        limit: int,
    ) -> list[Row]:
        found = self._tables(view).get(table.component, {}).get(table.name)
        if found is None:
            return []
        index = found.tablet.index(fields)
        if index is None:
            raise BackendFileError(
                f"{self._file.name} has no complete index on {', '.join(fields) or '_id'} of table {table.name}."
            )
        if fields == BY_ID:
            lower, upper = found.private_bound(lower), None if upper is None else found.private_bound(upper)
        entries = view.revisions.entries(index, lower, upper, descending=descending, limit=limit)
        return [
            Row(entry.key, self._shown(view, found, entry.document, entry.text, is_json=bool(entry.is_json)))
            for entry in entries
        ]

    def _shown(self, view: View, table: _Table, identity: bytes, text: str | None, *, is_json: bool | None) -> str:
        """The document's text, fit to be pasted into JSON and to be parsed."""
        if is_json is None:
            is_json = isinstance(text, str) and view.revisions.is_json(text)
        if not is_json or not isinstance(text, str) or not text.startswith("{") or not _is_sound(text):
            known = type(identity) is bytes and len(identity) == ID_BYTES
            which = encode_id(table.stored.number, identity) if known else "without an id"
            raise BackendFileError(
                f"{self._file.name} is damaged: document {which} of table {table.stored.name} cannot be read."
            )
        adapt = VIEWS.get(table.stored.name)
        if adapt is None:
            return text
        document = adapt(view, table.stored.component, json.loads(text))
        return dump_text({**document, "_id": encode_id(table.stored.number, identity)})


class _Table:
    """A table under the name and number that its users know, and where it is."""

    def __init__(self, stored: StoredTable, tablet: Tablet) -> None:
        self.stored = stored
        self.tablet = tablet

    def private_bound(self, bound: bytes) -> bytes:
        """A bound on the index by id, for a table whose documents are stored under another number than shown."""
        if self.stored.number == self.tablet.number:
            return bound
        text, terminator, rest = bound[1:].partition(b"\0")
        try:
            shown = decode_id(text.decode("latin-1"))
        except IdError:
            return bound
        if shown.table_number != self.stored.number:
            return bound
        return bound[:1] + encode_id(self.tablet.number, shown.internal).encode() + terminator + rest


def _public_numbers(view: View) -> dict[str, int]:
    """Numbers of the views where they are others than their tables': on deployments from before mid-2024."""
    numbers = {}
    for _, row in view.layout.rows(view.revisions, "", "_virtual_tables"):
        name, number = row.get("name"), whole(row.get("number"))
        if isinstance(name, str) and number is not None and number > 0:
            numbers[name] = number
    return numbers


def _is_sound(text: str) -> bool:
    if "\0" in text or (len(text) > _MOST_DIGITS and _LONG_NUMBER.search(text) is not None):
        return False
    if text.count("{") + text.count("[") < _MANY_CONTAINERS:
        return True
    try:
        check_nesting(json.loads(text))
    except (ValueError, RecursionError):
        return False
    return True

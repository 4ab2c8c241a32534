"""Which entry of a snapshot is what: components, tables and their files (offline-formats.md 2.2, 2.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from kitcn_repl.offline.snapshot.container import Container, Entry
from kitcn_repl.offline.snapshot.errors import SnapshotError, shown

TABLES: Final = "_tables"
STORAGE: Final = "_storage"

_DOCUMENTS: Final = "documents.jsonl"
_SCHEMA: Final = "generated_schema.jsonl"
_COMPONENTS: Final = "_components"
_TABLE_NAME: Final = re.compile(r"(?!_+\Z)[A-Za-z_][A-Za-z0-9_]{0,63}")
_MOST_TABLES: Final = 50_000


@dataclass(slots=True)
class TableFiles:
    """The two files of a table; either may be missing in a ZIP made by hand."""

    documents: Entry | None = None
    schema: Entry | None = None


@dataclass(slots=True)
class Layout:
    """Files by component path and table name, in the order found. `_tables` and `_storage` are among the names."""

    components: dict[str, dict[str, TableFiles]] = field(default_factory=dict)

    def entries(self) -> list[Entry]:
        return [
            entry
            for tables in self.components.values()
            for files in tables.values()
            for entry in (files.documents, files.schema)
            if entry is not None
        ]


def read_layout(container: Container) -> Layout:
    """Raises SnapshotError for names that no snapshot has, and for a ZIP that is no snapshot."""
    layout = Layout()
    found = 0
    for entry in container.entries():
        place = _place(entry.name)
        if place is None:
            continue
        component, table, kind = place
        if table.startswith("_") and table not in (TABLES, STORAGE):
            continue
        check_table_name(container.name, table)
        files = layout.components.setdefault(component, {}).setdefault(table, TableFiles())
        if getattr(files, kind) is not None:
            raise SnapshotError(f"{container.name} holds {shown(_label(component, table))}/{_file_name(kind)} twice")
        setattr(files, kind, entry)
        found += 1
        if found > 2 * _MOST_TABLES:
            raise SnapshotError(f"{container.name} holds more than {_MOST_TABLES} tables")
    if not any(files.documents for tables in layout.components.values() for files in tables.values()):
        raise SnapshotError(
            f"{container.place} is a ZIP, but not a Convex snapshot: it holds no <table>/{_DOCUMENTS}",
            hint="A snapshot is what `npx convex export` or a backup from the dashboard writes.",
        )
    container.check(layout.entries())
    _add_ancestors(layout)
    return layout


def check_table_name(file_name: str, table: str) -> None:
    if table not in (TABLES, STORAGE) and _TABLE_NAME.fullmatch(table) is None:
        raise SnapshotError(f"{file_name}: '{shown(table)}' is not a valid table name")


def _place(name: str) -> tuple[str, str, str] | None:
    *folders, file_name = name.split("/")
    kind = {_DOCUMENTS: "documents", _SCHEMA: "schema"}.get(file_name)
    if kind is None or not folders:
        return None
    *prefix, table = folders
    path: list[str] = []
    while len(prefix) >= 2 and prefix[-2] == _COMPONENTS:
        path.insert(0, prefix[-1])
        del prefix[-2:]
    return "/".join(path), table, kind


def _file_name(kind: str) -> str:
    return _DOCUMENTS if kind == "documents" else _SCHEMA


def _label(component: str, table: str) -> str:
    return f"{component}/{table}" if component else table


def _add_ancestors(layout: Layout) -> None:
    def ancestors(path: str) -> Iterable[str]:
        while path:
            path = path.rpartition("/")[0]
            yield path

    for path in list(layout.components):
        for ancestor in ancestors(path):
            layout.components.setdefault(ancestor, {})
    layout.components.setdefault("", {})

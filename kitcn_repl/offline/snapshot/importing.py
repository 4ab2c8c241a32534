"""Filling a store from a snapshot ZIP, in one pass over its tables and in constant memory."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from kitcn_repl.deployment.models import ComponentInfo
from kitcn_repl.offline.snapshot.ahead import ahead
from kitcn_repl.offline.snapshot.cache import CACHE_VARIABLE
from kitcn_repl.offline.snapshot.container import Container, Entry
from kitcn_repl.offline.snapshot.documents import TableReader
from kitcn_repl.offline.snapshot.encodings import TableEncoding, read_encoding
from kitcn_repl.offline.snapshot.errors import SnapshotError, shown
from kitcn_repl.offline.snapshot.layout import STORAGE, TABLES, Layout, TableFiles, check_table_name
from kitcn_repl.offline.snapshot.lines import blocks
from kitcn_repl.offline.snapshot.progress import ImportProgress
from kitcn_repl.offline.snapshot.storage import StorageMetadata
from kitcn_repl.offline.store.sqlite import next_table_number
from kitcn_repl.offline.store.writer import DuplicateIdError, StoreWriter, TableWriter
from kitcn_repl.values.ids import IdError, decode_id, encode_id

_STORAGE_NUMBER: Final = 540
_COMPONENTS_NUMBER: Final = 544
_OTHER_FOLDER: Final = f"Set {CACHE_VARIABLE} to a folder on a larger disk."
_DISK_FACTOR: Final = 1.4
"""Store and index bytes per byte of document text, with some to spare."""


def import_snapshot(
    container: Container,
    layout: Layout,
    target: Path,
    import_time: float,
    progress: Callable[[ImportProgress], None] | None,
) -> None:
    """Write the store file `target`. Raises SnapshotError; what `progress` raises ends the import too."""
    _Import(container, layout, import_time, progress).run(target)


class _Import:
    def __init__(
        self,
        container: Container,
        layout: Layout,
        import_time: float,
        progress: Callable[[ImportProgress], None] | None,
    ) -> None:
        self._container = container
        self._layout = layout
        self._import_time = import_time
        self._progress = progress
        self._bytes_total = sum(
            files.documents.size
            for tables in layout.components.values()
            for name, files in tables.items()
            if files.documents is not None and name != TABLES
        )
        self._bytes_done = 0
        self._documents = 0

    def run(self, target: Path) -> None:
        self._check_space(target.parent)
        writer = StoreWriter(target)
        try:
            for path, tables in sorted(self._layout.components.items()):
                writer.add_component(
                    ComponentInfo(id=_component_id(path), path=path, name=path.rpartition("/")[2] if path else None)
                )
                numbers = self._numbers(path, tables)
                for name, number in numbers.items():
                    self._import_table(writer, path, name, number, tables.get(name, TableFiles()))
            writer.finish().close()
        except sqlite3.OperationalError as error:
            raise SnapshotError(
                f"Cannot write to the cache folder {target.parent}: {error}", hint=_OTHER_FOLDER
            ) from None
        finally:
            writer.abort()

    def _check_space(self, folder: Path) -> None:
        needed = int(self._bytes_total * _DISK_FACTOR)
        free = shutil.disk_usage(folder).free
        if needed > free:
            raise SnapshotError(
                f"{self._container.name} needs about {needed >> 20} MiB in {folder}, where {free >> 20} MiB are free",
                hint=_OTHER_FOLDER,
            )

    def _numbers(self, component: str, tables: dict[str, TableFiles]) -> dict[str, int]:
        """Numbers by table: from `_tables`, else from the first document's id, else the next free one."""
        listed = tables.get(TABLES)
        numbers = self._listed_numbers(listed.documents) if listed and listed.documents else {}
        unnumbered: list[str] = []
        for name, files in tables.items():
            if name in numbers or name == TABLES:
                continue
            number = self._number_of_first_id(files.documents) if files.documents else None
            if number is not None:
                numbers[name] = number
            elif name == STORAGE:
                numbers[name] = _STORAGE_NUMBER
            else:
                unnumbered.append(name)
        for name in unnumbered:
            numbers[name] = next_table_number(set(numbers.values()))
        by_number: dict[int, str] = {}
        for name, number in numbers.items():
            other = by_number.setdefault(number, name)
            if other != name:
                where = f" of component '{shown(component)}'" if component else ""
                raise SnapshotError(
                    f"{self._container.name}: the tables {other!r} and {name!r}{where} both have the number {number}"
                )
        return numbers

    def _listed_numbers(self, entry: Entry) -> dict[str, int]:
        label = self._label(entry)
        numbers: dict[str, int] = {}
        for number_of_line, line in self._lines(entry):
            try:
                listed = json.loads(line)
                name, number = listed["name"], listed["id"]
            except (ValueError, KeyError, TypeError, RecursionError):
                name = number = None
            is_number = isinstance(number, int | float) and 0 < number < 1 << 32 and number == int(number)
            if not isinstance(name, str) or not is_number:
                raise SnapshotError(f'{label} line {number_of_line}: expected {{"name":…,"id":…}}')
            if name.startswith("_"):
                continue
            check_table_name(self._container.name, name)
            if numbers.setdefault(name, int(number)) != number:
                raise SnapshotError(f"{label} line {number_of_line}: the table {name!r} is listed twice")
        return numbers

    def _number_of_first_id(self, entry: Entry) -> int | None:
        for _, line in self._lines(entry):
            try:
                return decode_id(json.loads(line)["_id"]).table_number
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError, IdError):
                return None  # the import proper says what is wrong with it
        return None

    def _lines(self, entry: Entry) -> Iterator[tuple[int, str]]:
        for block in blocks(self._container.read(entry), self._label(entry)):
            yield from enumerate(block.lines, block.first)

    def _import_table(self, writer: StoreWriter, component: str, name: str, number: int, files: TableFiles) -> None:
        encoding = StorageMetadata() if name == STORAGE else read_encoding(self._container, files.schema)
        try:
            table = writer.add_table(component, name, number, encoding.stored)
            if files.documents is not None:
                self._import_documents(writer, table, number, files.documents, encoding)
        finally:
            encoding.close()

    def _import_documents(
        self, writer: StoreWriter, table: TableWriter, number: int, entry: Entry, encoding: TableEncoding
    ) -> None:
        label = self._label(entry)
        reader = TableReader(label, table.name, number, encoding, self._import_time)
        with closing(ahead(map(reader.read, blocks(self._container.read(entry), label)))) as batches:
            for batch in batches:
                writer.add_rows(table, batch.rows)
                self._bytes_done += batch.bytes_read
                self._documents += len(batch.rows.ids)
                self._report(table.name)
        if reader.is_encoded:
            table.encoding = "encoded"  # nothing to convert when a document is read
        try:
            writer.index_table(table)
        except DuplicateIdError as error:
            raise SnapshotError(
                f"{label} line {error.lines[1]}: the id {error.document_id} is that of line {error.lines[0]} too"
            ) from None

    def _report(self, table: str) -> None:
        if self._progress is not None:
            done = min(self._bytes_done, self._bytes_total)
            self._progress(ImportProgress(done, self._bytes_total, self._documents, table))

    def _label(self, entry: Entry) -> str:
        return f"{self._container.name}: {shown(entry.name)}"


def _component_id(path: str) -> str:
    """An id for a component whose real one is not in the snapshot: always the same for a path."""
    return encode_id(_COMPONENTS_NUMBER, hashlib.sha256(b"component " + path.encode()).digest()[:16])

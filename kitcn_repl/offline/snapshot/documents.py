"""From lines to rows: everything that must be true of a document before it is stored.

Lines are looked at in blocks, by functions that run in C; only a block with something odd in it is gone through line
by line, to name the culprit or to put right what hand-made files may lack (offline-formats.md 3).
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple

from pydantic_core import SchemaValidator, core_schema, from_json

from kitcn_repl.offline.snapshot.bulk_ids import all_ids_of
from kitcn_repl.offline.snapshot.encodings import TableEncoding
from kitcn_repl.offline.snapshot.errors import SnapshotError, shown
from kitcn_repl.offline.snapshot.lines import Block
from kitcn_repl.offline.snapshot.squeeze import may_have_integers, may_have_odd_numbers, squeeze
from kitcn_repl.offline.store.bounds import creation_rank
from kitcn_repl.offline.store.writer import Rows
from kitcn_repl.values import JsonObject
from kitcn_repl.values.export import dump_text
from kitcn_repl.values.ids import IdError, decode_id, encode_id

_parse: Final = partial(from_json, allow_inf_nan=False, cache_strings="keys")

# Checks all of the JSON, but makes Python objects of two fields only; lets NaN and Infinity pass.
_parse_two_fields: Final = SchemaValidator(
    core_schema.typed_dict_schema(
        {
            "_id": core_schema.typed_dict_field(core_schema.str_schema(strict=True)),
            "_creationTime": core_schema.typed_dict_field(core_schema.any_schema()),
        }
    )
).validate_json
_BEYOND_DOUBLES: Final = 2**1023
_NUMBERS: Final = ({float}, {int}, {float, int})


class Batch(NamedTuple):
    """Rows to store, and how many bytes of the file they were."""

    rows: Rows
    bytes_read: int


@dataclass(slots=True)
class TableReader:
    """Reads the lines of one table. `label` begins every message; `import_time` (ms) is for documents without one.

    `is_encoded`: all texts read so far, whatever the table's encoding, mean the same as encoded JSON.
    """

    label: str
    table: str
    number: int
    encoding: TableEncoding
    import_time: float
    is_encoded: bool = True

    def read(self, block: Block) -> Batch:
        """Raises SnapshotError that names the line."""
        lines = block.lines
        found = self._quick(block)
        if found is None:
            self.is_encoded = self.is_encoded and self.encoding.stored == "encoded"
            return Batch(self._careful(block), block.size)
        ids, ranks = found
        size = block.size - len(lines)
        if self.encoding.converts:
            lines = [
                self._converted(number, document_id, line)
                for number, (document_id, line) in enumerate(zip(ids, lines, strict=True), block.first)
            ]
            size = _bytes(lines)
        is_suspect = self.encoding.is_suspect(block.text)
        if is_suspect:
            for number, line in enumerate(block.lines, block.first):
                self._check(number, line)
        if self.is_encoded and self.encoding.stored != "encoded":
            self.is_encoded = not is_suspect and not _has_integers(block)
        return Batch(Rows(ids, ranks, lines, size), block.size)

    def _quick(self, block: Block) -> tuple[list[str], Sequence[int]] | None:
        """Ids and creation ranks, or None when some line needs a closer look."""
        parse = _parse if may_have_odd_numbers(block.squeezed) else _parse_two_fields
        try:
            documents: list[Any] = list(map(parse, block.lines))
            ids = [document["_id"] for document in documents]
            times = [document["_creationTime"] for document in documents]
        except (ValueError, KeyError, TypeError):
            return None
        if {*map(type, documents)} != {dict} or {*map(type, ids)} != {str} or not all_ids_of(self.number, ids):
            return None
        kinds = {*map(type, times)}
        if kinds not in (_NUMBERS if self.encoding.stored == "encoded" else _NUMBERS[:1]):
            return None
        try:
            ranks = array("q", array("d", times).tobytes())
        except OverflowError:  # a whole number that is no double
            return None
        # For a negative time the bits do not order like the number.
        return ids, list(map(creation_rank, times)) if min(ranks) < 0 else ranks

    def _careful(self, block: Block) -> Rows:
        rows = [self._row(number, line) for number, line in enumerate(block.lines, block.first)]
        ids, ranks, texts = zip(*rows, strict=True)
        return Rows(ids, ranks, texts, _bytes(texts))

    def _row(self, number: int, line: str) -> tuple[str, int, str]:
        document = self._object(number, line)
        self._check(number, line)
        changed = "_id" not in document
        document_id = document.setdefault("_id", _invented_id(self.number, self.table, number))
        if not isinstance(document_id, str):
            raise self._bad(number, '"_id" is not a string')
        self._check_id(number, document_id)
        time = document.get("_creationTime")
        is_float = type(time) is float or (
            type(time) is int and self.encoding.stored == "encoded" and abs(time) < _BEYOND_DOUBLES
        )
        if not is_float:
            # As the backend's own import does.
            document["_creationTime"] = time = self.import_time
            changed = True
        rank = creation_rank(float(time))  # type: ignore[arg-type]
        text = dump_text(document) if changed else line
        return document_id, rank, self._converted(number, document_id, text)

    def _object(self, number: int, line: str) -> JsonObject:
        if not line.strip():
            raise self._bad(number, "the line is blank")
        try:
            _parse(line)
            # Once more, since a number is written back the way it was only from what this gives.
            document = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self._bad(number, f"not valid JSON: {_reason(error)}") from None
        if not isinstance(document, dict):
            raise self._bad(number, "not a JSON object")
        return document

    def _check_id(self, number: int, document_id: str) -> None:
        try:
            decoded = decode_id(document_id)
        except IdError as error:
            raise self._bad(number, f"{error} in '{shown(document_id, 50)}'") from None
        if decoded.table_number != self.number:
            raise self._bad(
                number,
                f"the id {document_id} belongs to table number {decoded.table_number}, "
                f"but {self.table!r} has the number {self.number}",
            )

    def _check(self, number: int, line: str) -> None:
        if self.encoding.is_suspect(line):
            try:
                self.encoding.check(line)
            except (ValueError, RecursionError) as error:
                raise self._bad(number, _reason(error)) from None

    def _converted(self, number: int, document_id: str, line: str) -> str:
        if not self.encoding.converts:
            return line
        try:
            return self.encoding.converted(document_id, line)
        except (ValueError, RecursionError) as error:
            raise self._bad(number, _reason(error)) from None

    def _bad(self, number: int, why: str) -> SnapshotError:
        return SnapshotError(f"{self.label} line {number}: {why}")


def _has_integers(block: Block) -> bool:
    if not may_have_integers(block.squeezed, block.text):
        return False
    # Some string in the block looks like an integer token, as in "at 10:30, room 5", or there is one.
    integers: list[str] = []
    for line in block.lines:
        if may_have_integers(squeeze(line.encode()), line):
            json.loads(line, parse_int=integers.append)
            if integers:
                return True
    return False


def _bytes(texts: Iterable[str]) -> int:
    return sum(len(text.encode()) for text in texts)


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    # The line is known better here than by the parser, which saw one line only.
    return shown(str(error).replace(" at line 1 column ", " at column "))


def _invented_id(table_number: int, table: str, line: int) -> str:
    return encode_id(table_number, hashlib.sha256(f"{table} {line}".encode()).digest()[:14] + bytes(2))

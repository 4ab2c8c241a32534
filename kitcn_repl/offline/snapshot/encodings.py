"""How the documents of one table are written, from its `generated_schema.jsonl` (offline-formats.md 2.5)."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Final

from pydantic_core import from_json, to_json

from kitcn_repl.offline.snapshot.container import Container, Entry
from kitcn_repl.offline.snapshot.errors import SnapshotError
from kitcn_repl.offline.snapshot.legacy import Decoder, decoder_for
from kitcn_repl.offline.snapshot.lines import blocks
from kitcn_repl.offline.snapshot.shape_text import ShapeTextError, parse_shape
from kitcn_repl.offline.store.format import Encoding
from kitcn_repl.values import JsonValue
from kitcn_repl.values.codec import decode
from kitcn_repl.values.export import export_to_encoded_text

_UNIFORM: Final = "uniform"
_DOLLAR_KEY: Final = re.compile(r'[{,][ \t]*"(?:\$|\\u0024)')


class TableEncoding:
    """Subclasses say what a line has to become before it is stored, in which encoding it then is."""

    stored: Encoding = "encoded"
    converts: bool = False
    """Whether every line goes through `converted`; else only those are looked at that `is_suspect`."""

    def is_suspect(self, text: str) -> bool:
        """Whether the text, of one line or of many, may hold a key with `$`. Never wrong in saying no."""
        # One byte is found ten times faster than several.
        likely = ("$" in text and '"$' in text) or ("\\" in text and "\\u0024" in text)
        return likely and _DOLLAR_KEY.search(text) is not None

    def check(self, line: str) -> None:
        """Raises ValueError when a suspect line means nothing."""

    def converted(self, document_id: str, line: str) -> str:
        return line

    def close(self) -> None:
        """Frees what the encoding holds."""


class Uniform(TableEncoding):
    """The encoding since March 2026, stored as it is."""

    stored = "export"

    def check(self, line: str) -> None:
        decode(json.loads(export_to_encoded_text(line)))


class Plain(TableEncoding):
    """JSON that means the same in encoded form: no schema file, or a shape without a lossy type."""

    def check(self, line: str) -> None:
        _refuse_dollar_keys(json.loads(line))


class Legacy(Plain):
    """The encoding until March 2026, for a table with types that JSON lacks. `hints` is None without hint lines."""

    converts = True

    def __init__(self, decoder: Decoder, hints: sqlite3.Connection | None) -> None:
        self._decoder = decoder
        self._hints = hints

    def converted(self, document_id: str, line: str) -> str:
        document: JsonValue = from_json(line)
        hint: JsonValue = None
        if self._hints is not None:
            found = self._hints.execute("SELECT hint FROM hints WHERE id = ?", (document_id,)).fetchone()
            hint = None if found is None else json.loads(found[0])
        return to_json(self._decoder.decode(document, hint)).decode()

    def close(self) -> None:
        if self._hints is not None:
            self._hints.close()


def read_encoding(container: Container, schema: Entry | None) -> TableEncoding:
    """Raises SnapshotError for a schema file that does not parse."""
    if schema is None:
        return Plain()
    label = f"{container.name}: {schema.name}"
    decoder: Decoder | None = None
    hints: sqlite3.Connection | None = None
    try:
        for block in blocks(container.read(schema), label):
            lines = block.lines
            if block.first == 1:
                shape = _json_line(label, 1, lines[0])
                if not isinstance(shape, str):
                    raise SnapshotError(f"{label} line 1: a JSON string that describes the table was expected")
                if shape != _UNIFORM:
                    decoder = _decoder(label, shape)
                lines = lines[1:]
            if not lines or decoder is None:
                continue
            if hints is None:
                hints = _hint_table()
            first = block.first + len(block.lines) - len(lines)
            hints.executemany(
                "INSERT OR REPLACE INTO hints VALUES (?, ?)",
                (_hint_line(label, number, line) for number, line in enumerate(lines, first)),
            )
    except BaseException:
        if hints is not None:
            hints.close()
        raise
    if decoder is None:
        # An empty schema file says as little as none.
        return Uniform() if schema.size else Plain()
    return Plain() if decoder.faithful and hints is None else Legacy(decoder, hints)


def _decoder(label: str, shape: str) -> Decoder:
    try:
        return decoder_for(parse_shape(shape))
    except ShapeTextError as error:
        raise SnapshotError(f"{label} line 1: not a shape as exports have it, {error}") from None
    except ValueError as error:
        raise SnapshotError(f"{label} line 1: the shape is {error}") from None


def _hint_table() -> sqlite3.Connection:
    """A private database in a temporary file: a table can have a hint for each of its documents."""
    connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("CREATE TABLE hints (id TEXT PRIMARY KEY, hint TEXT NOT NULL) WITHOUT ROWID")
    return connection


def _hint_line(label: str, number: int, line: str) -> tuple[str, str]:
    hint = _json_line(label, number, line)
    if not isinstance(hint, dict) or len(hint) != 1:
        raise SnapshotError(f"{label} line {number}: an object with one document id was expected")
    ((document_id, tree),) = hint.items()
    return document_id, json.dumps(tree)


def _json_line(label: str, number: int, line: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(line)
    except (ValueError, RecursionError):
        raise SnapshotError(f"{label} line {number}: not valid JSON") from None
    return value


def _refuse_dollar_keys(value: JsonValue) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name.startswith("$"):
                raise ValueError("a field name starts with '$'")
            _refuse_dollar_keys(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_dollar_keys(inner)

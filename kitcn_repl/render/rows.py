"""Rows in the machine formats, each exact: JSON, JSON lines, CSV, Markdown, and the genuine CLI's own display form.

CSV is RFC 4180 with CRLF. A text that starts with `=` stays as it is: changing data to please a spreadsheet would be a
lie to every other reader. Import it there as text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.javascript import display, stringify

_MARKDOWN_ACTIVE = re.compile(r"[\\`*\[\]<>|~&#]")
_PLAIN_NAME = re.compile(r"\w*[^\W_]\Z")
_SYSTEM_FIELDS = ("_id", "_creationTime")


def columns_of(rows: Iterable[JsonObject]) -> list[str]:
    """Every field that occurs: `_id` and `_creationTime` first if any row has them, then by name."""
    names = {name for row in rows for name in row}
    return [name for name in _SYSTEM_FIELDS if name in names] + sorted(names.difference(_SYSTEM_FIELDS))


class RowStream:
    """Rows one by one, as a text that begins, separates and ends them; `empty` stands for no rows at all."""

    def __init__(
        self, write: Callable[[JsonValue], str], opening: str, separator: str, closing: str, empty: str
    ) -> None:
        self._write = write
        self._opening = opening
        self._separator = separator
        self._closing = closing
        self._empty = empty
        self._started = False

    def row(self, row: JsonValue) -> str:
        before = self._separator if self._started else self._opening
        self._started = True
        return before + self._write(row)

    def end(self) -> str:
        return self._closing if self._started else self._empty


def _indented(row: JsonValue) -> str:
    return "  " + stringify(row, 2).replace("\n", "\n  ")


def json_stream() -> RowStream:
    """A valid JSON array, indented by two, of encoded values."""
    return RowStream(_indented, "[\n", ",\n", "\n]\n", "[]\n")


def json_lines_stream() -> RowStream:
    """One valid JSON text per line."""
    return RowStream(lambda row: stringify(row, None), "", "\n", "\n", "")


def display_array_stream() -> RowStream:
    """What the genuine CLI prints for `--format jsonArray`; not JSON for int64, bytes and special floats."""
    return RowStream(display, "[\n", ",\n", "\n]\n", "")


def display_lines_stream() -> RowStream:
    """What the genuine CLI prints for `--format jsonLines`."""
    return RowStream(display, "", "\n", "\n", "")


STREAMS: Mapping[str, Callable[[], RowStream]] = {
    "json": json_stream,
    "jsonl": json_lines_stream,
    "jsonArray": display_array_stream,
    "jsonLines": display_lines_stream,
}
"""The formats that need no look ahead, so that a table of any size passes through."""


def streamed(format_: str, rows: Iterable[JsonValue]) -> str:
    """All rows in one of the formats of `STREAMS`."""
    texts = STREAMS[format_]()
    return "".join(map(texts.row, rows)) + texts.end()


def as_csv(rows: Sequence[JsonObject], columns: Sequence[str] | None = None) -> str:
    """A header and one record per row. Strings are bare, other values JSON, missing fields empty."""
    names = columns_of(rows) if columns is None else list(columns)
    if not names:
        return ""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_bare(row[name]) if name in row else "" for name in names])
    return buffer.getvalue()


def as_markdown(rows: Sequence[JsonObject], columns: Sequence[str] | None = None) -> str:
    """A GitHub table; whatever Markdown or HTML would act on is escaped, newlines become `<br>`."""
    names = columns_of(rows) if columns is None else list(columns)
    if not names:
        return ""
    lines = [
        "| " + " | ".join(_markdown(name) for name in names) + " |",
        "|" + "|".join(" --- " for _ in names) + "|",
    ]
    lines += [
        "| " + " | ".join(_markdown(_bare(row[name])) if name in row else "" for name in names) + " |" for row in rows
    ]
    return "\n".join(lines) + "\n"


def as_display_table(rows: Sequence[JsonObject]) -> str:
    """What the genuine CLI prints for `--format pretty` on a pipe. Widths count UTF-16 units and ignore the header."""
    printed = [{name: display(value) for name, value in row.items()} for row in rows]
    widths: dict[str, int] = {}
    for cells in printed:
        for name, text in cells.items():
            widths[name] = max(widths.get(name, 0), _utf16_length(text))
    names = list(dict.fromkeys((*_SYSTEM_FIELDS, *sorted(widths, key=_utf16_key))))
    lines = [
        " | ".join(_pad(name, widths.get(name, 0)) for name in names),
        "-|-".join("-" * widths.get(name, 0) for name in names),
    ]
    lines += [" | ".join(_pad(cells.get(name, ""), widths.get(name, 0)) for name in names) for cells in printed]
    return "\n".join(lines) + "\n"


def rows_of(value: JsonValue) -> Iterator[JsonObject]:
    """A result as rows: the objects of a list, or the one value; what is no object becomes a row with a `value`."""
    from kitcn_repl.render.value import as_object

    for item in value if isinstance(value, list) else [value]:
        row = as_object(item)
        yield {"value": item} if row is None else row


def _bare(value: JsonValue) -> str:
    return value if isinstance(value, str) else stringify(value, None)


def _markdown(text: str) -> str:
    escaped = _MARKDOWN_ACTIVE.sub(_escape, text)
    if not _PLAIN_NAME.match(text):
        escaped = escaped.replace("_", "\\_")
    return re.sub(r"\r\n?|\n", "<br>", escaped)


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    return {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(char, "\\" + char)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _utf16_length(text))


def _utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _utf16_key(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")

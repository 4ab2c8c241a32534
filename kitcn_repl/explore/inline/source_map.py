"""Where the user's text lies in a generated module, told to servers as a source map (version 3).

Consumers disagree about where counting starts. The specification counts lines and columns from 0. Convex's backend
looks positions up as V8 gives them, from 1, and prints what it finds as it is. The user's text therefore keeps its
columns in the generated module, and each row of the map holds segments for both readings: the difference between a
generated and an original position is the same in either, so both arrive at the user's own line and column.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LINE_END = re.compile("\r\n|[\n\r\u2028\u2029]")
_WORD = re.compile(r"[\w$]+|[^\s\w$]")

SOURCE_NAME = "query"
"""What the user's text is called in stack frames."""


def split_lines(text: str) -> list[str]:
    """Lines as V8 counts them."""
    return _LINE_END.split(text)


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def vlq(number: int) -> str:
    rest = -number << 1 | 1 if number < 0 else number << 1
    digits = ""
    while True:
        rest, digit = rest >> 5, rest & 31
        digits += _DIGITS[digit | 32 if rest else digit]
        if not rest:
            return digits


def encode_mappings(rows: Iterable[Sequence[tuple[int, int, int]]]) -> str:
    """`rows[i]` are the segments of generated line i: (generated column, original line, original column), sorted."""
    lines: list[str] = []
    line = column = 0
    is_first = True
    for row in rows:
        generated = 0
        segments: list[str] = []
        for at, to_line, to_column in row:
            # The second number is the source's index: there is only one.
            segments.append(vlq(at - generated) + "A" + vlq(to_line - line) + vlq(to_column - column))
            generated, line, column = at, to_line, to_column
            is_first = False
        lines.append(",".join(segments))
    return "" if is_first else ";".join(lines)


def source_map(text: str, generated: Sequence[tuple[int, int, str]]) -> str:
    """The map for a module in which the user's text stands at unchanged columns.

    `generated`: (line in the module, line in the text, both from 1; the characters of that line up to its end, blanks
    in place of what stands elsewhere), in the order of the module.
    """
    rows: dict[int, dict[int, tuple[int, int]]] = {}
    for module_line, line, content in generated:
        starts = [utf16_length(content[: word.start()]) for word in _WORD.finditer(content)]
        as_v8 = rows.setdefault(module_line, {})
        for start in starts:
            as_v8.setdefault(start + 1, (line, start + 1))
    for module_line, line, content in generated:
        starts = [utf16_length(content[: word.start()]) for word in _WORD.finditer(content)]
        as_specified = rows.setdefault(module_line - 1, {})
        as_specified.setdefault(0, (line - 1, 0))
        for start in starts:
            as_specified[start] = (line - 1, start)
    height = max(rows, default=-1) + 1
    ordered = [[(at, *target) for at, target in sorted(rows.get(row, {}).items())] for row in range(height)]
    return json.dumps(
        {
            "version": 3,
            "file": "testQuery.js",
            "sources": [SOURCE_NAME],
            # Servers quote the line of an import that they cannot resolve from here, and fail where it is missing.
            "sourcesContent": [text],
            "names": [],
            "mappings": encode_mappings(ordered),
        },
        separators=(",", ":"),
    )

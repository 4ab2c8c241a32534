"""Source maps (version 3), as far as stack frames need them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from kitcn_repl.values import JsonValue

_DIGITS = {char: value for value, char in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")}

_Segment = tuple[int, int, int, int]
"""Generated column, source number, original line, original column; all from 0."""


@dataclass(frozen=True, slots=True)
class SourceMap:
    sources: list[str]
    lines: list[list[_Segment]]

    @staticmethod
    def parse(document: JsonValue) -> SourceMap:
        """Raises ValueError for what is no source map."""
        if not isinstance(document, dict):
            raise ValueError("a source map is an object")
        sources, mappings = document.get("sources"), document.get("mappings")
        if not isinstance(sources, list) or not isinstance(mappings, str):
            raise ValueError("a source map has sources and mappings")
        return SourceMap([str(source) for source in sources], _decode(mappings))

    def original(self, line: int, column: int) -> tuple[str, int, int] | None:
        """Source, line and column (from 1) of a generated position (from 1)."""
        if not 1 <= line <= len(self.lines):
            return None
        segments = self.lines[line - 1]
        found = bisect_right(segments, column - 1, key=lambda segment: segment[0]) - 1
        if found < 0:
            return None
        _, source, original_line, original_column = segments[found]
        if not 0 <= source < len(self.sources):
            return None
        return self.sources[source], original_line + 1, original_column + 1


def _decode(mappings: str) -> list[list[_Segment]]:
    source = line = column = 0
    lines = []
    for group in mappings.split(";"):
        generated = 0
        segments = []
        for text in group.split(","):
            numbers = _numbers(text)
            if not numbers:
                continue
            generated += numbers[0]
            if len(numbers) >= 4:
                source, line, column = source + numbers[1], line + numbers[2], column + numbers[3]
                segments.append((generated, source, line, column))
        lines.append(sorted(segments))
    return lines


def _numbers(text: str) -> list[int]:
    """Base64 VLQ."""
    numbers = []
    value = shift = 0
    for char in text:
        digit = _DIGITS.get(char)
        if digit is None:
            raise ValueError("malformed mappings")
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            numbers.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return numbers

"""The document as the JSON text that Convex has of it, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kitcn_repl.render.text import visible
from kitcn_repl.values import JsonObject
from kitcn_repl.values.javascript import stringify
from kitcn_tui.outline.rows import Look, Row, Span

_LINE = re.compile(r'(?P<indent> *)(?P<key>"(?:[^"\\]|\\.)*": )?(?P<value>.*?)(?P<comma>,?)\Z', re.DOTALL)
_SHOWN = 2000


class JsonLine(Row):
    """A line of JSON."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def left(self, width: int) -> Iterator[Span]:
        match = _LINE.match(self.text[:_SHOWN])
        if match is None:
            yield Span(visible(self.text[:_SHOWN]))
            return
        yield Span(match["indent"])
        if match["key"]:
            yield Span(visible(match["key"]), "key")
        yield Span(visible(match["value"]), _look(match["value"]))
        yield Span(match["comma"], "muted")


def _look(value: str) -> Look:
    if value.startswith('"'):
        return "string"
    if value in ("true", "false", "null"):
        return "constant"
    return "muted" if value[:1] in "{}[]" else "number"


def json_lines(document: JsonObject) -> list[JsonLine]:
    """Encoded JSON, indented by two."""
    return [JsonLine(line) for line in stringify(document, 2).split("\n")]

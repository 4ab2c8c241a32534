"""Log entries as lines, in the genuine CLI's words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kitcn_repl.explore.logs.entry import LogEntry, Said
from kitcn_repl.render.local_time import LocalTime
from kitcn_repl.render.style import Style
from kitcn_repl.render.text import visible, visible_lines

_SURROGATES = re.compile("[\ud800-\udfff]")
_LEVEL_COLOURS = {"ERROR": "red", "WARN": "yellow", "DEBUG": "dim"}


class LogLines:
    """Without a terminal the text is exact. On one it is safe to show, and no message can look like the next line."""

    def __init__(self, style: Style, times: LocalTime, *, is_terminal: bool) -> None:
        self._style = style
        self._times = times
        self._is_terminal = is_terminal

    def text(self, entry: LogEntry, said: Iterable[Said]) -> str:
        """Lines of text, each with its end."""
        return "".join(f"{self._line(entry, each)}\n" for each in said)

    def _line(self, entry: LogEntry, said: Said) -> str:
        style = self._style
        origin = f"[CONVEX {self._one_line(entry.udf_type[:1])}({self._one_line(entry.identifier)})]"
        if said.kind == "garbled":
            return style.red(f"{origin} {said.text}")
        start = f"{self._times.text(said.time)} {origin}"
        text = self._message(said.text)
        if said.kind == "error":
            return style.red(f"{start} {text}")
        if said.kind == "success":
            return style.green(f"{start} {text}")
        level = f"[{self._one_line(said.level)}]"
        if said.level in _LEVEL_COLOURS:
            return f"{style.cyan(start)} {getattr(style, _LEVEL_COLOURS[said.level])(level)} {text}"
        return f"{style.cyan(f'{start} {level}')} {text}"

    def _one_line(self, text: str) -> str:
        return visible(text) if self._is_terminal else _well_formed(text)

    def _message(self, text: str) -> str:
        if not self._is_terminal:
            return _well_formed(text)
        return visible_lines(text.replace("\r\n", "\n")).replace("\n", "\n    ")


def _well_formed(text: str) -> str:
    """With half surrogate pairs as Node writes them."""
    return _SURROGATES.sub("\ufffd", text)

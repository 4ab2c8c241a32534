"""The lines of the log, as many as are kept: one row each, or wrapped."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.geometry import Size
from textual.reactive import reactive

from kitcn_repl.explore.logs.kept import Line, PackedLine
from kitcn_repl.render.quantity import byte_size, counted, duration
from kitcn_repl.render.text import visible, visible_lines
from kitcn_tui.widgets.line_list import LineList, Part, cut, fit

_LEVELS: dict[str, tuple[str, str]] = {
    "DEBUG": ("debug", "muted"),
    "LOG": ("log", "muted"),
    "INFO": ("info", "accent"),
    "WARN": ("WARN", "warning"),
    "ERROR": ("ERROR", "error"),
}
_OUTCOMES = {"ok": ("ok", "good"), "failed": ("FAILED", "error"), "retried": ("retry", "warning")}
_LEVEL_CELLS = 6
_STEP = 16
_BREAK = " ⏎ "
_MOST_ROWS = 30
"""Rows of one line when wrapped; its entry has the rest."""
_SLICE = 2000
"""Lines whose height is worked out at a time."""


class LogLines(LineList):
    """Shows `lines`, which whoever fills it may append to and cut at the beginning."""

    DEFAULT_CSS = """
    LogLines { min-width: 30; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = set()

    wraps: reactive[bool] = reactive(False, init=False)
    sideways: reactive[int] = reactive(0)
    """Cells that the texts are scrolled by."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[PackedLine] = []
        self._tops: list[int] | None = None
        """Where each line begins when wrapped, and where the last one ends; None while it is not known."""
        self._last_rows: tuple[PackedLine, int, list[str]] | None = None

    @property
    def count(self) -> int:
        return len(self.lines)

    @property
    def current(self) -> Line | None:
        return Line(self.lines[self.cursor]) if self.cursor < len(self.lines) else None

    @property
    def is_at_end(self) -> bool:
        """Whether the cursor is on the last line, or there is none."""
        return self.cursor >= len(self.lines) - 1

    def show_lines(self, lines: list[PackedLine], *, cursor: int) -> None:
        """Others than before."""
        self.lines = lines
        self.set_reactive(LogLines.cursor, max(0, min(cursor, len(lines) - 1)))
        self._tops = None
        self._lay_out()
        self.show_cursor()
        self.refresh()

    def append(self, lines: Sequence[PackedLine]) -> None:
        """Show more; the cursor stays with the end if it was there, else everything stays in its place."""
        follows = self.is_at_end
        self.lines += lines
        if self._tops is not None:
            room = self.text_room
            for line in lines:
                self._tops.append(self._tops[-1] + self._height(line, room))
        self._measure()
        if follows and lines:
            self.move_to(len(self.lines) - 1)
        self.refresh()

    def drop(self, number: int) -> None:
        """Forget so many of the oldest lines; what is looked at stays where it is."""
        if not number:
            return
        rows = self.top_of(min(number, self.count - 1)) if number < self.count else self.height_of_all
        at = self.scroll_offset.y
        del self.lines[:number]
        if self._tops is not None:
            del self._tops[:number]
        self.set_reactive(LogLines.cursor, max(0, self.cursor - number))
        self._measure()
        self.scroll_to(y=max(0, at - rows), animate=False, force=True, immediate=True)

    # The shape of a row.

    @property
    def text_room(self) -> int:
        """Cells for the text."""
        return _text_room(self.room)

    def parts(self, index: int, width: int) -> Sequence[Part]:
        return self.parts_of_line(index, 0, width)

    def parts_of_line(self, index: int, line: int, width: int) -> Sequence[Part]:
        packed = self.lines[index]
        one = Line(packed)
        text, tone = self._text(one)
        if self._tops is not None:
            rows = self._rows(packed, text, _text_room(width))
            # What is known of its height may be of another width still.
            row = rows[line] if line < len(rows) else ""
            return [*self._head(one, width), (row, tone)] if line == 0 else [(" " * _head_cells(width) + row, tone)]
        return [*self._head(one, width), (_window(text, self.sideways, _text_room(width)), tone)]

    def _rows(self, line: PackedLine, text: str, room: int) -> list[str]:
        """Of one line at a time, since its rows are asked for one after the other."""
        known = self._last_rows
        if known is None or known[0] is not line or known[1] != room:
            known = self._last_rows = line, room, _rows(text, room)
        return known[2]

    def _head(self, line: Line, width: int) -> list[Part]:
        word, tone = _OUTCOMES[line.outcome] if line.outcome else _LEVELS.get(line.level, (line.level, "muted"))
        kind = visible(line.udf_type[:1]) or "?"
        name = line.nested or line.function
        return [
            (f"{clock(line.time, with_day=_has_day(width))}  ", "muted"),
            (f"{fit(word, _LEVEL_CELLS)}  ", tone),
            (f"{kind} ", "muted"),
            (f"{fit(name, _function_cells(width) - 2)}  ", "error" if line.outcome == "failed" else "plain"),
        ]

    @staticmethod
    def _text(line: Line) -> Part:
        if line.outcome == "ok":
            return _facts(line), "muted"
        tone = {"failed": "error", "retried": "warning"}.get(line.outcome or "", "plain")
        if line.outcome is None:
            tone = {"ERROR": "error", "WARN": "warning", "DEBUG": "muted"}.get(line.level, "plain")
        return line.text, tone

    # Wrapping.

    @property
    def height_of_all(self) -> int:
        return self._tops[-1] if self._tops is not None else len(self.lines)

    def top_of(self, index: int) -> int:
        return self._tops[index] - self._tops[0] if self._tops is not None else index

    def lines_of(self, index: int) -> int:
        return self._tops[index + 1] - self._tops[index] if self._tops is not None else 1

    def item_at(self, line: int) -> tuple[int, int]:
        if self._tops is None:
            return line, 0
        index = bisect_right(self._tops, line + self._tops[0]) - 1
        return index, line + self._tops[0] - self._tops[index]

    def watch_wraps(self) -> None:
        self.sideways = 0
        self._lay_out()

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        """Find out how high each line is, a slice at a time: there may be a hundred thousand."""
        self._tops = None
        self._measure()
        if self.wraps:
            self.run_worker(self._find_tops(), group="heights", exclusive=True)
        else:
            self.workers.cancel_group(self, "heights")
            self.show_cursor()
            self.refresh()

    async def _find_tops(self) -> None:
        from asyncio import sleep

        tops, at, room = [0], 0, self.text_room
        while at < len(self.lines):
            lines = self.lines
            for line in lines[at : at + _SLICE]:
                tops.append(tops[-1] + self._height(line, room))
            at += _SLICE
            await sleep(0)
            if self.lines is not lines:
                return  # whoever changed them asks anew
        self._tops = tops
        self._measure()
        self.show_cursor()
        self.refresh()

    def _height(self, line: PackedLine, room: int) -> int:
        text = self._text(Line(line))[0]
        # Nearly all lines are this simple, and there may be a hundred thousand of them.
        return 1 if len(text) <= room and text.isascii() and text.isprintable() else len(_rows(text, room))

    def _measure(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, self.height_of_all)

    def action_sideways(self, steps: int) -> None:
        if not self.wraps:
            line = self.current
            longest = cell_len(_one_line(line.text)[:2000]) if line is not None else 0
            self.sideways = max(0, min(self.sideways + steps * _STEP, max(longest, self.sideways) - _STEP))


def _has_day(width: int) -> bool:
    return width >= 84


def _function_cells(width: int) -> int:
    return 32 if width >= 150 else 26 if width >= 96 else 20


def _head_cells(width: int) -> int:
    return (14 if _has_day(width) else 8) + 2 + _LEVEL_CELLS + 2 + _function_cells(width) + 2


def _text_room(width: int) -> int:
    return max(10, width - _head_cells(width))


def clock(milliseconds: float, *, with_day: bool = False) -> str:
    """`09:05:07` or `03-02 09:05:07`, of the clock on the wall here."""
    try:
        at = time.localtime(milliseconds / 1000)
    except (ValueError, OverflowError, OSError):
        return ("--:--:--", "----- --:--:--")[with_day]
    return time.strftime("%m-%d %H:%M:%S" if with_day else "%H:%M:%S", at)


def took(milliseconds: float) -> str:
    return duration(milliseconds / 1000) if milliseconds >= 1 else "<1 ms"


def _facts(line: Line) -> str:
    facts = [f"{took(line.duration):>7}" if line.duration is not None else ""]
    if line.is_cached:
        facts.append("cached")
    if line.status is not None:
        facts.append(f"HTTP {line.status}")
    if line.documents_read or line.bytes_read:
        facts.append(f"{counted(line.documents_read, 'document')}, {byte_size(line.bytes_read)} read")
    return "  ".join(facts)


def _one_line(text: str) -> str:
    if text.isprintable():
        return text
    return visible(text.replace("\r\n", "\n").replace("\n", _BREAK))


def _window(text: str, start: int, room: int) -> str:
    """What is seen of a text that is scrolled sideways; an ellipsis stands where there is more."""
    shown = _one_line(text)
    if start:
        shown = "…" + shown[len(cut(shown, start + 1)) :]
    if len(shown) > room or not shown.isascii():
        whole = cut(shown, room)
        if len(whole) < len(shown):
            return cut(shown, room - 1) + "…"
    return shown


def _rows(text: str, room: int) -> list[str]:
    """The text in rows of at most `room` cells."""
    rows: list[str] = []
    for line in (text if text.isprintable() else visible_lines(text.replace("\r\n", "\n"))).split("\n"):
        while len(line) > room or not line.isascii():
            head = cut(line, room) or line[:1]
            if len(head) == len(line):
                break
            rows.append(head)
            line = line[len(head) :]
            if len(rows) >= _MOST_ROWS:
                return [*rows[: _MOST_ROWS - 1], "… enter shows the rest"]
        rows.append(line)
        if len(rows) >= _MOST_ROWS:
            return [*rows[: _MOST_ROWS - 1], "… enter shows the rest"]
    return rows

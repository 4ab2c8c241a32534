"""A text area that colours a query, marks a place in it, and shows what a terminal must not get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.document._document import EditResult
from textual.document._edit import Edit
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import TextArea
from textual.widgets.text_area import Location

from kitcn_tui.query.editor.highlighter import KINDS, Span, choose
from kitcn_tui.query.editor.tones import tone

_MANY_LINES = 1000
"""From here on a highlighter that starts over with each edit waits until nobody types."""
_PAUSE = 0.2
_AHEAD = 24
"""Lines around one that is looked at, which are coloured with it."""
_BRACKETS_WITHIN = 20_000
"""In how many characters a bracket's partner is looked for."""

# A terminal obeys these; each becomes one character that it shows. Tabs are layout.
_PICTURES = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)} | {0x7F: 0x2421}
_PICTURES |= dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_PICTURES |= dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)), 0xFFFD)


class Mark(NamedTuple):
    """A place in the text that something is to be said of: line and column from 0, in code points.

    It stands as long as its line reads `line_text`.
    """

    line: int
    column: int
    line_text: str
    is_error: bool = True
    end: int | None = None
    """None is the end of the word."""


class Found(NamedTuple):
    """A place that somebody looked for, in its line; `is_current` where the cursor is."""

    start: int
    end: int
    is_current: bool


class ColouredText(TextArea):
    """Colours come from the theme, by component classes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"editor--{kind}" for kind in KINDS),
        "editor--error",
        "editor--warning",
        "editor--error-gutter",
        "editor--warning-gutter",
        "editor--found",
        "editor--found-current",
    }
    DEFAULT_CSS = """
    ColouredText, ColouredText:focus { border: none; padding: 0; background: $background; }
    ColouredText { height: 1fr; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; }
    ColouredText .text-area--gutter { color: $foreground 30%; }
    ColouredText .text-area--cursor-gutter { color: $foreground 70%; background: $boost; text-style: none; }
    ColouredText .text-area--placeholder { color: $text-muted; }
    ColouredText .editor--builtin { color: $text-accent; text-style: italic; }
    ColouredText .editor--comment { color: $foreground 50%; text-style: italic; }
    ColouredText .editor--constant { color: $text-warning; }
    ColouredText .editor--function { color: $text-primary; }
    ColouredText .editor--keyword { color: $text-secondary; text-style: bold; }
    ColouredText .editor--method { color: $text-primary; }
    ColouredText .editor--number { color: $text-warning; }
    ColouredText .editor--operator { color: $foreground 75%; }
    ColouredText .editor--parameter { color: $text-accent; }
    ColouredText .editor--property { color: $foreground; }
    ColouredText .editor--punctuation { color: $foreground 60%; }
    ColouredText .editor--string { color: $text-success; }
    ColouredText .editor--type { color: $text-accent; }
    ColouredText .editor--error { text-style: underline bold; color: $text-error; }
    ColouredText .editor--warning { text-style: underline; color: $text-warning; }
    ColouredText .editor--found { background: $warning 35%; }
    ColouredText .editor--found-current { background: $warning; color: $background; }
    ColouredText .editor--error-gutter { background: $error; color: $background; text-style: bold; }
    ColouredText .editor--warning-gutter { color: $text-warning; text-style: bold; }
    """

    def __init__(self, text: str = "", *, placeholder: str = "") -> None:
        self._tones: dict[str, Style] = {}
        super().__init__(
            text.replace("\r\n", "\n").replace("\r", "\n"),
            soft_wrap=False,
            show_line_numbers=True,
            tab_behavior="indent",
            placeholder=placeholder,
            highlight_cursor_line=False,  # Textual's takes the line's colours away
        )
        self._highlighter = choose()
        self._known = self.text
        self._highlighter.update(self._known)
        self._colours: dict[int, list[Span]] = {}
        self._coloured: set[int] = set()
        self._waiting: Timer | None = None
        self._mark: Mark | None = None
        self._remarks: tuple[Mark, ...] = ()
        self._found: Mapping[int, Sequence[Found]] = {}

    @property
    def mark(self) -> Mark | None:
        """The marked place, unless its line has changed."""
        mark = self._mark
        if mark is None or mark.line >= self.document.line_count or self.document[mark.line] != mark.line_text:
            return None
        return mark

    @mark.setter
    def mark(self, mark: Mark | None) -> None:
        if mark != self._mark:
            self._mark = mark
            self.notify_style_update()
            self.refresh()

    def remark(self, marks: Sequence[Mark]) -> None:
        """Places that something is said of before the query runs."""
        if tuple(marks) != self._remarks:
            self._remarks = tuple(marks)
            self.notify_style_update()
            self.refresh()

    def show_found(self, found: Mapping[int, Sequence[Found]]) -> None:
        """Places by line that somebody looked for; they are those of the present text."""
        self._found = found
        self._draw_anew()

    def get_line(self, line_index: int) -> Text:
        written = self.document.get_line(line_index)
        line = Text(written.translate(_PICTURES), end="", no_wrap=True)
        for start, end, kind in self._spans(line_index):
            line.stylize(self._tone(kind), start, end)
        for mark in (*self._remarks, self._mark):
            if mark is not None and mark.line == line_index and mark.line_text == written:
                start, end = _word(written, mark.column)
                line.stylize(self._tone("error" if mark.is_error else "warning"), start, mark.end or end)
        for place in self._found.get(line_index, ()):
            style = self.get_component_rich_style(f"editor--found{'-current' if place.is_current else ''}")
            line.stylize(style, place.start, place.end)
        return line

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        row = self.scroll_offset.y + y
        if row == self.cursor_location[0] and self.has_focus:
            background = self.get_component_rich_style("text-area--cursor-line").bgcolor
            base = self.rich_style.bgcolor
            strip = Strip([_on(segment, base, background) for segment in strip], strip.cell_length)
        mark = self.mark
        if mark is None or mark.line != row:
            written = self.document[row] if row < self.document.line_count else None
            mark = next((one for one in self._remarks if one.line == row and one.line_text == written), None)
        if mark is None:
            return strip
        style = self.get_component_rich_style(f"editor--{'error' if mark.is_error else 'warning'}-gutter", partial=True)
        width = self.gutter_width - 1
        gutter = Strip([_styled(segment, style) for segment in strip.crop(0, width)], width)
        return Strip.join([gutter, strip.crop(width, strip.cell_length)])

    def _tone(self, name: str) -> Style:
        known = self._tones.get(name)
        if known is None:
            known = self._tones[name] = tone(self, f"editor--{name}")
        return known

    def notify_style_update(self) -> None:
        self._tones.clear()
        super().notify_style_update()

    def _spans(self, line: int) -> list[Span]:
        if line not in self._coloured:
            first = max(0, line - _AHEAD)
            last = line + _AHEAD
            for number, spans in self._highlighter.spans(first, last).items():
                self._colours[number] = spans
            self._coloured.update(range(first, last))
        return self._colours.get(line, [])

    def edit(self, edit: Edit) -> EditResult:
        result = super().edit(edit)
        if self._is_quick:
            # Before anything is drawn: then no line is drawn twice.
            self._recolour()
        return result

    def on_text_area_changed(self) -> None:
        if self._is_quick:
            if self._recolour():
                self._draw_anew()
            return
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(_PAUSE, self._recolour_late)

    @property
    def _is_quick(self) -> bool:
        return self._highlighter.follows_edits or self.document.line_count <= _MANY_LINES

    def _recolour_late(self) -> None:
        self._waiting = None
        self._recolour()
        self._draw_anew()

    def _recolour(self) -> bool:
        """False if the colours are those of the text already."""
        text = self.text
        if text == self._known:
            return False
        self._known = text
        self._highlighter.update(text)
        self._colours.clear()
        self._coloured.clear()
        return True

    def _draw_anew(self) -> None:
        self.notify_style_update()
        self.refresh()

    def find_matching_bracket(self, bracket: str, search_from: Location) -> Location | None:
        row, _ = search_from
        nearby = sum(len(self.document[line]) for line in range(row, min(row + 400, self.document.line_count)))
        return super().find_matching_bracket(bracket, search_from) if nearby <= _BRACKETS_WITHIN else None


def _word(line: str, column: int) -> tuple[int, int]:
    """From the column to the end of the word that begins or goes on there; at least one character."""
    end = column
    while end < len(line) and (line[end].isalnum() or line[end] in "_$"):
        end += 1
    if column >= len(line):
        return max(0, len(line) - 1), len(line)
    return column, max(end, column + 1)


def _styled(segment: Segment, style: Style) -> Segment:
    return Segment(segment.text, (segment.style or Style()) + style)


def _on(segment: Segment, base: Color | None, background: Color | None) -> Segment:
    """On another background where it has none of its own."""
    style = segment.style or Style()
    if style.bgcolor not in (None, base):
        return segment
    return Segment(segment.text, style + Style(bgcolor=background))

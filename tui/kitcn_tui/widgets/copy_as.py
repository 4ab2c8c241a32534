"""A choice of forms in which something can be copied."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from textual.widget import Widget

from kitcn_repl.render.quantity import counted
from kitcn_repl.render.text import visible
from kitcn_tui.outline.rows import Line, Row, Span, padded
from kitcn_tui.widgets.finder import Finder

_WIDEST = 30
_PREVIEWED = 200


@dataclass(frozen=True, slots=True)
class Spelling:
    """`name` says what it is, `text` makes it: only of the one that is chosen, and as a preview of short ones."""

    name: str
    text: Callable[[], str]
    preview: str = ""


class _Choice(Line):
    __slots__ = ("spelling",)

    def __init__(self, spelling: Spelling, width: int) -> None:
        preview = visible(spelling.preview[:_PREVIEWED])
        super().__init__(Span("  "), Span(padded(spelling.name, width)), Span(f"  {preview}", "muted"))
        self.spelling = spelling


class CopyAs(Finder[Spelling]):
    """The spelling that somebody chose, or nothing."""

    HEADING = "Copy as"
    PLACEHOLDER = "JSON, id, command …"
    HINT = "enter copies  esc closes"

    def __init__(self, spellings: Sequence[Spelling]) -> None:
        super().__init__()
        self._spellings = spellings

    def rows(self, pattern: str) -> Iterator[Row]:
        width = min(_WIDEST, max((len(each.name) for each in self._spellings), default=0))
        for each in self._spellings:
            if pattern.lower() in each.name.lower():
                yield _Choice(each, width)

    def chosen(self, row: Row) -> None:
        if isinstance(row, _Choice):
            self.dismiss(row.spelling)


async def copy_one_of(widget: Widget, spellings: Iterable[Spelling]) -> None:
    """Let somebody choose, and copy it; to be called in a worker. The text is made in a thread."""
    chosen = await widget.app.push_screen_wait(CopyAs(list(spellings)))
    if chosen is not None:
        text = await asyncio.to_thread(chosen.text)
        widget.app.copy_to_clipboard(text)
        widget.notify(f"{chosen.name}: {counted(len(text), 'character')} copied.", markup=False)

"""Sentences, broken between words."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from kitcn_tui.outline.rows import Line, Look, Span


def prose(
    text: str, width: int, look: Look = "plain", *, indent: int = 0, hanging: int | None = None
) -> Iterator[Line]:
    """Lines of at most `width` cells, where the cursor does not stop. `text` is safe to show."""
    margin = " " * indent
    following = " " * (indent if hanging is None else hanging)
    for line in wrap(text, max(20, width), initial_indent=margin, subsequent_indent=following, break_on_hyphens=False):
        yield Line(Span(line, look), can_stand=False)

"""A line of the user's own text with a caret under the place that is meant."""

from __future__ import annotations

from kitcn_repl.render.style import Style
from kitcn_repl.render.text import visible

_LEAST_ROOM = 20


def excerpt(line: int, column: int, source_line: str, style: Style, width: int | None) -> str:
    """Two lines: the source line under its number, and the caret.

    `column` counts UTF-16 units from 1, as JavaScript does. A line wider than `width` is cut around the caret.
    """
    units = source_line.encode("utf-16-le", "surrogatepass")[: 2 * (column - 1)]
    # A tab would move the caret by as much as the terminal pleases.
    before = visible(units.decode("utf-16-le", "replace").replace("\t", " "))
    text = visible(source_line.replace("\t", " "))
    margin = f"{line} | "
    start, end = 0, len(text)
    if width is not None:
        room = max(_LEAST_ROOM, width - len(margin) - 1)
        start = max(0, min(len(before) - room // 2, len(text) - room))
        end = min(len(text), start + room)
    shown = text[start:end]
    if start > 0:
        shown = "…" + shown[1:]
    if end < len(text):
        shown = shown[:-1] + "…"
    blanks = " " * _cells(before[start:])
    return f"{style.dim(margin)}{shown}\n{style.dim(' ' * (len(margin) - 2) + '| ')}{blanks}{style.red('^')}"


def _cells(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)

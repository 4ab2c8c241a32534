"""How often something happened, hour by hour, as bars over an axis."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from textual.content import Content

from kitcn_repl.explore.insights.model import HOUR, Insight, Report
from kitcn_repl.render.insights.hours import series
from kitcn_repl.render.quantity import count
from kitcn_tui.widgets.painted import MUTED

_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_UNKNOWN: Final = "░"
_STYLES: Final = {"error": "$text-error", "warning": "$text-warning", "unknown": "$text-accent"}


def chart(report: Report, insight: Insight, width: int, height: int) -> Content:
    """`height` rows of bars, an axis with times of the clock here, and what the marks mean, if that is not plain."""
    highest = max((hour.count for hour in insight.hours), default=1)
    label = len(count(highest * 4)) + 1
    counts, each = series(report, insight, max(12, width - label))
    wide = max(1, min(3, (width - label) // len(counts)))
    top = max(1, *(one or 0 for one in counts))
    style = _STYLES[insight.severity]
    lines = [_row(counts, row, height, top, wide, style, label) for row in range(height)]
    lines.append(_axis(report, len(counts), each, wide, label))
    legend = []
    if each > 1:
        legend.append(f"a bar is {each} hours")
    if None in counts:
        legend.append(f"{_UNKNOWN} not seen: the log was not read then")
    if legend:
        lines.append(Content.styled(" " * label + "; ".join(legend), MUTED))
    return Content("\n").join(lines)


def _row(counts: Sequence[int | None], row: int, height: int, top: int, wide: int, style: str, label: int) -> Content:
    number = count(top) if row == 0 else "0" if row == height - 1 else ""
    parts: list[str | tuple[str, str]] = [(f"{number:>{label - 1}} ", MUTED)]
    for one in counts:
        if one is None:
            parts.append((_UNKNOWN * wide if row == height - 1 else " " * wide, MUTED))
            continue
        # At least an eighth, so that no bar is taken for none.
        eighths = max(1, round(one * 8 * height / top)) if one else 0
        here = max(0, min(8, eighths - 8 * (height - 1 - row)))
        if not here and row == height - 1:
            parts.append(("·" * wide, MUTED))
        else:
            bar = _EIGHTHS[here] * (wide - 1 if wide > 1 else 1)
            parts.append((bar + " " * (wide > 1), style))
    return Content.assemble(*parts)


def _axis(report: Report, size: int, each: int, wide: int, label: int) -> Content:
    """The clock's time under every so many bars, days where a new one begins."""
    cells = [" "] * (size * wide)
    last = int((report.end - 1) // HOUR)
    free, day = 0, -1
    for at in range(size):
        begin = (last - (size - 1 - at) * each) * HOUR
        local = time.localtime(begin / 1000)
        text = time.strftime("%d %b", local) if local.tm_yday != day and local.tm_hour < each else ""
        text = text or (f"{local.tm_hour:02d}:00" if local.tm_hour % 6 < each else "")
        place = at * wide
        if text and place >= free and place + len(text) <= len(cells):
            cells[place : place + len(text)] = text
            free, day = place + len(text) + 2, local.tm_yday
    return Content.styled(" " * label + "".join(cells), MUTED)

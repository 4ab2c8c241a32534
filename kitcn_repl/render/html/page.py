"""The frame around whatever is shown: style, notes, and the line that says where it is from."""

from __future__ import annotations

from collections.abc import Sequence

from kitcn_repl.render.html.element import Html, element, join, lines
from kitcn_repl.render.html.sheet import ROOT, STYLE
from kitcn_repl.render.quantity import counted

_MOST_LOG_LINES = 200
_LONGEST_LINE = 2_000


def framed(*parts: Html) -> Html:
    """The outermost element, with its style."""
    return element("div", STYLE, *parts, css=ROOT)


def note(content: str) -> Html:
    return element("div", content, css="kitcn-note")


def logs(log_lines: Sequence[str]) -> Html:
    """What the query logged, folded."""
    if not log_lines:
        return Html("")
    shown = "\n".join(line[:_LONGEST_LINE] for line in log_lines[:_MOST_LOG_LINES])
    if len(log_lines) > _MOST_LOG_LINES:
        shown += f"\n… and {len(log_lines) - _MOST_LOG_LINES:,} more"
    summary = element("summary", counted(len(log_lines), "log line"), css="kitcn-foot")
    return element("details", summary, element("div", lines(shown), css="kitcn-logs"))


def origin(label: str, *, is_prod: bool) -> Html:
    return element("span", label, css="kitcn-prod" if is_prod else "")


def footer(*pieces: str) -> Html:
    """The last line: what there is joined by middle dots."""
    given = [piece for piece in pieces if piece]
    dotted = [part for piece in given for part in (" · ", piece)][1:]
    return element("div", join(*dotted), css="kitcn-foot") if given else Html("")

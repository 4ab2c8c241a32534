"""The commands that show what an insight rests on."""

from __future__ import annotations

from collections.abc import Sequence

from kitcn_repl.explore.insights.model import Event, Insight
from kitcn_repl.explore.spelling.quoting import shell_word


def proof(insight: Insight, flags: Sequence[str] = ()) -> list[str]:
    """`kitcn logs --request ...` and `kitcn get ID` of the newest event that has these; `flags` select the
    deployment."""
    commands = []
    for make in (_log_lines, _document):
        found = next(filter(None, (make(event) for event in insight.events)), None)
        if found is not None:
            words = [*found, *(_component(insight) if make is _document else ()), *flags]
            commands.append(" ".join(map(shell_word, words)))
    return commands


def _log_lines(event: Event) -> list[str] | None:
    return None if event.request_id is None else ["kitcn", "logs", "--request", event.request_id, "--tree", "--once"]


def _document(event: Event) -> list[str] | None:
    return None if event.document is None or event.document.startswith("-") else ["kitcn", "get", event.document]


def _component(insight: Insight) -> tuple[str, ...]:
    return ("--component", insight.component) if insight.component else ()

"""Insights as Markdown, for an issue or for whoever is to mend them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kitcn_repl.explore.insights.instants import text_of
from kitcn_repl.explore.insights.model import Event, Insight, Report
from kitcn_repl.explore.insights.proof import proof
from kitcn_repl.render.insights.wording import basis, counted_by_severity, window
from kitcn_repl.render.quantity import byte_size, count, counted
from kitcn_repl.render.text import visible

_MOST_EVENTS: Final = 20


def as_markdown(report: Report, flags: Sequence[str] = ()) -> str:
    """`flags` select the deployment in the commands that prove a finding."""
    return "\n".join([*_head(report), *(line for one in report.insights for line in _insight(one, flags))]) + "\n"


def insight_markdown(insight: Insight, flags: Sequence[str] = ()) -> str:
    return "\n".join(_insight(insight, flags)).strip() + "\n"


def _head(report: Report) -> Iterator[str]:
    yield f"# Insights of {_escaped(report.deployment)}"
    yield ""
    found = counted_by_severity(report) if report.insights else "No issues found"
    yield f"{found} in the last {window(report)} (until {_moment(report.end)} UTC). {basis(report)}"
    for note in report.notes:
        yield ""
        yield f"> {_escaped(note)}"
    if report.dashboard is not None:
        yield ""
        yield f"<{visible(report.dashboard)}>"


def _insight(insight: Insight, flags: Sequence[str]) -> Iterator[str]:
    yield ""
    yield f"## {_escaped(insight.known.title)}: {_code(insight.name)}"
    yield ""
    yield from (f"- {fact}" for fact in _facts(insight))
    if insight.advice.sentences:
        yield ""
        yield from (f"- [ ] {_escaped(sentence)}" for sentence in insight.advice.sentences)
    if insight.advice.index is not None:
        yield ""
        yield f"    {visible(insight.advice.index)}"
    if insight.events:
        yield ""
        yield from _events(insight)
    commands = proof(insight, flags)
    if commands:
        yield ""
        yield from (f"    {visible(command)}" for command in commands)


def _facts(insight: Insight) -> Iterator[str]:
    yield f"severity: {insight.severity} (`{visible(insight.kind)}`), {count(insight.count)}×"
    if insight.table is not None:
        yield f"table: {_code(insight.table)}"
    if insight.first_seen is not None and insight.last_seen is not None:
        yield f"first seen {_moment(insight.first_seen)} UTC, last seen {_moment(insight.last_seen)} UTC"
    if insight.writers:
        listed = ", ".join(f"{_code(one.function)} ({count(one.events)})" for one in insight.writers)
        yield f"written by {listed}"
    if insight.reads:
        listed = ", ".join(f"{_code(one.table)} ({_size(one.documents, one.bytes)})" for one in insight.reads)
        yield f"reads {listed}"
    if insight.advice.is_deployed is False:
        yield "not deployed any more"


def _events(insight: Insight) -> Iterator[str]:
    yield "| time (UTC) | request | what |"
    yield "|---|---|---|"
    for event in insight.events[:_MOST_EVENTS]:
        at = "unknown" if event.time is None else _moment(event.time)
        yield f"| {at} | {_code(event.request_id or '')} | {', '.join(_what(event))} |"
    if insight.count > min(len(insight.events), _MOST_EVENTS):
        yield ""
        yield f"… and {count(insight.count - min(len(insight.events), _MOST_EVENTS))} more."


def _what(event: Event) -> Iterator[str]:
    if event.retries is not None:
        yield f"retry {event.retries}"
    if event.document is not None:
        yield f"document {_code(event.document)}"
    if event.write_source is not None:
        yield f"written by {_code(event.write_source)}"
    if event.documents is not None:
        yield f"{_size(event.documents, event.bytes or 0)} read"
    if event.success is not None:
        yield "ok" if event.success else "failed"


def _size(documents: int, size: int) -> str:
    return f"{counted(documents, 'document')}, {byte_size(size)}"


def _moment(milliseconds: float) -> str:
    return text_of(milliseconds)[:19].replace("T", " ")


def _code(text: str) -> str:
    safe = visible(text).replace("`", "'").replace("|", "\\|")
    return f"`{safe}`" if safe else ""


def _escaped(text: str) -> str:
    safe = visible(text)
    for char in "\\`*_{}[]<>#|":
        safe = safe.replace(char, f"\\{char}")
    return safe

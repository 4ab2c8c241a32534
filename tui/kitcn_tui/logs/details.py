"""One entry of the log in full, and what its request called."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kitcn_repl.explore.logs.calls import request_calls
from kitcn_repl.explore.logs.entry import LogEntry
from kitcn_repl.render.local_time import LocalTime
from kitcn_repl.render.log_tree import draw_requests
from kitcn_repl.render.quantity import byte_size, counted
from kitcn_repl.render.style import Style
from kitcn_repl.render.text import visible, visible_lines
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_tui.logs.lines import took
from kitcn_tui.widgets.painted import MUTED, painted

_LONGEST: Final = 20_000
"""Characters of a text; nobody reads more in a pane."""
_LONGEST_IN_TREE: Final = 400
_MOST_CALLS: Final = 500
_LABEL_CELLS: Final = 11
_LEVEL_STYLES: Final = {"ERROR": "$text-error", "WARN": "$text-warning", "DEBUG": MUTED}
_SIZES: Final = (
    ("files read", "storageReadBytes"),
    ("files written", "storageWriteBytes"),
    ("vectors read", "vectorIndexReadBytes"),
    ("sent out", "networkEgressBytes"),
)


class EntryDetails(VerticalScroll):
    DEFAULT_CSS = """
    EntryDetails {
        display: none;
        background: $surface;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        border-top: solid $border-blurred;
        &:focus { border-top: solid $border; }
        & Static { height: auto; }
    }
    """

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def show(self, entry: LogEntry | None, request: Sequence[LogEntry], times: LocalTime) -> None:
        """`request` are the entries of the same request that are kept; None is an entry that was dropped."""
        if entry is None:
            shown = Content("This entry was dropped to make room for newer ones.")
        else:
            width = max(30, self.scrollable_content_region.width or self.app.size.width - 4)
            shown = Content("\n").join([*_facts(entry), Content(""), *_calls(request, times, width)])
        self.query_one(Static).update(shown)
        self.scroll_home(animate=False)


def _facts(entry: LogEntry) -> Iterator[Content]:
    yield _title(entry)
    yield from _fields(entry)
    if entry.error is not None:
        yield Content("")
        yield Content.styled(_limited(entry.error), "$text-error")
    said = [one for one in entry.said() if one.kind != "error"]
    if said:
        yield Content("")
    for one in said:
        yield Content.assemble(
            (f"{visible(one.level).lower():<6}", _LEVEL_STYLES.get(one.level.upper(), MUTED)),
            (f"{visible(one.function)}: " if one.function else "", MUTED),
            _limited(one.text),
        )


def _title(entry: LogEntry) -> Content:
    state, style = ("running", "$text-warning")
    if entry.is_completion:
        state, style = ("ok", "$text-success") if entry.error is None else ("FAILED", "bold $text-error")
        if entry.will_retry:
            state, style = "run again", "$text-warning"
    parts: list[str | tuple[str, str]] = [
        (visible(entry.function) or "unknown function", "bold"),
        (f"  {visible(entry.udf_type)}", MUTED),
        (f"  {state}", style),
    ]
    if entry.duration is not None:
        parts.append(f"  {took(entry.duration)}")
    if entry.is_cached:
        parts.append(("  cached", MUTED))
    if entry.status is not None:
        parts.append(f"  HTTP {visible(entry.status)}")
    return Content.assemble(*parts)


def _fields(entry: LogEntry) -> Iterator[Content]:
    yield _field("at", _moment(entry.time))
    callers = [visible(text) for text in (entry.caller, _text(entry, "identityType").replace("_", " ")) if text]
    if callers:
        yield _field("called by", ", as ".join(callers))
    if entry.request_id:
        yield _field("request", visible(entry.request_id))
    if entry.execution_id:
        yield _field("execution", visible(entry.execution_id))
    if entry.parent_execution_id:
        yield _field("within", visible(entry.parent_execution_id))
    for label, what in (("read", "databaseRead"), ("written", "databaseWrite")):
        documents, size = entry.usage(f"{what}Documents"), entry.usage(f"{what}Bytes")
        if documents or size:
            yield _field(label, f"{counted(documents, 'document')}, {byte_size(size)}")
    for label, name in _SIZES:
        if entry.usage(name):
            yield _field(label, byte_size(entry.usage(name)))
    returned = entry.raw.get("returnBytes")
    if isinstance(returned, int | float) and not isinstance(returned, bool) and returned > 0:
        yield _field("returned", byte_size(returned))
    if entry.usage("memoryUsedMb"):
        yield _field("memory", f"{entry.usage('memoryUsedMb')} MB, {_text(entry, 'environment') or 'isolate'}")
    if entry.conflict is not None:
        yield _field("conflict", _conflict(entry))


def _conflict(entry: LogEntry) -> str:
    conflict = entry.conflict or {}
    table, document, writer, again = (
        conflict.get(name) for name in ("tableName", "documentId", "writeSource", "retryCount")
    )
    parts = [f"on table {table}" if isinstance(table, str) else "on what it had read"]
    if isinstance(document, str):
        parts.append(f"document {document}")
    if isinstance(writer, str):
        parts.append(f"written by {writer}")
    if isinstance(again, int | float) and 0 < again < 1e300:
        parts.append(f"attempt {again + 1:g}")
    return visible(", ".join(parts))


def _calls(request: Sequence[LogEntry], times: LocalTime, width: int) -> Iterator[Content]:
    if not request or not request[0].request_id:
        return
    entries = [_shortened(entry) for entry in request[:_MOST_CALLS]]
    drawn = draw_requests(request_calls(entries), Style(enabled=True), times, width)
    yield painted(drawn.rstrip("\n"))
    if len(request) > len(entries):
        yield Content.styled(f"… and {len(request) - len(entries)} entries more of this request", MUTED)


def _shortened(entry: LogEntry) -> LogEntry:
    """For the tree, whose lines are no place for a megabyte."""
    if not any(len(said.text) > _LONGEST_IN_TREE for said in entry.said()):
        return entry
    lines = entry.raw.get("logLines")
    raw: JsonObject = {**entry.raw, "logLines": [_cut(line) for line in lines] if isinstance(lines, list) else []}
    if entry.error is not None:
        raw["error"] = _cut(entry.error)
    return LogEntry(raw)


def _cut(line: JsonValue) -> JsonValue:
    if isinstance(line, str):
        return line if len(line) <= _LONGEST_IN_TREE else f"{line[:_LONGEST_IN_TREE]}…"
    if isinstance(line, dict) and isinstance(line.get("messages"), list):
        text = " ".join(str(message) for message in _list(line["messages"]))
        return {**line, "messages": [_cut(text)]}
    return line


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _field(label: str, text: str) -> Content:
    return Content.assemble((f"{label:<{_LABEL_CELLS}}", MUTED), text)


def _limited(text: str) -> str:
    if len(text) <= _LONGEST:
        return visible_lines(text.replace("\r\n", "\n"))
    return f"{visible_lines(text[:_LONGEST])}… ({len(text):,} characters; copying takes all)"


def _moment(milliseconds: float) -> str:
    try:
        at = time.localtime(milliseconds / 1000)
    except (ValueError, OverflowError, OSError):
        return "unknown"
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', at)}.{int(milliseconds % 1000):03d}"


def _text(entry: LogEntry, name: str) -> str:
    value = entry.raw.get(name)
    return value if isinstance(value, str) else ""

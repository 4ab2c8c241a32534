"""Requests as trees: what called what, how long it took, and what it said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kitcn_repl.explore.logs.calls import Call, RequestCalls
from kitcn_repl.explore.logs.entry import LogEntry, Said
from kitcn_repl.render.local_time import LocalTime
from kitcn_repl.render.quantity import byte_size, counted, duration
from kitcn_repl.render.style import Style
from kitcn_repl.render.text import visible
from kitcn_repl.render.tree import Node, Piece, draw_tree

_MANY_DOCUMENTS, _MANY_BYTES = 25_600, 13_421_772
"""From here on, 80 % of what an execution may read, a backend warns."""

_COLOURS = {"ERROR": "red", "WARN": "yellow", "DEBUG": "dim"}


def draw_requests(requests: Sequence[RequestCalls], style: Style, times: LocalTime, width: int | None) -> str:
    """Lines of text; as wide as the terminal, if there is one."""
    lines = []
    for request in requests:
        title = [
            Piece(times.text(request.started), "cyan"),
            Piece(f"request {visible(request.request_id)}" if request.request_id else "without a request", "bold"),
        ]
        lines += draw_tree([Node(title, [_call(call, is_root=True) for call in request.calls])], style, width)
    return "".join(f"{line}\n" for line in lines)


def _call(call: Call, *, is_root: bool = False) -> Node:
    parts: list[tuple[float, Node]] = [(child.started, _call(child)) for child in call.children]
    for entry in call.entries:
        for said in entry.said():
            if said.kind == "error" and entry.will_retry:
                continue  # the conflict is told already
            parts += [(said.time, node) for node in _said(said)]
    parts.sort(key=lambda part: part[0])
    return Node(list(_facts(call, is_root=is_root)), [node for _, node in parts])


def _facts(call: Call, *, is_root: bool) -> Iterator[Piece]:
    entry = call.entry
    failed = call.completion is not None and entry.error is not None
    yield Piece(f"{visible(entry.udf_type[:1])} {visible(entry.function)}", "red" if failed else "green")
    if call.completion is None:
        yield Piece("not ended yet", "yellow")
        return
    if entry.duration is not None:
        yield Piece(duration(entry.duration / 1000) if entry.duration >= 1 else "<1 ms")
    if is_root and entry.caller:
        yield Piece(visible(entry.caller), "dim")
    if entry.is_cached:
        yield Piece("cached", "dim")
    if entry.status is not None:
        yield Piece(f"HTTP {visible(entry.status)}", "dim")
    yield from _reads(entry)
    if entry.conflict is not None:
        yield Piece(_conflict(entry), "yellow")


def _reads(entry: LogEntry) -> Iterator[Piece]:
    documents, size = entry.usage("databaseReadDocuments"), entry.usage("databaseReadBytes")
    if documents or size:
        style = "yellow" if documents >= _MANY_DOCUMENTS or size >= _MANY_BYTES else "dim"
        yield Piece(f"{counted(documents, 'document')}, {byte_size(size)} read", style)


def _conflict(entry: LogEntry) -> str:
    conflict = entry.conflict or {}
    table, retries = conflict.get("tableName"), conflict.get("retryCount")
    text = f"write conflict on {visible(table)}" if isinstance(table, str) else "write conflict"
    if isinstance(retries, int | float) and 0 < retries < 1e300:
        text += f", retry {retries:g}"
    return text if entry.will_retry else f"{text}, given up"


def _said(said: Said) -> Iterator[Node]:
    level = "" if said.kind == "error" else f"[{visible(said.level)}] "
    nested = f"{visible(said.function)}: " if said.function else ""
    colour = _COLOURS.get(said.level)
    for number, line in enumerate(said.text.splitlines() or [""]):
        yield Node([Piece((level + nested if number == 0 else "") + visible(line), colour)])

"""Requests as trees of the executions that they caused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kitcn_repl.explore.logs.entry import LogEntry

_MOST_WAITING = 10_000
"""Requests; one whose end never comes is not kept for ever."""


@dataclass(slots=True)
class Call:
    """One execution: the entry that ended it, if it has ended, and those that came while it ran."""

    execution_id: str
    entries: list[LogEntry] = field(default_factory=list)
    children: list[Call] = field(default_factory=list)

    @property
    def completion(self) -> LogEntry | None:
        return next((entry for entry in self.entries if entry.is_completion), None)

    @property
    def entry(self) -> LogEntry:
        """The one that says most."""
        return self.completion or self.entries[0]

    @property
    def started(self) -> float:
        return self.completion.started if self.completion is not None else self.entries[0].time


@dataclass(frozen=True, slots=True)
class RequestCalls:
    """A request and what it began with; more than one call where it was run again, or where the caller is not known."""

    request_id: str
    calls: list[Call]
    entries: list[LogEntry]

    @property
    def started(self) -> float:
        return self.calls[0].started


def request_calls(entries: Iterable[LogEntry]) -> list[RequestCalls]:
    """Requests in the order in which they began."""
    by_request: dict[str, list[LogEntry]] = {}
    for entry in entries:
        by_request.setdefault(entry.request_id, []).append(entry)
    return sorted((_tree(request, some) for request, some in by_request.items()), key=lambda request: request.started)


class OpenRequests:
    """Gathers entries until their request has ended."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[LogEntry]] = {}

    def add(self, entries: Iterable[LogEntry]) -> list[RequestCalls]:
        """The requests that are complete now, in the order in which they ended."""
        ended = []
        for entry in entries:
            request = entry.request_id
            self._waiting.setdefault(request, []).append(entry)
            if entry.is_completion and entry.parent_execution_id is None and not entry.will_retry:
                ended.append(_tree(request, self._waiting.pop(request)))
        while len(self._waiting) > _MOST_WAITING:
            oldest = next(iter(self._waiting))
            ended.append(_tree(oldest, self._waiting.pop(oldest)))
        return ended


def _tree(request_id: str, entries: list[LogEntry]) -> RequestCalls:
    calls: dict[str, Call] = {}
    for position, entry in enumerate(entries):
        # Without ids nothing belongs together.
        key = entry.execution_id or f"{position}"
        calls.setdefault(key, Call(entry.execution_id)).entries.append(entry)
    roots = []
    for key, call in calls.items():
        parent = calls.get(_parent(call))
        if parent is None or _is_below(parent, key, calls):
            roots.append(call)
        else:
            parent.children.append(call)
    for call in calls.values():
        call.children.sort(key=lambda child: child.started)
    return RequestCalls(request_id, sorted(roots, key=lambda call: call.started), entries)


def _parent(call: Call) -> str:
    return next((entry.parent_execution_id for entry in call.entries if entry.parent_execution_id), "")


def _is_below(call: Call, key: str, calls: dict[str, Call]) -> bool:
    """Whether following the parents of `call` leads to `key`: nonsense, but it must not hang."""
    seen = set()
    current: Call | None = call
    while current is not None and current.execution_id not in seen:
        if current.execution_id == key:
            return True
        seen.add(current.execution_id)
        current = calls.get(_parent(current))
    return False

"""The forms in which `kitcn logs` prints: lines, JSON lines, trees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kitcn_repl.cli.session import Session
from kitcn_repl.explore.logs.calls import OpenRequests, RequestCalls, request_calls
from kitcn_repl.explore.logs.choosing import Wanted, newest
from kitcn_repl.explore.logs.entry import LogEntry
from kitcn_repl.render.local_time import LocalTime


class LogOutput(Protocol):
    def history(self, entries: Sequence[LogEntry], most: int | None) -> int:
        """Print the last that are wanted, at most so many; how many there were."""
        ...

    def skip(self, entries: Sequence[LogEntry]) -> None:
        """These were there before, and nobody asked for them."""
        ...

    def news(self, entries: Sequence[LogEntry]) -> None: ...


class _EntryOutput:
    """One entry after the other, each for itself."""

    def __init__(self, session: Session, wanted: Wanted) -> None:
        self._session = session
        self._wanted = wanted

    def history(self, entries: Sequence[LogEntry], most: int | None) -> int:
        chosen = newest(self._wanted.of(entries), most)
        self._write(chosen)
        return len(chosen)

    def skip(self, entries: Sequence[LogEntry]) -> None:
        pass

    def news(self, entries: Sequence[LogEntry]) -> None:
        self._write(self._wanted.of(entries))

    def _write(self, entries: Sequence[LogEntry]) -> None:
        raise NotImplementedError


class LineOutput(_EntryOutput):
    """As the genuine CLI; wanted levels and texts choose among the lines of an entry too."""

    def __init__(self, session: Session, wanted: Wanted) -> None:
        from kitcn_repl.render.log_lines import LogLines

        super().__init__(session, wanted)
        environment = session.environment
        self._lines = LogLines(
            environment.out_style, LocalTime(environment.variables), is_terminal=environment.stdout_is_tty
        )

    def _write(self, entries: Sequence[LogEntry]) -> None:
        text = "".join(self._lines.text(entry, self._wanted.said(entry)) for entry in entries)
        if text:
            self._session.drawn(text)


class JsonlOutput(_EntryOutput):
    """Entries as they came from the server."""

    def _write(self, entries: Sequence[LogEntry]) -> None:
        from kitcn_repl.values.javascript import plain_stringify

        for entry in entries:
            self._session.data(plain_stringify(entry.raw) + "\n")


class TreeOutput:
    """Whole requests of which some entry is wanted. While following, a request is printed when it has ended."""

    def __init__(self, session: Session, wanted: Wanted, *, once: bool) -> None:
        self._session = session
        self._wanted = wanted
        self._open = OpenRequests()
        self._once = once

    def history(self, entries: Sequence[LogEntry], most: int | None) -> int:
        requests = request_calls(entries) if self._once else self._open.add(entries)
        chosen = [request for request in requests if self._is_wanted(request)]
        chosen = chosen if most is None else chosen[max(0, len(chosen) - most) :]
        self._draw(chosen)
        return len(chosen)

    def skip(self, entries: Sequence[LogEntry]) -> None:
        self._open.add(entries)

    def news(self, entries: Sequence[LogEntry]) -> None:
        self._draw([request for request in self._open.add(entries) if self._is_wanted(request)])

    def _is_wanted(self, request: RequestCalls) -> bool:
        return any(self._wanted.takes(entry) for entry in request.entries)

    def _draw(self, requests: Sequence[RequestCalls]) -> None:
        from kitcn_repl.render.log_tree import draw_requests

        environment = self._session.environment
        width = environment.width if environment.stdout_is_tty else None
        text = draw_requests(requests, environment.out_style, LocalTime(environment.variables), width)
        if text:
            self._session.drawn(text)

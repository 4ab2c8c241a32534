"""An insight, whatever source it is from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from kitcn_repl.explore.insights.kinds import Kind, Severity, kind_of
from kitcn_repl.values import JsonObject, JsonValue

HOUR = 3_600_000
"""Milliseconds."""

WINDOW_HOURS = 72
"""What the management service tells of, and what our history keeps."""


@dataclass(frozen=True, slots=True)
class TableRead:
    table: str
    documents: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Event:
    """One execution that the insight is made of. `time` is in milliseconds since 1970, None if it cannot be read.

    Of a write conflict there are `document`, `write_source` (the function that wrote it) and `retries`; of a read
    there are `success`, totals, and `reads` by table where the source tells them.
    """

    time: float | None = None
    request_id: str | None = None
    execution_id: str | None = None
    document: str | None = None
    write_source: str | None = None
    retries: int | None = None
    success: bool | None = None
    documents: int | None = None
    bytes: int | None = None
    reads: tuple[TableRead, ...] = ()


@dataclass(frozen=True, slots=True)
class Hour:
    """`start` is in milliseconds since 1970, a full hour of UTC."""

    start: int
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """What the source gave, in the management service's form: the machine formats repeat it as it is.

    `component` None is the app itself, and `no_component` tells that there was no such cell.
    """

    kind: str
    function: JsonValue
    component: JsonValue
    details: JsonObject
    no_component: bool = False


@dataclass(frozen=True, slots=True)
class Writer:
    """A function that wrote what others were about to write, and in how many events. `itself` is the insight's own."""

    function: str
    events: int
    itself: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """What would help, in sentences; `index` is the line that declares the index which they speak of."""

    sentences: tuple[str, ...] = ()
    index: str | None = None
    is_deployed: bool | None = None
    """Whether the function is still there; None where nobody could tell."""


@dataclass(frozen=True, slots=True)
class Insight:
    """`count` is how often it happened, `hours` when, oldest first (hours without any are not there), `events` in
    detail, newest first; there may be fewer events than were counted. `component` is a path, "" for the app."""

    kind: str
    function: str
    component: str
    table: str | None
    count: int
    hours: tuple[Hour, ...]
    events: tuple[Event, ...]
    row: Row
    advice: Advice = field(default_factory=Advice)

    @property
    def known(self) -> Kind:
        return kind_of(self.kind)

    @property
    def severity(self) -> Severity:
        return self.known.severity

    @property
    def name(self) -> str:
        """`messages:send`, `component/path:messages:send`."""
        return f"{self.component}:{self.function}" if self.component else self.function

    @property
    def first_seen(self) -> float | None:
        """Milliseconds since 1970, to the hour where no event tells it better."""
        hour = self.hours[0].start if self.hours else None
        time = min(self._times(), default=None)
        if time is None or hour is None:
            return time if hour is None else hour
        return time if time < hour + HOUR else hour

    @property
    def last_seen(self) -> float | None:
        hour = self.hours[-1].start if self.hours else None
        time = max(self._times(), default=None)
        if time is None or hour is None:
            return time if hour is None else hour
        return time if time >= hour else hour

    @property
    def writers(self) -> tuple[Writer, ...]:
        """Whose writes it conflicts with, the most frequent first."""
        counts: dict[str, int] = {}
        for event in self.events:
            if event.write_source:
                counts[event.write_source] = counts.get(event.write_source, 0) + 1
        own = (self.function, self.name, "Self")
        found = [Writer(name, number, name in own) for name, number in counts.items()]
        return tuple(sorted(found, key=lambda writer: (-writer.events, writer.function)))

    @property
    def reads(self) -> tuple[TableRead, ...]:
        """The most that one event read of each table, the biggest table first."""
        most: dict[str, TableRead] = {}
        for event in self.events:
            for read in event.reads:
                known = most.get(read.table, read)
                most[read.table] = TableRead(
                    read.table, max(known.documents, read.documents), max(known.bytes, read.bytes)
                )
        return tuple(sorted(most.values(), key=lambda read: (-read.bytes, -read.documents, read.table)))

    def _times(self) -> list[float]:
        return [event.time for event in self.events if event.time is not None]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the log that was seen, in milliseconds since 1970, with so many executions."""

    begin: float
    end: float
    executions: int


@dataclass(frozen=True, slots=True)
class Report:
    """The insights of one deployment between `begin` and `end` (milliseconds since 1970), the most severe first.

    `seen` are the stretches of the log that a live report rests on. `notes` are for people.
    """

    deployment: str
    source: Literal["cloud", "live"]
    begin: float
    end: float
    insights: tuple[Insight, ...]
    dashboard: str | None = None
    seen: tuple[Span, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def hours(self) -> int:
        return max(1, round((self.end - self.begin) / HOUR))

    def of_severity(self, severity: Severity) -> int:
        return sum(insight.severity == severity for insight in self.insights)

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the window is missing: what is not among the insights did not happen."""
        return self.source == "cloud" or any(span.begin <= self.begin for span in self.seen)

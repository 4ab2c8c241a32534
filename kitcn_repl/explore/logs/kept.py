"""A long stretch of a log in little memory: lines to look through, and the entries that they are from."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from operator import itemgetter
from sys import intern
from typing import Final, Literal, NamedTuple

from kitcn_repl.explore.logs.entry import LEVELS, LogEntry, Said
from kitcn_repl.values import JsonObject

MOST_ENTRIES: Final = 100_000
MOST_BYTES: Final = 64 * 1024 * 1024
LONGEST_TEXT: Final = 8 * 1024
"""Characters of a line; the whole is in its entry."""
BLOCK: Final = 64
"""Entries that are packed together; when there are too many, so many go at once."""

_OVERHEAD: Final = 400
"""Bytes of a line besides its text, about."""
_BLOCKS_AT_HAND: Final = 8
_LONGEST_LEVEL: Final = 20
_ENTRY: Final = 0
_REQUEST: Final = 4
_TEXT: Final = 7
"""Places in a packed line."""

Outcome = Literal["ok", "failed", "retried"]


PackedLine = tuple[
    int, str, str, str, str, float, str, str, bool, str | None, Outcome | None, float | None, bool, int, int, str | None
]
"""A line as it is kept: Python's garbage collector passes over tuples that hold nothing but plain values, and would
stop everything for a tenth of a second to look at a hundred thousand objects."""


class Line:
    """One thing that an execution said, or how it ended. Times are in milliseconds since 1970, durations in ms.

    `entry` is the number of its entry. `outcome` is None for a line of its log. `text` may have several lines, and is
    cut at `LONGEST_TEXT` (`is_cut`). `nested` is the function that said it, if another one called that.
    """

    __slots__ = (
        "bytes_read", "component", "documents_read", "duration", "entry", "identifier", "is_cached", "is_cut", "level",
        "nested", "outcome", "request_id", "status", "text", "time", "udf_type",
    )  # fmt: skip

    def __init__(self, packed: PackedLine) -> None:
        (
            self.entry, self.udf_type, self.identifier, self.component, self.request_id, self.time, self.level,
            self.text, self.is_cut, self.nested, self.outcome, self.duration, self.is_cached, self.documents_read,
            self.bytes_read, self.status,
        ) = packed  # fmt: skip

    @property
    def severity(self) -> int:
        return LEVELS.get(self.level, LEVELS["LOG"])

    @property
    def function(self) -> str:
        return f"{self.component}/{self.identifier}" if self.component else self.identifier


def _packed(number: int, entry: LogEntry, said: Said) -> PackedLine:
    is_outcome = said.kind in ("error", "success")
    outcome: Outcome | None = None
    if is_outcome:
        outcome = "ok" if said.kind == "success" else "retried" if entry.will_retry else "failed"
    return (
        number,
        intern(entry.udf_type),
        intern(entry.identifier),
        intern(entry.component),
        entry.request_id,
        said.time,
        intern(said.level.upper()[:_LONGEST_LEVEL]),
        "" if said.kind == "success" else said.text[:LONGEST_TEXT],
        len(said.text) > LONGEST_TEXT,
        said.function,
        outcome,
        entry.duration if is_outcome else None,
        is_outcome and entry.is_cached,
        entry.usage("databaseReadDocuments") if is_outcome else 0,
        entry.usage("databaseReadBytes") if is_outcome else 0,
        entry.status if is_outcome else None,
    )


class KeptLog:
    """The newest entries, oldest first. Their numbers count all that ever came."""

    def __init__(self, *, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> None:
        self.lines: list[PackedLine] = []
        self.first = 0
        """The number of the oldest entry that is kept: so many were dropped."""
        self.total = 0
        """How many came."""
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._bytes = 0
        self._open: list[JsonObject] = []
        self._open_lines = 0
        """Bytes of the lines of the open block."""
        self._blocks: deque[_Block] = deque()
        self._unpacked: OrderedDict[int, list[JsonObject]] = OrderedDict()

    def add(self, entries: Iterable[JsonObject]) -> list[PackedLine]:
        """Keep them, and forget the oldest beyond the limits; their lines."""
        added: list[PackedLine] = []
        for raw in entries:
            entry = LogEntry(raw)
            lines = [_packed(self.total, entry, said) for said in entry.said(success=True)]
            size = sum(_OVERHEAD + len(line[_TEXT]) for line in lines)
            self._bytes += size
            self._open_lines += size
            self._open.append(raw)
            self.total += 1
            self.lines += lines
            added += lines
            if len(self._open) == BLOCK:
                self._pack()
        self._forget()
        return added

    def entry(self, number: int) -> LogEntry | None:
        """None for one that was dropped."""
        if not self.first <= number < self.total:
            return None
        begin = self.total - len(self._open)
        if number >= begin:
            return LogEntry(self._open[number - begin])
        return LogEntry(self._block(number)[number % BLOCK])

    def of_request(self, request_id: str) -> list[LogEntry]:
        """Entries that are kept of a request, oldest first."""
        numbers = dict.fromkeys(line[_ENTRY] for line in self.lines if line[_REQUEST] == request_id)
        return [entry for entry in map(self.entry, numbers) if entry is not None]

    def _pack(self) -> None:
        packed = zlib.compress(json.dumps(self._open, ensure_ascii=True).encode(), 1)
        self._blocks.append(_Block(packed, self._open_lines + len(packed)))
        self._bytes += len(packed)
        self._open, self._open_lines = [], 0

    def _forget(self) -> None:
        dropped = self.first
        while self._blocks and (self.total - self.first > self._most_entries or self._bytes > self._most_bytes):
            self._unpacked.pop(self.first // BLOCK, None)
            self._bytes -= self._blocks.popleft().size
            self.first += BLOCK
        if self.first > dropped:
            del self.lines[: lines_before(self.lines, self.first)]

    def _block(self, number: int) -> list[JsonObject]:
        at = number // BLOCK
        if at not in self._unpacked:
            while len(self._unpacked) >= _BLOCKS_AT_HAND:
                self._unpacked.popitem(last=False)
            self._unpacked[at] = json.loads(zlib.decompress(self._blocks[at - self.first // BLOCK].packed))
        self._unpacked.move_to_end(at)
        return self._unpacked[at]


class _Block(NamedTuple):
    """`size` is that of its lines too."""

    packed: bytes
    size: int


def lines_before(lines: Sequence[PackedLine], number: int) -> int:
    """How many of the lines, oldest first, are from entries before that number."""
    return bisect_left(lines, number, key=itemgetter(_ENTRY))

"""Which entries, and which of their lines, somebody wants to see."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from kitcn_repl.explore.logs.entry import LEVELS, LogEntry, Said


class Origin(Protocol):
    """What is known of an execution without a look at what it said: an entry, or a line of one."""

    @property
    def time(self) -> float: ...

    @property
    def request_id(self) -> str: ...

    @property
    def function(self) -> str: ...

    @property
    def identifier(self) -> str: ...

    @property
    def component(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """All of these have to hold. `since` is in milliseconds since 1970.

    `function` is a part of a name, or has wildcards, and `text` a part of what was said, both in any case of letters;
    `level` the least severe one; `request` the beginning of a request's id.
    """

    function: str | None = None
    request: str | None = None
    level: str | None = None
    text: str | None = None
    since: float | None = None
    success: bool = False

    @property
    def chooses_lines(self) -> bool:
        return self.level is not None or self.text is not None

    def said(self, entry: LogEntry) -> Iterator[Said]:
        """What there is to show of an entry that `takes` it."""
        return (said for said in entry.said(success=self.success) if self._takes_said(said))

    def takes(self, entry: LogEntry) -> bool:
        return self.takes_whole(entry) and (not self.chooses_lines or any(True for _ in self.said(entry)))

    def takes_whole(self, entry: Origin) -> bool:
        """As `takes`, whatever the entry says."""
        if self.since is not None and entry.time < self.since:
            return False
        if self.request is not None and not entry.request_id.lower().startswith(self.request.lower()):
            return False
        return self.function is None or _fits(self.function, entry)

    def of(self, entries: Iterable[LogEntry]) -> list[LogEntry]:
        return [entry for entry in entries if self.takes(entry)]

    def _takes_said(self, said: Said) -> bool:
        if self.level is not None and said.severity < LEVELS[self.level]:
            return False
        return self.text is None or self.text.lower() in said.text.lower()


def newest(entries: Sequence[LogEntry], number: int | None) -> Sequence[LogEntry]:
    """The last `number` entries, or fewer if there are not as many; all for None."""
    return entries if number is None else entries[max(0, len(entries) - number) :]


def _fits(pattern: str, entry: Origin) -> bool:
    wanted = pattern.lower()
    names = (entry.function.lower(), entry.identifier.lower(), f"{entry.component}:{entry.identifier}".lower())
    if any(char in wanted for char in "*?["):
        return any(fnmatch.fnmatchcase(name, wanted) for name in names)
    return any(wanted in name for name in names)

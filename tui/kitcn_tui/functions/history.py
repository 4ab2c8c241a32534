"""The arguments that functions were run with in this session, as they were typed."""

from __future__ import annotations

from dataclasses import dataclass, field

Typed = dict[str, str]
_MOST = 50


@dataclass(slots=True)
class History:
    """For each function the runs, oldest first, and where one is in them; past the last is what is being typed."""

    _runs: dict[str, list[Typed]] = field(default_factory=dict)
    _at: dict[str, int] = field(default_factory=dict)
    _drafts: dict[str, Typed] = field(default_factory=dict)

    def add(self, function: str, typed: Typed) -> None:
        runs = self._runs.setdefault(function, [])
        if typed in runs:
            runs.remove(typed)
        runs.append(dict(typed))
        del runs[:-_MOST]
        self._at[function] = len(runs)

    def keep(self, function: str, typed: Typed) -> None:
        """What is being typed, to come back to."""
        if self._at.get(function, len(self._runs.get(function, ()))) == len(self._runs.get(function, ())):
            self._drafts[function] = dict(typed)

    def draft(self, function: str) -> Typed:
        return self._drafts.get(function, {})

    def step(self, function: str, by: int) -> Typed | None:
        """The run before (-1) or after (1) the one that was shown last; None at either end."""
        runs = self._runs.get(function, [])
        at = self._at.get(function, len(runs)) + by
        if not 0 <= at <= len(runs):
            return None
        self._at[function] = at
        return runs[at] if at < len(runs) else self.draft(function)

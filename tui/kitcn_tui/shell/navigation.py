"""The way back: where one was, and where one came back from."""

from __future__ import annotations

from dataclasses import dataclass, field

from kitcn_tui.places import Place

_MOST = 100


@dataclass
class Navigation:
    """Places before the present one and, after going back, those after it. The present one itself is the view's."""

    _behind: list[Place] = field(default_factory=list)
    _ahead: list[Place] = field(default_factory=list)

    @property
    def behind(self) -> tuple[Place, ...]:
        """Oldest first."""
        return tuple(self._behind)

    @property
    def can_go_back(self) -> bool:
        return bool(self._behind)

    @property
    def can_go_forward(self) -> bool:
        return bool(self._ahead)

    def left(self, place: Place) -> None:
        """Somebody goes on from here."""
        if not self._behind or self._behind[-1] != place:
            self._behind.append(place)
            del self._behind[:-_MOST]
        self._ahead.clear()

    def back(self, here: Place, steps: int = 1) -> Place | None:
        """Where to go, `steps` places back; None if there is no such place."""
        return _move(self._behind, self._ahead, here, steps)

    def forward(self, here: Place, steps: int = 1) -> Place | None:
        return _move(self._ahead, self._behind, here, steps)

    def clear(self) -> None:
        self._behind.clear()
        self._ahead.clear()


def _move(source: list[Place], other: list[Place], here: Place, steps: int) -> Place | None:
    if not 0 < steps <= len(source):
        return None
    for _ in range(steps):
        other.append(here)
        here = source.pop()
    return here

"""How long the application takes from a key to the picture that shows it, and how long its loop is held up."""

from __future__ import annotations

import asyncio
from collections import deque
from time import perf_counter
from typing import Final, NamedTuple

_KEPT: Final = 8_192
_BEAT: Final = 0.01
_LATE: Final = 0.005
"""Seconds; a beat that comes no later than this found the loop idle."""
_IDLE_BEATS: Final = 10
_REST: Final = 100
"""Idle beats after which the beating stops until the next key."""


class FrameTimes(NamedTuple):
    """Milliseconds. `frames` counts pictures that answered an input; p50, p99 and worst are theirs.

    `lag_p99` and `lag_worst` tell how long the loop was held up at a stretch, by whatever: in that time nothing could
    be shown.
    """

    frames: int
    p50: float
    p99: float
    worst: float
    lag_p99: float
    lag_worst: float

    def __str__(self) -> str:
        if not self.frames:
            return "No frames were measured yet."
        return (
            f"{self.frames:,} frames: half within {self.p50:.1f} ms, 99 % within {self.p99:.1f} ms, worst"
            f" {self.worst:.1f} ms. Loop held up: 99 % within {self.lag_p99:.1f} ms, worst {self.lag_worst:.1f} ms."
        )


class FrameTimer:
    """Measures while somebody works, and rests otherwise.

    A frame begins when an input event is made, in the thread that reads the terminal, and ends when the next picture
    is written; an input after which the loop is idle for 100 ms had nothing to show and does not count.
    """

    def __init__(self) -> None:
        self._frames: deque[float] = deque(maxlen=_KEPT)
        self._lags: deque[float] = deque(maxlen=_KEPT)
        self._pending: float | None = None
        self._beat: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._idle = 0

    def input(self, at: float) -> None:
        """Somebody pressed a key, or the mouse, at `at` (as of `time.perf_counter`)."""
        if self._pending is None:
            self._pending = at
        self._idle = 0
        if self._beat is None:
            self._schedule()

    def shown(self) -> None:
        """A picture was written."""
        if self._pending is not None:
            self._frames.append(perf_counter() - self._pending)
            self._pending = None
        self._idle = min(self._idle, _IDLE_BEATS)

    def reset(self) -> None:
        """Forget what was measured; what is under way counts."""
        self._frames.clear()
        self._lags.clear()

    def times(self) -> FrameTimes:
        frames, lags = sorted(self._frames), sorted(self._lags)
        return FrameTimes(
            len(frames), _part(frames, 0.5), _part(frames, 0.99), _part(frames, 1), _part(lags, 0.99), _part(lags, 1)
        )

    def stop(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None

    def _schedule(self) -> None:
        self._due = perf_counter() + _BEAT
        self._beat = asyncio.get_running_loop().call_later(_BEAT, self._tick)

    def _tick(self) -> None:
        lag = max(0.0, perf_counter() - self._due)
        self._lags.append(lag)
        self._idle = 0 if lag > _LATE else self._idle + 1
        if self._idle >= _IDLE_BEATS:
            self._pending = None
        if self._idle >= _REST:
            self._beat = None
        else:
            self._schedule()


def _part(ordered: list[float], part: float) -> float:
    """The value that `part` of them do not exceed, in milliseconds."""
    if not ordered:
        return 0.0
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))]

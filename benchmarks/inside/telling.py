"""A frame timer that also knows what frames cost, and writes all of it to a file for who measures."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter

from kitcn_tui.frames import FrameTimer


class Timer(FrameTimer):
    """`own` has the milliseconds of frames without waiting for a processor."""

    def __init__(self) -> None:
        super().__init__()
        self.own: list[float] = []
        self._wait = 0.0
        self._begin = 0.0

    def input(self, at: float) -> None:
        if self._pending is None:
            self._wait, self._begin = waited(), at
        super().input(at)

    def shown(self) -> None:
        if self._pending is not None:
            self.own.append(1000 * (perf_counter() - self._begin - (waited() - self._wait)))
        super().shown()


def waited() -> float:
    """Seconds for which this thread could have run, but had no processor; 0 where the system does not tell."""
    try:
        with open("/proc/self/schedstat") as statistics:  # noqa: PTH123 - twice for each frame
            return int(statistics.read().split()[1]) / 1e9
    except FileNotFoundError:
        return 0.0


def tell(timer: Timer, path: str, **more: object) -> None:
    times = timer.times()
    own = sorted(timer.own) or [0.0]
    told = {
        **{name: getattr(times, name) for name in ("frames", "p50", "p99", "worst")},
        "own_p50": own[len(own) // 2],
        "own_p99": own[int(len(own) * 0.99)],
        "memory": _memory(),
        **more,
    }
    new = Path(path).with_suffix(".new")
    new.write_text(json.dumps(told))
    new.replace(path)


def _memory() -> float | None:
    """The process's peak in MB."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    found = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(found.split()[1]) * 1024 / 1e6

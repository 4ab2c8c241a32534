"""A bar on stderr for imports that take long, and the way to stop one."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from kitcn_repl.cli.environment import Environment
from kitcn_repl.render.quantity import count
from kitcn_repl.render.text import visible

if TYPE_CHECKING:
    from kitcn_repl.offline.snapshot import ImportProgress

_PATIENCE = 0.5
"""Seconds; a bar that flashes up and goes is worse than none."""
_INTERVAL = 0.1
_BAR_WIDTH = 24
_SHORTEST_BAR = 8
_SHORTEST_NAME = 8


class ImportStoppedError(Exception):
    """Raised inside the import once nobody waits for it any more, so that it ends and cleans up."""


class ImportProgressBar:
    """Called by the import from its own thread; leaves no trace on the terminal when it ends."""

    def __init__(self, environment: Environment, doing: str, name: str) -> None:
        """`doing` is `Importing` or another word for it."""
        self._environment = environment
        self._doing = doing
        self._name = visible(name)
        self._next = environment.clock() + _PATIENCE
        self._drawn = False
        self._stopped = False

    def __enter__(self) -> ImportProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped = True
        if self._drawn:
            self._environment.stderr.write("\r\x1b[K")
            self._environment.stderr.flush()

    def __call__(self, progress: ImportProgress) -> None:
        if self._stopped:
            raise ImportStoppedError
        now = self._environment.clock()
        if now < self._next or not self._environment.stderr_is_tty:
            return
        self._next = now + _INTERVAL
        self._drawn = True
        self._environment.stderr.write("\r\x1b[K" + self._line(progress))
        self._environment.stderr.flush()

    def _line(self, progress: ImportProgress) -> str:
        share = min(1.0, progress.bytes_done / progress.bytes_total) if progress.bytes_total else 0.0
        tail = f"{share:4.0%}" + (f"  {count(progress.documents)} documents" if progress.documents else "")
        room = self._environment.width - 1 - len(self._doing) - 1 - len(tail) - 3
        bar_width = max(0, min(_BAR_WIDTH, room - len(self._name)))
        if bar_width < _SHORTEST_BAR:
            bar_width = max(0, min(_SHORTEST_BAR, room - _SHORTEST_NAME))
        name_width = max(0, room - bar_width)
        name = self._name if len(self._name) <= name_width else self._name[: max(0, name_width - 1)] + "…"
        filled = round(share * bar_width)
        style = self._environment.err_style
        bar = style.green("█" * filled) + style.dim("░" * (bar_width - filled))
        return f"{self._doing} {name}  {bar} {tail}"

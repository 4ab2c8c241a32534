"""Everything that the command line takes from the world around it; tests make their own."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from kitcn_repl.render.style import Style


def never_confirm(_question: str) -> bool:
    """The answer where nobody can be asked."""
    return False


@dataclass(frozen=True, slots=True)
class Environment:
    """`clock` counts seconds from any start. `width` is the terminal's, in columns. `confirm` asks yes or no."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    cwd: Path
    clock: Callable[[], float]
    variables: Mapping[str, str] = field(default_factory=dict)
    stdin_is_tty: bool = False
    stdout_is_tty: bool = False
    stderr_is_tty: bool = False
    width: int = 80
    confirm: Callable[[str], bool] = never_confirm

    @property
    def out_style(self) -> Style:
        return Style(self._colour(self.stdout_is_tty))

    @property
    def err_style(self) -> Style:
        return Style(self._colour(self.stderr_is_tty))

    @property
    def debug(self) -> bool:
        return bool(self.variables.get("KITCN_DEBUG"))

    def _colour(self, is_tty: bool) -> bool:
        """NO_COLOR wins (no-color.org), then FORCE_COLOR, then whether it is a terminal that can show colours."""
        if self.variables.get("NO_COLOR"):
            return False
        forced = self.variables.get("FORCE_COLOR")
        if forced:
            return forced not in ("0", "false")
        return is_tty and self.variables.get("TERM") != "dumb"


def real_environment() -> Environment:
    """The process's own streams, variables, clock and directory."""
    import os
    import sys
    import time

    stdin: TextIO = sys.stdin or io.StringIO()
    if isinstance(stdin, io.TextIOWrapper):
        stdin.reconfigure(encoding="utf-8", errors="strict")
    stdout, stderr = _output(sys.stdout), _output(sys.stderr)
    try:
        cwd = Path.cwd()
    except OSError:  # deleted under our feet; relative paths fail by themselves then
        cwd = Path()
    return Environment(
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        cwd=cwd,
        clock=time.monotonic,
        variables=os.environ,
        stdin_is_tty=stdin.isatty(),
        stdout_is_tty=stdout.isatty(),
        stderr_is_tty=stderr.isatty(),
        width=_width(os.environ, stdout, stderr),
        confirm=_confirm if stdin.isatty() and stderr.isatty() else never_confirm,
    )


def _output(stream: TextIO | None) -> TextIO:
    """The stream made exact for pipes: UTF-8 and bare newlines on every system, and no write cut short.

    None is what Python makes of a stream that the shell closed.
    """
    if stream is None:
        return io.StringIO()
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    is_tty = stream.isatty()
    if isinstance(stream.buffer, io.RawIOBase):
        # PYTHONUNBUFFERED: without a buffer between, Python drops what one system call did not take.
        raw = io.FileIO(stream.fileno(), "w", closefd=False)
        stream = io.TextIOWrapper(io.BufferedWriter(raw), stream.encoding, line_buffering=True)
    if is_tty:
        stream.reconfigure(errors="backslashreplace")
    else:
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    return stream


def _width(variables: Mapping[str, str], *streams: TextIO) -> int:
    """Columns of the first stream that is a terminal; COLUMNS wins, as it does for other programs."""
    import os

    wanted = variables.get("COLUMNS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    for stream in streams:
        if stream.isatty():
            try:
                columns = os.get_terminal_size(stream.fileno()).columns
            except OSError:
                continue
            if columns > 0:
                return columns
    return 80


def _confirm(question: str) -> bool:
    import sys

    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")

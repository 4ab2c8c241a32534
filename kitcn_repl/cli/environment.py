"""Everything that the command line takes from the world around it; tests make their own."""

from __future__ import annotations

import io
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from kitcn_repl.errors import KitcnError
from kitcn_repl.render.style import Style


def nobody_answers(_question: str) -> str | None:
    """The answer to a question for a text where nobody can be asked."""
    return None


def never_execute(_command: Sequence[str], _variables: Mapping[str, str]) -> int:
    """Where there is no process of our own to give away."""
    raise KitcnError("No other program can be started here.")


def never_open(_address: str) -> bool:
    """Where there is no browser."""
    return False


def run_in_new_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Where the thread has no event loop yet; ctrl-c cancels the work."""
    import asyncio

    return asyncio.run(work)


@dataclass(frozen=True, slots=True)
class Environment:
    """`clock` counts seconds from any start. `width` is the terminal's, in columns.

    `ask_secret` asks for a line that is not shown while it is typed, None if there was none. `execute` makes the
    process become another program, or runs that and returns its exit code; `open_page` opens an address in a browser,
    if there is one. `run_async` runs asynchronous work to its end.
    """

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    cwd: Path
    clock: Callable[[], float]
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    stdin_is_tty: bool = False
    stdout_is_tty: bool = False
    stderr_is_tty: bool = False
    width: int = 80
    ask_secret: Callable[[str], str | None] = nobody_answers
    execute: Callable[[Sequence[str], Mapping[str, str]], int] = never_execute
    open_page: Callable[[str], bool] = never_open
    run_async: Callable[[Coroutine[Any, Any, Any]], Any] = run_in_new_loop

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
        ask_secret=_ask_secret if stdin.isatty() and stderr.isatty() else nobody_answers,
        execute=_become,
        open_page=_open_page,
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


def _become(command: Sequence[str], variables: Mapping[str, str]) -> int:
    """Never returns: the exit code and the signals are the other program's own."""
    import os
    import signal
    import sys

    sys.stdout.flush()
    sys.stderr.flush()
    for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # by Python, and it would be inherited
        signal.signal(ignored, signal.SIG_DFL)
    encoded = [word.encode("utf-8", "surrogateescape") for word in command]
    try:
        os.execve(encoded[0], encoded, dict(variables))  # noqa: S606
    except OSError as error:
        raise KitcnError(f"{command[0]} cannot be started: {error.strerror}.") from error


def _open_page(address: str) -> bool:
    """Only where a window can open: a browser for terminals would take ours."""
    import os
    import sys

    has_windows = sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if not has_windows or os.environ.get("SSH_CONNECTION"):
        return False
    import webbrowser

    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False


def _ask_secret(question: str) -> str | None:
    import getpass
    import sys

    try:
        with interruptible():
            return getpass.getpass(f"{question} ", sys.stderr)
    except EOFError:
        return None


@contextmanager
def interruptible() -> Iterator[None]:
    """Let ctrl-c end the wait for an answer at once: asyncio would only cancel the task that waits, after it."""
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():  # there ctrl-c never arrives
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before or signal.default_int_handler)

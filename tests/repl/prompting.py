"""The shell in a real pseudo terminal."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect

from tests.repl.screen import Screen
from tests.tui.terminal import terminal

ENTER, TAB, ESCAPE, UP = "\r", "\t", "\x1b", "\x1b[A"
CTRL_C, CTRL_D, CTRL_L, CTRL_R, CTRL_Q = "\x03", "\x04", "\x0c", "\x12", "\x11"
ALT_ENTER = "\x1b\r"
SIGN = "› "
_TICK = 0.05
_PATIENCE = 20.0
"""Seconds; only ever spent on a shell that hangs."""


class Prompt:
    """A shell, and what it shows."""

    def __init__(self, child: Any, size: tuple[int, int]) -> None:
        self.child = child
        self.screen = Screen(*size)

    @property
    def text(self) -> str:
        return self.screen.text

    def press(self, keys: str) -> None:
        self.child.send(keys)

    def until(self, shown: str | Callable[[Screen], bool]) -> None:
        """Wait until the screen shows the text, or what is asked for."""
        fits = shown if callable(shown) else lambda screen: shown in screen.text
        end = time.monotonic() + _PATIENCE
        while not fits(self.screen):
            try:
                self._read(_TICK)
            except (pexpect.TIMEOUT, pexpect.EOF) as problem:
                if isinstance(problem, pexpect.EOF) or time.monotonic() > end:
                    raise AssertionError(f"{shown!r} did not come; the screen:\n{self.screen.text}") from None

    def _read(self, patience: float) -> None:
        self.screen.write(self.child.read_nonblocking(1 << 16, timeout=patience))
        while self.screen.replies:
            self.child.send(self.screen.replies.pop(0))

    def ready(self) -> None:
        """Wait for an empty prompt."""
        self.until(lambda screen: screen.line.endswith(SIGN))

    def fresh(self) -> None:
        """An empty prompt on an empty screen."""
        self.press(CTRL_C)
        self.ready()
        self.press(CTRL_L)
        self.until(lambda screen: screen.row == 0 and screen.line.endswith(SIGN))
        self.screen.clipboard.clear()

    def type(self, text: str) -> None:
        """As somebody types: the last characters are shown before the next key comes."""
        self.press(text)
        tail = text.rstrip(" \r").rpartition("\r")[2][-8:]
        self.until(lambda screen: screen.line.rstrip().endswith(tail))

    def enter(self, text: str) -> str:
        """Type a line, run it, and wait for the next prompt. What came in between."""
        self.press("\x15")
        before = len(self.screen.past)
        row = self.screen.row
        self.type(text)
        self.press(ENTER)
        start = before + row
        self.until(lambda screen: len(screen.past) + screen.row > start and screen.line.endswith(SIGN))
        return "\n".join(self.screen.everything.split("\n")[start + 1 : -1])

    def computes(self) -> bool:
        """Whether a process that the shell has started is running now."""
        found = subprocess.run(
            ["ps", "-o", "stat=,comm=", "--ppid", str(self.child.pid)], capture_output=True, text=True, check=False
        )
        return any(line.startswith("R") for line in found.stdout.splitlines())

    def leave(self) -> int:
        """ctrl-d at an empty prompt; the exit code."""
        self.press(CTRL_D)
        return self.end()

    def end(self) -> int:
        try:
            while True:
                self._read(_PATIENCE)
        except pexpect.EOF:
            pass
        self.child.wait()
        return -self.child.signalstatus if self.child.signalstatus is not None else int(self.child.exitstatus)


@contextmanager
def shell(
    cwd: Path, *argv: str, variables: Mapping[str, str] | None = None, size: tuple[int, int] = (110, 34)
) -> Iterator[Prompt]:
    """`kitcn repl`, on the demo if nothing else is named."""
    sized = {"COLUMNS": str(size[0]), "LINES": str(size[1])}
    arguments = ["-m", "kitcn_repl", "repl", *(argv or ("--demo",))]
    with terminal(cwd, arguments, {**sized, **(variables or {})}, size=size) as opened:
        opened.child.delaybeforesend = None
        prompt = Prompt(opened.child, size)
        prompt.ready()
        yield prompt

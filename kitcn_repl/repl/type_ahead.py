"""What is typed while something runs: kept for the next prompt, and not shown in the middle of the output."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class TypeAhead:
    """The mode of the terminal between prompts. Where `stdin` is no terminal, nothing changes."""

    def __init__(self, stdin: TextIO) -> None:
        self._stdin = stdin

    @contextmanager
    def kept(self) -> Iterator[None]:
        """In the terminal's usual mode ctrl-d would be lost, and everything be shown. ctrl-c still interrupts."""
        with self._line_by_line(is_on=False):
            yield

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """The usual mode, for whatever reads from the terminal meanwhile."""
        with self._line_by_line(is_on=True):
            yield

    @contextmanager
    def _line_by_line(self, *, is_on: bool) -> Iterator[None]:
        if sys.platform == "win32" or not self._stdin.isatty():
            yield
            return
        import termios

        before = termios.tcgetattr(self._stdin)
        changed = [*before]
        bits = termios.ICANON | termios.ECHO
        changed[3] = before[3] | bits if is_on else before[3] & ~bits
        termios.tcsetattr(self._stdin, termios.TCSANOW, changed)
        try:
            yield
        finally:
            termios.tcsetattr(self._stdin, termios.TCSANOW, before)

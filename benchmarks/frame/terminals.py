"""A program in a terminal of its own (a pty), as a person would start it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from benchmarks.frame.processes import FailedError, note_peaks

PATIENCE = 60.0
"""Seconds; only ever spent on a program that hangs."""
_ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=$ ]*[A-Za-z~]|\x1b[\]P][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.")
_KEPT = 1 << 20


class Terminal:
    """What the program writes is read at once, and the end of it kept."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path, *, columns: int, lines: int
    ) -> None:
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.command = command
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            cwd=folder,
            start_new_session=True,
        )
        os.close(slave)
        self._master = master
        self._received = b""
        self._at = self.began
        self._is_over = False
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while not self._is_over:
            try:
                if not select.select([self._master], [], [], 0.2)[0]:
                    continue
                piece = os.read(self._master, 1 << 16)
            except OSError:
                piece = b""
            with self._news:
                self._at = time.perf_counter()
                self._received = (self._received + piece)[-_KEPT:]
                if not piece:
                    self._is_over = True
                self._news.notify_all()

    @property
    def text(self) -> bytes:
        """What was written, without the codes that place and colour it."""
        return _ESCAPES.sub(b"", self._received)

    def until(self, *shown: bytes) -> float:
        """Seconds from the start until all of these texts were written. Raises FailedError."""
        with self._news:
            end = time.perf_counter() + PATIENCE
            while not all(one in self.text for one in shown):
                left = end - time.perf_counter()
                if self._is_over or left <= 0 or not self._news.wait(left):
                    tail = self.text[-2000:].decode(errors="replace")
                    command = " ".join(map(str, self.command[:4]))
                    raise FailedError(f"{command} ... did not show {shown!r}; the end of what it wrote:\n{tail}")
            return self._at - self.began

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def memory(self) -> float | None:
        """The peak so far, of the program and its children together, in MB."""
        peaks: dict[int, float] = {}
        note_peaks(self.process.pid, peaks)
        return sum(peaks.values()) or None

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._is_over = True
        self._reader.join()
        os.close(self._master)

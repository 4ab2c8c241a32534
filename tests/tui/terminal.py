"""The real program in a real pseudo terminal."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pexpect

ROOT = Path(__file__).resolve().parents[2]
LEAVES_ALTERNATE_SCREEN = "\x1b[?1049l"
SHOWS_CURSOR = "\x1b[?25h"
STOPS_MOUSE = "\x1b[?1000l"
_PATIENCE = 30
_ESCAPES = re.compile(r"\x1b\[[0-9;?<>=$ ]*[A-Za-z~]|\x1b[\]P][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.")


class Terminal:
    """What was written to it, as it came."""

    def __init__(self, child: Any) -> None:
        self.child = child
        self.written = ""

    @property
    def text(self) -> str:
        """What was written, without the escape sequences."""
        return _ESCAPES.sub("", self.written)

    def until(self, text: str) -> None:
        """Wait for a text on the screen that is written in one piece."""
        while text not in self.text:
            self._read()

    def press(self, keys: str) -> None:
        self.child.send(keys)

    def resize(self, columns: int, lines: int) -> None:
        self.child.setwinsize(lines, columns)

    def end(self) -> int:
        """Wait for the end; the exit code, or minus the signal."""
        try:
            while True:
                self._read()
        except pexpect.EOF:
            pass
        self.child.wait()
        return -self.child.signalstatus if self.child.signalstatus is not None else int(self.child.exitstatus)

    def _read(self) -> None:
        try:
            self.written += self.child.read_nonblocking(1 << 16, timeout=_PATIENCE)
        except pexpect.TIMEOUT:
            raise AssertionError(f"nothing more came; at the end stood:\n{self.text[-3000:]}") from None


@contextmanager
def terminal(
    cwd: Path,
    argv: Sequence[str],
    variables: Mapping[str, str] | None = None,
    *,
    size: tuple[int, int] = (120, 36),
) -> Iterator[Terminal]:
    """Run Python with these arguments; it is killed at the end if it still lives. State and caches are in `cwd`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("KITCN_", "CONVEX_", "XDG_"))}
    own.pop("NO_COLOR", None)
    environment = {
        **own,
        "HOME": str(cwd),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tui"))),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "KITCN_STATE_DIR": str(cwd / ".state"),
        "KITCN_CACHE_DIR": str(cwd / ".cache"),
        "KITCN_CONFIG_DIR": str(cwd / ".config"),
        **(variables or {}),
    }
    child = pexpect.spawn(
        sys.executable,
        list(argv),
        env=environment,
        cwd=str(cwd),
        dimensions=(size[1], size[0]),
        encoding="utf-8",
        codec_errors="replace",
    )
    try:
        yield Terminal(child)
    finally:
        child.close(force=True)


def assert_restored(written: str) -> None:
    """The terminal is as it was before."""
    for sequence in (LEAVES_ALTERNATE_SCREEN, SHOWS_CURSOR, STOPS_MOUSE):
        assert sequence in written
    entered, left = written.rindex("\x1b[?1049h"), written.rindex(LEAVES_ALTERNATE_SCREEN)
    assert entered < left

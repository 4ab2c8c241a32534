"""What a shell writes on the terminal: through a pager where it is longer than the screen, and else as it is."""

from __future__ import annotations

import io
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Final, TextIO

_SPARE: Final = 2
"""Lines of the screen that the next prompt needs."""
_LESS: Final = "FRXK"


class PagedOutput(io.StringIO):
    """Collects what is written until somebody flushes. `is_paged` tells whether a pager may be used at all; it runs
    inside of `giving`, which gives it the terminal."""

    def __init__(
        self,
        terminal: TextIO,
        variables: Mapping[str, str],
        is_paged: Callable[[], bool],
        giving: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        super().__init__()
        self._giving = giving
        self._terminal = terminal
        self._variables = variables
        self._is_paged = is_paged

    def flush(self) -> None:
        text = self.getvalue()
        if not text:
            return
        self.seek(0)
        self.truncate()
        command = pager(self._variables) if self._is_paged() and is_long(text, *screen()) else None
        if command is not None:
            with self._giving():
                if _page(command, text, self._variables):
                    return
        self._terminal.write(text)
        self._terminal.flush()


def screen() -> tuple[int, int]:
    """Columns and lines of the terminal."""
    size = shutil.get_terminal_size()
    return size.columns, size.lines


def is_long(text: str, columns: int, lines: int) -> bool:
    """Whether the text takes more lines than the screen has for it."""
    needed = text.count("\n") + (0 if text.endswith("\n") else 1)
    if needed > lines - _SPARE:
        return True
    return sum(max(0, _cells(line) - 1) // max(columns, 1) for line in text.split("\n")) + needed > lines - _SPARE


def _cells(line: str) -> int:
    """Near enough: escapes count as nothing, wide characters as one."""
    if "\x1b" in line:
        import re

        line = re.sub(r"\x1b\[[0-9;]*m", "", line)
    return len(line)


def pager(variables: Mapping[str, str]) -> list[str] | None:
    """`$KITCN_PAGER`, `$PAGER`, or less; None where there is none, or where it is switched off by an empty value."""
    for name in ("KITCN_PAGER", "PAGER"):
        if name in variables:
            try:
                words = shlex.split(variables[name])
            except ValueError:
                words = []
            if not words or words == ["cat"]:
                return None
            if shutil.which(words[0], path=variables.get("PATH")) is not None:
                return words
    found = shutil.which("less", path=variables.get("PATH"))
    return [found, f"-{_LESS}"] if found is not None else None


def _page(command: list[str], text: str, variables: Mapping[str, str]) -> bool:
    """Whether the pager showed it. ctrl-c is the pager's while it runs."""
    environment = {"LESS": _LESS, **variables}
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)
    except OSError:
        return False
    assert process.stdin is not None
    with suppress(OSError, KeyboardInterrupt):
        process.stdin.write(text.encode("utf-8", "backslashreplace"))
    with suppress(OSError, KeyboardInterrupt):
        process.stdin.close()
    was_interrupted = False
    while True:
        try:
            # A pager that was left early has shown what somebody wanted to see; one that fails has shown nothing.
            return process.wait() <= 0 or was_interrupted
        except KeyboardInterrupt:
            was_interrupted = True


def clipboard_command(variables: Mapping[str, str]) -> list[str] | None:
    """The program that puts its input on the system's clipboard, if there is one for this desktop."""
    choices: list[tuple[str, list[str]]] = [("pbcopy", []), ("clip.exe", [])]
    if variables.get("WAYLAND_DISPLAY"):
        choices.insert(0, ("wl-copy", []))
    if variables.get("DISPLAY"):
        choices += [("xclip", ["-selection", "clipboard"]), ("xsel", ["--clipboard", "--input"])]
    for name, arguments in choices:
        found = shutil.which(name, path=variables.get("PATH"))
        if found is not None:
            return [found, *arguments]
    return None


def copy(text: str, terminal: TextIO, variables: Mapping[str, str]) -> None:
    """To the terminal's clipboard (OSC 52, which reaches the local one over ssh too), and the system's."""
    import base64

    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    sequence = f"\x1b]52;c;{encoded}\x07"
    if variables.get("TMUX"):
        sequence = f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\"
    terminal.write(sequence)
    terminal.flush()
    command = clipboard_command(variables)
    if command is not None:
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(
                command, input=text.encode("utf-8", "replace"), env=dict(variables), timeout=5, check=False,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip


def editor(variables: Mapping[str, str]) -> list[str] | None:
    for name in ("KITCN_EDITOR", "VISUAL", "EDITOR"):
        if variables.get(name, "").strip():
            return shlex.split(variables[name])
    for name in ("nano", "vim", "vi"):
        found = shutil.which(name, path=variables.get("PATH"))
        if found is not None:
            return [found]
    return None

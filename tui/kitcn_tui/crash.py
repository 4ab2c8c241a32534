"""What is left of an exception that nobody foresaw: a report that one can read and pass on, and no secrets in it."""

from __future__ import annotations

import os
import platform
import re
import secrets
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from kitcn_repl.project.private_files import write_private
from kitcn_repl.project.state_folder import state_folder

_KEPT: Final = 20
_PACKAGES: Final = ("kitcn-repl", "textual", "rich", "pydantic", "httpx2", "tree-sitter")
_LONGEST: Final = 2_000
_SECRETS: Final = (
    (re.compile(r"(\b(?:dev|prod|preview|project|admin)\b[^\s|'\"]{0,200}\|)[^\s'\"]+"), r"\1…"),
    (re.compile(r"(?<=\|)[A-Za-z0-9+/=_-]{16,}"), "…"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+)*"), "<token>"),
    (re.compile(r"(?i)\b(bearer|convex|basic) +[A-Za-z0-9+/=_.|:-]{8,}"), r"\1 …"),
    (re.compile(r"(?<=://)[^/\s@]+@"), "…@"),
    (re.compile(r"(?i)((?:key|token|secret|password|authorization)[\"']?\s*[=:]\s*[\"']?)[^\s\"',}]+"), r"\1…"),
    # Whatever is long and without blanks may be a key, or somebody's data.
    (re.compile(r"[A-Za-z0-9+/=_-]{48,}"), "…"),
)


def write_report(error: BaseException, actions: Sequence[str], variables: Mapping[str, str]) -> Path:
    """The path of a new file that only its owner can read. Raises OSError."""
    folder = state_folder(variables) / "crashes"
    name = f"{time.strftime('%Y-%m-%dT%H-%M-%S')}-{secrets.token_hex(2)}.txt"
    path = folder / name
    write_private(path, report(error, actions).encode("utf-8", "backslashreplace"))
    for old in sorted(folder.glob("*.txt"))[:-_KEPT]:
        with suppress(OSError):
            old.unlink()
    return path


def report(error: BaseException, actions: Sequence[str]) -> str:
    """Versions, what was done last, and where it went wrong: no values of variables, no documents."""
    lines = [
        "kitcn tui ended because of an error that it did not expect: a defect of ours.",
        "This file holds no documents and no keys as far as we can tell; read it before you pass it on.",
        "",
        f"when      {time.strftime('%Y-%m-%d %H:%M:%S %z')}",
        f"python    {platform.python_version()} on {platform.system()} {platform.release()} {platform.machine()}",
        f"terminal  TERM={os.environ.get('TERM', '')} COLORTERM={os.environ.get('COLORTERM', '')}",
        *(f"{name:9} {_version(name)}" for name in _PACKAGES),
        "",
        "What was done last, oldest first:",
        *(f"  {action}" for action in actions),
        "",
        *_frames(error),
    ]
    return "\n".join(lines) + "\n"


def redacted(text: str) -> str:
    """Without what looks like a key, a token or an address with a password in it, and not too long."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"


def one_line(error: BaseException) -> str:
    """The exception in a line: of its message only the first."""
    first = redacted(str(error)).partition("\n")[0]
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"


def _frames(error: BaseException) -> list[str]:
    """The traceback and its causes, without source of the user's and without any variable's value."""
    summary = traceback.TracebackException.from_exception(error, capture_locals=False)
    home, prefix = str(Path.home()), sys.prefix
    text = "".join(summary.format())
    for path, name in ((prefix, "<python>"), (home, "~")):
        if len(path) > 1:
            text = text.replace(path, name)
    return [redacted(line) for line in text.splitlines()]

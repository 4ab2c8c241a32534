"""The root of our errors, and the exit codes of every front door that has one."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the command line (design 3)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NO_DEPLOYMENT = 3
    NOT_REACHED = 4
    INTERRUPTED = 130


_OBEYED = {
    code: f"\\u{code:04x}"
    for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    if code not in (0x09, 0x0A)
}
"""What a terminal acts on, besides blanks and line feeds."""


class KitcnError(Exception):
    """Something the user can understand and mend: one clear line, and perhaps a hint.

    Raised for every foreseen failure; anything else that escapes is a defect of ours.
    """

    exit_code: ExitCode = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """The message; what it repeats of a server's words or of data drives no terminal, where Python prints it."""
        return self.message.translate(_OBEYED)


class UsageError(KitcnError):
    """The command, flag or argument is wrong; nothing was sent."""

    exit_code = ExitCode.USAGE


class NoDeploymentError(KitcnError):
    """Nothing says which deployment is meant, or what is named does not exist."""

    exit_code = ExitCode.NO_DEPLOYMENT

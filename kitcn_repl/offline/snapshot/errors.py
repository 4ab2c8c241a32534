"""What can be wrong with a snapshot."""

from __future__ import annotations

from kitcn_repl.errors import ExitCode, KitcnError


class SnapshotError(KitcnError):
    """The file can not be opened as a snapshot. The message names the file, entry and line."""


class SnapshotMissingError(SnapshotError):
    """There is no file of that name, so no deployment either."""

    exit_code = ExitCode.NO_DEPLOYMENT


def shown(name: str, limit: int = 120) -> str:
    """A name, the file's own or one from inside it, fit for a terminal: no control characters, not too long."""
    text = name if len(name) <= limit else name[: limit - 1] + "…"
    return text if text.isprintable() else repr(text)[1:-1]

"""Failures in a cell: one clean error that stops a run of the notebook, without a traceback through our code."""

from __future__ import annotations

from collections.abc import Sequence

from kitcn_repl.errors import ExitCode, KitcnError
from kitcn_repl.explore.recall.secrets import without_secrets
from kitcn_repl.render.style import Style
from kitcn_repl.render.text import visible_lines

_MOST_LOG_LINES = 50


class CommandFailedError(KitcnError):
    """A command ended with an exit code, and has said why."""


class Interrupted(KeyboardInterrupt):
    """The cell was interrupted; nobody needs to see where."""

    def _render_traceback_(self) -> list[str]:
        return ["Interrupted."]


def clean(error: KitcnError, *, colour: bool, line_offset: int = 0) -> KitcnError:
    """The same error, that IPython shows as its message alone; a notebook keeps it, so a key that was typed in the
    wrong place is masked. `line_offset` is how many lines of the cell stand before the query."""
    error.message = without_secrets(error.message)
    error.args = (error.message,)
    text = without_secrets(_told(error, Style(colour), line_offset))
    # IPython asks each exception how it wants to be shown.
    error._render_traceback_ = lambda: text.split("\n")  # type: ignore[attr-defined]
    error.__traceback__ = None
    error.__cause__ = None
    error.__suppress_context__ = True
    return error


def failed(command: str, code: int) -> KitcnError:
    """For a command that told on its own what is wrong."""
    error = CommandFailedError(f"kitcn {command} ended with exit code {code}.")
    error.exit_code = ExitCode(code) if code in set(ExitCode) else ExitCode.FAILED
    return error


def _told(error: KitcnError, style: Style, line_offset: int) -> str:
    lines = [*_logged(getattr(error, "log_lines", ()), style)]
    lines.append(f"{style.red(type(error).__name__)}: {visible_lines(error.message)}")
    line, column, source_line = (getattr(error, name, None) for name in ("line", "column", "source_line"))
    if isinstance(line, int) and isinstance(column, int) and isinstance(source_line, str):
        from kitcn_repl.render.excerpt import excerpt

        lines.append(excerpt(line + line_offset, column, source_line, style, 100))
    if error.hint:
        lines.append(f"{style.cyan('Hint:')} {visible_lines(error.hint)}")
    return "\n".join(lines)


def _logged(log_lines: Sequence[str], style: Style) -> list[str]:
    shown = [style.dim(visible_lines(line)) for line in log_lines[:_MOST_LOG_LINES]]
    rest = len(log_lines) - len(shown)
    return [*shown, *([style.dim(f"… and {rest} more log lines")] if rest else [])]

"""How a failure is told on stderr."""

from __future__ import annotations

from kitcn_repl.cli.environment import Environment
from kitcn_repl.errors import KitcnError
from kitcn_repl.render.text import visible, visible_layout, visible_lines


def complain(environment: Environment, error: KitcnError) -> None:
    """One line: the message and the hint. With a place in an inline query, that line and a caret stand between them.

    With KITCN_DEBUG the traceback comes first.
    """
    if environment.debug:
        _write_traceback(environment, error)
    style = environment.err_style
    message = visible_lines(error.message)
    hint = visible_lines(error.hint) if error.hint else ""
    line, column, source_line = (getattr(error, name, None) for name in ("line", "column", "source_line"))
    if isinstance(line, int) and isinstance(column, int) and isinstance(source_line, str):
        from kitcn_repl.render.excerpt import excerpt

        width = environment.width if environment.stderr_is_tty else None
        message += "\n" + excerpt(line, column, source_line, style, width)
    if hint and "\n" in message:
        message += f"\n{style.cyan('Hint:')} {hint}"
    elif hint:
        message += f"{'' if message.endswith(('.', '?', '!', ':')) else '.'} {hint}"
    environment.stderr.write(f"{style.red('Error:')} {message}\n")


def complain_unexpectedly(environment: Environment, error: Exception) -> None:
    """A defect of ours, in one line; with KITCN_DEBUG its traceback."""
    if environment.debug:
        _write_traceback(environment, error)
        return
    described = visible(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
    environment.stderr.write(f"kitcn failed unexpectedly: {described} (set KITCN_DEBUG=1 for the traceback)\n")


def _write_traceback(environment: Environment, error: Exception) -> None:
    import traceback

    environment.stderr.write(visible_layout("".join(traceback.format_exception(error))))

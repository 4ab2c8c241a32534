"""How a failure is told on stderr."""

from __future__ import annotations

from kitcn_repl.cli.environment import Environment
from kitcn_repl.errors import KitcnError
from kitcn_repl.render.text import visible, visible_layout, visible_lines


def complain(environment: Environment, error: KitcnError) -> None:
    """The message; for an inline query the user's own line with a caret; the hint. With KITCN_DEBUG the traceback."""
    if environment.debug:
        _write_traceback(environment, error)
    style = environment.err_style
    environment.stderr.write(f"{style.red('Error:')} {visible_lines(error.message)}\n")
    line, column, source_line = (getattr(error, name, None) for name in ("line", "column", "source_line"))
    if isinstance(line, int) and isinstance(column, int) and isinstance(source_line, str):
        from kitcn_repl.render.excerpt import excerpt

        width = environment.width if environment.stderr_is_tty else None
        environment.stderr.write(excerpt(line, column, source_line, style, width) + "\n")
    if error.hint:
        environment.stderr.write(f"{style.cyan('Hint:')} {visible_lines(error.hint)}\n")


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

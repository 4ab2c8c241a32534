"""`%%kitcn`: the cell's text as an inline query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kitcn_repl.errors import UsageError
from kitcn_repl.magic.cell_options import CellOptions, parse_cell_options
from kitcn_repl.magic.splitting import split_line
from kitcn_repl.magic.variables import arguments, check_name, with_expressions
from kitcn_repl.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from kitcn_repl.magic.magics import KitcnMagics
    from kitcn_repl.magic.opened import Opened


def run_cell(magics: KitcnMagics, line: str, cell: str) -> Any:
    """Runs the cell and gives what it shows: a Result or a frame; None for what is printed."""
    options = parse_cell_options(with_expressions(split_line(line), "--arg"))
    if isinstance(options, str):
        print(options, end="")  # noqa: T201
        return None
    if options.watch and options.format is not None:
        raise UsageError("--watch shows one result in place; leave --format out.")
    if options.output is not None:
        check_name(options.output)
    if not cell.strip():
        raise UsageError("The cell has no query.", hint="Write one below the first line: ctx.db.query(...)")
    args = arguments(options.arguments, magics.user.ev)
    opened = magics.session.opened(magics.session.choice(options.flags))
    opened.learn(options.component)

    def ask() -> Result:
        return opened.connection.query(cell, args, component=options.component)

    try:
        return _answer(magics, options, opened, ask)
    except KeyboardInterrupt:
        opened.stop_learning()
        raise


def _answer(magics: KitcnMagics, options: CellOptions, opened: Opened, ask: Callable[[], Result]) -> Any:
    if options.watch:
        from kitcn_repl.magic.watching import watch

        return watch(magics, ask, lambda result: _kept(magics, options, opened, result))
    result = ask()
    kept = _kept(magics, options, opened, result)
    if options.format is None:
        return kept
    from kitcn_repl.magic.printing import print_formatted

    print_formatted(result, options.format, show_secrets=options.show_secrets)
    return None


def _kept(magics: KitcnMagics, options: CellOptions, opened: Opened, result: Result) -> Any:
    """The result as it is to be shown, and stored in the variable that was named."""
    opened.await_knowledge(options.component)
    shown: Any = result.show(
        options.limit or magics.limit,
        show_secrets=options.show_secrets or magics.show_secrets,
        width=None if magics.is_terminal else magics.width,
    )
    frame = options.frame or (magics.frame if options.output else "")
    if frame:
        shown = {"pandas": shown.to_pandas, "polars": shown.to_polars, "arrow": shown.to_arrow}[frame]()
    if options.output is not None:
        magics.user.user_ns[options.output] = shown
    return shown

"""The flags of `%%kitcn`."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, one_of, unknown_option, whole_number
from kitcn_repl.cli.environment import Environment
from kitcn_repl.cli.options import component_option, component_path, format_option, secrets_option, target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import UsageError
from kitcn_repl.targets.target import TargetFlags

FRAMES = ("pandas", "polars", "arrow")


@dataclass(frozen=True, slots=True)
class CellOptions:
    """What the flags say; None where they say nothing."""

    flags: TargetFlags
    output: str | None
    arguments: tuple[str, ...]
    component: str
    format: str | None
    limit: int | None
    frame: str | None
    show_secrets: bool
    watch: bool


@click.command(
    "%%kitcn",
    cls=HelpOnOurStdout,
    epilog="""
    %%kitcn --demo -o users
    %%kitcn --prod --arg since --arg limit=2*n
    %%kitcn --watch
    """,
)
@click.option("-o", "--output", metavar="NAME", help="Store the result in this variable.")
@click.option(
    "--arg",
    "arguments",
    multiple=True,
    metavar="NAME[=EXPR]",
    help="A constant for the query: the Python variable NAME, or the value of an expression; may be repeated.",
)
@click.option(
    "--frame",
    callback=one_of("frame", FRAMES),
    metavar="|".join(FRAMES),
    help="Show and store a data frame instead of a result.",
)
@click.option("--limit", callback=lambda *given: _number(*given), metavar="N", help="Show at most N rows.")
@click.option("--watch", is_flag=True, help="Ask again and again, and show what changes, until interrupted.")
@component_option
@format_option("Print as text in this format.")
@secrets_option
@target_options
def cell_command(**given: Any) -> dict[str, Any]:
    """Run the cell as a readonly query in JavaScript or TypeScript.

    It is an expression, statements with return, or a module with export default query(...). Python variables come in
    with --arg, as values.
    """
    return given


def parse_cell_options(words: Sequence[str]) -> CellOptions | str:
    """The options, or the help if that was asked for. Raises UsageError."""
    screen = io.StringIO()
    session = Session(Environment(io.StringIO(), screen, screen, Path(), time.monotonic))
    try:
        with cell_command.make_context("%%kitcn", list(words), obj=session, terminal_width=100) as context:
            given = cell_command.invoke(context)
            component = component_path(given["component"])
    except click.exceptions.Exit:
        return screen.getvalue()
    except click.NoSuchOption as error:
        raise unknown_option(error) from None
    except click.ClickException as error:
        raise UsageError(error.format_message()) from None
    return CellOptions(
        flags=TargetFlags(**session.flags),
        output=given["output"],
        arguments=given["arguments"],
        component=component,
        format=given["format_"],
        limit=given["limit"],
        frame=given["frame"],
        show_secrets=given["show_secrets"],
        watch=given["watch"],
    )


def _number(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    number: int | None = None if value is None else whole_number(1)(context, parameter, value)
    return number

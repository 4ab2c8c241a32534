"""`kitcn run`: an inline query, or a deployed function."""

from __future__ import annotations

from collections.abc import Mapping

import click

from kitcn_repl.cli.click_parts import HelpOnOurStdout, session_of
from kitcn_repl.cli.options import component_option, component_path, format_option, secrets_option, target_options
from kitcn_repl.errors import UsageError
from kitcn_repl.values import JsonValue

_FROM_STDIN = "-"
_PUSHING = "kitcn run pushes no code: `kitcn dev` does, or `npx convex run --push`."


@click.command(
    cls=HelpOnOurStdout,
    elsewhere=dict.fromkeys(
        ("--push", "--typecheck", "--typecheck-components", "--codegen", "--live-component-sources"), _PUSHING
    ),
    epilog="""
    kitcn run --demo --inline-query 'await ctx.db.query("user").take(2)'
    kitcn run --demo --arg n=3 --inline-query 'await ctx.db.query("user").take(n)'
    kitcn run --demo --inline-query - < query.js
    kitcn run --demo users:list '{limit: 2}'
    kitcn run users:list --watch
    kitcn run tasks:add '{due: {$date: "2026-03-02"}, rank: 5n}' --allow-writes
    """,
)
@click.argument("function", required=False)
@click.argument("args", required=False)
@click.option(
    "--inline-query",
    metavar="JS",
    help="JavaScript or TypeScript to evaluate as a readonly query: an expression, statements with return, or a module "
    "with export default query(...). - reads it from stdin.",
)
@click.option(
    "--arg",
    "arguments",
    multiple=True,
    metavar="NAME=JSON",
    help="A constant for the inline query, 5n for an int64; may be repeated.",
)
@click.option("--watch", is_flag=True, help="Print the result of a deployed query whenever it changes, until ctrl-c.")
@click.option("--identity", metavar="JSON", help="Act as this user; for functions.")
@click.option("--allow-writes", is_flag=True, help="Let a mutation or an action run; it may write.")
@click.option("--no-push", is_flag=True, expose_value=False, hidden=True)
@click.option("-y", "--yes", is_flag=True, help="Let it write to production without asking.")
@component_option
@format_option("How to print; by default laid out on a terminal, JSON on a pipe.")
@secrets_option
@target_options
@click.pass_context
def run(
    context: click.Context,
    function: str | None,
    args: str | None,
    inline_query: str | None,
    arguments: tuple[str, ...],
    watch: bool,
    identity: str | None,
    allow_writes: bool,
    yes: bool,
    component: str | None,
    format_: str | None,
    show_secrets: bool,
) -> None:
    """Evaluate a readonly query in JavaScript, or call the deployed FUNCTION with ARGS (JSON5).

    ARGS are checked against the function's validator before anything is sent. An int64 is written 5n, and a date for
    one of kitcn's procedures {$date: "2026-03-02T12:00:00Z"}. Mutations and actions are refused without --allow-writes.
    """
    session = session_of(context)
    path = component_path(component)
    if inline_query is None:
        if function is None:
            raise click.UsageError("kitcn run needs either FUNCTION or --inline-query.")
        if arguments:
            raise click.UsageError("--arg is for --inline-query; a function takes its arguments as one JSON object.")
        from kitcn_repl.cli.run_function import FunctionCall, Shown, call_function, watch_function

        cwd = session.environment.cwd
        call = FunctionCall.of(function, args, identity, path, cwd, allow_writes=allow_writes, yes=yes)
        shown = Shown(format_, show_secrets)
        session.run(lambda: (watch_function if watch else call_function)(session, call, shown))
        return

    if function is not None:
        raise click.UsageError("kitcn run takes either FUNCTION or --inline-query, not both.")
    if watch:
        raise click.UsageError("--inline-query can't be combined with --watch; deployed queries can be watched.")
    if identity is not None:
        raise click.UsageError("--inline-query can't be combined with --identity.")
    if allow_writes:
        raise click.UsageError("--inline-query can't be combined with --allow-writes: inline queries are readonly.")
    constants = _constants(arguments)
    text = _read_stdin(context) if inline_query.strip() == _FROM_STDIN else inline_query
    if not text.strip():
        raise click.UsageError("--inline-query must not be empty.")
    from kitcn_repl.cli.run_inline import evaluate

    session.run(lambda: evaluate(session, text, constants, path, format_, show_secrets))


def _read_stdin(context: click.Context) -> str:
    environment = session_of(context).environment
    if environment.stdin_is_tty:
        session_of(context).aside("Type the query, then ctrl-d.")
    try:
        return environment.stdin.read()
    except UnicodeDecodeError:
        raise UsageError("The query on stdin is not UTF-8 text.") from None


def _constants(arguments: tuple[str, ...]) -> Mapping[str, JsonValue]:
    """`NAME=JSON` pairs as encoded values."""
    if not arguments:
        return {}
    constants: dict[str, JsonValue] = {}
    for argument in arguments:
        name, equals, text = argument.partition("=")
        if not equals or not _is_name(name):
            raise UsageError(f"--arg {argument!r} is not NAME=JSON, such as 'limit=5' or 'name=\"Ada\"'.")
        if name in constants:
            raise UsageError(f"--arg {name} is given twice.")
        constants[name] = _value(name, text)
    return constants


def _value(name: str, text: str) -> JsonValue:
    from kitcn_repl.explore.conditions import parse_literal
    from kitcn_repl.explore.json5 import Json5Error

    try:
        return parse_literal(text)
    except Json5Error as error:
        if text[:1] in ("{", "[", '"', "'"):
            raise UsageError(f"--arg {name}: {error}.") from None
        import json

        quoted = json.dumps(text, ensure_ascii=False)
        raise UsageError(f"--arg {name}: {text!r} is not JSON. For a text write --arg '{name}={quoted}'.") from None
    except ValueError as error:
        raise UsageError(f"--arg {name}: {error}.") from None


def _is_name(text: str) -> bool:
    return text.isascii() and text.replace("$", "_").isidentifier()

"""Arguments and options of a click command, as rows of a table."""

from __future__ import annotations

import click

from kitcn_repl.cli import options
from tools.reference.markdown import code, table


def shared_names() -> frozenset[str]:
    """The parameters that say which deployment, which nearly every command has."""

    @click.command
    @options.target_options
    def nothing() -> None: ...

    return frozenset(parameter.name or "" for parameter in nothing.params)


def shared_table() -> str:
    @click.command
    @options.target_options
    def nothing() -> None: ...

    return _options([parameter for parameter in nothing.params if isinstance(parameter, click.Option)])


def usage(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path)
    return " ".join([path, *command.collect_usage_pieces(context)])


def own_parameters(command: click.Command, *, without: frozenset[str]) -> str:
    """The table of what a command takes besides `without`; empty if that is nothing."""
    own = [
        parameter
        for parameter in command.params
        if isinstance(parameter, click.Option) and parameter.name not in without and not parameter.hidden
    ]
    return _options(own) if own else ""


def _options(own: list[click.Option]) -> str:
    rows = []
    for option in own:
        names = ", ".join(code(_spelled(option, name)) for name in (*option.opts, *option.secondary_opts))
        rows.append((names, _default(option), option.help or ""))
    return table(("option", "default", "what it does"), rows)


def _spelled(option: click.Option, name: str) -> str:
    if option.is_flag or option.count:
        return name
    return f"{name} {option.make_metavar(click.Context(click.Command('x')))}"


def _default(option: click.Option) -> str:
    default = option.default
    if option.is_flag or not isinstance(default, str | int | float) or isinstance(default, bool):
        return ""
    return code(str(default))

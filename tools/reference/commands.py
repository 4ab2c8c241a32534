"""docs/reference/commands.md: every command with all that it takes."""

from __future__ import annotations

from collections.abc import Iterator

import click

from kitcn_repl.cli.main import kitcn
from kitcn_repl.cli.passthrough import CONVEX_COMMANDS, KITCN_COMMANDS, SUBCOMMANDS
from tools.reference.markdown import anchor, code, fenced, page, table
from tools.reference.parameters import own_parameters, shared_names, shared_table, usage

_INTRODUCTION = """\
Every command of `kitcn`, with its arguments and options. Options that say which deployment are listed once; they may
stand before or after the command."""


def every_command() -> Iterator[tuple[str, click.Command]]:
    """The path of each command, such as `kitcn env default set`, and the command; groups before what is in them."""
    yield from _below("kitcn", kitcn)


def _below(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from _below(f"{path} {name}", found)


def commands_page() -> str:
    found = list(every_command())
    contents = table(
        ("command", "what it does"),
        [(f"[`{path}`](#{anchor(path)})", summary(command)) for path, command in found[1:]],
    )
    foreign = sorted({*KITCN_COMMANDS, *CONVEX_COMMANDS} - {path.split()[1] for path, _ in found[1:]})
    groups = "; ".join(f"{', '.join(map(code, below))} in {code(group)}" for group, below in SUBCOMMANDS.items())
    return page(
        "Commands",
        _INTRODUCTION,
        contents,
        "## Which deployment",
        shared_table(),
        *(part for path, command in found[1:] for part in _section(path, command)),
        "## Commands of npm's kitcn and convex",
        "These are handed to the project's own kitcn, else to its convex, as they are, and their exit code is kept:"
        f" {', '.join(map(code, foreign))}; {groups}.",
    )


def summary(command: click.Command) -> str:
    return command.get_short_help_str(limit=200)


def _section(path: str, command: click.Command) -> Iterator[str]:
    yield f"## {path}"
    yield fenced(usage(path, command), "console").replace("```console\n", "```console\n$ ")
    yield _text(command.help or "")
    shared = shared_names()
    if parameters := own_parameters(command, without=shared):
        yield parameters
    names = {parameter.name for parameter in command.params}
    if shared <= names:
        yield "With the options of [which deployment](#which-deployment)."
    elif taken := [parameter for parameter in command.params if parameter.name in shared]:
        options = ", ".join(code(max(parameter.opts, key=len)) for parameter in taken)
        yield f"Of [which deployment](#which-deployment) it takes {options}."
    if command.epilog:
        yield fenced("\n".join(f"$ {line.strip()}" for line in command.epilog.strip().splitlines()), "console")


def _text(help_text: str) -> str:
    paragraphs = help_text.replace("\b\n", "").strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)

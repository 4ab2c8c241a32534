"""Options and arguments that `env` and `env default` declare alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from kitcn_repl.cli.env_parts import values

F = TypeVar("F", bound=Callable[..., Any])


def set_arguments(command: F) -> F:
    return _all(
        command,
        click.argument("assignments", nargs=-1, callback=values, metavar="[NAME VALUE | NAME=VALUE ...]"),
        click.option(
            "--from-file",
            metavar="FILE",
            help="Take variables from a dotenv file; with NAME, its value is the whole file. - is stdin.",
        ),
        click.option("--force", is_flag=True, help="Let variables of a dotenv file overwrite other values."),
        *_CHANGING,
    )


def remove_arguments(command: F) -> F:
    return _all(
        command,
        click.argument("names", nargs=-1, callback=values, metavar="NAME..."),
        click.option("--from-file", metavar="FILE", help="Remove every variable that this dotenv file sets."),
        click.option("--ignore-missing", is_flag=True, help="A variable that is not there is no failure."),
        *_CHANGING,
    )


def list_arguments(command: F) -> F:
    return _all(
        command,
        click.option("--names-only", is_flag=True, help="Only the names."),
        click.option(
            "--show",
            "--include-values",
            "--show-secrets",
            "show",
            is_flag=True,
            help="Show the values on a terminal too, and to AI agents; a pipe gets them anyway.",
        ),
    )


_CHANGING = (
    click.option("--dry-run", is_flag=True, help="Only show what would change."),
    click.option("-y", "--yes", is_flag=True, help="Change production without asking."),
    click.option("--show", is_flag=True, help="Show values in the difference."),
)


def _all(command: F, *decorators: Callable[[F], F]) -> F:
    for decorator in reversed(decorators):
        command = decorator(command)
    return command

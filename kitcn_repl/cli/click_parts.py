"""click, bent to our rules: help goes to our stdout, subcommands load when used, errors name the nearest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from kitcn_repl.cli.session import Session
from kitcn_repl.errors import UsageError
from kitcn_repl.explore.suggestions import nearest


def session_of(context: click.Context) -> Session:
    session = context.find_root().obj
    assert isinstance(session, Session)
    return session


def did_you_mean(word: str, choices: Sequence[str]) -> str:
    """` Did you mean 'x'?`, or nothing."""
    found = nearest(word, choices)
    return f" Did you mean {found!r}?" if found else ""


def unknown_option(error: click.NoSuchOption) -> UsageError:
    """With the nearest of ours, or with who has it."""
    command = error.ctx.command if error.ctx is not None else None
    if isinstance(command, HelpOnOurStdout) and error.option_name in command.elsewhere:
        return UsageError(f"No such option {error.option_name!r}.", hint=command.elsewhere[error.option_name])
    suggestion = f" Did you mean {error.possibilities[0]!r}?" if error.possibilities else ""
    return UsageError(f"No such option {error.option_name!r}.{suggestion}")


class HelpOnOurStdout(click.Command):
    """A command whose `--help` is written where the environment says."""

    def __init__(self, *args: Any, elsewhere: Mapping[str, str] | None = None, **settings: Any) -> None:
        """`elsewhere` are options of the genuine command that this one does not have, and what does their work."""
        super().__init__(*args, **settings)
        self.elsewhere = elsewhere or {}

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        if self._help_option is None:
            self._help_option = click.Option(
                ["-h", "--help"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                help="Show this help.",
                callback=_show_help,
            )
        return self._help_option

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Epilogs here are examples: lines stay as they are."""
        if self.epilog:
            with formatter.section("Examples"):
                for line in self.epilog.strip().splitlines():
                    formatter.write(f"{'':>{formatter.current_indent}}{line.strip()}\n")


def _show_help(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        session_of(context).drawn(context.get_help() + "\n")
        context.exit()


@dataclass(frozen=True, slots=True)
class Lazy:
    """Where a subcommand is (`module:attribute`) and its line in the list of commands, so that help imports none."""

    place: str
    summary: str


class LazyGroup(HelpOnOurStdout, click.Group):
    """A group of commands that are imported when they are used. Without a command it prints its help."""

    def __init__(self, *args: Any, lazy: Mapping[str, Lazy], foreign: str = "", **settings: Any) -> None:
        """`foreign` says which commands are somebody else's."""
        settings["invoke_without_command"] = True
        super().__init__(*args, **settings)
        self._lazy = lazy
        self._foreign = foreign

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        lazy = self._lazy.get(cmd_name)
        if lazy is None:
            return None
        module, _, attribute = lazy.place.partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self._lazy and not args[0].startswith("-"):
            raise click.UsageError(f"No such command {args[0]!r}.{did_you_mean(args[0], list(self._lazy))}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.summary) for name, lazy in self._lazy.items()])
        if self._foreign:
            formatter.write_paragraph()
            formatter.write_text(self._foreign)


def help_without_command(context: click.Context) -> None:
    """What a group does by itself."""
    if context.invoked_subcommand is None:
        session_of(context).drawn(context.get_help() + "\n")


Check = Callable[[click.Context, click.Parameter, Any], Any]
"""A callback of an option: takes its value and returns it, or raises UsageError. (Own parameter types would have to be
written differently for each release of click.)"""


def one_of(what: str, choices: Sequence[str]) -> Check:
    """One of the given words; a wrong one is answered with all of them and the nearest."""

    def check(context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
        if value is None or value in choices:
            return value
        raise click.UsageError(
            f"Unknown {what} {value!r}; it is one of {', '.join(choices)}.{did_you_mean(value, choices)}", context
        )

    return check


def whole_number(least: int, most: int | None = None) -> Check:
    """A whole number between two bounds."""

    def check(context: click.Context, parameter: click.Parameter, value: str) -> int:
        if value.isascii() and value.isdecimal() and len(value) < 19:
            number = int(value)
            if least <= number and (most is None or number <= most):
                return number
        bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise click.UsageError(f"{parameter.opts[0]} must be a whole number {bounds}, not {value!r}.", context)

    return check

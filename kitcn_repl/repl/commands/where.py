"""Commands about the deployment that is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.options import component_path, target_options
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import UsageError
from kitcn_repl.targets.target import TargetFlags

if TYPE_CHECKING:
    from kitcn_repl.repl.shell import Shell


def use(shell: Shell, words: list[str]) -> None:
    """`.use SELECTOR`, or the flags of the command line; without any, what the project selects."""
    flags = _flags(shell, words)
    shell.open(flags)
    target = shell.opened.target
    if target is not None:
        shell.session().announce(target)


@click.command("use", add_help_option=False)
@click.argument("selector", required=False)
@target_options
def _use(selector: str | None) -> str | None:
    return selector


def _flags(shell: Shell, words: list[str]) -> TargetFlags:
    session = Session(shell.environment)
    try:
        with _use.make_context(".use", list(words), obj=session) as context:
            selector = _use.invoke(context)
    except click.ClickException as error:
        raise UsageError(error.format_message()) from error
    flags = dict(session.flags)
    if selector is not None:
        flags.setdefault("deployment", selector)
    return TargetFlags(**flags)


def component(shell: Shell, words: list[str]) -> None:
    if len(words) > 1:
        raise UsageError("One component's path, such as workflow or workflow/workpool.")
    path = component_path(words[0]) if words else ""
    known = [one.path for one in shell.background.run(shell.opened.workspace().deployment.components())]
    if path and path not in known:
        mounted = ", ".join(sorted(one for one in known if one))
        raise UsageError(
            f"There is no component {path}.", hint=f"Mounted: {mounted}." if mounted else "None is mounted."
        )
    shell.open(shell.opened.flags, path)


def refresh(shell: Shell, _words: list[str]) -> None:
    shell.opened.workspace()
    shell.opened.learn_again()


def open_application(shell: Shell, words: list[str]) -> None:
    """Hand the terminal to the application, and go on when that is left."""
    if not (shell.terminal.stdin_is_tty and shell.terminal.stdout_is_tty):
        raise UsageError(".open needs a terminal.")
    from kitcn_tui.launch import launch

    shell.environment.stdout.flush()
    with shell.type_ahead.suspended():
        launch(shell.opened.flags, shell.opened.surroundings, words[0] if words else None, shell.opened.component)

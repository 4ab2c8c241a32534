"""Commands of the command line, run as it runs them, but on the deployment that the shell has open."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, cast

from kitcn_repl.cli.session import Session
from kitcn_repl.errors import ExitCode, KitcnError, UsageError
from kitcn_repl.targets.target import Target

if TYPE_CHECKING:
    from kitcn_repl.deployment.protocol import Deployment
    from kitcn_repl.explore.sources import SourceChoice
    from kitcn_repl.repl.shell import Shell

TARGET_FLAGS = (
    "--demo", "--snapshot", "--deployment", "--prod", "--preview-name", "--deployment-name", "--env-file", "--url",
    "--admin-key",
)  # fmt: skip
_NOT_HERE = ("repl", "tui")
_NEVER_ASK = frozenset(
    ("data", "doctor", "function-spec", "functions", "get", "insights", "logs", "relations", "schema", "state")
)
_NEVER_ASK_EITHER = frozenset((("deployment", "list"), ("deployment", "show"), ("env", "get"), ("env", "list")))


class CommandFailedError(KitcnError):
    """A command failed and has told why already."""

    def __init__(self, code: int) -> None:
        super().__init__("")
        self.code = code


class _Shared:
    """An open deployment that whoever borrows it does not close, and whose notices are told once."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._told = len(deployment.notices)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._deployment, name)

    @property
    def notices(self) -> Sequence[str]:
        return list(self._deployment.notices)[self._told :]

    async def aclose(self) -> None:
        """It stays open for the shell."""


class SharedSession(Session):
    """Gives commands the shell's own deployment, unless they name another."""

    __slots__ = ("_own_flags", "_shell")

    def __init__(self, shell: Shell, argv: Sequence[str]) -> None:
        session = shell.session()
        environment = session.environment
        if _goes_on(argv):
            # Somebody watches it come, and ctrl-c must end it: no pager.
            environment = replace(environment, stdout=shell.terminal.stdout)
        super().__init__(environment, quiet=session.quiet)
        self._shell = shell
        given = {name: value for name, value in asdict(shell.opened.flags).items() if value not in (None, False)}
        self._own_flags = None if _names_target(argv) else given
        self.flags = {} if self._own_flags is None else dict(given)

    async def open(self, choice: SourceChoice | None = None, component: str = "") -> tuple[Target, Deployment]:
        """The deployment that the shell has open. The prompt says which that is."""
        from kitcn_repl.explore.sources import NO_CHOICE

        target = self._shell.opened.target
        is_indexed_otherwise = target is not None and target.path is not None and (choice or NO_CHOICE) != NO_CHOICE
        if self._own_flags is None or self.flags != self._own_flags or target is None or is_indexed_otherwise:
            return await super().open(choice, component)
        if component != self._shell.opened.component and target.kind == "snapshot":
            return await super().open(choice, component)
        return target, cast("Deployment", _Shared(self._shell.opened.workspace().deployment))


def _goes_on(argv: Sequence[str]) -> bool:
    return "--watch" in argv or (argv[0] == "logs" and not {"--once", "--help", "-h"} & set(argv))


def _names_target(argv: Sequence[str]) -> bool:
    return any(word.partition("=")[0] in TARGET_FLAGS for word in argv)


def any_command(shell: Shell, words: list[str]) -> None:
    """`.kitcn COMMAND ...`."""
    hand_over(shell, words or ["--help"])


def hand_over(shell: Shell, argv: list[str]) -> None:
    """Run a command line. Raises KitcnError; what a command tells itself is not told again."""
    from kitcn_repl.cli.main import invoke

    if argv[0] in _NOT_HERE:
        raise UsageError(f"kitcn {argv[0]} does not run inside the shell.", hint="To browse: .open [TABLE | ID]")
    if shell.opened.is_opening and not _names_target(argv):
        shell.opened.workspace()
    component = shell.opened.component
    if component and _takes_component(argv[0]) and not any(word.startswith("--component") for word in argv):
        argv = [*argv, "--component", component]
    session = SharedSession(shell, argv)
    with nullcontext() if _never_asks(argv) else shell.type_ahead.suspended():
        code = invoke(argv, session)
        session.flush()
    if code != ExitCode.DONE:
        raise CommandFailedError(code)


def _never_asks(argv: Sequence[str]) -> bool:
    return argv[0] in _NEVER_ASK or tuple(argv[:2]) in _NEVER_ASK_EITHER


def _takes_component(name: str) -> bool:
    import click

    from kitcn_repl.cli.main import kitcn

    command = kitcn.get_command(click.Context(kitcn), name)
    return command is not None and any(parameter.name == "component" for parameter in command.params)

"""The shell itself: what is open, what is remembered, and what a line does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kitcn_repl.cli.environment import Environment
from kitcn_repl.cli.session import Session
from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.recall import QueryHistory, SavedQueries, recall_folder, saved_queries
from kitcn_repl.repl.asking import Reply, ask
from kitcn_repl.repl.background import Background
from kitcn_repl.repl.opened import Opened
from kitcn_repl.repl.output import PagedOutput
from kitcn_repl.repl.reach import Reach
from kitcn_repl.repl.scope import Scope
from kitcn_repl.repl.settings import Settings, load_settings, save_settings
from kitcn_repl.repl.showing import Look, log, show, summary
from kitcn_repl.repl.type_ahead import TypeAhead
from kitcn_repl.repl.words import is_command
from kitcn_repl.targets.target import TargetFlags

if TYPE_CHECKING:
    from kitcn_repl.explore.inline import ReadCost

_PATIENCE: Final = 0.5
"""Seconds of silence until the shell says that it waits."""
_FOR_NICER: Final = 0.5
"""Seconds that a result waits for what is known of its table."""
_BARE: Final = {"exit": ".quit", "quit": ".quit", "help": ".help", "clear": ".clear"}
"""What people type in any shell. As JavaScript these are names that nobody declared."""


class QuitError(Exception):
    """Somebody wants to leave. `code` is the exit code."""

    def __init__(self, code: int = 0) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class Latest:
    """What ran last: its text, and what it read."""

    text: str = ""
    cost: ReadCost | None = None


class Shell:
    """One session at the prompt or over a script. Close it."""

    def __init__(self, environment: Environment, *, is_interactive: bool) -> None:
        self.terminal = environment
        self.is_interactive = is_interactive
        self.settings = load_settings(environment.variables) if is_interactive else Settings()
        self.background = Background()
        self.type_ahead = TypeAhead(environment.stdin)
        stdout = environment.stdout
        if is_interactive and environment.stdout_is_tty:
            stdout = PagedOutput(
                environment.stdout, environment.variables, lambda: self.settings.pager, self.type_ahead.suspended
            )
        self.environment = replace(environment, stdout=stdout, run_async=self.background.run, execute=self._run_program)
        self.opened = Opened(self.background, self.environment)
        self.reach = Reach(self.background)
        self.scope = Scope()
        self.latest = Latest()
        self.is_quiet = False
        self._is_waiting = False
        folder = recall_folder(self.opened.surroundings) if is_interactive else None
        self.history = QueryHistory(folder)

    def _say_waiting(self) -> None:
        if self.is_interactive and self.terminal.stderr_is_tty:
            self._is_waiting = True
            self.terminal.stderr.write(self.terminal.err_style.dim("… ctrl-c cancels") + "\r")
            self.terminal.stderr.flush()

    @property
    def saved(self) -> SavedQueries:
        return saved_queries(self.opened.surroundings)

    def session(self) -> Session:
        """A session of the command line that writes where the shell does."""
        self.environment = replace(self.environment, width=self._width())
        return Session(self.environment, quiet=self.is_quiet)

    def _width(self) -> int:
        if not self.terminal.stdout_is_tty:
            return self.terminal.width
        from kitcn_repl.repl.output import screen

        return screen()[0]

    def open(self, flags: TargetFlags, component: str = "") -> None:
        """Ask this deployment from now on. Raises KitcnError, and stays with the one before."""
        self.opened.open(flags, component)

    def submit(self, text: str) -> None:
        """Run a command or a query. Raises KitcnError for whatever fails, QuitError to leave, KeyboardInterrupt."""
        text = _BARE.get(text.strip().rstrip(";"), text)
        if is_command(text):
            from kitcn_repl.repl.commands.running import run_command

            run_command(self, text.strip())
        elif text.strip():
            self.query(text)

    def query(self, text: str) -> Reply:
        """Run a text as an inline query and show what came of it. Raises KitcnError."""
        self.latest.text = text
        workspace = self.opened.workspace()
        session = self.session()
        failed = True
        try:
            reply = self.background.run(ask(workspace, text, self.scope), patience=_PATIENCE, on_wait=self._say_waiting)
            failed = False
        except QueryFailedError as error:
            self._erase_waiting()
            for line in error.log_lines:
                session.note(line)
            raise
        finally:
            self._erase_waiting()
            if self.is_interactive:
                self.history.add(text, deployment=workspace.target.label, failed=failed)
        self.latest.cost = reply.result.cost
        log(session, reply.result)
        if reply.has_value and (reply.result.value is not None or self.is_interactive):
            knowledge = self.opened.await_knowledge(_FOR_NICER) if session.environment.stdout_is_tty else None
            show(session, reply.result.value, Look(self.settings.format, knowledge))
        session.flush()
        if self.is_interactive:
            session.aside(summary(reply))
        for notice in reply.result.notices:
            session.advise(notice)
        session.flush()
        return reply

    def _erase_waiting(self) -> None:
        if self._is_waiting:
            self._is_waiting = False
            self.terminal.stderr.write("\r\x1b[K")
            self.terminal.stderr.flush()

    def change_settings(self, **changes: object) -> None:
        """Keep them for the next time too. Raises ValueError for a value that is none."""
        changed = Settings.model_validate({**self.settings.model_dump(), **changes})
        self.settings = changed
        if self.is_interactive:
            save_settings(changed, self.environment.variables)

    def _run_program(self, command: Sequence[str], variables: Mapping[str, str]) -> int:
        with self.type_ahead.suspended():
            return _run(command, variables)

    def close(self) -> None:
        self.opened.close()
        self.history.close()
        self.background.close()


def _run(command: Sequence[str], variables: Mapping[str, str]) -> int:
    """Another program has the terminal for a while; ctrl-c is its own."""
    import subprocess

    try:
        process = subprocess.Popen(command, env=dict(variables))
    except OSError as error:
        raise KitcnError(f"{command[0]} cannot be started: {error.strerror}.") from error
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue

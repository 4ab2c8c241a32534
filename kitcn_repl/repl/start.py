"""From the command line into the shell, and out of it with an exit code."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kitcn_repl.cli.complaint import complain
from kitcn_repl.cli.environment import Environment
from kitcn_repl.errors import ExitCode, KitcnError, UsageError
from kitcn_repl.repl.commands.handed import CommandFailedError
from kitcn_repl.repl.script import read_script, run_script
from kitcn_repl.repl.shell import QuitError, Shell
from kitcn_repl.targets.target import TargetFlags

_STDIN = "stdin"


@dataclass(frozen=True, slots=True)
class Start:
    """What `kitcn repl` was given."""

    flags: TargetFlags
    component: str = ""
    file: str | None = None
    commands: tuple[str, ...] = ()
    format: str | None = None
    is_quiet: bool = False


def start(environment: Environment, asked: Start) -> int:
    """The exit code. Raises KitcnError."""
    if asked.file is not None and asked.commands:
        raise UsageError("kitcn repl takes either a file or -c, not both.")
    is_script = asked.file is not None or bool(asked.commands) or not environment.stdin_is_tty
    if not is_script and not environment.stdout_is_tty:
        raise UsageError(
            "kitcn repl needs a terminal for its input and output.",
            hint="For a pipe name a file, use -c, or redirect its input.",
        )
    with closing(Shell(environment, is_interactive=not is_script)) as shell:
        shell.is_quiet = asked.is_quiet
        if asked.format is not None:
            shell.settings = shell.settings.model_copy(update={"format": asked.format})
        shell.opened.learns_at_once = is_script
        shell.open(asked.flags, asked.component)
        try:
            if is_script:
                return _run_script(shell, asked)
            from kitcn_repl.repl.interactive import converse

            return converse(shell)
        except QuitError as end:
            return end.code


def _run_script(shell: Shell, asked: Start) -> int:
    shell.session().announce(shell.opened.workspace().target)
    try:
        if asked.commands:
            for text in asked.commands:
                run_script(shell, text, "-c")
        elif asked.file is not None and asked.file != "-":
            run_script(
                shell, read_script(shell.environment.cwd / Path(asked.file).expanduser(), asked.file), asked.file
            )
        else:
            run_script(shell, _read_stdin(shell.environment), _STDIN)
    except CommandFailedError as error:
        return error.code
    except KitcnError as error:
        complain(shell.environment, error)
        return error.exit_code
    return ExitCode.DONE


def _read_stdin(environment: Environment) -> str:
    try:
        return environment.stdin.read()
    except UnicodeDecodeError:
        raise KitcnError("What comes on stdin is not UTF-8 text.") from None

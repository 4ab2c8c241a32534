"""`%kitcn`: the status card, what belongs to the session, and the commands of the command line."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kitcn_repl.errors import ExitCode, UsageError
from kitcn_repl.magic.command_thread import Command
from kitcn_repl.magic.failing import failed
from kitcn_repl.magic.session import flag_words
from kitcn_repl.magic.splitting import split_line
from kitcn_repl.magic.variables import with_variables
from kitcn_repl.results import Result
from kitcn_repl.targets.target import TargetFlags

if TYPE_CHECKING:
    from kitcn_repl.magic.magics import KitcnMagics

GIVING_RESULTS = ("data", "get", "run")
FOR_TERMINALS = ("tui", "repl")
ENDLESS = ("logs", "serve")
_OWN_FORMAT = ("--format", "--watch", "--help", "-h", "--related")
_TARGET_FLAGS = (
    "--demo", "--snapshot", "--deployment", "--prod", "--preview-name", "--deployment-name", "--env-file", "--url",
    "--admin-key",
)  # fmt: skip


def run_line(magics: KitcnMagics, line: str) -> Any:
    """What the cell shows; None for what is printed. Raises KitcnError."""
    words = with_variables(split_line(line), magics.user.ev)
    if not words:
        from kitcn_repl.magic.card import status_card

        return status_card(magics.session, magics.session.choice())
    if words[0] == "use":
        from kitcn_repl.magic.using import use

        return use(magics, words[1:])
    if words[0] == "tables":
        words = ["data", *words[1:]]
        if any(not word.startswith("-") for word in words[1:2]):
            raise UsageError("%kitcn tables lists all tables; for the documents of one: %kitcn data TABLE")
    return _run_command(magics, words)


def _run_command(magics: KitcnMagics, words: Sequence[str]) -> Any:
    command = next((word for word in words if not word.startswith("-")), "")
    if command in FOR_TERMINALS:
        return _in_terminal(magics, words)
    is_told = any(_is_flag(word, _TARGET_FLAGS) for word in words)
    argv = [*_session_flags(magics, words), *words]
    gives_result = command in GIVING_RESULTS and not any(_is_flag(word, _OWN_FORMAT) for word in words)
    captured = io.StringIO()
    if gives_result:
        argv = ["--quiet", *argv, "--format", "json"]
    surroundings = magics.session.surroundings()
    running = Command(
        argv,
        stdout=captured if gives_result else sys.stdout,
        stderr=sys.stdout,
        for_people=not gives_result and not any(_is_flag(word, ("--format",)) for word in words),
        width=_width(magics),
        cwd=surroundings.cwd,
        variables=surroundings.variables,
        reason=None if is_told else magics.session.choice().reason,
    )
    try:
        code = running.run()
    except KeyboardInterrupt:
        if command in ENDLESS or any(_is_flag(word, ("--watch", "--live")) for word in words):
            return None
        raise
    if code != ExitCode.DONE:
        raise failed(command, code)
    if not gives_result or not captured.getvalue().strip():
        return None
    return _result(magics, TargetFlags(**running.session.flags), words, captured.getvalue())


def _result(magics: KitcnMagics, flags: TargetFlags, words: Sequence[str], printed: str) -> Result:
    component = _value_of(words, "--component") or ""
    component = "" if component == "_App" else component
    session = magics.session
    opened = session.opened(session.choice() if flags == session.choice().flags else session.choice(flags))
    opened.await_knowledge(component)
    result = Result(json.loads(printed), origin=opened.origin(component))
    return result.show(
        magics.limit,
        show_secrets=magics.show_secrets or "--show-secrets" in words,
        width=None if magics.is_terminal else magics.width,
    )


def _session_flags(magics: KitcnMagics, words: Sequence[str]) -> list[str]:
    """What the session says of the deployment, unless the command says it itself."""
    if any(_is_flag(word, _TARGET_FLAGS) for word in words):
        return []
    return flag_words(magics.session.choice().flags)


def _is_flag(word: str, flags: Sequence[str]) -> bool:
    return word.partition("=")[0] in flags


def _value_of(words: Sequence[str], flag: str) -> str | None:
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == flag:
            return value if equals else next(iter(words[place + 1 :]), None)
    return None


def _width(magics: KitcnMagics) -> int:
    if not magics.is_terminal:
        return magics.width
    import shutil

    return shutil.get_terminal_size().columns


def _in_terminal(magics: KitcnMagics, words: Sequence[str]) -> None:
    """The application takes the terminal, and gives it back."""
    if not magics.is_terminal:
        raise UsageError(f"kitcn {words[0]} needs a terminal.", hint="Run it in one, or start ipython there.")
    from kitcn_repl.cli.environment import real_environment
    from kitcn_repl.cli.main import main

    code = main([*_session_flags(magics, words), *words], real_environment())
    if code != ExitCode.DONE:
        raise failed(words[0], code)

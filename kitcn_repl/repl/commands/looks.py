"""Commands about the shell itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from kitcn_repl.cli.click_parts import did_you_mean
from kitcn_repl.errors import UsageError
from kitcn_repl.repl.settings import FORMATS
from kitcn_repl.repl.shell import QuitError

if TYPE_CHECKING:
    from kitcn_repl.repl.shell import Shell


def format_(shell: Shell, words: list[str]) -> None:
    if not words:
        shell.session().note(f"{shell.settings.format}; there are {', '.join(FORMATS)}")
        return
    shell.change_settings(format=_one_of("format", words, FORMATS))


def keys(shell: Shell, words: list[str]) -> None:
    if not words:
        shell.session().note(f"{shell.settings.keys}; there are emacs and vi")
        return
    shell.change_settings(keys=_one_of("keys", words, ("emacs", "vi")))


def pager(shell: Shell, words: list[str]) -> None:
    if not words:
        shell.session().note("on" if shell.settings.pager else "off")
        return
    shell.change_settings(pager=_one_of("pager", words, ("on", "off")) == "on")


def clear(shell: Shell, _words: list[str]) -> None:
    if shell.terminal.stdout_is_tty:
        shell.terminal.stdout.write("\x1b[H\x1b[2J\x1b[3J")
        shell.terminal.stdout.flush()


def quit_(_shell: Shell, _words: list[str]) -> NoReturn:
    raise QuitError


def _one_of(what: str, words: list[str], choices: tuple[str, ...]) -> str:
    if len(words) != 1 or words[0] not in choices:
        near = did_you_mean(words[0], choices)
        raise UsageError(f".{what} takes one of {', '.join(choices)}.{near}")
    return words[0]

"""From a line such as `.schema user` to what runs it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.recall.secrets import without_secrets
from kitcn_repl.explore.suggestions import nearest
from kitcn_repl.repl.commands.table import COMMANDS, find
from kitcn_repl.repl.words import split_words

if TYPE_CHECKING:
    from kitcn_repl.repl.shell import Shell


def run_command(shell: Shell, text: str) -> None:
    """Raises KitcnError, QuitError, KeyboardInterrupt."""
    if shell.is_interactive:
        shell.history.add(without_secrets(text), deployment=shell.opened.target.label if shell.opened.target else "")
    name, _, rest = text[1:].partition(" ")
    words = split_words(rest)
    command = find(name.lower())
    if command is None:
        _other(shell, name, words)
    elif command.place:
        module, _, function = command.place.partition(":")
        getattr(import_module(module), function)(shell, words)
    else:
        from kitcn_repl.repl.commands.handed import hand_over

        argv = command.alone if command.alone is not None and not words else command.argv
        hand_over(shell, [*argv, *words])


def _other(shell: Shell, name: str, words: list[str]) -> None:
    """A command of the command line needs no entry in the table."""
    from kitcn_repl.cli.main import COMMANDS as OF_THE_COMMAND_LINE
    from kitcn_repl.repl.commands.handed import hand_over

    if name in OF_THE_COMMAND_LINE:
        hand_over(shell, [name, *words])
        return
    near = nearest(name, [*COMMANDS, *OF_THE_COMMAND_LINE])
    hint = f"Did you mean .{near}?" if near else ".help lists them all."
    raise UsageError(f"There is no command .{name}", hint=hint)

"""Commands, flags, deployments and tables on a magic's line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from kitcn_repl.cli.main import COMMANDS, kitcn
from kitcn_repl.explore.completion import Suggestion
from kitcn_repl.magic.cell_options import cell_command
from kitcn_repl.magic.completion import Found, known_words

if TYPE_CHECKING:
    from kitcn_repl.magic.magics import KitcnMagics

_SELECTORS = ("demo", "dev", "prod", "local", "snapshot:", "sqlite:")
_TAKING_TABLES = ("data", "schema", "relations")


def complete_line(magics: KitcnMagics, head: str, *, in_cell: bool) -> Found:
    """`head` is the line from the magic's name to the cursor."""
    words = head.split()
    fragment = "" if head[-1:].isspace() else words.pop()
    offered = _for_cell(words) if in_cell else _for_line(magics, words, fragment)
    chosen = [each for each in offered if each.startswith(fragment) and each != fragment]
    start = len(head) - len(fragment)
    return Found([Suggestion(each, start, len(head), "keyword") for each in dict.fromkeys(chosen)], fragment)


def _for_cell(words: list[str]) -> Iterable[str]:
    return _values(cell_command, words) or _flags(cell_command)


def _for_line(magics: KitcnMagics, words: list[str], fragment: str) -> Iterator[str]:
    named = [word for word in words if not word.startswith("-")]
    if not named:
        yield from ("use", "tables", *COMMANDS)
        yield from _flags(kitcn)
        return
    if named[0] == "use":
        yield from _SELECTORS
        yield from _flags(kitcn)
        return
    command = _command(named)
    if command is None:
        return
    given = _values(command, words)
    if given:
        yield from given
        return
    if isinstance(command, click.Group):
        yield from command.list_commands(click.Context(command))
    if named[0] in _TAKING_TABLES and len(named) == 1 and not fragment.startswith("-"):
        known = known_words(magics)
        yield from known.tables if known is not None else ()
    yield from _flags(command)


def _command(named: list[str]) -> click.Command | None:
    command: click.Command | None = kitcn
    for word in named:
        if not isinstance(command, click.Group):
            break
        command = command.get_command(click.Context(command), word)
    return command


def _flags(command: click.Command) -> list[str]:
    options = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    names = sorted(name for option in options for name in option.opts if name.startswith("--"))
    return [*names, "--help"]


def _values(command: click.Command, words: list[str]) -> list[str]:
    """What may follow the flag that was typed last; empty if that takes no value that is known."""
    last = words[-1] if words else ""
    if last == "--deployment":
        return list(_SELECTORS)
    for parameter in command.params:
        if isinstance(parameter, click.Option) and last in parameter.opts and not parameter.is_flag:
            return _choices(parameter)
    return []


def _choices(option: click.Option) -> list[str]:
    """The words that the option's help names: `asc|desc`, `FORMAT is one of table, json`."""
    if option.metavar and "|" in option.metavar:
        return option.metavar.split("|")
    _, marked, names = (option.help or "").partition(" is one of ")
    return [name.strip(" .") for name in names.split(",")] if marked else []

"""Completion of the command line's own grammar, from click's tree of commands: for shells and notebooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import click

from kitcn_repl.cli.main import COMMANDS, kitcn
from kitcn_repl.explore.completion.suggestion import Candidate

_SELECTORS: Final = (
    ("dev", "the dev deployment of this project"),
    ("prod", "the production deployment of this project"),
    ("local", "the local deployment of this project"),
    ("demo", "the built-in demo"),
    ("snapshot:", "an export ZIP file"),
    ("sqlite:", "a local backend's own file"),
)
_TAKING_TABLES: Final = frozenset(("data", "schema", "relations", "tui"))
_TAKING_SELECTORS: Final = frozenset(("--deployment",))


def selectors() -> Iterator[Candidate]:
    """What `--deployment` takes, as far as nobody has to be asked."""
    for text, meaning in _SELECTORS:
        yield Candidate(text, "value", meaning)


def complete_arguments(words: Sequence[str], typed: str, tables: Sequence[str] = ()) -> list[Candidate]:
    """What may follow `words`, the words of a command line without the program's name, where `typed` has been typed of
    the next one. Not filtered by `typed` but for what it is: flags are offered once it starts with a dash, or where
    nothing else fits. Never fails."""
    command, context, rest = _command(words)
    values = complete_value(command, rest)
    if values is not None:
        return values
    found: list[Candidate] = []
    if typed.startswith("--") and "=" in typed:
        return []
    named = _first_name(command, rest) is not None
    if isinstance(command, click.Group) and not named:
        found += _commands(command, context)
    elif words and words[0] in _TAKING_TABLES and not named:
        found += [Candidate(table, "table") for table in tables]
    if typed.startswith("-") or not found:
        found += complete_flags(command, rest)
    return found


def complete_value(command: click.Command, words: Sequence[str]) -> list[Candidate] | None:
    """What the flag that stands last takes, as far as that is listed; None if no flag waits for a value."""
    option = _options(command).get(words[-1]) if words else None
    return None if option is None or option.is_flag or option.count else list(_values(option))


def _command(words: Sequence[str]) -> tuple[click.Command, click.Context, list[str]]:
    """The innermost command that is named, and the words behind its name."""
    command: click.Command = kitcn
    context = click.Context(kitcn, info_name="kitcn", resilient_parsing=True)
    rest = list(words)
    while isinstance(command, click.Group):
        place = _first_name(command, rest)
        inner = command.get_command(context, rest[place]) if place is not None else None
        if place is None or inner is None:
            break
        context = click.Context(inner, parent=context, info_name=rest[place], resilient_parsing=True)
        command, rest = inner, rest[place + 1 :]
    return command, context, rest


def _first_name(command: click.Command, words: Sequence[str]) -> int | None:
    """The first word that is neither a flag nor the value of one."""
    options = _options(command)
    place = 0
    while place < len(words):
        word = words[place]
        if not word.startswith("-"):
            return place
        option = options.get(word)
        place += 2 if option is not None and not option.is_flag else 1
    return None


def _options(command: click.Command) -> dict[str, click.Option]:
    return {
        name: parameter
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }


def _commands(group: click.Group, context: click.Context) -> Iterator[Candidate]:
    lazy = getattr(group, "_lazy", {})
    for name in COMMANDS if group is kitcn else group.list_commands(context):
        summary = lazy[name].summary if name in lazy else ""
        yield Candidate(name, "keyword", summary)


def complete_flags(command: click.Command, given: Sequence[str]) -> Iterator[Candidate]:
    """Those that were not given yet; short forms have a long one that says more."""
    for parameter in command.params:
        if not isinstance(parameter, click.Option) or parameter.hidden:
            continue
        if any(name in given for name in parameter.opts) and not parameter.multiple:
            continue
        name = max(parameter.opts, key=len)
        yield Candidate(name, "keyword", _first_sentence(parameter.help or ""))
    yield Candidate("--help", "keyword", "Show this help.")


def _values(option: click.Option) -> Iterator[Candidate]:
    """What a flag takes, where its metavar or its help lists that: `asc|desc`, `FORMAT is one of table, json`."""
    if _TAKING_SELECTORS & set(option.opts):
        yield from selectors()
        return
    if option.metavar is not None and "|" in option.metavar:
        yield from (Candidate(value.strip("[]"), "value") for value in option.metavar.split("|"))
        return
    _, listed, names = (option.help or "").partition(" is one of ")
    if listed:
        yield from (Candidate(name.strip(), "value") for name in names.split(".")[0].split(","))


def _first_sentence(text: str) -> str:
    return text.split(". ")[0].split("; ")[0].rstrip(".")

"""Completion of `.commands`: their names, and what each takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kitcn_repl.cli.completing import complete_arguments, selectors
from kitcn_repl.explore.completion import Suggestion
from kitcn_repl.explore.completion.ranking import ranked
from kitcn_repl.explore.completion.suggestion import Candidate
from kitcn_repl.repl.commands.table import COMMANDS, Command, find
from kitcn_repl.repl.settings import FORMATS

if TYPE_CHECKING:
    from kitcn_repl.repl.shell import Shell


def complete_command(shell: Shell, text: str) -> list[Suggestion]:
    """For a line that starts with a `.`, up to the cursor."""
    lead = len(text) - len(text.lstrip())
    name, blank, rest = text[lead + 1 :].partition(" ")
    if not blank:
        candidates = (Candidate(one.name, "keyword", one.summary) for one in COMMANDS.values())
        return [
            Suggestion(found.text, lead + 1, len(text), found.kind, found.detail) for found in ranked(candidates, name)
        ]
    command = find(name.lower())
    words = rest.split(" ")
    typed, before = words[-1], [word for word in words[:-1] if word]
    argv = command.argv if command is not None else (name,)
    found = list(_first(shell, command) if command is not None and not before else ())
    if argv:
        tables = list(shell.opened.words.tables) if shell.opened.words is not None else []
        found += complete_arguments([*argv, *before], typed, tables)
    elif command is not None and command.name == "kitcn":
        tables = list(shell.opened.words.tables) if shell.opened.words is not None else []
        found += complete_arguments(before, typed, tables)
    elif command is not None and command.name in ("copy", "show", "export"):
        found += [Candidate(value, "variable") for value in shell.scope.values]
        found += [Candidate(value, "value") for value in FORMATS] if command.name == "show" else []
    start = len(text) - len(typed)
    return [Suggestion(one.text, start, len(text), one.kind, one.detail) for one in ranked(found, typed)]


def _first(shell: Shell, command: Command) -> Iterator[Candidate]:
    match command.takes:
        case "table" | "table or id":
            words = shell.opened.words
            for table in words.tables.values() if words is not None else ():
                yield Candidate(table.name, "table", table.detail)
        case "deployment":
            yield from selectors()
            opened = shell.opened
            yield from shell.reach.selectors(opened.surroundings, opened.flags.env_file)
        case "command":
            yield from (Candidate(one.name, "keyword", one.summary) for one in COMMANDS.values())
        case "format":
            yield from _values(FORMATS)
        case "keys":
            yield from _values(("emacs", "vi"))
        case "switch":
            yield from _values(("on", "off"))
        case "saved":
            yield from (Candidate(query.name, "value", "saved query") for query in shell.saved.all())


def _values(values: Iterable[str]) -> Iterator[Candidate]:
    return (Candidate(value, "value") for value in values)

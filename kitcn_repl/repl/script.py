"""A file, or what comes through a pipe: chunk by chunk, as somebody at the prompt would have sent it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kitcn_repl.errors import ExitCode, KitcnError
from kitcn_repl.explore.inline.completeness import is_complete
from kitcn_repl.repl.words import is_command

if TYPE_CHECKING:
    from kitcn_repl.repl.shell import Shell

_COMMAND: Final = re.compile(r"\s*\.(?P<name>[A-Za-z?][\w-]*)(?:\s|\Z)")
_GOES_ON: Final = (".", "?.", "&&", "||", "??", "+", "*", ")", "]", "}", ",", ":", "? ", "=>")
"""A line that begins so belongs to the one before it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A command or a query, and the line where it starts, from 1."""

    text: str
    line: int


def read_script(path: Path, shown: str) -> str:
    """Raises KitcnError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise KitcnError(f"{shown} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise KitcnError(f"{shown} is not UTF-8 text.") from None


def chunks(text: str) -> Iterator[Chunk]:
    """A command is a line of its own. A query goes on to the next blank line behind a whole text, or to a command; its
    expressions are queries of their own where it holds nothing else."""
    lines: list[str] = []
    start = 1
    for number, line in enumerate(text.splitlines(), start=1):
        held = "\n".join(lines)
        is_whole = not held.strip() or is_complete(held)
        stands_alone = not held.strip() or not lines[-1].strip()
        if is_whole and _is_command_line(line, stands_alone=stands_alone):
            yield from _statements(held, start)
            yield Chunk(line.strip(), number)
            lines, start = [], number + 1
            continue
        if is_whole and held.strip() and not lines[-1].strip() and line.strip() and not _continues(line):
            yield from _statements(held, start)
            lines, start = [], number
        if not lines and not line.strip():
            start = number + 1
            continue
        lines.append(line)
    yield from _statements("\n".join(lines), start)


def _is_command_line(line: str, *, stands_alone: bool) -> bool:
    """`.take(5)` goes on with the query above it, `.tables` does not; nor does `.tabels` behind an empty line."""
    from kitcn_repl.cli.main import COMMANDS
    from kitcn_repl.repl.commands.table import find

    match = _COMMAND.match(line) if is_command(line) else None
    if match is None:
        return False
    return stands_alone or find(match["name"]) is not None or match["name"] in COMMANDS


def _continues(line: str) -> bool:
    return line.lstrip().startswith(_GOES_ON)


def _statements(text: str, start: int) -> Iterator[Chunk]:
    """Whatever declares or changes something stays together: it may depend on what stands before it."""
    if not text.strip():
        return
    from kitcn_repl.explore.inline.syntax import parse

    syntax = parse(text)
    nodes = syntax.statements()
    if not syntax.is_valid or len(nodes) < 2 or any(node.type != "expression_statement" for node in nodes):
        yield Chunk(text, start)
        return
    for node in nodes:
        before = text[: syntax.character(node.start_byte)]
        lead = before.rpartition("\n")[2]
        # Blanks keep the column, so that an error's caret stands where it should.
        yield Chunk(" " * len(lead) + syntax.text(node), start + before.count("\n"))


def run_script(shell: Shell, text: str, name: str) -> None:
    """Run all of it, up to the first failure. Raises KitcnError that names the line."""
    for chunk in chunks(text):
        try:
            shell.submit(chunk.text)
        except KitcnError as error:
            _locate(error, chunk, name)
            raise


def _locate(error: KitcnError, chunk: Chunk, name: str) -> None:
    line = getattr(error, "line", None)
    if isinstance(line, int):
        vars_line = chunk.line + line - 1
        error.line = vars_line  # type: ignore[attr-defined]
    else:
        vars_line = chunk.line
    if error.message:
        error.message = f"{name}:{vars_line}: {error.message}"
    if error.exit_code is ExitCode.USAGE:
        error.exit_code = ExitCode.FAILED

"""Commands that papers and help texts only name exist, with their options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from kitcn_repl.cli.main import kitcn
from kitcn_repl.cli.passthrough import CONVEX_COMMANDS, KITCN_COMMANDS, SUBCOMMANDS
from tests.house.transcripts import DOCS, ROOT, Place, blocks
from tools.reference.commands import every_command

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
_THEIRS = {*KITCN_COMMANDS, *CONVEX_COMMANDS}


def _named(text: str) -> Iterator[list[str]]:
    """`kitcn ...` in blocks of commands and in inline code, as words."""
    for block in blocks(text, "console"):
        for line in block.text.splitlines():
            yield from _commands(line.removeprefix("$ "))
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    for code in re.findall(r"(?<!`)`(kitcn [^`\n]+)`", prose):
        yield from _commands(code.replace("\\|", "|"))


def _commands(line: str) -> Iterator[list[str]]:
    """Those of ours in a line of a shell; what other programs take is not looked at."""
    for part in re.split(r" && | \| ", line):
        if part.startswith("kitcn "):
            command = re.sub(r" [<>] .*$", "", part)
            yield (shlex.split(command) if command.count("'") % 2 == 0 else command.split())[1:]


def _problem(words: list[str]) -> str | None:
    """What is wrong with a command line; None if nothing is, or if it is npm's."""
    command: click.Command = kitcn
    options = {"--help": False, "-h": False, **_options(kitcn)}
    for place, word in enumerate(words):
        if re.match(r"--?[a-z]", word):
            if word.partition("=")[0] not in options:
                return f"no option {word}"
        elif isinstance(command, click.Group) and re.match(r"[a-z]", word):
            name = word.rstrip(",")
            found = command.get_command(click.Context(command), name)
            if found is None:
                is_value = place > 0 and options.get(words[place - 1], False)
                is_theirs = name in (_THEIRS if command is kitcn else SUBCOMMANDS.get(command.name or "", ()))
                if is_theirs:
                    return None
                if not is_value:
                    return f"no command {word}"
                continue
            command = found
            options |= _options(command)
    return None


def _options(command: click.Command) -> dict[str, bool]:
    """By name, whether a value follows."""
    found = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    return {name: not option.is_flag for option in found for name in (*option.opts, *option.secondary_opts)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_that_a_page_names_exist(page: Path) -> None:
    named = list(_named(page.read_text(encoding="utf-8")))
    assert {" ".join(words): problem for words in named if (problem := _problem(words))} == {}


def test_commands_that_help_texts_name_exist() -> None:
    epilogs = [command.epilog or "" for _, command in every_command()]
    named = [words for text in epilogs for line in text.splitlines() for words in _commands(line.strip())]
    assert len(named) > 30
    assert {" ".join(words): problem for words in named if (problem := _problem(words))} == {}


@pytest.mark.parametrize("command", ["kitcn nope", "kitcn data --nope", "kitcn env default nope", "kitcn --demo nope"])
def test_a_command_that_is_not_there_is_found_out(command: str) -> None:
    assert [_problem(words) for words in _commands(command)] != [None]


@pytest.mark.slow
def test_examples_of_help_texts_that_ask_the_demo_run(tmp_path: Path) -> None:
    place = Place(tmp_path)
    for name in ("query.js", "script.js"):
        (tmp_path / name).write_text('ctx.db.query("user").take(1)\n', encoding="utf-8")
    failed = {}
    ran = 0
    for path, command in every_command():
        for example in (line.strip() for line in (command.epilog or "").splitlines() if "--demo" in line):
            if path in ("kitcn serve", "kitcn tui") or example == "kitcn repl --demo":
                continue  # they stay open
            shown = place.run(example.replace("js7…", "js7bmthy4zbwk82c3685kcate180zn9w"))
            ran += 1
            if "Error:" in shown:
                failed[example] = shown
    assert failed == {}
    assert ran >= 15

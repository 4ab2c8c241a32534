"""The README's commands are the ones that run, and show what it says."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path

import pytest

from kitcn_repl.version import __version__
from tests.house.transcripts import ROOT, Place, Session, blocks, is_shell, shell_sessions, shows_shell, timeless

README = ROOT / "README.md"
UPDATE = os.environ.get("KITCN_UPDATE_TRANSCRIPTS") == "1"


def _commands() -> list[str]:
    return [line.removeprefix("$ ") for line in re.findall(r"^\$ .*", README.read_text(encoding="utf-8"), re.MULTILINE)]


def test_continuous_integration_runs_the_readmes_test_command() -> None:
    tests = [command for command in _commands() if "pytest" in command]
    assert len(tests) == 1
    assert tests[0] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_what_the_readme_shows_comes(tmp_path: Path) -> None:
    place = Place(tmp_path)
    text = README.read_text(encoding="utf-8")
    fresh, done, printed, shown = "", 0, "", 0
    for block in blocks(text):
        new = block.text
        if is_shell(block):
            new = shows_shell([Session(each.command, place.run(each.command)) for each in shell_sessions(block.text)])
            shown += 1
        elif block.language == "text":
            new = printed
        elif block.language == "python":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(block.text, "README.md", "exec"), {})
            printed = out.getvalue()
            shown += 1
        fresh += text[done : block.start] + new
        done = block.end
    fresh += text[done:]
    if UPDATE:
        README.write_text(fresh, encoding="utf-8")
    assert timeless(fresh) == timeless(text)
    assert shown >= 2


def test_the_changelog_knows_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("picture", ["document", "data", "query"])
def test_the_readme_shows_pictures(picture: str) -> None:
    assert f"](docs/pictures/{picture}.png)" in README.read_text(encoding="utf-8")
    assert (ROOT / f"docs/pictures/{picture}.png").read_bytes().startswith(b"\x89PNG")

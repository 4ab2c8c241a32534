"""The README's commands are the ones that run."""

from __future__ import annotations

import io
import re
import shlex
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kitcn_repl.cli.environment import Environment
from kitcn_repl.cli.main import main
from kitcn_repl.version import __version__

ROOT = Path(__file__).parents[2]


def _commands() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return [line.removeprefix("$ ") for line in re.findall(r"^\$ .*", readme, flags=re.MULTILINE)]


def test_continuous_integration_runs_the_readmes_test_command() -> None:
    tests = [command for command in _commands() if "pytest" in command]
    assert len(tests) == 1
    assert tests[0] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def _sessions() -> Iterator[tuple[str, str]]:
    """Commands of the transcripts, and what they print there: stdout and stderr, as a terminal mixes them."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for block in re.findall(r"^```text\n(.*?)^```", readme, flags=re.DOTALL | re.MULTILINE):
        for session in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = session.splitlines()
            for used in range(1, len(lines) + 1):
                command = "\n".join(lines[:used])
                if command.count("'") % 2 == 0:
                    yield command, "\n".join(lines[used:]).strip()
                    break


def _without_times(text: str) -> str:
    return re.sub(r"\d+(\.\d+)? (ms|s)\b", "TIME", text)


@pytest.mark.parametrize(("command", "output"), list(_sessions()))
def test_transcripts_are_true(command: str, output: str) -> None:
    screen = io.StringIO()
    environment = Environment(
        stdin=io.StringIO(), stdout=screen, stderr=screen, cwd=ROOT, clock=time.monotonic, variables={}
    )
    program, *arguments = shlex.split(command)
    assert program == "kitcn"
    main(arguments, environment)
    assert _without_times(screen.getvalue().strip()) == _without_times(output)


def test_there_are_transcripts() -> None:
    assert len(list(_sessions())) >= 3


def test_the_changelog_knows_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def _python() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", readme, flags=re.DOTALL | re.MULTILINE)
    return [block for block in blocks if not block.startswith("%")]


def test_python_in_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    for block in _python():
        exec(compile(block, "README.md", "exec"), names)
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_pictures_and_pages_of_the_readme_are_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    local = [target for target in re.findall(r"\]\(([^)#]+)\)", readme) if "://" not in target]
    assert len(local) > 8
    assert [target for target in local if not (ROOT / target).exists()] == []

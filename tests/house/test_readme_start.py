"""The README's commands do what they say in an empty folder, with a new virtual environment of every Python here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.house.transcripts import ROOT, blocks

_WANTED: Final = ("3.11", "3.12", "3.13", "3.14")
_PRIVATE: Final = ("CONVEX_", "KITCN_", "PYTHON", "VIRTUAL_ENV", "COV_", "PYTEST_")


@cache
def _pythons() -> dict[str, tuple[Path, str]]:
    """By minor version: the interpreter on the PATH or among pyenv's, and its full version."""
    named = (shutil.which(name) for name in (*(f"python{version}" for version in _WANTED), "python3"))
    candidates = [Path(path) for path in named if path is not None]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates += sorted(pyenv.glob("3.*/bin/python3"), reverse=True)
    found: dict[str, tuple[Path, str]] = {}
    for path in candidates:
        asked = subprocess.run(
            [path, "-c", "import sys, ensurepip; print(sys.version.split()[0])"], capture_output=True, text=True
        )
        version = asked.stdout.strip()
        minor = ".".join(version.split(".")[:2])
        if asked.returncode == 0 and minor in _WANTED:
            found.setdefault(minor, (path, version))
    return found


def _command(word: str) -> str:
    """The README's command that holds `word`."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [line.removeprefix("$ ") for block in blocks(text, "console") for line in block.text.splitlines()]
    (command,) = [command for command in commands if word in command]
    return command


def _clone(folder: Path) -> Path:
    """What a clone would have: every file that is committed, or will be."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listing.stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (folder / "clone" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / "clone" / name)
    return folder / "clone"


def _shell(command: str, clone: Path, environment: Path) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if not name.startswith(_PRIVATE)}
    home = clone.parent / "home"
    home.mkdir(exist_ok=True)
    variables |= {"PATH": f"{environment / 'bin'}:/usr/bin:/bin", "HOME": str(home), "NO_COLOR": "1"}
    variables["PIP_NO_COMPILE"] = "1"  # half of the time, for what is never run
    variables |= {f"KITCN_{name}_DIR": str(home / name.lower()) for name in ("CACHE", "STATE", "CONFIG")}
    return subprocess.run(["/bin/sh", "-c", command], cwd=clone, env=variables, capture_output=True, text=True)


@pytest.mark.slow
@pytest.mark.parametrize("version", _WANTED)
def test_the_first_command_answers_in_an_empty_environment(
    version: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The README's first command to the letter: installs, and asks the demo."""
    if version not in _pythons():
        pytest.skip(f"optional: no Python {version} with ensurepip on this machine")
    python, full = _pythons()[version]
    clone, environment = _clone(tmp_path), tmp_path / "venv"
    subprocess.run([python, "-m", "venv", environment], check=True, capture_output=True)
    done = _shell(_command("kitcn run"), clone, environment)
    assert done.returncode == 0, done.stderr
    assert '"name": "Ada Abe"' in done.stdout
    assert "demo (--demo)" in done.stderr
    assert _shell("kitcn --version", tmp_path, environment).stdout.startswith("kitcn ")
    checked = _shell("python -m pip check && python -c 'import sys; print(sys.version.split()[0])'", clone, environment)
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.splitlines()[-1] == full
    with capsys.disabled():
        print(f"\nREADME's first command on Python {full}: works")


@pytest.mark.slow
@pytest.mark.parametrize("version", _WANTED)
def test_the_test_command_finds_what_it_installs(version: str, tmp_path: Path) -> None:
    """Of the README's second command the installing half to the letter; of the tests, that all can be collected."""
    if version not in _pythons():
        pytest.skip(f"optional: no Python {version} with ensurepip on this machine")
    python, _ = _pythons()[version]
    environment = tmp_path / "venv"
    clone = _clone(tmp_path)
    subprocess.run([python, "-m", "venv", environment], check=True, capture_output=True)
    install, _, tests = _command("pytest").partition(" && ")
    assert re.fullmatch(r"python -m pytest( -n auto)?", tests)
    done = _shell(install, clone, environment)
    assert done.returncode == 0, done.stderr
    collected = _shell(f"{tests} --collect-only -q".replace(" -n auto", ""), clone, environment)
    assert collected.returncode == 0, collected.stdout[-2000:] + collected.stderr[-2000:]
    assert int(re.search(r"^(\d+)(?:/\d+)? tests? collected", collected.stdout, re.MULTILINE)[1]) > 5_000  # type: ignore[index]


@pytest.mark.slow
def test_the_pythons_of_this_machine_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    found = ", ".join(f"{version} at {path}" for path, version in _pythons().values())
    with capsys.disabled():
        print(f"\nPythons here: {found}")
    assert _pythons()

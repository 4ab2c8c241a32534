"""The plugin behind `docs/conformance.md`, in runs of its own: what it takes for shown, with and without xdist."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.node import node_modules

ROOT = Path(__file__).parents[2]

TESTS = """
import pytest

@pytest.mark.conforms("cli run")
def test_passes(): ...

@pytest.mark.conforms("cli run", "--watch")
def test_fails(): assert 0

@pytest.mark.conforms("cli run", "--push", better="how")
def test_is_skipped(): pytest.skip("today")

@pytest.fixture
def broken():
    yield
    assert 0

@pytest.mark.conforms("cli run", "--prod")
def test_fails_at_its_end(broken): ...

@pytest.mark.conforms("cli run", "--url")
@pytest.mark.xfail(reason="known")
def test_is_expected_to_fail(): assert 0

def test_shows_nothing(): ...
"""
CONFTEST = 'pytest_plugins = ["tests.support.suites", "tests.support.conformance"]\n'


def _run(folder: Path, *flags: str, tests: str = TESTS) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_a.py").write_text(tests)
    (folder / "pytest.ini").write_text("[pytest]\n")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *flags],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), "KITCN_REQUIRE_ALL": ""},
        capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_only_a_test_that_passed_wholly_shows_anything(tmp_path: Path) -> None:
    node_modules()
    done = _run(tmp_path, "--conformance-page", "-n", "2")
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert _told(tmp_path) == {
        "run": "same",
        "run --watch": "not yet `test_a.py::test_fails failed`",
        "run --push": "not yet `test_a.py::test_is_skipped was skipped`",
        "run --prod": "not yet `test_a.py::test_fails_at_its_end failed`",
        "run --url": "not yet `test_a.py::test_is_expected_to_fail was skipped`",
    }, done.stdout


def _told(folder: Path) -> dict[str, str]:
    """What the page says of what the tests name, with the note of what is not yet."""
    rows = [
        [cell.strip() for cell in line.split("|")]
        for line in (folder / "docs" / "conformance.md").read_text().splitlines()
        if line.startswith("| `run") and "test_a.py" in line
    ]
    return {row[1].partition("`")[2].partition("`")[0]: f"{row[2]} {row[3]}".strip() for row in rows}


@pytest.mark.slow
def test_a_run_that_shows_otherwise_than_the_page_fails(tmp_path: Path) -> None:
    node_modules()
    passing = 'import pytest\n\n@pytest.mark.conforms("cli run")\ndef test_it(): ...\n'
    _run(tmp_path, "--conformance-page", tests=passing)
    path = tmp_path / "docs" / "conformance.md"
    path.write_text(path.read_text().replace("| `run` | same |", "| `run` | better |"))
    done = _run(tmp_path, tests=passing)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "-| `run` | better |" in done.stdout
    assert "+| `run` | same |" in done.stdout
    assert "docs/conformance.md does not say what this run showed; write it anew with: python -m pytest" in done.stdout
    skipping = f'{passing}\n@pytest.mark.conforms("cli data")\ndef test_other(): pytest.skip("today")\n'
    done = _run(tmp_path, tests=skipping)
    assert done.returncode == pytest.ExitCode.OK
    assert "was not compared with this run: 1 of the tests that it rests on were skipped." in done.stdout


@pytest.mark.parametrize("flags", [("-k", "passes"), ("test_a.py",)], ids=" ".join)
def test_the_page_is_not_written_from_a_part_of_the_tests(flags: tuple[str, ...], tmp_path: Path) -> None:
    done = _run(tmp_path, "--conformance-page", *flags)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--conformance-page needs every test marked 'conforms'" in done.stderr


def test_a_slow_test_shows_nothing(tmp_path: Path) -> None:
    slow = 'import pytest\n\n@pytest.mark.slow\n@pytest.mark.conforms("cli run")\ndef test_it(): ...\n'
    done = _run(tmp_path, "--slow", tests=slow)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "a slow test cannot show conformance" in done.stderr

"""SECURITY.md promises nothing without a test, and every test that it names runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
THREATS = (
    "Hostile data",
    "Hostile snapshot or backend file",
    "Hostile query",
    "Hostile server",
    "Hostile page or program beside `kitcn serve`",
    "Hostile project folder",
    "Shared machine",
    "Secrets in what we show and keep",
)
HEADINGS = ["An attacker can", "What holds", "Kept by", "Shown by"]
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def sections() -> dict[str, str]:
    """The parts of the page by heading."""
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in PAGE.split("\n## ")[1:]}


def rows(section: str) -> list[list[str]]:
    """The cells of each line of the section's table, headings first."""
    lines = [line for line in sections()[section].splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if set(row[0]) != {"-"} and not row[0].startswith("---")]


def test_every_threat_has_lines() -> None:
    for threat in THREATS:
        headings, *lines = rows(threat)
        assert headings == HEADINGS
        assert len(lines) >= 4, threat


@pytest.mark.parametrize("threat", THREATS)
def test_no_line_is_without_a_test_or_without_its_keeper(threat: str) -> None:
    for row in rows(threat)[1:]:
        assert len(row) == len(HEADINGS), row
        assert all(row), row
        assert _TEST.search(row[3]), f"nothing shows that this holds: {row[0]}"
        assert _TEST.sub("", row[3]).strip(" ,") == "", f"only whole test ids stand there: {row[3]}"
        kept_by = re.findall(r"`([\w./-]+)`", row[2])
        assert kept_by, row
        for path in kept_by:
            assert (ROOT / path).exists(), f"there is no {path}"


def test_every_test_that_is_named_runs() -> None:
    named = sorted(set(_TEST.findall(PAGE)))
    assert len(named) > 100
    assert [problem for path, name in named if (problem := _problem(path, name)) is not None] == []


def test_what_is_not_defended_is_said() -> None:
    assert len(re.findall(r"^- ", sections()["What is not defended"], re.MULTILINE)) >= 5
    assert "security advisor" in sections()["Reporting a problem"]


def _problem(path: str, name: str) -> str | None:
    """Why the test does not count."""
    test = next((each for each in _functions(path) if each.name == name), None)
    if test is None:
        return f"{path} has no {name}"
    if any(mark.startswith(("skip", "xfail")) and "sys.platform" not in mark for mark in _marks(test)):
        return f"{path}::{name} is skipped"
    if not any(isinstance(each, ast.Assert | ast.With | ast.Call) for each in ast.walk(test)):
        return f"{path}::{name} checks nothing"
    return None


@cache
def _functions(path: str) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8") if file.exists() else "")
    assert not [each for each in tree.body if isinstance(each, ast.Assign) and "pytestmark" in ast.unparse(each)], path
    return tuple(each for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))


def _marks(test: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    for decorator in test.decorator_list:
        if (text := ast.unparse(decorator)).startswith("pytest.mark."):
            yield text.removeprefix("pytest.mark.")

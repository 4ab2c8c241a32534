"""The benchmarks run, are all in one table, and the README quotes only those that there are."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from benchmarks.frame import command
from benchmarks.frame.ours import environment
from benchmarks.frame.processes import FailedError, finish
from benchmarks.frame.rivals import CannotRunError, Rivals
from benchmarks.frame.rows import Row, Side
from benchmarks.frame.table import FORMATS, Report, as_json, as_markdown, as_readme, as_text
from benchmarks.frame.turns import Sample, take_turns
from benchmarks.registry import NAMES, measure_of
from tests.support.node import node_modules

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "benchmarks"
FAST = ("completion", "live_insights")
WITH_CONTENDERS = ("start_up", "first_rows", "load_extension", "completion")
NEEDS_NODE = ("served_query", "served_commands", "offline_query", "read_schema")


def test_every_benchmark_is_in_the_registry() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "__main__", "registry"}
    assert files == set(NAMES)
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize("name", NAMES)
def test_every_benchmark_can_be_run_alone(name: str) -> None:
    module = import_module(f"benchmarks.{name}")
    assert module.__doc__
    assert callable(measure_of(name))
    assert f'raise SystemExit(alone("{name}"))' in (FOLDER / f"{name}.py").read_text(encoding="utf-8")


def test_every_program_inside_is_used() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))
    for path in (FOLDER / "inside").glob("[!_]*"):
        module = f"from benchmarks.inside.{path.stem} import"
        beside = any(module in other.read_text(encoding="utf-8") for other in (FOLDER / "inside").glob("*.py"))
        assert beside or f'"{path.stem}"' in text or f'"{path.name}"' in text, path


def _speed(text: str) -> Iterator[str]:
    """What the table below "Speed" names in its last column."""
    section = re.search(r"^## Speed\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert section is not None
    for line in section[1].splitlines():
        if line.startswith("|") and not line.startswith("|---"):
            yield from re.findall(r"`(\w+)(?:\.py)?`", line.rstrip("| ").rsplit("|", 1)[1])


def test_the_readme_quotes_benchmarks_that_there_are() -> None:
    quoted = set(_speed((ROOT / "README.md").read_text(encoding="utf-8")))
    assert quoted
    assert quoted <= set(NAMES)


def test_their_own_page_names_all_of_them() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(NAMES)


@pytest.mark.parametrize(
    "name", [*FAST, *(pytest.param(name, marks=pytest.mark.slow) for name in NAMES if name not in FAST)]
)
def test_it_runs_from_end_to_end(name: str) -> None:
    if name in NEEDS_NODE:
        node_modules()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", name, "--quick", "--format", "json"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["failed"] == []
    # Only contenders that are no dependencies of ours may be missing, and each says what brings it.
    assert all("--install-contenders" in missing for missing in report["couldNotRun"])
    assert bool(report["couldNotRun"]) is (name in WITH_CONTENDERS)
    rows = report["benchmarks"][name]
    assert rows
    for row in rows:
        assert all(value > 0 for value in row["ours"]["values"])
        assert row["theirs"] is None or row["ratio"] > 0
        assert row["ours"]["memoryMB"] is None or row["ours"]["memoryMB"] > 5


def test_a_missing_rival_says_what_brings_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rivals = Rivals(tmp_path, {"posting": tmp_path}, install=False)
    with pytest.raises(CannotRunError, match="harlequin is not here: --install-contenders fetches it"):
        rivals.program("harlequin")
    with pytest.raises(CannotRunError, match="bin/posting does not exist"):
        rivals.program("posting")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotRunError, match="there is no node on the PATH"):
        rivals.convex("--help")


def test_contenders_take_turns_and_the_first_do_not_count() -> None:
    asked: list[str] = []
    values = {"a": cycle((9.0, 1.0, 3.0)), "b": cycle((9.0, 2.0, 4.0))}

    def turn(name: str) -> Sample:
        asked.append(name)
        return Sample(next(values[name]), 10.0)

    sides = take_turns({"a": lambda: turn("a"), "b": lambda: turn("b")}, 2, warm_up=1)
    assert asked == ["a", "b"] * 3
    assert sides == {"a": Side("a", (1.0, 3.0), 10.0), "b": Side("b", (2.0, 4.0), 10.0)}
    row = Row("x", sides["a"], sides["b"])
    assert (row.ratio, row.spread, row.memory_ratio) == (2 / 3, (0.5, 0.75), 1.0)


def test_memory_counts_the_children(tmp_path: Path) -> None:
    hold = "import subprocess, sys; held = bytearray(60_000_000); "
    child = f"{hold}print(len(held))"
    parent = f"{hold}subprocess.run([sys.executable, '-c', {child!r}], check=True); print(len(held))"
    alone, both = (finish([sys.executable, "-c", code], environment(tmp_path), tmp_path) for code in (child, parent))
    assert both.stdout.split() == [b"60000000"] * 2
    if sys.platform == "linux":
        assert alone.memory is not None
        assert both.memory is not None
        assert 60 < alone.memory < 110
        assert alone.memory * 1.8 < both.memory < 220


def test_what_fails_says_so(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="ended with 3:\nno luck"):
        finish([sys.executable, "-c", "import sys; sys.exit(sys.stderr.write('no luck') and 3)"], {}, tmp_path)


def _report(*, quick: bool = False, failed: tuple[str, ...] = ()) -> Report:
    slow = Row(
        "a | b", Side("kitcn", (0.2, 0.4), 30.0), Side("other", (0.1, 0.2), 60.0), note="said", is_quoted=True
    ).aiming(ratio=0.5)
    return Report({"completion": [slow]}, ["that: why"], failed, quick, 1.0, 0.1)


def test_the_table_says_ratios_misses_and_what_could_not_run() -> None:
    text = as_text(_report(failed=("growth: broke",)))
    assert re.search(
        r"a \| b +300 ms \(200 ms\) +other +150 ms \(100 ms\) +2\.00 +2\.00 to 2\.00 +30 / 60 = 0\.5 ", text
    )
    assert "ratio <= 0.5: MISSED" in text
    for line in ("a | b: said", "Could not run: that: why.", "FAILED: growth: broke", "Aim missed: completion: a | b:"):
        assert line in text
    assert "figures mean nothing" not in text


def test_a_quick_run_judges_nothing() -> None:
    report = _report(quick=True)
    assert report.aims_missed == []
    assert "MISSED" not in as_text(report)
    assert "figures mean nothing" in as_text(report)


def test_other_formats_hold_the_same() -> None:
    assert "| completion | a \\| b | 300 ms (200 ms) | other |" in as_markdown(_report())
    encoded = json.loads(as_json(_report()))
    (row,) = encoded["benchmarks"]["completion"]
    assert row["ours"]["values"] == [0.2, 0.4]
    assert row["aims"] == [{"aim": "ratio <= 0.5", "met": False}]
    assert encoded["aimsMissed"] == ["completion: a | b: ratio <= 0.5"]
    (row,) = as_readme(_report()).splitlines()[2:]
    assert row == "| a \\| b | other | 2.00 | 2.00 to 2.00 | 0.5 | `completion` |"
    assert set(FORMATS) == {"table", "markdown", "readme", "json"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["nothing"], "there is no benchmark 'nothing'"), (["--contender", "me=x"], "NAME is one of posting")],
)
def test_wrong_arguments(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(arguments)
    assert message in capsys.readouterr().err

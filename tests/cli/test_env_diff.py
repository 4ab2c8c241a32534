"""`kitcn env diff`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.at_work import DEV, PROD, AtWork, at_work

VALUES = ("planted-dev-host", "planted-prod-host", "planted-same", "planted-only-a", "planted-only-b")


@pytest.fixture
def work(tmp_path: Path) -> Iterator[AtWork]:
    with at_work(tmp_path) as work:
        work.variables().update(HOST=VALUES[0], SAME=VALUES[2], A_ONLY=VALUES[3], EMPTY="", TWIN=VALUES[3])
        work.variables(PROD).update(HOST=VALUES[1], SAME=VALUES[2], B_ONLY=VALUES[4], EMPTY="")
        yield work


def states(text: str) -> dict[str, str]:
    return {row["name"]: row["state"] for row in json.loads(text)}


def test_two_deployments(work: AtWork) -> None:
    outcome = work("env", "diff", "dev", "prod")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0].split() == ["name", "A:", "dev", "·", DEV, "B:", "prod", "·", PROD]
    rows = [line.split("  ") for line in lines[2:]]
    assert [row[0] for row in rows] == ["A_ONLY", "B_ONLY", "HOST", "TWIN"]
    assert outcome.lines == [
        f"A: dev · {DEV}",
        f"B: prod · {PROD}",
        "1 different, 2 only in A, 1 only in B, 2 the same (--all shows them)",
    ]
    assert work("env", "diff", "dev", "prod", "-q").err == ""


def test_values_are_masked_in_every_format_and_still_comparable(work: AtWork) -> None:
    for format_ in ("table", "json", "jsonl", "csv", "markdown"):
        for tty in (False, True):
            masked = work("env", "diff", "dev", "prod", "--all", "--format", format_, tty=tty, width=200)
            assert masked.code == 0
            assert "planted" not in masked.out + masked.err
            shown = work("env", "diff", "dev", "prod", "--all", "--show", "--format", format_, tty=tty, width=200)
            assert [value for value in VALUES if value not in shown.out] == []
            assert "planted" not in shown.err
    rows = {row["name"]: row for row in json.loads(work("env", "diff", "dev", "prod", "--all", "--format", "json").out)}
    assert list(rows) == sorted(rows)
    assert rows["SAME"]["a"] == rows["SAME"]["b"]
    assert rows["HOST"]["a"] != rows["HOST"]["b"]
    assert rows["A_ONLY"]["a"] == rows["TWIN"]["a"]
    assert rows["A_ONLY"]["b"] is None
    assert rows["EMPTY"] == {"name": "EMPTY", "state": "same", "a": "(empty)", "b": "(empty)"}


def test_formats(work: AtWork) -> None:
    expected = {"A_ONLY": "onlyInA", "B_ONLY": "onlyInB", "HOST": "different", "TWIN": "onlyInA"}
    assert states(work("env", "diff", "dev", "prod", "--format", "json").out) == expected
    every = states(work("env", "diff", "dev", "prod", "--format", "json", "--all").out)
    assert every == {**expected, "EMPTY": "same", "SAME": "same"}
    lines = work("env", "diff", "dev", "prod", "--format", "jsonl").out.splitlines()
    assert {json.loads(line)["name"] for line in lines} == set(expected)
    table = list(csv.reader(io.StringIO(work("env", "diff", "dev", "prod", "--format", "csv").out)))
    assert table[0] == ["name", "state", "a", "b"]
    assert {row[0]: row[1] for row in table[1:]} == expected
    assert work("env", "diff", "dev", "prod", "--format", "markdown").out.startswith("| name | state | a | b |\n")
    assert work("env", "diff", "dev", "dev", "--format", "json").out == "[]\n"
    assert work("env", "diff", "dev", "prod", "--format", "pretty").code == 2


def test_exit_code(work: AtWork) -> None:
    assert work("env", "diff", "dev", "prod", "--exit-code").code == 1
    same = work("env", "diff", "dev", DEV, "--exit-code")
    assert (same.code, same.out) == (0, "")
    assert same.lines[-1] == "No differences: 5 the same."


def test_the_selected_deployment_is_the_other_side(work: AtWork) -> None:
    assert work("env", "diff", "prod").lines[:2] == [f"A: dev · {DEV}", f"B: prod · {PROD}"]
    assert work("env", "diff", "demo", "--prod").lines[:2] == [f"A: prod · {PROD}", "B: demo"]


def test_a_deployment_and_its_defaults(work: AtWork) -> None:
    work.variables(PROD)["API_HOST"] = "https://example.com"
    outcome = work("env", "diff", "prod", "default", "--format", "json", "--all")
    assert outcome.lines[:2] == [f"A: prod · {PROD}", "B: defaults of acme:chess for prod"]
    assert states(outcome.out)["API_HOST"] == "same"
    table = work("env", "diff", "prod", "default", tty=True).out
    assert table.splitlines()[0].split() == ["name", "A:", "prod", "·", PROD, "B:", "default:prod"]
    assert work("env", "diff", "default").lines[:2] == [f"A: dev · {DEV}", "B: defaults of acme:chess for dev"]
    other = work("env", "diff", "default:preview", "umbrella:chess:dev")
    assert other.lines[0] == "A: defaults of umbrella:chess for preview"
    assert work("env", "diff", "demo", "default:dev").lines[1] == "B: defaults of acme:chess for dev"


def test_two_sets_of_defaults(work: AtWork) -> None:
    outcome = work("env", "diff", "default:dev", "default:acme:chess:preview", "--format", "json")
    assert states(outcome.out) == {"API_HOST": "different", "ONLY_DEV": "onlyInA"}
    assert work("env", "diff", "default:dev", "default:go:dev").lines[1] == "B: defaults of acme:go for dev"


def test_dotenv_files(work: AtWork) -> None:
    text = f"HOST={VALUES[0]}\nSAME='{VALUES[2]}'\nCONVEX_DEPLOYMENT=dev:x\n"
    (work.place.folder / "some.env").write_text(text)
    outcome = work("env", "diff", "file:some.env", "dev", "--format", "json", "--all")
    assert states(outcome.out) == {
        "A_ONLY": "onlyInB", "EMPTY": "onlyInB", "HOST": "same", "SAME": "same", "TWIN": "onlyInB",
    }  # fmt: skip
    assert outcome.lines[1] == "   left out, since they only say which deployment is used: CONVEX_DEPLOYMENT"
    again = work("env", "diff", "./some.env", "-", "--exit-code", stdin=text)
    assert (again.code, again.lines[-1]) == (0, "No differences: 2 the same.")
    missing = work("env", "diff", "./nowhere", "dev")
    assert (missing.code, missing.out, missing.err) == (1, "", "Error: There is no file ./nowhere.\n")


def test_nothing_is_changed_and_nothing_made(work: AtWork) -> None:
    before = len(work.plane.world.deployments)
    work("env", "diff", "dev", "prod")
    work("env", "diff", "bare:dev", "prod")
    assert work.changes_sent() == []
    assert len(work.plane.world.deployments) == before


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [
        ([], 2, "Give what to compare"),
        (["a", "b", "c"], 2, "Give what to compare"),
        (["dev", "prod", "--prod"], 2, "--prod names a deployment; A and B do that already."),
        (["dev", "prod", "--admin-key", "k"], 2, "--admin-key names a deployment"),
        (["-", "-"], 2, "- can be given for one side only"),
        (["default:dve"], 2, "Did you mean 'dev'?"),
        (["default", "default:dev"], 2, "say default:TYPE here"),
        (["demo", "default"], 2, "belongs to no project"),
        (["dev", "no/such"], 3, "There is no deployment 'no/such' in acme:chess."),
        (["dev", "nope:nope:dev"], 3, "no such team"),
    ],
)
def test_what_cannot_be_compared(work: AtWork, argv: list[str], code: int, says: str) -> None:
    outcome = work("env", "diff", *argv)
    assert (outcome.code, outcome.out) == (code, "")
    assert says in outcome.err
    assert len(outcome.lines) == 1


def test_a_narrow_terminal_says_what_it_cut(work: AtWork) -> None:
    work.variables()["HOST"] = "x" * 200
    outcome = work("env", "diff", "dev", "prod", "--show", tty=True, width=60)
    assert all(len(line) <= 60 for line in outcome.out.splitlines())
    assert "shortened" in outcome.err


def test_control_characters_stay_visible(work: AtWork) -> None:
    work.variables()["HOST"] = "a\x1b]0;gone\x07"
    assert "\x1b" not in work("env", "diff", "dev", "prod", "--show", tty=True).out

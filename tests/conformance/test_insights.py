"""The same usage rows, through the genuine CLI and through ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kitcn_repl.explore.insights.kinds import KINDS
from tests.conformance.genuine import Ran
from tests.conformance.marks import conforms
from tests.conformance.selection_rows import FOX
from tests.conformance.test_target_flags import FLAGS
from tests.support.control_plane import ACCESS_TOKEN, StandIn, Workplace, make_workplace, small_world, stand_in
from tests.support.node import genuine_cli, node
from tests.support.usage_rows import believable_rows, crashing_rows, generated_rows

_PATIENCE = 120
"""Seconds; only ever spent on a client that hangs."""
_ROOT = Path(__file__).parents[2]
_DEPLOYMENT = "happy-otter-101"


@dataclass(frozen=True, slots=True)
class Both:
    """The genuine CLI and ours in a project of Ada's, who is logged in."""

    plane: StandIn
    place: Workplace

    def give(self, rows: list[Any]) -> None:
        self.plane.world.usage[_DEPLOYMENT] = rows

    def __call__(self, *arguments: str, zone: str = "UTC", **variables: str) -> tuple[Ran, Ran]:
        commands = [node(), genuine_cli(), *arguments], [sys.executable, "-m", "kitcn_repl", *arguments]
        with ThreadPoolExecutor(2) as pool:
            genuine, ours = pool.map(lambda command: self._run(command, TZ=zone, **variables), commands)
        return genuine, ours

    def ours(self, *arguments: str, **variables: str) -> Ran:
        return self._run([sys.executable, "-m", "kitcn_repl", *arguments], **variables)

    def _run(self, command: list[str], **variables: str) -> Ran:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(_ROOT),
            "KITCN_CACHE_DIR": str(self.place.home / "cache"),
            "NO_COLOR": "1",
            "CI": "1",
            **self.place.variables(**variables),
        }
        done = subprocess.run(
            command, cwd=self.place.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=_PATIENCE, check=False,
        )  # fmt: skip
        return Ran(done.stdout, done.stderr.decode(), done.returncode)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with stand_in(small_world()) as plane:
        place = make_workplace(plane, tmp_path_factory.mktemp("insights"))
        place.env_local(f"CONVEX_DEPLOYMENT=dev:{_DEPLOYMENT}\n")
        place.log_in(ACCESS_TOKEN)
        yield Both(plane, place)


def _known(rows: list[Any]) -> list[Any]:
    return [row for row in rows if row[0] in KINDS]


def _without_ours(genuine: Any, ours: Any) -> Any:
    """`ours` without what the genuine CLI's output has not; what both have must stand in the same order, and first."""
    assert list(ours)[: len(genuine)] == list(genuine)
    return {name: ours[name] for name in genuine}


@pytest.mark.conforms("cli insights", "", "--details")
@pytest.mark.parametrize("arguments", [(), ("--details",)], ids=["plain", "details"])
def test_text_is_the_same_to_the_byte(both: Both, arguments: tuple[str, ...]) -> None:
    both.give(_known(generated_rows(7, 300)) + believable_rows(datetime(2026, 3, 2, 12, tzinfo=UTC)))
    genuine, ours = both("insights", *arguments)
    assert genuine.exit_code == 0, genuine.stderr
    assert (ours.stdout, ours.exit_code) == (genuine.stdout, 0)


@pytest.mark.conforms("cli insights", "--json", "--details")
@pytest.mark.parametrize("arguments", [(), ("--details",)], ids=["plain", "details"])
def test_json_is_the_same_and_goes_on(both: Both, arguments: tuple[str, ...]) -> None:
    rows = generated_rows(11, 400)
    both.give(rows)
    genuine, ours = (json.loads(ran.stdout) for ran in both("insights", "--json", *arguments))
    assert list(ours)[:3] == ["deploymentName", "dashboardUrl", "insights"]
    assert (ours["deploymentName"], ours["dashboardUrl"]) == (genuine["deploymentName"], genuine["dashboardUrl"])
    known = [one for one in ours["insights"] if one["severity"] != "unknown"]
    assert len(ours["insights"]) == len(rows) > len(known) == len(genuine["insights"])
    for theirs, mine in zip(genuine["insights"], known, strict=True):
        shared = _without_ours(theirs, mine)
        assert json.dumps(shared) == json.dumps(theirs)  # the order of fields, all the way down
        assert ("recentEvents" in mine) == bool(arguments)
        assert len(mine["hourlyCounts"]) <= 5


@pytest.mark.conforms("cli insights", "--json")
def test_json_text_is_written_alike(both: Both) -> None:
    """Numbers, escapes and the order of fields as JavaScript writes them."""
    both.give([row for row in _known(generated_rows(5, 200)) if row[0] in ("occRetried", "occFailedPermanently")])
    genuine, ours = both("insights", "--json", "--details")
    theirs, mine = ([line.strip().rstrip(",") for line in ran.stdout.decode().splitlines()] for ran in (genuine, ours))
    remaining = iter(mine)
    assert all(line in remaining for line in theirs if line not in "}]")


@pytest.mark.parametrize(
    ("flags", "deployment"),
    [
        pytest.param(given, name, id=flag, marks=conforms("cli insights", flag))
        for flag, (given, name) in FLAGS.items()
        if flag in ("--prod", "--preview-name", "--deployment-name", "--deployment", "--env-file")
    ],
)
def test_flags_choose_the_same_deployment(flags: tuple[str, ...], deployment: str, both: Both) -> None:
    (both.place.folder / "other.env").write_text(f"CONVEX_DEPLOYMENT=dev:{FOX}\n")
    for ran in both("insights", "--json", *flags):
        assert json.loads(ran.stdout)["deploymentName"] == deployment, ran.stderr


@pytest.mark.conforms(
    "cli insights",
    "--url",
    "--admin-key",
    better="an address is answered from its function log; the genuine one refuses",
)
def test_an_address_is_answered_from_its_log(both: Both) -> None:
    fox = both.plane.world.deployment(FOX)
    assert fox is not None
    genuine, ours = both("insights", "--url", fox.url, "--admin-key", fox.key)
    assert "only available for cloud deployments" in genuine.stderr
    assert (genuine.exit_code, ours.exit_code) == (1, 0)
    assert b"users:stats" in ours.stdout


@pytest.mark.conforms("cli insights")
def test_a_healthy_deployment(both: Both) -> None:
    both.give([])
    genuine, ours = both("insights")
    assert ours.stdout == genuine.stdout
    assert b"No issues found" in ours.stdout


@pytest.mark.conforms(
    "cli insights", "--details", better="a time without a zone is UTC, which the genuine one takes for local time"
)
def test_times_with_a_zone_are_the_same_in_any_zone(both: Both) -> None:
    both.give(believable_rows(datetime(2026, 3, 2, 12, tzinfo=UTC)))
    genuine, ours = both("insights", "--details", zone="America/New_York")
    pairs = list(zip(genuine.stdout.decode().splitlines(), ours.stdout.decode().splitlines(), strict=True))
    same = [mine for theirs, mine in pairs if mine == theirs]
    different = [(theirs, mine) for theirs, mine in pairs if mine != theirs]
    assert any("  req:" in line for line in same)
    # What has no zone is UTC; the genuine CLI takes it for local time, which is five hours off.
    assert different
    for theirs, mine in different:
        assert theirs.partition("  req:")[2] == mine.partition("  req:")[2] != ""
        before, after = (
            datetime.strptime(line.strip().partition("  ")[0], "%m/%d/%Y, %I:%M:%S %p") for line in (mine, theirs)
        )
        assert (after - before).total_seconds() == 5 * 3600


@pytest.mark.conforms("cli insights", "", "--details", "--json", better="rows that crash the genuine one are shown")
def test_rows_that_crash_the_genuine_cli_do_not_crash_ours(both: Both) -> None:
    rows = crashing_rows()
    for row in (rows[0], rows[2], rows[-1]):
        both.give([row])
        genuine, _ = both("insights", "--details")
        assert genuine.exit_code != 0
    both.give([*rows, "no row", [], [None], 7])
    for arguments in ([], ["--details"], ["--json", "--details"], ["--format", "table"], ["--format", "csv"]):
        ours = both.ours("insights", *arguments)
        assert ours.exit_code == 0, ours.stderr
        text = ours.stdout.decode()
        assert [row[1] for row in rows if row[1] not in text] == []
        assert "4 rows that name no kind" in ours.stderr + text


@pytest.mark.conforms(
    "cli insights", better="without a login, which the genuine one needs, they are told from the function log"
)
def test_without_a_login_the_log_is_used_and_that_is_said(both: Both) -> None:
    both.give(believable_rows(datetime.now(UTC)))
    key = next(one.key for one in both.plane.world.deployments if one.name == _DEPLOYMENT)
    genuine, ours = both("insights", CONVEX_DEPLOY_KEY=key)
    assert "Insights require to be logged in as a user" in genuine.stderr
    assert (genuine.exit_code, ours.exit_code) == (1, 0)
    assert "logged in" in ours.stderr
    assert "function log" in ours.stderr
    assert b"users:stats" in ours.stdout
    assert b"messages:send" not in ours.stdout


def test_findings_can_fail_a_build(both: Both) -> None:
    both.give([row for row in believable_rows(datetime.now(UTC)) if row[0] == "occRetried"])
    assert both.ours("insights", "--fail-on", "error").exit_code == 0
    assert both.ours("insights", "--fail-on", "warning").exit_code == 1

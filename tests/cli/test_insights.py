"""`kitcn insights` on every kind of deployment."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from tests.cli.at_work import DEV, AtWork, at_work
from tests.cli.console import Console
from tests.support.control_plane import html, refused, status
from tests.support.served import served
from tests.support.usage_rows import believable_rows

_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def work(tmp_path: Path) -> Iterator[AtWork]:
    with at_work(tmp_path) as work:
        work.plane.world.usage[DEV] = believable_rows(datetime.now(UTC))
        yield work


@pytest.fixture
def demo(tmp_path: Path) -> Console:
    return Console(cwd=tmp_path, variables={"KITCN_CACHE_DIR": str(tmp_path / "cache")})


def test_the_demo_has_some(demo: Console) -> None:
    outcome = demo("insights", "--demo")
    assert outcome.code == 0
    assert outcome.out.startswith("Found 2 errors and 2 warnings in the last 72 hours:\n\n[ERROR] Documents Read")
    assert "[WARNING] OCC Retried: projects:rename — 13 OCC conflicts on table project\n" in outcome.out
    assert "Dashboard" not in outcome.out
    assert list((demo.cwd).iterdir()) == []  # it needs no history: its log comes whole


def test_a_finding_leads_to_the_lines_that_prove_it(demo: Console) -> None:
    found = json.loads(demo("insights", "--demo", "--json", "--kind", "occFailedPermanently").out)
    (insight,) = found["insights"]
    assert (insight["functionId"], insight["table"], insight["writers"][0]["self"]) == (
        "projects:rename", "project", True,
    )  # fmt: skip
    log, document = (command.split()[1:] for command in insight["proof"])
    assert "write conflict on project, retry 4, given up" in demo(*log).out
    assert json.loads(demo(*document).out)["_id"] == document[1]


def test_everything_is_said_on_a_terminal(work: AtWork) -> None:
    outcome = work("insights", tty=True, width=80)
    assert outcome.code == 0
    text = outcome.out
    assert max(map(len, text.splitlines())) <= 80
    assert "messages:send  on table message" in text
    assert "written by itself (6 of 8), counters:bump (2 of 8)" in text
    assert "8 of 8 conflicts are about one document" in text
    assert "reads message (31,960 documents, 9.0 MiB), user (40 documents, 8.8 KiB)" in text
    assert "3 errors and 3 warnings in the last 72 hours.\n--details shows every event.\n" in text
    assert "http://localhost:6789/d/happy-otter-101?view=insights" in text
    marks = [line.strip() for line in text.splitlines() if set(line.strip()) & set("█▇▆▅▄▃▂▁")]
    assert len(marks) == 6
    assert {len(line) for line in marks} == {72}
    assert "·▂▃·" in marks[-1]


def test_colours_tell_the_severity(work: AtWork) -> None:
    text = work("insights", tty=True, colour=True).out
    assert "\x1b[31merror\x1b[0m" in text
    assert "\x1b[33mwarning\x1b[0m" in text
    plain = work("insights", tty=True).out
    # Time goes on meanwhile.
    assert re.sub(r"\d+ h", "", _ESCAPES.sub("", text)) == re.sub(r"\d+ h", "", plain)


def test_names_from_a_database_are_no_commands_for_the_terminal(work: AtWork) -> None:
    details = {"occCalls": 1, "occTableName": "\x1b[2Jtable", "hourlyCounts": [], "recentEvents": [
        {"timestamp": "x", "request_id": "\x1b]0;title\x07", "occ_retry_count": 1, "occ_write_source": "\x9b31m"},
    ]}  # fmt: skip
    work.plane.world.usage[DEV] = [["occRetried", "a\x1b[31m:b\u202e", "comp\r", json.dumps(details)]]
    for arguments in (("--details",), ("--details", "--json"), ("--details", "--format", "markdown")):
        text = work("insights", *arguments, tty=True).out
        assert not set(text) & {"\x1b", "\x07", "\x9b", "\u202e", "\r"}, arguments


def test_details_show_all_events(work: AtWork) -> None:
    text = work("insights", "--details", "--kind", "occRetried", tty=True).out
    assert text.count("  request ") == 8
    assert "… and 41 more" in text
    outcome = json.loads(work("insights", "--details", "--kind", "occRetried", "--json").out)
    (insight,) = outcome["insights"]
    assert (len(insight["recentEvents"]), len(insight["events"])) == (5, 8)
    assert insight["events"][0]["executionId"].startswith("01890000-")


def test_a_healthy_deployment(work: AtWork) -> None:
    work.plane.world.usage[DEV] = []
    assert "No issues found in the last 72 hours.\n" in work("insights", tty=True).out
    assert work("insights", "--since", "6h").out.startswith(
        "No issues found. The deployment is healthy over the last 6 hours."
    )


def test_a_part_of_them(work: AtWork) -> None:
    def kinds(*arguments: str) -> list[str]:
        return [one["kind"] for one in json.loads(work("insights", "--json", *arguments).out)["insights"]]

    assert kinds("--since", "4h") == ["documentsReadThreshold", "occRetried"]
    assert kinds("--function", "lib:") == ["occFailedPermanently"]
    assert kinds("--kind", "occRetried", "--kind", "bytesReadLimit") == ["bytesReadLimit", "occRetried"]


def test_wrong_usage(demo: Console) -> None:
    for arguments, says in (
        (("--since", "soon"), "--since 'soon'"),
        (("--since", "2999-01-01"), "must be a moment that has passed"),
        (("--kind", "occRetry"), "Did you mean 'occRetried'?"),
        (("--fail-on", "all"), "error, warning"),
        (("--json", "--format", "csv"), "contradict"),
    ):
        outcome = demo("insights", "--demo", *arguments)
        assert outcome.code == 2, arguments
        assert says in outcome.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--fail-on", "error"), 1),
        (("--fail-on", "error", "--kind", "occRetried"), 0),
        (("--fail-on", "warning", "--kind", "occRetried"), 1),
        (("--fail-on", "warning", "--function", "nobody"), 0),
    ],
)
def test_findings_fail_a_build(demo: Console, arguments: tuple[str, ...], code: int) -> None:
    assert demo("insights", "--demo", *arguments).code == code


def test_a_new_kind_is_shown_and_may_fail_a_build(work: AtWork) -> None:
    work.plane.world.usage[DEV] = [["tooManyIndexes", "a:b", "-root-component-", '{"count": 4}']]
    outcome = work("insights", "--fail-on", "warning")
    assert outcome.code == 1
    assert "[UNKNOWN] tooManyIndexes: a:b — 4 occurrences" in outcome.out
    assert work("insights", "--fail-on", "error").code == 0


def test_formats_for_machines(work: AtWork) -> None:
    rows = list(csv.DictReader(io.StringIO(work("insights", "--format", "csv").out)))
    assert [row["severity"] for row in rows] == ["error"] * 3 + ["warning"] * 3
    assert rows[-1]["writers"] == "messages:send, counters:bump"
    lines = [json.loads(line) for line in work("insights", "--format", "jsonl").out.splitlines()]
    assert [line["kind"] for line in lines] == [row["kind"] for row in rows]
    one, other = (json.loads(work("insights", *format_).out) for format_ in (("--format", "json"), ("--json",)))
    assert one["insights"] == other["insights"]
    assert work("insights", "--format", "markdown").out.startswith("| severity | kind |")


def test_live_is_forced_on_the_cloud(work: AtWork) -> None:
    outcome = work("insights", "--live", variables={"KITCN_CACHE_DIR": str(work.place.home / "cache")})
    assert "users:stats" in outcome.out
    assert "messages:send" not in outcome.out
    assert "?view=insights" in outcome.out
    assert not any("usage" in line for line in work.plane.asked())


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (refused(403, "Forbidden", "not in your plan"), "not in your plan"),
        (status(503), "cannot be had now"),
        (html(), "cannot be had now"),
    ],
    ids=["forbidden", "unavailable", "html"],
)
def test_when_convex_does_not_tell_the_log_is_used(work: AtWork, fault: object, says: str) -> None:
    work.plane.fail("/api/dashboard/", fault)  # type: ignore[arg-type]
    outcome = work("insights", variables={"KITCN_CACHE_DIR": str(work.place.home / "cache")})
    assert outcome.code == 0
    assert says in outcome.err
    assert "function log instead" in outcome.err
    assert "users:stats" in outcome.out


def test_the_service_is_asked_as_the_genuine_cli_asks(work: AtWork) -> None:
    work("insights")
    (asked,) = (line for line in work.plane.asked() if "usage/query" in line)
    assert re.search(
        r"queryId=9ab3b74e-a725-480b-88a6-43e6bd70bd82&deploymentName=happy-otter-101"
        r"&from=\d{4}-\d\d-\d\d&to=\d{4}-\d\d-\d\d$",
        asked,
    )


def test_a_self_hosted_deployment_keeps_a_history(tmp_path: Path) -> None:
    now = datetime.now(UTC).timestamp() * 1000
    dataset = replace(demo_dataset(), name="mine", clock=lambda: now)
    with served(Offline(dataset)) as server:
        variables = {
            "KITCN_CACHE_DIR": str(tmp_path / "cache"),
            "CONVEX_SELF_HOSTED_URL": server.url,
            "CONVEX_SELF_HOSTED_ADMIN_KEY": server.admin_key,
        }
        console = Console(cwd=tmp_path, variables=variables)
        first, second = console("insights", "--json"), console("insights", "--json")
    assert first.code == second.code == 0
    found, again = json.loads(first.out), json.loads(second.out)
    assert (found["source"], found["dashboardUrl"]) == ("live", None)
    assert found["insights"] == again["insights"] != []
    (history,) = (tmp_path / "cache" / "insights").glob("*.history")
    assert history.stat().st_mode & 0o777 == 0o600


def test_an_empty_log_is_no_clean_bill_of_health(tmp_path: Path) -> None:
    with served(Offline(replace(demo_dataset(), name="new", logs=tuple))) as server:
        console = Console(cwd=tmp_path, variables={"KITCN_CACHE_DIR": str(tmp_path / "cache")}, tty=True)
        outcome = console("insights", "--url", server.url, "--admin-key", server.admin_key)
    assert outcome.code == 0
    assert "Nothing is known of the last 72 hours." in outcome.out
    assert "no function has run" in outcome.out
    assert server.admin_key not in outcome.out + outcome.err


def test_a_history_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    with served(demo_dataset()) as server:
        console = Console(cwd=tmp_path, variables={"KITCN_CACHE_DIR": str(tmp_path / "cache")})
        outcome = console("insights", "--url", server.url, "--admin-key", server.admin_key)
    assert outcome.code == 0
    assert "users:stats" in outcome.out
    assert "not kept for later" in outcome.err


def test_no_key_is_repeated_in_the_commands(tmp_path: Path) -> None:
    with served(demo_dataset()) as server:
        console = Console(cwd=tmp_path, variables={"KITCN_CACHE_DIR": str(tmp_path / "cache")})
        outcome = console("insights", "--json", "--url", server.url, "--admin-key", server.admin_key)
    assert server.admin_key not in outcome.out
    assert f"--url {server.url}" in outcome.out

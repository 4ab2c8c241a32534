"""Rows of the management service, as they are and as they should not be."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from kitcn_repl.explore.insights import filtering
from kitcn_repl.explore.insights.instants import instant, text_of
from kitcn_repl.explore.insights.kinds import KINDS
from kitcn_repl.explore.insights.model import HOUR, Hour, TableRead, Writer
from kitcn_repl.explore.insights.proof import proof
from kitcn_repl.explore.insights.rows import insight_of_row, insights_of_rows
from tests.support.usage_rows import ROOT, believable_rows, crashing_rows, generated_rows

_MOMENT = datetime(2026, 3, 2, 12, tzinfo=UTC)
_NOW = _MOMENT.timestamp() * 1000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T11:20:30.500Z", "2026-03-02T11:20:30.500Z"),
        ("2026-03-02T11:20:30", "2026-03-02T11:20:30.000Z"),
        ("2026-03-02 11:20:30", "2026-03-02T11:20:30.000Z"),
        ("2026-03-02 11:20:30.987654", "2026-03-02T11:20:30.987Z"),
        ("2026-03-02T11:20:30+05:30", "2026-03-02T05:50:30.000Z"),
        ("2026-03-02T23:20:30-0800", "2026-03-03T07:20:30.000Z"),
        ("2026-03-02 11:20:30 UTC", "2026-03-02T11:20:30.000Z"),
        ("2026-03-02T11", "2026-03-02T11:00:00.000Z"),
        ("2026-03-02 11:00:00", "2026-03-02T11:00:00.000Z"),
        ("2026-03-02", "2026-03-02T00:00:00.000Z"),
        (1_772_450_430_500, "2026-03-02T11:20:30.500Z"),
        ("2026-13-02T11:00:00", None),
        ("2026-02-30", None),
        ("yesterday", None),
        ("0000-01-01", None),
        ("", None),
        (None, None),
        (True, None),
        (float("nan"), None),
        (1e300, None),
    ],
)
def test_instants(text: object, expected: str | None) -> None:
    found = instant(text)
    assert (None if found is None else text_of(found)) == expected


def test_believable_rows_become_insights_the_worst_first() -> None:
    found, unreadable = insights_of_rows(believable_rows(_MOMENT))  # type: ignore[arg-type]
    assert unreadable == 0
    assert [insight.kind for insight in found] == list(KINDS)
    conflict = found[-1]
    assert (conflict.name, conflict.table, conflict.count, conflict.severity) == (
        "messages:send", "message", 49, "warning",
    )  # fmt: skip
    assert conflict.hours[0] == Hour(int(_NOW) - 50 * HOUR, 3)
    assert conflict.first_seen == _NOW - 50 * HOUR
    assert conflict.last_seen == _NOW - 2 * HOUR + 250
    assert conflict.writers == (Writer("messages:send", 6, itself=True), Writer("counters:bump", 2))
    assert [event.retries for event in conflict.events] == [0, 1, 2, 0, 1, 2, 0, 1]
    read = found[0]
    assert read.reads == (TableRead("message", 31_960, 9_391_000), TableRead("user", 40, 9_000))
    assert [(event.documents, event.bytes, event.success) for event in read.events] == [(32_000, 9_400_000, False)] * 3
    assert found[1].name == "search/engine:index:rebuild"
    request, document = proof(conflict, ["--prod"])
    assert request == f"kitcn logs --request {conflict.events[0].request_id} --tree --once --prod"
    assert document == f"kitcn get {conflict.events[0].document} --prod"
    assert proof(found[2])[1].endswith("--component rateLimiter")


def test_every_row_that_names_a_kind_is_an_insight() -> None:
    rows = [*crashing_rows(), *generated_rows(3, 300)]
    found, unreadable = insights_of_rows([*rows, None, {}, [], [7], [""], "text"])
    assert (len(found), unreadable) == (len(rows), 6)
    assert {insight.function for insight in found} >= {row[1] for row in rows if row[1]}


def test_an_unknown_kind_keeps_what_it_says() -> None:
    details = json.dumps({"count": 4, "hourlyCounts": [{"hour": "2026-03-02T11", "count": 4}]})
    insight = insight_of_row(["tooManyIndexes", "a:b", ROOT, details])
    assert insight is not None
    assert (insight.severity, insight.count, insight.hours[0].count) == ("unknown", 4, 4)


def test_a_part_of_the_window_is_counted_anew() -> None:
    found, _ = insights_of_rows(believable_rows(_MOMENT))  # type: ignore[arg-type]
    recent = filtering.since(found, _NOW - 3 * HOUR)
    assert [(insight.kind, insight.count) for insight in recent] == [("documentsReadThreshold", 1), ("occRetried", 10)]
    assert all(event.time is not None and event.time >= _NOW - 3 * HOUR for one in recent for event in one.events)
    events = [{"timestamp": f"2026-03-0{day}T11:30:00", "occ_retry_count": 1} for day in (2, 1)]
    without_hours = insight_of_row(["occRetried", "a:b", ROOT, json.dumps({"occCalls": 9, "recentEvents": events})])
    assert without_hours is not None
    assert [one.count for one in filtering.since([without_hours], _NOW - HOUR)] == [1]


def test_the_row_of_a_part_tells_no_more_than_the_part() -> None:
    events = [{"timestamp": f"2026-03-0{day}T11:30:00", "occ_retry_count": 1} for day in (2, 1)]
    hours = [{"hour": "2026-03-01 11:00:00", "count": 8}, {"hour": "2026-03-02 11:00:00", "count": 3}]
    details = {"occCalls": 11, "occTableName": "t", "hourlyCounts": hours, "recentEvents": [*events, 7]}
    whole = insight_of_row(["occRetried", "a:b", ROOT, json.dumps(details)])
    assert whole is not None
    (part,) = filtering.since([whole], _NOW - HOUR)
    assert part.row.details == {
        "occCalls": 3,
        "occTableName": "t",
        "hourlyCounts": hours[1:],
        "recentEvents": events[:1],
    }
    assert whole.row.details == details


@pytest.mark.parametrize("number", [10**400, 8.64e15, -8.64e15, 1e308, True])
def test_numbers_that_are_no_time_and_no_count(number: float) -> None:
    call = {"table_name": "t", "documents_read": number, "bytes_read": number}
    details = {
        "hourlyCounts": [{"hour": number, "count": 1}],
        "recentEvents": [{"timestamp": number, "calls": [call]}],
    }
    insight = insight_of_row(["bytesReadLimit", "a:b", ROOT, json.dumps(details)])
    assert insight is not None
    assert insight.hours == ()
    assert insight.events[0].time is None
    assert insight.first_seen is None


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("search", {"messages:search", "search/engine:index:rebuild"}),
        ("messages:*", {"messages:search", "messages:send"}),
        ("LIB:", {"rateLimiter:lib:limit"}),
        ("index:rebuild", {"search/engine:index:rebuild"}),
        ("nothing", set()),
    ],
)
def test_functions_by_pattern(pattern: str, names: set[str]) -> None:
    found, _ = insights_of_rows(believable_rows(_MOMENT))  # type: ignore[arg-type]
    assert {insight.name for insight in filtering.of_function(found, pattern)} == names

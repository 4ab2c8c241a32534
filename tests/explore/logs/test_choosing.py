"""Entries read, chosen, and put together as trees of calls."""

from __future__ import annotations

import pytest

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.logs.calls import Call, OpenRequests, request_calls
from kitcn_repl.explore.logs.choosing import Wanted, newest
from kitcn_repl.explore.logs.entry import LogEntry
from kitcn_repl.explore.logs.moments import Moment
from kitcn_repl.offline.log_entries import Execution, log_line
from kitcn_repl.values import JsonObject, JsonValue

NOW = 1_790_000_000_000.0


def ran(name: str, request: str = "r1", execution: str = "e1", **facts: object) -> LogEntry:
    kind = facts.pop("kind", "Query")
    execution_ = Execution(kind, name, NOW, 10.0, request, execution, **facts)  # type: ignore[arg-type]
    return LogEntry(execution_.completion())


LINES = (
    log_line(["'debugging'"], NOW, "DEBUG"),
    log_line(["'Hello'", "{ a: 1 }"], NOW + 1),
    log_line(["'careful'"], NOW + 2, "WARN", function="lib:limit", component="rateLimiter"),
)
ENTRY = ran("messages:list", lines=LINES, error="Uncaught Error: Boom\n    at handler")


@pytest.mark.parametrize(
    ("level", "texts"),
    [
        (None, ["'debugging'", "'Hello' { a: 1 }", "'careful'", "Uncaught Error: Boom\n    at handler"]),
        ("DEBUG", ["'debugging'", "'Hello' { a: 1 }", "'careful'", "Uncaught Error: Boom\n    at handler"]),
        ("INFO", ["'Hello' { a: 1 }", "'careful'", "Uncaught Error: Boom\n    at handler"]),
        ("LOG", ["'Hello' { a: 1 }", "'careful'", "Uncaught Error: Boom\n    at handler"]),
        ("WARN", ["'careful'", "Uncaught Error: Boom\n    at handler"]),
        ("ERROR", ["Uncaught Error: Boom\n    at handler"]),
    ],
)
def test_a_level_means_at_least(level: str | None, texts: list[str]) -> None:
    assert [said.text for said in Wanted(level=level).said(ENTRY)] == texts


def test_texts_are_found_in_any_case() -> None:
    assert [said.text for said in Wanted(text="hEllo").said(ENTRY)] == ["'Hello' { a: 1 }"]
    assert [said.kind for said in Wanted(text="BOOM").said(ENTRY)] == ["error"]
    assert not Wanted(text="boom", level="ERROR").takes(ran("messages:list", lines=LINES))


def test_success_is_said_on_request_only() -> None:
    entry = ran("messages:list")
    assert list(Wanted().said(entry)) == []
    assert [said.text for said in Wanted(success=True).said(entry)] == ["Function executed in 10 ms"]
    assert Wanted().takes(entry)
    assert not Wanted(level="DEBUG").takes(entry)
    assert not Wanted(success=True, level="WARN").takes(entry)


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("messages", True),
        ("MESSAGES:list", True),
        ("messages:*", True),
        ("*:list", True),
        ("mess?ges:list", True),
        ("message:*", False),
        ("users", False),
        ("list:", False),
    ],
)
def test_functions_by_part_or_wildcards(pattern: str, fits: bool) -> None:
    assert Wanted(function=pattern).takes(ENTRY) is fits


def test_functions_of_components_by_both_of_their_names() -> None:
    entry = ran("lib:limit", component="work/pool")
    for pattern in ("lib:limit", "work/pool/lib", "work/pool:lib:limit", "work/*"):
        assert Wanted(function=pattern).takes(entry), pattern


def test_requests_by_the_beginning_of_their_id() -> None:
    entry = ran("a:b", request="7f3a9cde")
    assert Wanted(request="7F3A").takes(entry)
    assert not Wanted(request="3a9c").takes(entry)


def test_since_is_inclusive() -> None:
    assert Wanted(since=ENTRY.time).takes(ENTRY)
    assert not Wanted(since=ENTRY.time + 1).takes(ENTRY)


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (1, 1), (3, 3), (7, 7), (8, 7), (10**9, 7), (None, 7)])
def test_the_newest(number: int | None, shown: int) -> None:
    entries = [ran(f"a:{at}") for at in range(7)]
    assert list(newest(entries, number)) == entries[7 - shown :]


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"kind": 5, "udfType": None, "identifier": ["x"], "timestamp": "now", "logLines": "none", "error": {}},
        {"logLines": [None, 5, [], {}, {"messages": 1}, {"messages": [None, 1]}, "no level", "[LOG] fine"], "error": 5},
        {"kind": "Completion", "logLines": [], "executionTime": None, "usageStats": [], "occInfo": 1, "success": True},
    ],
)
def test_what_no_server_should_send_is_read_all_the_same(raw: JsonObject) -> None:
    entry = LogEntry(raw)
    said = list(entry.said(success=True))
    for one in (entry.function, entry.caller, entry.request_id, entry.status, entry.conflict, entry.usage("x")):
        assert one in ("", None, 0)
    assert entry.started == entry.time == 0
    assert all(isinstance(each.text, str) for each in said)
    (tree,) = request_calls([entry])
    assert tree.calls[0].entry is entry


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("90s", 90),
        ("15m", 900),
        ("15min", 900),
        ("1h", 3600),
        ("1h30m", 5400),
        ("2d", 172800),
        ("1.5h", 5400),
        ("1W", 604800),
    ],
)
def test_moments_before_the_present(text: str, before: float) -> None:
    assert Moment(text).milliseconds(NOW) == NOW - 1000 * before


def test_moments_in_themselves() -> None:
    assert Moment("2026-03-02T12:00:00Z").milliseconds(0) == 1_772_452_800_000
    assert Moment("2026-03-02T13:00+01:00").milliseconds(0) == 1_772_452_800_000
    local = Moment("2026-03-02T12:00").milliseconds(0)
    assert abs(local - 1_772_452_800_000) <= 14 * 3_600_000
    assert Moment("2026-03-02").milliseconds(0) == local - 12 * 3_600_000


@pytest.mark.parametrize("text", ["", "1", "h", "1y", "yesterday", "2026-13-01", "-1h", "1h ago"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(UsageError, match="--since"):
        Moment(text)


def shape(call: Call) -> JsonValue:
    return [call.entry.identifier, [shape(child) for child in call.children]]


def test_calls_hang_under_what_called_them() -> None:
    progress = LogEntry({"kind": "Progress", "identifier": "mail:send", "requestId": "r1", "executionId": "root"})
    inner = ran("a:inner", execution="inner", parent="middle")
    middle = ran("a:middle", execution="middle", parent="root")
    root = ran("mail:send", execution="root", kind="Action")
    other = ran("b:other", request="r2")
    first, second = request_calls([progress, inner, middle, other, root])
    assert {first.request_id, second.request_id} == {"r1", "r2"}
    request = first if first.request_id == "r1" else second
    assert [shape(call) for call in request.calls] == [["mail:send", [["a:middle", [["a:inner", []]]]]]]
    assert request.calls[0].entries == [progress, root]


def test_attempts_stand_side_by_side_and_orphans_are_kept() -> None:
    attempts = [ran("a:b", execution=f"e{at}", will_retry=at < 2) for at in range(3)]
    orphan = ran("x:y", execution="lost", parent="never came")
    (request,) = request_calls([*attempts, orphan])
    assert len(request.calls) == 4


def test_executions_that_claim_to_have_called_each_other() -> None:
    entries = [
        ran("a:a", execution="1", parent="2"),
        ran("b:b", execution="2", parent="1"),
        ran("c:c", execution="3", parent="3"),
    ]
    (request,) = request_calls(entries)
    found: list[str] = []
    waiting = list(request.calls)
    while waiting:
        call = waiting.pop()
        found.append(call.entry.identifier)
        waiting += call.children
    assert sorted(found) == ["a:a", "b:b", "c:c"]


def test_a_request_ends_with_the_execution_that_nobody_called() -> None:
    gathering = OpenRequests()
    child, root = ran("a:child", execution="c", parent="p"), ran("a:root", execution="p")
    retried, final = ran("m:m", "r2", "x1", will_retry=True), ran("m:m", "r2", "x2")
    assert gathering.add([child, retried]) == []
    (done,) = gathering.add([root])
    assert [shape(call) for call in done.calls] == [["a:root", [["a:child", []]]]]
    (done,) = gathering.add([final])
    assert [call.execution_id for call in done.calls] == ["x1", "x2"]

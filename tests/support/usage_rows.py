"""Rows of the management service's usage query (control-plane.md 4.3): all kinds, generated ones, broken ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from kitcn_repl.values.ids import encode_id

Row = list[str | None]

CONFLICTS = ("occRetried", "occFailedPermanently")
READS = ("documentsReadLimit", "bytesReadLimit", "documentsReadThreshold", "bytesReadThreshold")
ROOT = "-root-component-"


def row(kind: str, function: str, component: str | None, details: object) -> Row:
    return [kind, function, component or ROOT, json.dumps(details, ensure_ascii=False)]


def believable_rows(now: datetime) -> list[Row]:
    """What a busy app gives: every kind, in the app and in a component, over the last three days."""
    document = encode_id(10042, bytes(range(16)))

    def hours(*ages: tuple[int, int]) -> list[Any]:
        return [{"hour": f"{now - timedelta(hours=age):%Y-%m-%d %H}:00:00", "count": count} for age, count in ages]

    def conflict(age: float, retries: int, source: str | None) -> dict[str, Any]:
        event = {**_head(now - timedelta(hours=age), age), "occ_retry_count": retries, "occ_document_id": document}
        return event if source is None else {**event, "occ_write_source": source}

    def read(age: float, documents: int, size: int, *, success: bool) -> dict[str, Any]:
        calls = [
            {"table_name": "message", "documents_read": documents - 40, "bytes_read": size - 9_000},
            {"table_name": "user", "documents_read": 40, "bytes_read": 9_000},
        ]
        return {**_head(now - timedelta(hours=age), age), "calls": calls, "success": success}

    return [
        row("occRetried", "messages:send", None, {
            "occCalls": 49, "occTableName": "message",
            "hourlyCounts": hours((50, 3), (49, 2), (26, 9), (25, 17), (24, 8), (3, 4), (2, 6)),
            "recentEvents": [conflict(2 + n / 10, n % 3, "messages:send" if n % 4 else "counters:bump")
                             for n in range(8)],
        }),
        row("documentsReadLimit", "messages:search", None, {
            "count": 3, "hourlyCounts": hours((30, 1), (5, 2)),
            "recentEvents": [read(5 + n / 5, 32_000, 9_400_000, success=False) for n in range(3)],
        }),
        row("bytesReadThreshold", "reports:weekly", None, {
            "count": 1, "hourlyCounts": hours((7, 1)), "recentEvents": [read(7, 1_400, 14_100_200, success=True)],
        }),
        row("bytesReadLimit", "index:rebuild", "search/engine", {
            "count": 2, "hourlyCounts": hours((60, 2)), "recentEvents": [read(60, 2_000, 16_777_216, success=False)],
        }),
        row("documentsReadThreshold", "messages:search", None, {
            "count": 12, "hourlyCounts": hours((31, 4), (30, 4), (5, 3), (1, 1)),
            "recentEvents": [read(1, 26_400, 8_000_000, success=True)],
        }),
        row("occFailedPermanently", "lib:limit", "rateLimiter", {
            "occCalls": 1, "hourlyCounts": hours((12, 1)), "recentEvents": [conflict(12, 4, None)],
        }),
    ]  # fmt: skip


def generated_rows(seed: int, number: int) -> list[Row]:
    """Rows of every shape that the genuine CLI survives, with details and without; some of unknown kinds."""
    random = Random(seed)
    return [_generated(random) for _ in range(number)]


def crashing_rows() -> list[Any]:
    """Rows each of which ends the genuine CLI with `--details`, most of them without too."""
    return [
        ["occRetried", "a:noEvents", ROOT, json.dumps({"occCalls": 1})],
        ["newKind", "a:unknownWithoutEvents", ROOT, json.dumps({"count": 4})],
        ["occRetried", "a:noJson", ROOT, "{"],
        ["bytesReadLimit", "a:null", ROOT, None],
        ["bytesReadLimit", "a:nullText", ROOT, "null"],
        ["documentsReadLimit", "a:short", ROOT],
        ["documentsReadLimit", "a:object", ROOT, {"count": 3}],
        ["occFailedPermanently", "a:events", ROOT, json.dumps({"occCalls": 2, "recentEvents": [None, 7, "x"]})],
        ["bytesReadThreshold", "a:noCalls", ROOT, json.dumps({"count": 1, "recentEvents": [{"success": True}]})],
        ["bytesReadThreshold", "a:nullCall", ROOT,
         json.dumps({"count": 1, "recentEvents": [{"success": True, "calls": [None]}]})],
    ]  # fmt: skip


def _generated(random: Random) -> Row:
    kind = random.choice((*CONFLICTS, *READS, *CONFLICTS, *READS, "somethingNew"))
    function = random.choice(("messages:send", "a/b:c", "x", "Grüße:日本", "m:default", ""))
    component = random.choice((ROOT, ROOT, "comp", "comp/deeper", ""))
    details: dict[str, Any] = {}
    count = random.choice((0, 1, 2, 17, 1_000_000, 12345678901234567890, 1.5, "3"))
    if kind in CONFLICTS:
        details["occCalls"] = count
        if random.random() < 0.7:
            details["occTableName"] = random.choice(("messages", "", "tab\tle", None))
    elif random.random() < 0.95:
        details["count"] = count
    if random.random() < 0.8:
        details["hourlyCounts"] = [
            {"hour": _hour(random), "count": random.randrange(9)} for _ in range(random.randrange(5))
        ]
    make = _conflict if kind in CONFLICTS else _read
    details["recentEvents"] = [make(random) for _ in range(random.randrange(9))]
    if random.random() < 0.3:
        details = dict(sorted(details.items(), reverse=True))
    return [kind, function, component, json.dumps(details, ensure_ascii=random.random() < 0.5)]


def _hour(random: Random) -> str:
    moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=random.randrange(72))
    return moment.strftime(random.choice(("%Y-%m-%dT%H", "%Y-%m-%d %H:00:00")))


def _timestamp(random: Random) -> str:
    moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(milliseconds=random.randrange(3 * 86_400_000))
    text = moment.strftime(random.choice(("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")))
    return (
        text + random.choice(("", ".5", ".123", ".987654", ".999999999")) + random.choice(("", "Z", "+05:30", "-08:00"))
    )


def _conflict(random: Random) -> dict[str, Any]:
    event: dict[str, Any] = {
        "timestamp": _timestamp(random),
        "id": f"e{random.randrange(999)}",
        "request_id": f"{random.randrange(2**40):x}",
        "occ_retry_count": random.randrange(5),
    }
    if random.random() < 0.7:
        event["occ_document_id"] = random.choice(("j57abc", "", None))
    if random.random() < 0.7:
        event["occ_write_source"] = random.choice(("messages:send", "Self", "", None))
    if random.random() < 0.2:
        event |= {"10": {"b": 1, "a": [1.0, -0.0, 1e21, 1e-7]}, "9": [], "empty": {}}
    return event


def _read(random: Random) -> dict[str, Any]:
    calls = [
        {
            "table_name": random.choice(("messages", "users", "")),
            "bytes_read": random.randrange(2**25),
            "documents_read": random.choice((random.randrange(40_000), None, 2.5)),
        }
        for _ in range(random.randrange(4))
    ]
    event: dict[str, Any] = {"timestamp": _timestamp(random), "id": "e1", "calls": calls}
    if random.random() < 0.9:
        event["request_id"] = f"{random.randrange(2**40):x}"
    if random.random() < 0.9:
        event["success"] = random.random() < 0.5
    return event


def _head(moment: datetime, age: float) -> dict[str, Any]:
    """Timestamps come without a zone as often as with one."""
    text = f"{moment:%Y-%m-%dT%H:%M:%S}" if int(age) % 2 else f"{moment:%Y-%m-%d %H:%M:%S}.250Z".replace(" ", "T")
    number = int(age * 1000)
    return {"timestamp": text, "id": f"01890000-0000-4000-8000-{number:012d}", "request_id": f"{number * 7919:016x}"}

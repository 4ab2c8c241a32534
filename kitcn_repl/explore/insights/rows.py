"""From a row of the management service to an insight, whatever is missing or broken in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from kitcn_repl.explore.insights.instants import instant
from kitcn_repl.explore.insights.kinds import kind_of, order_of
from kitcn_repl.explore.insights.model import HOUR, Event, Hour, Insight, Row, TableRead
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.nesting import check_nesting

ROOT: Final = "-root-component-"


def insights_of_rows(rows: Iterable[JsonValue]) -> tuple[list[Insight], int]:
    """Insights, the most severe first and otherwise as they came; and how many rows were none at all."""
    found: list[Insight] = []
    unreadable = 0
    for row in rows:
        insight = insight_of_row(row)
        if insight is None:
            unreadable += 1
        else:
            found.append(insight)
    return sorted(found, key=lambda insight: order_of(insight.kind)), unreadable


def insight_of_row(row: JsonValue) -> Insight | None:
    """`[kind, function, component, details as JSON text]`. None for what names no kind.

    Details that are broken make an insight without any: that it happened is what matters.
    """
    if not isinstance(row, list) or not row or not isinstance(row[0], str) or not row[0]:
        return None
    function = row[1] if len(row) > 1 else None
    component = row[2] if len(row) > 2 else None
    return insight_of(
        Row(row[0], function, None if component == ROOT else component, _details(row), no_component=len(row) < 3)
    )


def insight_of(row: Row) -> Insight:
    details = row.details
    events = tuple(_events(details.get("recentEvents")))
    hours = tuple(_hours(details.get("hourlyCounts")))
    count = _whole(details.get("occCalls" if kind_of(row.kind).is_conflict else "count"))
    if count is None:
        count = _whole(details.get("occCalls"))
    if count is None:
        count = sum(hour.count for hour in hours) or len(events)
    table = details.get("occTableName")
    return Insight(
        row.kind,
        row.function if isinstance(row.function, str) else "unknown function",
        row.component if isinstance(row.component, str) else "",
        table if isinstance(table, str) and table else None,
        count,
        hours,
        events,
        row,
    )


def _details(row: list[JsonValue]) -> JsonObject:
    given = row[3] if len(row) > 3 else None
    try:
        if isinstance(given, str):
            given = json.loads(given, parse_constant=_no_json)
        check_nesting(given)
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}


def _no_json(constant: str) -> JsonValue:
    raise ValueError(f"{constant} is no JSON")


def _events(given: JsonValue) -> list[Event]:
    found = [_event(event) for event in given if isinstance(event, dict)] if isinstance(given, list) else []
    # Stable: events without a time stay where the service put them, among the oldest.
    return sorted(found, key=lambda event: -(event.time or 0.0))


def _event(given: Mapping[str, JsonValue]) -> Event:
    calls = given.get("calls")
    reads = tuple(
        TableRead(
            _text(call.get("table_name")) or "unknown table", _size(call, "documents_read"), _size(call, "bytes_read")
        )
        for call in (calls if isinstance(calls, list) else [])
        if isinstance(call, dict)
    )
    documents, size = _whole(given.get("documents_read")), _whole(given.get("bytes_read"))
    success = given.get("success")
    return Event(
        time=instant(given.get("timestamp")),
        request_id=_text(given.get("request_id")),
        execution_id=_text(given.get("id")),
        document=_text(given.get("occ_document_id")),
        write_source=_text(given.get("occ_write_source")),
        retries=_whole(given.get("occ_retry_count")),
        success=success if isinstance(success, bool) else None,
        documents=sum(read.documents for read in reads) if reads else documents,
        bytes=sum(read.bytes for read in reads) if reads else size,
        reads=reads,
    )


def _hours(given: JsonValue) -> list[Hour]:
    counts: dict[int, int] = {}
    for hour in given if isinstance(given, list) else []:
        if not isinstance(hour, dict):
            continue
        start, count = instant(hour.get("hour")), _whole(hour.get("count"))
        if start is not None and count is not None and count > 0:
            begin = int(start // HOUR) * HOUR
            counts[begin] = counts.get(begin, 0) + count
    return [Hour(start, counts[start]) for start in sorted(counts)]


def _whole(value: JsonValue) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 19:
        return int(value)
    return int(value) if isinstance(value, int | float) and abs(value) < 2**63 else None


def _size(call: Mapping[str, JsonValue], name: str) -> int:
    return _whole(call.get(name)) or 0


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None

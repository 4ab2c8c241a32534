"""Insights as `convex insights` prints them (control-plane.md 4.4), with what it leaves out after what it has."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from kitcn_repl.explore.insights.instants import instant
from kitcn_repl.explore.insights.model import Insight, Report
from kitcn_repl.render.insights.wording import counted_by_severity, window
from kitcn_repl.values import JsonValue
from kitcn_repl.values.javascript import number_text

MOST_EVENTS: Final = 5
_MISSING: Final = object()


def as_text(report: Report, *, details: bool) -> str:
    """Byte for byte what the genuine CLI prints of the same rows, where it knows them. With `details` it shows five
    events of each at most, and so does this."""
    lines: list[str] = []
    if not report.insights:
        lines.append(
            f"No issues found. The deployment is healthy over the last {window(report)}."
            if report.is_whole
            else f"No issues found in what is known of the last {window(report)}."
        )
    else:
        lines.append(f"Found {counted_by_severity(report)} in the last {window(report)}:\n")
        lines += [_insight(insight, details=details) for insight in report.insights]
    if report.dashboard is not None:
        lines.append(f"\nDashboard: {report.dashboard}")
    # Half a surrogate pair comes out of Node as the replacement character.
    return "".join(f"{line}\n" for line in lines).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _insight(insight: Insight, *, details: bool) -> str:
    severity = insight.severity.upper()
    row = insight.row
    function = f"{_text(row.component)}:{_text(row.function)}" if row.component else _text(row.function)
    given = row.details
    if insight.severity == "unknown":
        detail = _plural(insight.count, "occurrence")
    elif insight.known.is_conflict:
        table = given.get("occTableName")
        where = f" on table {_text(table)}" if table else ""
        detail = f"{_plural(given.get('occCalls', _MISSING), 'OCC conflict')}{where}"
    else:
        detail = _plural(given.get("count", _MISSING), "occurrence")
    line = f"[{severity}] {insight.known.label}: {function} — {detail}"
    events = recent_events(insight)
    if details and events:
        line += "\n" + "".join(f"    {_event(event)}\n" for event in events)
    return line


def recent_events(insight: Insight) -> list[JsonValue]:
    given = insight.row.details.get("recentEvents")
    return given[:MOST_EVENTS] if isinstance(given, list) else []


def _event(event: JsonValue) -> str:
    if not isinstance(event, dict):
        return _text(event)
    head = f"{local_time(event.get('timestamp'))}  req:{_field(event, 'request_id')}"
    if "occ_retry_count" in event:
        document = f" doc:{_text(event['occ_document_id'])}" if event.get("occ_document_id") else ""
        source = f" source:{_text(event['occ_write_source'])}" if event.get("occ_write_source") else ""
        return f"{head}  retries:{_text(event['occ_retry_count'])}{document}{source}"
    status = "ok" if event.get("success") else "fail"
    return f"{head}  {status}  {', '.join(_calls(event))}"


def _calls(event: Mapping[str, JsonValue]) -> Iterator[str]:
    calls = event.get("calls")
    for call in calls if isinstance(calls, list) else []:
        if isinstance(call, dict):
            documents, size = _field(call, "documents_read"), _field(call, "bytes_read")
            yield f"{_field(call, 'table_name')}({documents} docs, {size} bytes)"
    if not calls and event.get("documents_read") is not None:
        yield f"all tables({_field(event, 'documents_read')} docs, {_field(event, 'bytes_read')} bytes)"


def local_time(timestamp: JsonValue) -> str:
    """As JavaScript's `toLocaleString` in English, in the zone of this machine; what has no zone is UTC."""
    moment = instant(timestamp)
    if moment is None:
        return "Invalid Date"
    try:
        local = datetime.fromtimestamp(math.floor(moment / 1000))
    except (ValueError, OverflowError, OSError):
        return "Invalid Date"
    hour = local.hour % 12 or 12
    half = "AM" if local.hour < 12 else "PM"
    return f"{local.month}/{local.day}/{local.year}, {hour}:{local:%M:%S} {half}"


def _plural(number: object, noun: str) -> str:
    is_one = number == 1 and not isinstance(number, bool)
    return f"{_text(number)} {noun}{'' if is_one else 's'}"


def _field(given: Mapping[str, JsonValue], name: str) -> str:
    return _text(given.get(name, _MISSING))


def _text(value: object) -> str:
    """A value in a JavaScript template."""
    if value is _MISSING:
        return "undefined"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, list):
        return ",".join("" if item is None else _text(item) for item in value)
    return value if isinstance(value, str) else "[object Object]"

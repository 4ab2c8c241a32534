"""Insights as JSON: what the genuine CLI has, in its order, then what it has not."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Final

from kitcn_repl.explore.insights.instants import text_of
from kitcn_repl.explore.insights.model import Event, Insight, Report
from kitcn_repl.explore.insights.proof import proof
from kitcn_repl.render.insights.genuine import recent_events
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.javascript import number_text

_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_GIVEN_OF_CONFLICTS: Final = ("occCalls", "occTableName")
COLUMNS: Final = (
    "severity", "kind", "functionId", "componentPath", "table", "count", "firstSeen", "lastSeen", "writers", "advice",
)  # fmt: skip


def as_object(report: Report, *, details: bool, flags: Sequence[str] = ()) -> JsonObject:
    """What `--json` prints."""
    return {
        "deploymentName": report.deployment,
        "dashboardUrl": report.dashboard,
        "insights": [as_record(insight, details=details, flags=flags) for insight in report.insights],
        "source": report.source,
        "from": text_of(report.begin),
        "to": text_of(report.end),
        "seen": [
            {"from": text_of(span.begin), "to": text_of(span.end), "executions": span.executions}
            for span in report.seen
        ],
        "notes": list(report.notes),
    }


def as_record(insight: Insight, *, details: bool, flags: Sequence[str] = ()) -> JsonObject:
    """`recentEvents` are the newest five as the source gave them, `events` all in our own form; both with details."""
    given = insight.row.details
    record: JsonObject = {"kind": insight.kind, "severity": insight.severity, "functionId": insight.row.function}
    if not insight.row.no_component:
        record["componentPath"] = insight.row.component
    for name in _GIVEN_OF_CONFLICTS if insight.known.is_conflict else ("count",):
        if name in given:
            record[name] = given[name]
    if details and isinstance(given.get("recentEvents"), list):
        record["recentEvents"] = recent_events(insight)
    extra: JsonObject = {
        "table": insight.table,
        "firstSeen": _time(insight.first_seen),
        "lastSeen": _time(insight.last_seen),
        "hourlyCounts": [{"hour": text_of(hour.start), "count": hour.count} for hour in insight.hours],
        "writers": [{"functionId": one.function, "events": one.events, "self": one.itself} for one in insight.writers],
        "reads": [
            {"table": one.table, "documentsRead": one.documents, "bytesRead": one.bytes} for one in insight.reads
        ],
        "advice": list(insight.advice.sentences),
        "index": insight.advice.index,
        "deployed": insight.advice.is_deployed,
        "proof": list(proof(insight, flags)),
    }
    if "count" not in record:
        extra = {"count": insight.count, **extra}
    if insight.severity == "unknown":
        extra["details"] = given
    if details:
        extra["events"] = [_event(event) for event in insight.events]
    return {**record, **extra}


def as_flat(insight: Insight) -> JsonObject:
    """For formats of rows and columns: each of `COLUMNS`."""
    return {
        "severity": insight.severity,
        "kind": insight.kind,
        "functionId": insight.function,
        "componentPath": insight.component or None,
        "table": insight.table,
        "count": insight.count,
        "firstSeen": _time(insight.first_seen),
        "lastSeen": _time(insight.last_seen),
        "writers": ", ".join(writer.function for writer in insight.writers),
        "advice": " ".join(insight.advice.sentences),
    }


def _event(event: Event) -> JsonObject:
    facts: JsonObject = {
        "time": _time(event.time),
        "requestId": event.request_id,
        "executionId": event.execution_id,
        "documentId": event.document,
        "writeSource": event.write_source,
        "retries": event.retries,
        "success": event.success,
        "documentsRead": event.documents,
        "bytesRead": event.bytes,
    }
    reads: list[JsonValue] = [
        {"table": read.table, "documentsRead": read.documents, "bytesRead": read.bytes} for read in event.reads
    ]
    return {**facts, "reads": reads}


def _time(milliseconds: float | None) -> str | None:
    return None if milliseconds is None else text_of(milliseconds)


def json_text(value: JsonValue, indent: int | None = None) -> str:
    """As `JSON.stringify(value, null, indent)` of what JavaScript parsed: fields keep their order."""
    text = _json(value, "\n" if indent else "", " " * (indent or 0))
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _json(value: JsonValue, newline: str, step: str) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value) if math.isfinite(_float(value)) else "null"
    inner = newline + step
    if isinstance(value, list):
        items = [_json(item, inner, step) for item in value]
        return f"[{inner}{f',{inner}'.join(items)}{newline}]" if items else "[]"
    colon = ": " if newline else ":"
    keys = sorted(value, key=lambda key: (0, int(key)) if _INDEX.fullmatch(key) and int(key) < 2**32 - 1 else (1, 0))
    fields = [f"{json.dumps(key, ensure_ascii=False)}{colon}{_json(value[key], inner, step)}" for key in keys]
    return f"{{{inner}{f',{inner}'.join(fields)}{newline}}}" if fields else "{}"


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf

"""What entries of a function log have to say about limits and conflicts (deployment-api.md 7.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from kitcn_repl.explore.insights.kinds import (
    BYTES_LIMIT,
    BYTES_NEAR,
    BYTES_READ_LIMIT,
    BYTES_READ_NEAR,
    DOCUMENTS_LIMIT,
    DOCUMENTS_NEAR,
    DOCUMENTS_READ_LIMIT,
    DOCUMENTS_READ_NEAR,
    OCC_FAILED,
    OCC_RETRIED,
)
from kitcn_repl.values import JsonObject, JsonValue

_TOO_MANY_DOCUMENTS: Final = "Too many documents read in a single function execution"
_TOO_MANY_BYTES: Final = "Too many bytes read in a single function execution"
_WITHOUT_LIMITS: Final = ("Action", "HttpAction")
"""They read through queries, each of which has an entry and limits of its own."""

_HALF_PAIR: Final = re.compile("[\ud800-\udfff]")
"""Half a surrogate pair, which JSON can hold and SQLite cannot."""

_LATEST: Final = 1e11
"""Seconds since 1970; beyond lies no time that anybody meant."""


class Finding(NamedTuple):
    """One execution that conflicted, or read too much. `at` is in milliseconds since 1970. Nothing of a document but
    its id is in here."""

    kind: str
    component: str
    function: str
    table: str
    at: float
    request_id: str
    execution_id: str
    document: str | None = None
    write_source: str | None = None
    retries: int | None = None
    documents: int | None = None
    bytes: int | None = None
    success: bool | None = None


def findings(entries: Iterable[JsonObject]) -> Iterator[Finding]:
    """What is worth an insight; entries of an unknown form are passed over.

    Almost none are, so an entry is looked at no further than two of its fields.
    """
    for entry in entries:
        try:
            if entry.get("occInfo"):
                yield from _conflict(entry, entry["occInfo"])
            usage = entry.get("usageStats")
            if usage and (
                usage.get("databaseReadDocuments", 0) >= DOCUMENTS_NEAR  # type: ignore[union-attr,operator]
                or usage.get("databaseReadBytes", 0) >= BYTES_NEAR  # type: ignore[union-attr,operator]
                or entry.get("error")
            ):
                yield from _reads(entry, usage)
        except (AttributeError, TypeError):
            continue


def times(entries: Iterable[JsonObject]) -> tuple[float, float] | None:
    """When the first and the last of them were logged, in milliseconds since 1970; None if none tells."""
    first = last = 0.0
    for entry in entries:
        at = _time(entry)
        if at:
            first = min(first, at) if first else at
            last = max(last, at)
    return (first, last) if first else None


def _conflict(entry: JsonObject, info: JsonValue) -> Iterator[Finding]:
    at = _time(entry)
    if not isinstance(info, dict) or not at:
        return
    yield Finding(
        OCC_RETRIED if entry.get("willRetry") is True else OCC_FAILED,
        _text(entry.get("componentPath")),
        _function(entry),
        _text(info.get("tableName")),
        at,
        _text(entry.get("requestId")),
        _text(entry.get("executionId")),
        document=_text(info.get("documentId")) or None,
        write_source=_text(info.get("writeSource")) or None,
        retries=_number(info.get("retryCount")),
    )


def _reads(entry: JsonObject, usage: JsonValue) -> Iterator[Finding]:
    at = _time(entry)
    if not isinstance(usage, dict) or not at or entry.get("udfType") in _WITHOUT_LIMITS:
        return
    error = entry.get("error")
    failure = error if isinstance(error, str) else ""
    documents, size = _number(usage.get("databaseReadDocuments")), _number(usage.get("databaseReadBytes"))
    kinds = []
    if documents >= DOCUMENTS_LIMIT or _TOO_MANY_DOCUMENTS in failure:
        kinds.append(DOCUMENTS_READ_LIMIT)
    elif documents >= DOCUMENTS_NEAR:
        kinds.append(DOCUMENTS_READ_NEAR)
    if size >= BYTES_LIMIT or _TOO_MANY_BYTES in failure:
        kinds.append(BYTES_READ_LIMIT)
    elif size >= BYTES_NEAR:
        kinds.append(BYTES_READ_NEAR)
    for kind in kinds:
        yield Finding(
            kind,
            _text(entry.get("componentPath")),
            _function(entry),
            "",
            at,
            _text(entry.get("requestId")),
            _text(entry.get("executionId")),
            documents=documents,
            bytes=size,
            success=not failure,
        )


def _function(entry: JsonObject) -> str:
    return _text(entry.get("identifier")).replace(".js:", ":")


def _time(entry: JsonObject) -> float:
    """0 for none."""
    at = entry.get("timestamp")
    if isinstance(at, int | float) and not isinstance(at, bool) and 0 < at < _LATEST:
        return at * 1000
    return 0.0


def _text(value: JsonValue) -> str:
    return _HALF_PAIR.sub("\ufffd", value) if isinstance(value, str) else ""


def _number(value: JsonValue) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**62 else 0

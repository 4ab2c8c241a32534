"""Entries of a function log as a backend writes them (deployment-api.md 7.2), key for key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kitcn_repl.deployment.models import FunctionKind
from kitcn_repl.values import JsonObject, JsonValue

_STREAMING = ("Action", "HttpAction")
"""What these log is told while they run, in entries of its own."""


def log_line(
    messages: Sequence[str],
    timestamp: float,
    level: str = "LOG",
    *,
    function: str | None = None,
    component: str | None = None,
    code: str | None = None,
) -> JsonObject:
    """One `console.log`, its arguments as the backend prints them. `timestamp` is in milliseconds since 1970.

    `function` and `component` name a nested function that wrote it, `code` a warning of the backend's own.
    """
    line: JsonObject = {
        "messages": list(messages),
        "isTruncated": False,
        "timestamp": int(timestamp),
        "level": level,
        "systemMetadata": None if code is None else {"code": code},
    }
    if function is not None:
        line["componentPath"] = component
        line["udfPath"] = function
    return line


def line_from_text(text: str, timestamp: float) -> JsonObject:
    """A line that is known as text only: `[LEVEL] message`."""
    level, bracket, message = text.removeprefix("[").partition("] ")
    return log_line([message if bracket else text], timestamp, level if bracket else "LOG")


def line_text(line: JsonValue) -> JsonValue:
    """A line as clients get it that are neither the genuine CLI nor the dashboard: `[LEVEL] message`."""
    if not isinstance(line, dict):
        return line
    messages = line.get("messages")
    text = " ".join(str(message) for message in messages) if isinstance(messages, list) else ""
    return f"[{line.get('level')}] {text}{' (truncated due to length)' if line.get('isTruncated') else ''}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """What another write made of this one. `retries` counts the attempts before this one."""

    table: str | None
    document_id: str | None = None
    write_source: str | None = None
    retries: int = 0
    component: str | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """One function that ran. `started` and `took` are in milliseconds.

    `lines` is what it logged, `error` why it failed; an HTTP action has the `status` it answered with. One that
    `will_retry` is run once more.
    """

    udf_type: FunctionKind
    identifier: str
    started: float
    took: float
    request_id: str
    execution_id: str
    component: str | None = None
    caller: str = "SyncWorker"
    parent: str | None = None
    lines: tuple[JsonObject, ...] = ()
    error: str | None = None
    status: str | None = None
    is_cached: bool = False
    documents_read: int = 0
    bytes_read: int = 0
    documents_written: int = 0
    bytes_written: int = 0
    return_bytes: int | None = None
    conflict: Conflict | None = None
    will_retry: bool = False
    identity_type: str = "user"
    environment: str = "isolate"

    @property
    def ended(self) -> float:
        return self.started + self.took

    def completion(self) -> JsonObject:
        lines: list[JsonValue] = [] if self.udf_type in _STREAMING else list(self.lines)
        return {
            "kind": "Completion",
            "udfType": self.udf_type,
            "componentPath": self.component,
            "identifier": self.identifier,
            "logLines": lines,
            "timestamp": self.ended / 1000,
            "cachedResult": self.is_cached,
            "caller": self.caller,
            "parentExecutionId": self.parent,
            "executionTime": self.took / 1000,
            "userExecutionTime": None if self.is_cached else self.took / 1250,
            "success": self.status if self.error is None else None,
            "error": self.error,
            "requestId": self.request_id,
            "executionId": self.execution_id,
            "usageStats": self._usage(),
            "returnBytes": self.return_bytes,
            "occInfo": self._occ_info(),
            "willRetry": self.will_retry,
            "executionTimestamp": self.started / 1000,
            "identityType": self.identity_type,
            "environment": self.environment,
        }

    def progress(self) -> list[JsonObject]:
        """What an action is known by while it runs: an entry for each line it logs."""
        return [
            {
                "kind": "Progress",
                "udfType": self.udf_type,
                "componentPath": self.component,
                "identifier": self.identifier,
                "timestamp": _number(line["timestamp"]) / 1000,
                "logLines": [line],
                "requestId": self.request_id,
                "executionId": self.execution_id,
            }
            for line in (self.lines if self.udf_type in _STREAMING else ())
        ]

    def entries(self) -> list[JsonObject]:
        return [*self.progress(), self.completion()]

    def _usage(self) -> JsonObject:
        return {
            "databaseReadBytes": self.bytes_read,
            "databaseWriteBytes": self.bytes_written,
            "databaseIoReadBytes": self.bytes_read,
            "databaseIoWriteBytes": self.bytes_written,
            "databaseReadDocuments": self.documents_read,
            "databaseWriteDocuments": self.documents_written,
            "storageReadBytes": 0,
            "storageWriteBytes": 0,
            "vectorIndexReadBytes": 0,
            "vectorIndexWriteBytes": 0,
            "textIndexQueryBytes": 0,
            "textIndexWriteQueryBytes": 0,
            "vectorIndexReadQueryBytes": 0,
            "vectorIndexWriteQueryBytes": 0,
            "networkEgressBytes": 0,
            "memoryUsedMb": 64 if self.udf_type in _STREAMING else 0,
        }

    def _occ_info(self) -> JsonObject | None:
        if self.conflict is None:
            return None
        return {
            "tableName": self.conflict.table,
            "documentId": self.conflict.document_id,
            "writeSource": self.conflict.write_source,
            "componentPath": self.conflict.component,
            "retryCount": self.conflict.retries,
        }


def as_text_lines(entries: Iterable[JsonObject]) -> list[JsonObject]:
    """The entries with their lines as texts."""
    return [{**entry, "logLines": [line_text(line) for line in _lines(entry)]} for entry in entries]


def whole_completions(entries: Iterable[JsonObject], log: Iterable[JsonObject]) -> list[JsonObject]:
    """The completions among `entries`; those of actions get back the lines that `log` has of them while they ran."""
    ended = [entry for entry in entries if entry.get("kind") == "Completion"]
    said: dict[JsonValue, list[JsonValue]] = {
        entry.get("executionId"): [] for entry in ended if entry.get("udfType") in _STREAMING
    }
    for entry in log if said else ():
        if entry.get("kind") == "Progress" and entry.get("executionId") in said:
            said[entry.get("executionId")] += _lines(entry)
    return [{**entry, "logLines": [*said.get(entry.get("executionId"), ()), *_lines(entry)]} for entry in ended]


def _lines(entry: JsonObject) -> list[JsonValue]:
    lines = entry.get("logLines")
    return lines if isinstance(lines, list) else []


def entry_time(entry: JsonObject) -> float:
    """Milliseconds since 1970."""
    return _number(entry.get("timestamp")) * 1000


def _number(value: JsonValue) -> float:
    return float(value) if isinstance(value, int | float) else 0.0

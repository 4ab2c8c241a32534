"""An entry of a function log, read where somebody looks (deployment-api.md 7.2).

Entries come by the ten thousand and mostly pass unseen, so nothing is checked or copied ahead; a field of an unexpected
type counts as missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.javascript import number_text

Level = Literal["DEBUG", "LOG", "INFO", "WARN", "ERROR"]

LEVELS: dict[str, int] = {"DEBUG": 0, "LOG": 1, "INFO": 1, "WARN": 2, "ERROR": 3}
"""How severe each is; LOG and INFO are the same."""

_TEXT_LINE = re.compile(r"\[([^\n\r\u2028\u2029]*?)\] ")


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that an execution said: a line of its log, the error that ended it, or that it ended well.

    `time` is in milliseconds since 1970. `level` is as the server wrote it, ERROR for an error, INFO for success.
    `function` is the nested function that wrote the line. A `garbled` line is in no known form.
    """

    kind: Literal["line", "error", "success", "garbled"]
    level: str
    text: str
    time: float
    function: str | None = None

    @property
    def severity(self) -> int:
        return LEVELS.get(self.level.upper(), LEVELS["LOG"])


class LogEntry:
    """`raw` is the entry as it came. Times are in milliseconds since 1970, durations in milliseconds."""

    __slots__ = ("raw",)

    def __init__(self, raw: JsonObject) -> None:
        self.raw = raw

    @property
    def is_completion(self) -> bool:
        return self.raw.get("kind") == "Completion"

    @property
    def udf_type(self) -> str:
        return self._text("udfType") or ""

    @property
    def identifier(self) -> str:
        """`messages:send`, or `GET /health`."""
        return self._text("identifier") or ""

    @property
    def component(self) -> str:
        return self._text("componentPath") or ""

    @property
    def function(self) -> str:
        """The identifier, after the component's path if it is in one: `rateLimiter/lib:limit`."""
        return f"{self.component}/{self.identifier}" if self.component else self.identifier

    @property
    def time(self) -> float:
        return 1000 * (_number(self.raw.get("timestamp")) or 0.0)

    @property
    def started(self) -> float:
        """When it began; servers that do not say so leave the end minus the duration."""
        begun = _number(self.raw.get("executionTimestamp"))
        return 1000 * begun if begun is not None else self.time - (self.duration or 0.0)

    @property
    def duration(self) -> float | None:
        seconds = _number(self.raw.get("executionTime"))
        return None if seconds is None else 1000 * seconds

    @property
    def request_id(self) -> str:
        return self._text("requestId") or ""

    @property
    def execution_id(self) -> str:
        return self._text("executionId") or ""

    @property
    def parent_execution_id(self) -> str | None:
        return self._text("parentExecutionId")

    @property
    def caller(self) -> str:
        return self._text("caller") or ""

    @property
    def error(self) -> str | None:
        return self._text("error") or None

    @property
    def is_cached(self) -> bool:
        return self.raw.get("cachedResult") is True

    @property
    def will_retry(self) -> bool:
        return self.raw.get("willRetry") is True

    @property
    def status(self) -> str | None:
        """The HTTP status that an HTTP action answered with."""
        status = self.raw.get("success")
        if isinstance(status, bool) or status is None:
            return None
        return status if isinstance(status, str) else number_text(status) if isinstance(status, int | float) else None

    @property
    def conflict(self) -> JsonObject | None:
        """`occInfo`: the other write that was in the way."""
        found = self.raw.get("occInfo")
        return found if isinstance(found, dict) else None

    def usage(self, name: str) -> int:
        """A number of `usageStats`, 0 if there is none."""
        stats = self.raw.get("usageStats")
        return int((_number(stats.get(name)) if isinstance(stats, dict) else None) or 0)

    def said(self, *, success: bool = False) -> Iterator[Said]:
        """Lines, then the error; or with `success` that there was none."""
        lines = self.raw.get("logLines")
        if not isinstance(lines, list):
            return
        time = self.time
        for line in lines:
            yield _said(line, time)
        if self.error is not None:
            yield Said("error", "ERROR", self.error, time)
        elif success and self.is_completion:
            yield Said("success", "INFO", f"Function executed in {_whole_up(self.duration)} ms", time)

    def _text(self, name: str) -> str | None:
        value = self.raw.get(name)
        return value if isinstance(value, str) else None


def _said(line: JsonValue, time: float) -> Said:
    if isinstance(line, dict):
        messages = line.get("messages")
        text = " ".join(_joined(message) for message in messages) if isinstance(messages, list) else ""
        if line.get("isTruncated"):
            text += " (truncated due to length)"
        at = _number(line.get("timestamp"))
        nested, component = line.get("udfPath"), line.get("componentPath")
        function = nested if isinstance(nested, str) else None
        if function is not None and isinstance(component, str) and component:
            function = f"{component}/{function}"
        return Said("line", str(line.get("level", "")), text, time if at is None else at, function)
    if isinstance(line, str):
        found = _TEXT_LINE.match(line)
        if found is not None:
            return Said("line", found[1], line[found.end() :], time)
    return Said("garbled", "ERROR", "Could not parse console.log", time)


def _joined(message: JsonValue) -> str:
    return message if isinstance(message, str) else "" if message is None else str(message)


def _whole_up(duration: float | None) -> str:
    if duration is None:
        return "NaN"
    whole = int(duration)
    return str(whole + 1 if duration > whole else whole)


def _number(value: JsonValue) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300:
        return float(value)
    return None

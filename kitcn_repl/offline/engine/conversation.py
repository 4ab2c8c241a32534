"""One execution, seen from the host: the job goes in, requests are answered, value or failure comes out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from kitcn_repl.deployment.errors import DeploymentError, RequestRejectedError
from kitcn_repl.deployment.models import FunctionResult
from kitcn_repl.offline.arrivals import check_value, parse_value
from kitcn_repl.offline.engine.answers import Answers
from kitcn_repl.offline.engine.limits import MEBIBYTE, Limits
from kitcn_repl.offline.engine.process import ProcessEnded, QueryProcess, TimeIsUp
from kitcn_repl.offline.engine.report import binary_size, error_text, failure, map_frames
from kitcn_repl.values import JsonObject, JsonValue

_P = ParamSpec("_P")
_T = TypeVar("_T")

_LARGEST_VALUE_TEXT = 128 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Job:
    """What the runtime is given (see `start` in main.js), and what maps its stack frames."""

    facts: JsonObject
    source_map: str | None = None

    @property
    def path(self) -> str:
        return str(self.facts["path"])


class Conversation:
    """Runs one job in one process. Blocks; the engine calls it in a thread."""

    def __init__(self, process: QueryProcess, job: Job, answers: Answers, limits: Limits) -> None:
        self._process = process
        self._job = job
        self._answers = answers
        self._limits = limits
        self._system_seconds = 0.0
        self._log_lines: list[str] = []
        self._value = bytearray()

    @classmethod
    def run_with(cls, process: QueryProcess, *, job: Job, answers: Answers, limits: Limits) -> FunctionResult:
        """Like `run`, where the process comes last."""
        return cls(process, job, answers, limits).run()

    def run(self) -> FunctionResult:
        """Raises QueryFailedError, RequestRejectedError."""
        try:
            return self._talk()
        except TimeIsUp:
            seconds = f"{self._limits.user_seconds:g}"
            raise self._failure(f"Function execution timed out (maximum duration: {seconds}s)") from None
        except ProcessEnded as ended:
            raise self._failure(self._explain(ended)) from None
        except (ValueError, RecursionError):
            raise self._failure("The offline JavaScript runtime broke off: it sent a malformed message") from None

    def _talk(self) -> FunctionResult:
        self._process.wait_until_ready()
        self._process.start_counting()
        self._process.send(json.dumps(self._job.facts).encode())
        while True:
            letter, payload = self._process.receive()
            if letter == "Q":
                self._process.send(self._timed(self._answers.answer, payload))
                self._timed(self._answers.look_ahead)
            elif letter == "L":
                self._log(payload)
            elif letter == "V":
                self._value += payload
                if len(self._value) > _LARGEST_VALUE_TEXT:
                    raise self._too_large(f"{self._job.path}", len(self._value))
            elif letter == "D":
                return self._finish(json.loads(payload))
            else:
                raise ValueError("unknown frame")

    def _timed(self, answer: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        start = time.monotonic() - self._answers.preparing_seconds
        result = answer(*args, **kwargs)
        self._system_seconds += time.monotonic() - self._answers.preparing_seconds - start
        if self._system_seconds > self._limits.system_seconds:
            raise RequestRejectedError(
                "Your request timed out performing too many system operations.", code="SystemTimeoutError"
            )
        return result

    def _log(self, payload: bytes) -> None:
        # The runtime keeps these limits itself; this is for one that does not. Warnings come on top.
        if len(self._log_lines) < self._limits.log_lines + 4:
            line = payload.decode("utf-8", "replace")
            self._log_lines.append(line[: self._limits.log_line_length + len("[DEBUG] ")])

    def _finish(self, outcome: JsonValue) -> FunctionResult:
        if not isinstance(outcome, dict):
            raise ValueError("no outcome")
        status = outcome.get("status")
        if status == "done":
            return self._result(outcome)
        text, stack = str(outcome.get("text", "")), str(outcome.get("stack", ""))
        frames = map_frames(stack, self._job.path, self._job.source_map)
        if status == "failed":
            check_value(outcome.get("data"))
            raise failure(text, frames, data=outcome.get("data"), has_data="data" in outcome, log_lines=self._log_lines)
        if status != "rejected":
            raise ValueError("unknown outcome")
        code = str(outcome.get("code"))
        if code == "InvalidModules":
            detail = error_text(f"Failed to analyze {self._job.path}: {text}", frames)
            raise RequestRejectedError(f"Could not analyze the given module:\n{detail}", code=code)
        raise RequestRejectedError(str(outcome.get("message")), code=code)

    def _result(self, outcome: JsonObject) -> FunctionResult:
        path, size, problem = str(outcome.get("path")), outcome.get("size"), outcome.get("problem")
        if isinstance(size, int) and size > self._limits.result_bytes:
            raise self._too_large(path, size)
        if problem is not None:
            raise self._failure(f"Function {path} return value invalid: {problem}")
        return FunctionResult(parse_value(self._value), tuple(self._log_lines))

    def _too_large(self, path: str, size: int) -> DeploymentError:
        limit = binary_size(self._limits.result_bytes)
        return self._failure(f"Function {path} return value is too large (actual: {binary_size(size)}, limit: {limit})")

    def _failure(self, text: str) -> DeploymentError:
        return failure(text, log_lines=self._log_lines)

    def _explain(self, ended: ProcessEnded) -> str:
        if ended.is_out_of_memory:
            limit = self._limits.heap_megabytes
            return f"JavaScript execution ran out of memory (maximum memory usage: {limit} MB)"
        if ended.status is None:
            return f"The offline JavaScript runtime broke off: {ended}"
        # What Deno itself has to say; a crash of V8 (a signal) ends in pages of addresses.
        said = ended.first_line if ended.status > 0 else ""
        return f"The offline JavaScript runtime ended unexpectedly (status {ended.status}{said and f': {said}'})"

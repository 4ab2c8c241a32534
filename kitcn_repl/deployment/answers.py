"""What an answer means: a function's result, or which error, in one clear line each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from kitcn_repl.deployment.errors import (
    DeploymentError,
    MalformedAnswerError,
    NotConvexError,
    PermissionDeniedError,
    QueryFailedError,
    RequestRejectedError,
    ServerTooOldError,
    UnavailableError,
    UnreachableError,
    WrongKeyError,
)
from kitcn_repl.deployment.models import FunctionResult
from kitcn_repl.deployment.retry import retry_after_seconds
from kitcn_repl.deployment.transport import Answer, TransportError
from kitcn_repl.errors import KitcnError
from kitcn_repl.values import JsonValue
from kitcn_repl.values.nesting import check_nesting

PERMISSION_SENTENCE = "You do not have permission to perform this operation"
_WRONG_KEY_CODES = frozenset({"BadAdminKey", "BadDeployKey"})
_FUNCTION_FAILED = 560  # what npm's client takes for a failed function besides 200
_LONGEST_QUOTE = 240
LONGEST_CODE = 60
_LONGEST_PLACE = 80


class SurprisingAnswerError(Exception):
    """An answer that Convex would not give here: is this a Convex deployment at all? `what` ends "answered ..."."""

    def __init__(self, what: str, *, is_missing: bool = False, status: int = 200) -> None:
        super().__init__(what)
        self.what = what
        self.is_missing = is_missing
        self.status = status


def unreachable(failure: TransportError, host: str) -> DeploymentError:
    detail = f" ({quote(failure.detail)})" if failure.detail else ""
    match failure.kind:
        case "name":
            text = f"The host of {host} cannot be found: check the URL, and your network connection."
        case "refused":
            text = f"Nothing answers at {host}{detail}: check the URL, and whether the deployment is running."
        case "tls":
            text = f"No secure connection to {host} is possible{detail}: check the URL's https:// and the certificates."
        case "connect-timeout":
            text = f"{host} does not accept connections{detail}: check the URL, your network and any firewall."
        case "read-timeout":
            text = f"{host} accepted the request but did not answer in time{detail}: try again, or ask for less."
        case "reset":
            text = f"{host} closed the connection without an answer: try again, and look at the deployment's own log."
        case "cut-off":
            text = f"{host} stopped in the middle of its answer{detail}: try again, or ask for less."
        case "too-large":
            return MalformedAnswerError(
                f"{host} answered {failure.detail}: ask for less, for instance with .take(100)."
            )
        case "not-http":
            return NotConvexError(f"{host} does not speak HTTP{detail}: check the port and the https:// of the URL.")
        case _:
            text = f"The proxy to {host} refused{detail}: check HTTPS_PROXY and NO_PROXY."
    return UnreachableError(text, was_reached=failure.kind in ("read-timeout", "reset", "cut-off"))


def read_json(answer: Answer, host: str) -> JsonValue:
    """The JSON of a successful answer. Raises what the status means, or SurprisingAnswerError."""
    if answer.status not in (200, _FUNCTION_FAILED):
        raise refusal(answer, host)
    if answer.media_type not in ("application/json", "") and not answer.media_type.endswith("+json"):
        raise SurprisingAnswerError(f"answered with {answer.media_type[:60]} instead of JSON")
    return _decode(answer.body)


def read_nothing(answer: Answer, host: str) -> JsonValue:
    """For a request whose answer is empty; raises as `read_json`."""
    if answer.status == 200 and not answer.body.strip():
        return None
    return read_json(answer, host)


def _decode(body: bytes) -> JsonValue:
    problem = ""
    try:
        value: JsonValue = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
        return value
    except RecursionError:
        problem = "answered with JSON that is nested too deeply"
    except ValueError:
        problem = "answered with broken JSON" if body else "answered with nothing"
    raise SurprisingAnswerError(problem)


def _refuse_constant(name: str) -> JsonValue:
    raise ValueError(name)


def refusal(answer: Answer, host: str) -> KitcnError | SurprisingAnswerError:
    """The error that a status other than 200 stands for."""
    status = answer.status
    code, message = _code_and_message(answer)
    if 300 <= status < 400:
        place = answer.headers.get("location", "")
        return SurprisingAnswerError(f"redirects to {place[:200]}" if place else "redirects", status=status)
    if code in _WRONG_KEY_CODES or (status == 401 and code):
        return WrongKeyError(
            f"{host} does not accept the admin key: check that it is the key of this deployment ({quote(message)})"
        )
    if status == 403 and code:
        return PermissionDeniedError(f"{host} does not allow this with this admin key: {quote(message)}")
    if status == 429 or status >= 500 or (status in (408, 425) and (code or not answer.body)):
        if status in (500, 501, 505) and not code:
            return SurprisingAnswerError(f"answered {status}", status=status)
        return _unavailable(answer, host, code, message)
    if code:
        return RequestRejectedError(message, code=code, status=status)
    return SurprisingAnswerError(f"answered {status}", is_missing=status in (404, 405), status=status)


def _unavailable(answer: Answer, host: str, code: str, message: str) -> UnavailableError:
    retry_after = retry_after_seconds(answer.headers.get("retry-after"))
    when = f"try again in {retry_after:.0f} s" if retry_after else "try again later"
    said = f" ({code}: {quote(message)})" if code else ""
    reason = "is asked too often" if answer.status == 429 else f"cannot answer now (HTTP {answer.status})"
    return UnavailableError(f"{host} {reason}: {when}{said}", status=answer.status, code=code, retry_after=retry_after)


def _code_and_message(answer: Answer) -> tuple[str, str]:
    """Convex's own error body, or empty texts."""
    if answer.media_type != "application/json" or len(answer.body) > 1_000_000:
        return "", ""
    try:
        body = _decode(answer.body)
    except SurprisingAnswerError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    code, message = body.get("code"), body.get("message")
    return (quote(code, LONGEST_CODE), message) if isinstance(code, str) and isinstance(message, str) else ("", "")


def surprise(error: SurprisingAnswerError, host: str, request: str, *, is_convex: bool) -> DeploymentError:
    """What a surprising answer means, now that it is known whether Convex answers there."""
    if not is_convex:
        advice = "use that address, if it is your deployment" if 300 <= error.status < 400 else "check the URL"
        return NotConvexError(f"{host} is not a Convex deployment: it {error.what} for {request}; {advice}.")
    if error.is_missing:
        return ServerTooOldError(f"{host} does not know {request}: this deployment's server is too old for it.")
    if error.status >= 500:
        return UnavailableError(
            f"{host} cannot answer now (HTTP {error.status}): try again later.", status=error.status
        )
    return MalformedAnswerError(
        f"{host} {error.what} for {request}: try again; if it stays, look for a proxy in between that changes answers."
    )


def function_result(value: JsonValue) -> FunctionResult:
    """The four fields of a function's answer, checked by hand: this is the path of every one-shot command.

    Raises QueryFailedError, or SurprisingAnswerError for what is no such answer.
    """
    if not isinstance(value, dict):
        raise SurprisingAnswerError("answered with JSON that is no function result")
    lines = value.get("logLines", [])
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise SurprisingAnswerError("answered with log lines that are no texts")
    try:
        check_nesting(value.get("value"))
        check_nesting(value.get("errorData"))
    except ValueError:
        raise SurprisingAnswerError("answered with a value that is nested too deeply") from None
    log_lines = tuple(str(line) for line in lines)
    status = value.get("status")
    if status == "success" and "value" in value:
        return FunctionResult(value["value"], log_lines)
    message = value.get("errorMessage")
    if status == "error" and isinstance(message, str):
        raise QueryFailedError(message, data=value.get("errorData"), has_data="errorData" in value, log_lines=log_lines)
    raise SurprisingAnswerError("answered with JSON that is no function result")


def system_failure(error: QueryFailedError, path: str, host: str) -> DeploymentError:
    """What the failure of a system query means: a permission, a server that lacks it, or itself."""
    start = error.message.find(PERMISSION_SENTENCE)
    if start >= 0:
        sentence = error.message[start:].partition("\n")[0]
        return PermissionDeniedError(f"{host} does not allow this with this admin key: {quote(sentence)}")
    if "Could not find" in error.message and "function for" in error.message:
        return ServerTooOldError(f"{host} does not know {path}: this deployment's server is too old for it.")
    return error


def quote(text: str, longest: int = _LONGEST_QUOTE) -> str:
    """A server's text for one line of ours."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def misfit(problem: Mapping[str, Any], whole: str) -> str:
    """Where pydantic met a problem, and what it is: `page.0.id: Field required`, never with the value itself."""
    where = quote(".".join(map(str, problem["loc"])), _LONGEST_PLACE) or whole
    # This one quotes the value.
    said = "an unknown kind" if problem["type"] == "union_tag_invalid" else quote(problem["msg"], _LONGEST_PLACE)
    return f"{where}: {said}"


def scrub(error: KitcnError, hide: Callable[[str], str]) -> None:
    """Take a secret out of what a server may have echoed."""
    error.message = hide(error.message)
    error.args = (error.message,)
    if error.hint is not None:
        error.hint = hide(error.hint)
    if isinstance(error, QueryFailedError):
        error.log_lines = tuple(hide(line) for line in error.log_lines)
        error.data = _hidden(error.data, hide)


def _hidden(value: JsonValue, hide: Callable[[str], str]) -> JsonValue:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, list):
        return [_hidden(item, hide) for item in value]
    if isinstance(value, dict):
        return {hide(key): _hidden(item, hide) for key, item in value.items()}
    return value

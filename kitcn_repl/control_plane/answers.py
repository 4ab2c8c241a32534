"""What an answer of the management service means: JSON, or which error in one clear line."""

from __future__ import annotations

import json

from kitcn_repl.control_plane.errors import (
    ControlPlaneError,
    ControlPlaneUnavailableError,
    ControlPlaneUnreachableError,
    ForbiddenError,
    LoginNeededError,
    NotFoundError,
    RefusedError,
    UnexpectedAnswerError,
)
from kitcn_repl.deployment.answers import LONGEST_CODE, quote
from kitcn_repl.deployment.retry import retry_after_seconds
from kitcn_repl.deployment.transport import Answer, TransportError
from kitcn_repl.targets.authorization import Authorization
from kitcn_repl.values import JsonValue

LOG_IN = "Log in with: kitcn login"

_NOT_FOUND = {
    "TeamNotFound": "There is no such team, or your login may not see it",
    "ProjectNotFound": "There is no such project, or your login may not see it",
    "DeploymentNotFound": "There is no such deployment, or your login may not see it",
}
_HINTS = {
    "SSORequired": "Log in again through your team's single sign-on: kitcn login --force",
    "EmailAlreadyExists": "Log in with the account that has this address.",
}


def read_answer(answer: Answer, host: str, authorization: Authorization | None) -> JsonValue:
    """The JSON of a successful answer, None for an empty one. Raises ControlPlaneError."""
    code, message = _code_and_message(answer)
    if not 200 <= answer.status < 300:
        raise _refusal(answer, host, authorization, code, message)
    if not answer.body.strip():
        return None
    if answer.media_type != "application/json":
        raise UnexpectedAnswerError(
            f"{host} answered with {quote(answer.media_type) or 'something'} instead of JSON: a proxy or login page"
            " of your network may be in between."
        )
    try:
        value: JsonValue = json.loads(answer.body)
    except (ValueError, RecursionError):
        value, broken = None, True
    else:
        broken = False
    if broken:
        raise UnexpectedAnswerError(f"{host} answered with broken JSON: try again.")
    return value


def _refusal(
    answer: Answer, host: str, authorization: Authorization | None, code: str, message: str
) -> ControlPlaneError:
    status = answer.status
    said = f" ({code}: {quote(message)})" if code else ""
    if status == 401 or code in ("AccessTokenInvalid", "InvalidIdentity", "SSORequired", "MissingAccessToken"):
        return LoginNeededError(
            _login_needed(authorization) + said + ".", hint=_HINTS.get(code, _how(authorization)), code=code, status=401
        )
    if status == 403:
        who = "Your login" if authorization is None else f"The {authorization.kind} ({authorization.source})"
        reason = f": {quote(message)}" if message else f": {host} answered 403."
        return ForbiddenError(f"{who} may not do this{reason}", hint=_HINTS.get(code), code=code, status=status)
    if code in _NOT_FOUND:
        return NotFoundError(f"{_NOT_FOUND[code]}{said}.", code=code, status=status)
    if status == 429 or status >= 500:
        retry_after = retry_after_seconds(answer.headers.get("retry-after"))
        when = f"try again in {retry_after:.0f} s" if retry_after else "try again later"
        what = "is asked too often" if status == 429 else f"cannot answer now (HTTP {status})"
        return ControlPlaneUnavailableError(
            f"{host} {what}: {when}{said}.", status=status, code=code, retry_after=retry_after
        )
    if code:
        kind = NotFoundError if status == 404 else RefusedError
        return kind(f"{quote(message).rstrip('.')} ({code}).", hint=_HINTS.get(code), code=code, status=status)
    return UnexpectedAnswerError(
        f"{host} answered {status} where Convex would not: check CONVEX_PROVISION_HOST and any proxy.", status=status
    )


def _login_needed(authorization: Authorization | None) -> str:
    if authorization is None:
        return "You are not logged in to Convex"
    return f"Convex does not accept the {authorization.kind} ({authorization.source})"


def _how(authorization: Authorization | None) -> str:
    if authorization is None or authorization.kind == "access token":
        return LOG_IN
    return "Create a new key in the Convex dashboard."


def _code_and_message(answer: Answer) -> tuple[str, str]:
    """Convex's own error body, or empty texts."""
    if 200 <= answer.status < 300 or answer.media_type != "application/json" or len(answer.body) > 1_000_000:
        return "", ""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    code, message = body.get("code"), body.get("message")
    return (quote(code, LONGEST_CODE), message) if isinstance(code, str) and isinstance(message, str) else ("", "")


def unreachable(failure: TransportError, host: str) -> ControlPlaneError:
    detail = f" ({quote(failure.detail)})" if failure.detail else ""
    match failure.kind:
        case "name":
            text = f"{host} cannot be found: check your network connection."
        case "refused":
            text = f"Nothing answers at {host}{detail}: check your network connection."
        case "tls":
            text = f"No secure connection to {host} is possible{detail}: check the clock, certificates and proxies."
        case "connect-timeout":
            text = f"{host} does not accept connections{detail}: check your network and any firewall."
        case "read-timeout":
            text = f"{host} did not answer in time{detail}: try again."
        case "reset":
            text = f"{host} closed the connection without an answer: try again."
        case "cut-off":
            text = f"{host} stopped in the middle of its answer{detail}: try again."
        case "too-large" | "not-http":
            return UnexpectedAnswerError(f"{host} does not answer like Convex{detail}: check CONVEX_PROVISION_HOST.")
        case _:
            text = f"The proxy to {host} refused{detail}: check HTTPS_PROXY and NO_PROXY."
    return ControlPlaneUnreachableError(text)

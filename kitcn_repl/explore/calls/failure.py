"""A call that failed, told so that people see first what they can do something about."""

from __future__ import annotations

import re

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.errors import KitcnError

_REQUEST = re.compile(r"\[Request ID: ([^\]]*)\] Server Error")
_REFUSED = re.compile(r"ArgumentValidationError.*?^Path: \.?([A-Za-z_$][\w$]*)", re.DOTALL | re.MULTILINE)


def told(path: str, error: QueryFailedError) -> KitcnError:
    """The failure with its message first; the request id, which finds it in the logs, last."""
    message = error.message.strip()
    request = _REQUEST.match(message)
    if request is None:
        return KitcnError(f"{path} failed: {message}", hint=error.hint)
    rest = message[request.end() :].strip() or "Server Error"
    return KitcnError(f"{path} failed: {rest} (request {request[1]})", hint=error.hint)


def request_id(error: QueryFailedError) -> str | None:
    request = _REQUEST.match(error.message.strip())
    return None if request is None else request[1]


def refused_argument(error: QueryFailedError) -> str | None:
    """The argument that the server's own validation did not take, None for any other failure."""
    found = _REFUSED.search(error.message)
    return None if found is None else found[1]

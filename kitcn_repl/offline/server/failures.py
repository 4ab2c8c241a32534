"""Failures as the deployment API words them: HTTP errors with a code, and failed functions (deployment-api 1.3)."""

from __future__ import annotations

import hashlib
import re
import secrets

from kitcn_repl.deployment.errors import (
    DeploymentError,
    QueryFailedError,
    ReadonlyError,
    RequestRejectedError,
    ServerTooOldError,
)
from kitcn_repl.errors import KitcnError

_REQUEST_ID = re.compile(r"\A\[Request ID: [0-9a-f]+\] ")


class ApiError(Exception):
    """A request is refused: HTTP status, and the `code` and `message` of the body."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def bad_request(code: str, message: str) -> ApiError:
    return ApiError(400, code, message)


def internal_error() -> ApiError:
    return ApiError(500, "InternalServerError", "Your request couldn't be completed. Try again later.")


def new_request_id() -> str:
    return secrets.token_hex(8)


def session_request_id(session_id: str, number: int) -> str:
    """The id of a request that a WebSocket's client numbers itself."""
    return hashlib.sha256(f"{session_id.lower()} {number}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def function_failure(text: str) -> QueryFailedError:
    """A function failed before any of its code ran; `text` is the server's reason."""
    return QueryFailedError(f"[Request ID: {new_request_id()}] Server Error\n{text}\n")


def with_request_id(message: str, request_id: str) -> str:
    """`message` of a failed function, under the id of the request that caused it.

    Failures of system queries come bare; they get the line that every failure has.
    """
    if _REQUEST_ID.match(message):
        return _REQUEST_ID.sub(f"[Request ID: {request_id}] ", message, count=1)
    return f"[Request ID: {request_id}] Server Error\n{message}\n"


def without_request_id(message: str) -> str:
    """The JavaScript error alone, as a nested failure is told."""
    first, newline, rest = message.partition("\n")
    return rest if newline and _REQUEST_ID.match(first) else message


def as_function_failure(error: KitcnError) -> QueryFailedError | None:
    """`error` as a failed function, which is no HTTP error; None if it is one."""
    if isinstance(error, QueryFailedError):
        return error
    if isinstance(error, DeploymentError) and not isinstance(error, ReadonlyError | ServerTooOldError):
        return None
    # What is none of the deployment's errors keeps this machine from running queries, Deno missing for instance.
    return function_failure(error.message)


def as_api_error(error: KitcnError) -> ApiError:
    if isinstance(error, RequestRejectedError):
        return ApiError(error.status, error.code, error.message)
    return ApiError(500, "InternalServerError", error.message)

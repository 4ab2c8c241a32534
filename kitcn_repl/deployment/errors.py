"""One error type per cause of a failed conversation with a deployment."""

from __future__ import annotations

from collections.abc import Sequence

from kitcn_repl.errors import ExitCode, KitcnError
from kitcn_repl.values import JsonValue


class DeploymentError(KitcnError):
    """The deployment could not answer, or its answer was a refusal."""

    exit_code = ExitCode.NOT_REACHED


class UnreachableError(DeploymentError):
    """No answer: name not found, refused, timed out, or cut off in the middle.

    `was_reached` says that something accepted the connection.
    """

    def __init__(self, message: str, *, was_reached: bool = False, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.was_reached = was_reached


class UnavailableError(DeploymentError):
    """The server answered that it cannot serve now: 429, 5xx.

    `retry_after` is in seconds, from the Retry-After header, if it was sent.
    """

    def __init__(
        self, message: str, *, status: int, code: str = "", retry_after: float | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code
        self.retry_after = retry_after


class WrongKeyError(DeploymentError):
    """The admin key is not one of this deployment (401 BadAdminKey, 403 BadDeployKey)."""


class PermissionDeniedError(DeploymentError):
    """The key is right, but may not do this (403 OperationNotPermitted)."""


class NotConvexError(DeploymentError):
    """Something answers at this address, but it is not a Convex deployment."""


class ServerTooOldError(DeploymentError):
    """The deployment does not know an endpoint or system function that this needs."""


class MalformedAnswerError(DeploymentError):
    """The answer is not what the protocol says it must be."""


class RequestRejectedError(DeploymentError):
    """The server refused the request itself (HTTP 4xx with `code` and `message`), for instance a syntax error."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, *, code: str, status: int = 400, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.status = status


class QueryFailedError(DeploymentError):
    """The function ran and failed: the server's own message, data and log lines.

    `message` is the server's text as sent, with its `[Request ID: ...] Server Error` line. `data` is the encoded value
    of a thrown ConvexError (`has_data` tells null from none).
    """

    exit_code = ExitCode.FAILED

    def __init__(
        self,
        message: str,
        *,
        data: JsonValue = None,
        has_data: bool = False,
        log_lines: Sequence[str] = (),
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.data = data
        self.has_data = has_data
        self.log_lines = tuple(log_lines)


class ReadonlyError(DeploymentError):
    """A write was asked for where only reading is possible or allowed."""

    exit_code = ExitCode.FAILED

"""One error type per cause of a failed conversation with the management service."""

from __future__ import annotations

from kitcn_repl.errors import ExitCode, KitcnError


class ControlPlaneError(KitcnError):
    """The service could not answer, or its answer was a refusal. `code` is Convex's, `status` HTTP's, if there are."""

    exit_code = ExitCode.NOT_REACHED

    def __init__(self, message: str, *, hint: str | None = None, code: str = "", status: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.status = status


class ControlPlaneUnreachableError(ControlPlaneError):
    """No answer, or half of one: no network, nothing listening, too slow."""


class ControlPlaneUnavailableError(ControlPlaneError):
    """It cannot answer now: 429, 5xx. `retry_after` is in seconds, if it was sent."""

    def __init__(
        self, message: str, *, status: int, code: str = "", retry_after: float | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, status=status, code=code, hint=hint)
        self.retry_after = retry_after


class LoginNeededError(ControlPlaneError):
    """Nobody is logged in, or the login or key is not accepted (401)."""


def explain_login(error: KitcnError, problem: str | None) -> None:
    """Say what is wrong with the stored login where an error asks for one."""
    if isinstance(error, LoginNeededError) and error.hint is not None and problem is not None:
        error.hint = f"{problem} {error.hint}"


class ForbiddenError(ControlPlaneError):
    """The login is good, but may not do this (403)."""


class NotFoundError(ControlPlaneError):
    """No such team, project or deployment, or none that this login may see (404)."""

    exit_code = ExitCode.NO_DEPLOYMENT


class RefusedError(ControlPlaneError):
    """The service refused the request itself (other 4xx), for instance a reference that is taken."""

    exit_code = ExitCode.FAILED


class UnexpectedAnswerError(ControlPlaneError):
    """Something answered that is not the management service, or not in a form that we know."""

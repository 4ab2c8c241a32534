"""Follows a deployment's log through whatever happens to the connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from kitcn_repl.deployment.errors import (
    DeploymentError,
    MalformedAnswerError,
    NotConvexError,
    PermissionDeniedError,
    RequestRejectedError,
    ServerTooOldError,
    UnavailableError,
    UnreachableError,
    WrongKeyError,
)
from kitcn_repl.deployment.models import LogPage
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.logs.seen import Seen
from kitcn_repl.targets.target import Target

_HOPELESS = (WrongKeyError, PermissionDeniedError)
_HOPELESS_AT_FIRST = (NotConvexError, ServerTooOldError, RequestRejectedError, MalformedAnswerError)
"""Later these are what a proxy says while the server behind it restarts."""

_SOON = 1.0
"""Seconds; a server that knows nothing new should wait longer than this before it says so."""


def _random() -> float:
    from random import random

    return random()  # noqa: S311  # spreads retries, guards nothing


@dataclass(frozen=True, slots=True)
class Trouble:
    """A poll failed, the `failures`th time in a row; the next one comes in `wait` seconds."""

    error: DeploymentError
    failures: int
    wait: float


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds between polls that failed: from `base`, doubled each time up to `cap`, half more or less at random.

    `attempts` is how many failures in a row are borne; None for any number.
    """

    base: float = 0.1
    cap: float = 16.0
    attempts: int | None = None
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    random: Callable[[], float] = _random

    def is_enough(self, failures: int, error: DeploymentError) -> bool:
        """Whether this failure ends it. Who does not try for ever does not sit out whatever a server asks for."""
        if self.attempts is None:
            return False
        asked = error.retry_after if isinstance(error, UnavailableError) else None
        return failures >= self.attempts or (asked is not None and asked > self.cap)

    def wait(self, failures: int) -> float:
        wait = min(self.cap, self.base * 2.0 ** min(failures - 1, 32))
        return wait * (0.5 + self.random())


async def follow(
    deployment: Deployment,
    cursor: float = 0.0,
    *,
    patience: float = 8.0,
    pauses: Pauses | None = None,
    on_trouble: Callable[[Trouble], None] = lambda trouble: None,
) -> AsyncGenerator[LogPage, None]:
    """Pages of what was logged after `cursor`, for ever: each entry once and in order; a page may be empty. Close it.

    From 0 the first page holds all that the deployment remembers: one that remembers anything answers at once, and
    where `patience` seconds pass without an answer the first page is empty. Raises what cannot get better by trying
    again: a wrong key, a missing permission, and at the beginning also what is no deployment that has a log, or is not
    there.
    """
    pauses = pauses or Pauses()
    seen = Seen()
    is_known = False
    failures = idle = 0
    loop = asyncio.get_running_loop()
    while True:
        begun = loop.time()
        poll = asyncio.ensure_future(deployment.function_logs(cursor))
        try:
            if not is_known:
                await asyncio.wait((poll,), timeout=patience)
                if not poll.done():
                    is_known = True
                    yield LogPage([], cursor)
            page = await poll
        except DeploymentError as error:
            failures += 1
            if not _may_pass(error, is_known) or pauses.is_enough(failures, error):
                raise
            wait = pauses.wait(failures)
            if isinstance(error, UnavailableError) and error.retry_after is not None:
                wait = max(wait, min(error.retry_after, pauses.cap))
            on_trouble(Trouble(error, failures, wait))
            await pauses.sleep(wait)
            continue
        finally:
            if not poll.done():
                poll.cancel()
                await asyncio.wait((poll,))
        is_known, failures = True, 0
        entries = seen.fresh(page.entries)
        stands_still = not entries and loop.time() - begun < _SOON
        cursor = page.cursor
        yield LogPage(entries, cursor, page.present)
        idle = idle + 1 if stands_still else 0
        if idle:
            await pauses.sleep(min(_SOON, 0.02 * 2.0 ** min(idle, 10)))


def patience(target: Target) -> float:
    """Seconds for the first answer; what a deployment remembers may be a megabyte."""
    from kitcn_repl.deployment.address import parse_address

    if target.url is None:
        return 0.5
    return 3.0 if parse_address(target.url).is_loopback else 8.0


def _may_pass(error: DeploymentError, is_known: bool) -> bool:
    if isinstance(error, _HOPELESS):
        return False
    if is_known:
        return True
    if isinstance(error, UnreachableError):
        return error.was_reached
    return not isinstance(error, _HOPELESS_AT_FIRST)

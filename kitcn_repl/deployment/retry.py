"""When and how long to wait before asking again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kitcn_repl.deployment.transport import FailureKind


def _random() -> float:
    from random import random

    return random()  # noqa: S311  # spreads retries, guards nothing


RETRIED_STATUSES = frozenset({429, 502, 503, 504})
# Not a name that was not found nor a connection that timed out: the system has tried those several times already.
RETRIED_FAILURES: frozenset[FailureKind] = frozenset({"refused", "reset"})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Times in seconds. Only idempotent requests are retried: when refused, closed without an answer, or
    answered with 429, 502, 503, 504.

    Waits double from `base` to `cap`, with up to a fifth added at random. A Retry-After beyond `longest_wait` is not
    sat out. No attempt starts after `budget`.
    """

    attempts: int = 4
    base: float = 0.2
    cap: float = 5.0
    longest_wait: float = 10.0
    budget: float = 20.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    random: Callable[[], float] = _random

    def delay(self, attempt: int, retry_after: float | None, spent: float) -> float | None:
        """How long to wait after the failed `attempt` (from 0), or None to give up; `spent` since the first began."""
        if attempt + 1 >= self.attempts:
            return None
        wait = min(self.cap, self.base * 2**attempt)
        wait += wait * 0.2 * self.random()
        if retry_after is not None:
            if retry_after > self.longest_wait:
                return None
            wait = max(wait, retry_after)
        return wait if spent + wait <= self.budget or (retry_after is not None and attempt == 0) else None


NO_RETRIES = RetryPolicy(attempts=1)


def retry_after_seconds(header: str | None, now: Callable[[], float] = time.time) -> float | None:
    """A Retry-After header: seconds or an HTTP date. None if there is none or it makes no sense."""
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now())
    except (ValueError, TypeError, OverflowError):
        return None

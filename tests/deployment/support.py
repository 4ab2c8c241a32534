"""What the tests of this folder share."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType

from kitcn_repl.deployment.address import parse_address
from kitcn_repl.deployment.direct import DirectTransport
from kitcn_repl.deployment.proxied import ProxiedTransport
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.deployment.retry import NO_RETRIES, RetryPolicy
from kitcn_repl.deployment.transport import LARGEST_ANSWER, Timeouts

SECRET = "01d2c3b4a5f6e7d8c9b0"
KEY = f"dev:happy-otter-123|{SECRET}"
FUNCTION = "/api/function"
QUERY = "/api/query"
RUN = "/api/run_test_function"

TRANSPORTS: dict[str, type[DirectTransport] | type[ProxiedTransport]] = {
    "direct": DirectTransport,
    "httpx2": ProxiedTransport,
}
MakeRemote = Callable[..., Remote]


@asynccontextmanager
async def remote_maker(kind: str) -> AsyncIterator[MakeRemote]:
    made: list[Remote] = []

    def make(
        url: str,
        *,
        key: str = KEY,
        retry: RetryPolicy = NO_RETRIES,
        timeouts: Timeouts | None = None,
        largest_answer: int = LARGEST_ANSWER,
    ) -> Remote:
        transport = TRANSPORTS[kind](parse_address(url), timeouts or Timeouts(), largest_answer=largest_answer)
        made.append(Remote(url, key, retry=retry, transport=transport))
        return made[-1]

    yield make
    for remote in made:
        await remote.aclose()


@dataclass
class FakeTime:
    """A clock that only sleeping moves, and retries without randomness."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def policy(self, *, attempts: int = 4, budget: float = 20.0, random: float = 0.0) -> RetryPolicy:
        return RetryPolicy(
            attempts=attempts, budget=budget, clock=lambda: self.now, sleep=self.sleep, random=lambda: random
        )


def everything_said(error: BaseException) -> str:
    """All that printing, logging or a debugger-like traceback of this error shows, chained errors included."""
    return "\n".join(_texts(error))


def _texts(error: BaseException) -> Iterator[str]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield str(each)
        yield repr(each)
        yield repr(vars(each))
        yield "".join(traceback.format_exception(each))
        yield from _locals(each.__traceback__)
        waiting += [each.__cause__, each.__context__]


def _locals(frames: TracebackType | None) -> Iterator[str]:
    while frames is not None:
        if "kitcn_repl" in frames.tb_frame.f_code.co_filename:
            yield repr(frames.tb_frame.f_locals)
        frames = frames.tb_next

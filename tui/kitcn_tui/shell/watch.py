"""Whether the deployment answers: asked now and then, quickly once it does not, and told to whoever shows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kitcn_repl.errors import KitcnError
from kitcn_tui.shell.bar import Connection

if TYPE_CHECKING:
    from kitcn_repl.deployment.protocol import Deployment

_CALM: Final = 30.0
"""Seconds between questions while all is well."""
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 15.0


class Watch:
    """`show` is told of each change, `recovered` when a deployment that did not answer does so again."""

    def __init__(self, show: Callable[[Connection], None], recovered: Callable[[], None]) -> None:
        self._show = show
        self._recovered = recovered
        self._doubt = asyncio.Event()

    def doubt(self) -> None:
        """Somebody got no answer: ask at once."""
        self._doubt.set()

    async def run(self, deployment: Deployment) -> None:
        """For ever; a deployment in files is always there."""
        self._show(Connection("asking", "connecting"))
        pause = _FIRST_PAUSE
        was_lost = is_doubted = False
        while True:
            self._doubt.clear()
            try:
                info = await deployment.info()
            except KitcnError as error:
                was_lost = True
                await self._wait(pause, error)
                pause = min(_LONGEST_PAUSE, pause * 2)
                continue
            if info.kind == "offline":
                self._show(Connection())
                return
            self._show(Connection("good"))
            if was_lost:
                self._recovered()
                pause = _FIRST_PAUSE
            elif is_doubted:
                # This question was answered, and an earlier one was not: that has to be asked again, if not at once.
                await asyncio.sleep(pause)
                pause = min(_LONGEST_PAUSE, pause * 2)
                self._recovered()
            was_lost = False
            try:
                async with asyncio.timeout(_CALM):  # wait_for of 3.11 can lose a cancellation
                    await self._doubt.wait()
                is_doubted = True
            except TimeoutError:
                is_doubted, pause = False, _FIRST_PAUSE

    async def _wait(self, pause: float, error: KitcnError) -> None:
        left = pause
        while left > 0:
            self._show(Connection("lost", f"not reached, retrying in {left:.0f} s"))
            await asyncio.sleep(min(1.0, left))
            left -= 1.0
        self._show(Connection("lost", "not reached, retrying …"))

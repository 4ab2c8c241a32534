"""A watched query: each value that it comes to, and when the connection is lost."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from kitcn_repl.deployment.address import Address
from kitcn_repl.deployment.answers import quote
from kitcn_repl.deployment.errors import (
    DeploymentError,
    QueryFailedError,
    RequestRejectedError,
    UnreachableError,
    WrongKeyError,
)
from kitcn_repl.deployment.models import FunctionResult, Interruption
from kitcn_repl.deployment.watching.relay import Connected, Credentials, Event, Failed, Logged, Lost, Refused, Relay
from kitcn_repl.values import JsonObject, JsonValue

_LONGEST_LINE = 256 * 1024 * 1024
_TRIES = 3
"""How often in a row the client may end without having brought anything."""


@dataclass(frozen=True, slots=True)
class _Line:
    """What the client wrote; None if it has ended."""

    content: JsonObject | None


async def watch(
    address: Address, credentials: Credentials, path: str, args: JsonObject
) -> AsyncGenerator[FunctionResult | Interruption, None]:
    """Without end: leave it by closing it, or by cancelling. Raises QueryFailedError as soon as the query fails,
    UnreachableError if the client cannot be made to work."""
    heard: asyncio.Queue[Event | _Line] = asyncio.Queue()
    async with Relay(address, credentials, heard.put_nowait) as relay:
        task: JsonObject = {"url": relay.url, "ticket": relay.ticket, "path": path, "args": args}
        story = _Story(address.authority)
        fruitless = 0
        while fruitless < _TRIES:
            await asyncio.sleep(fruitless)
            fruitless += 1
            async with _client(task, heard):
                while True:
                    event = await heard.get()
                    if isinstance(event, _Line) and event.content is None:
                        break
                    told = story.told_by(event)
                    if isinstance(told, FunctionResult):
                        fruitless = 0
                    if told is not None:
                        yield told
        raise UnreachableError(f"{address.authority} cannot be watched: the client ended {_TRIES} times; try again.")


class _Story:
    """Makes results of what relay and client tell."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._logged: tuple[str, ...] = ()
        self._is_lost = False

    def told_by(self, event: Event | _Line) -> FunctionResult | Interruption | None:
        match event:
            case Lost(reason):
                before, self._is_lost = self._is_lost, True
                said = f" ({reason})" if reason else ""
                return None if before else Interruption(f"{self._host} is lost{said}; trying again ...")
            case Connected():
                before, self._is_lost = self._is_lost, False
                return Interruption(f"{self._host} is back.") if before else None
            case Refused(error, is_key):
                raise self._refusal(error, is_key=is_key)
            case Logged(lines):
                self._logged += lines
            case Failed():
                raise QueryFailedError(
                    event.message,
                    data=event.data.get("errorData"),
                    has_data="errorData" in event.data,
                    log_lines=self._logged + event.lines,
                )
            case _Line(content) if content is not None and "value" in content:
                logged, self._logged = self._logged, ()
                return FunctionResult(content["value"], logged)
        return None

    def _refusal(self, error: str, *, is_key: bool) -> DeploymentError:
        if is_key:
            return WrongKeyError(f"{self._host} does not accept the admin key, or the identity: {quote(error)}")
        return RequestRejectedError(f"{self._host} ended the subscription: {quote(error)}", code="FatalError")


@asynccontextmanager
async def _client(task: JsonObject, heard: asyncio.Queue[Event | _Line]) -> AsyncIterator[None]:
    """The client at work, in a session of its own: ctrl-c is for us, and we end it."""
    # What this process can import, the client's can, however it was started.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "kitcn_repl.deployment.watching.client",
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=environment,
        start_new_session=True,
        limit=_LONGEST_LINE,
    )
    reading = asyncio.create_task(_read(process, heard))
    try:
        assert process.stdin is not None
        with suppress(ConnectionError):
            process.stdin.write(json.dumps(task).encode() + b"\n")
            await process.stdin.drain()
        yield
    finally:
        reading.cancel()
        with suppress(ProcessLookupError):
            process.kill()
        await asyncio.gather(process.wait(), reading, return_exceptions=True)
        if process.stdin is not None:
            process.stdin.close()


async def _read(process: Process, heard: asyncio.Queue[Event | _Line]) -> None:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        content: JsonValue = json.loads(line)
        if isinstance(content, dict):
            heard.put_nowait(_Line(content))
    heard.put_nowait(_Line(None))

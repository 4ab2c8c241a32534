"""Following a log: every entry once and in order, whatever happens to the connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import pytest

from kitcn_repl.deployment.errors import (
    NotConvexError,
    PermissionDeniedError,
    ServerTooOldError,
    UnavailableError,
    UnreachableError,
    WrongKeyError,
)
from kitcn_repl.deployment.models import LogPage
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.deployment.retry import NO_RETRIES
from kitcn_repl.explore.logs.following import Pauses, Trouble, follow
from kitcn_repl.offline.offline import Offline
from kitcn_repl.values import JsonObject
from tests.explore.logs.log_server import POLL, LogServer, repeated
from tests.support.backend import Backend
from tests.support.faults import (
    FaultyServer,
    close,
    html,
    refuse,
    reply,
    reply_json,
    reset,
    text,
)
from tests.support.log_entries import LogStream as Entries

KEY = "test|0123456789abcdef"


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with FaultyServer() as server:
        server.on("/instance_name", text("happy-otter-123")).on("/version", text("1.48.0"))
        yield server


class Patience:
    """Waits that take no time, and how long they would have been."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def pauses(self, attempts: int | None = None) -> Pauses:
        async def sleep(seconds: float) -> None:
            self.waits.append(seconds)
            await asyncio.sleep(0)

        return Pauses(attempts=attempts, sleep=sleep, random=lambda: 0.5)


def remote(server: FaultyServer) -> Remote:
    return Remote(server.url, KEY, retry=NO_RETRIES)


async def take(pages: AsyncGenerator[LogPage, None], number: int) -> list[JsonObject]:
    """That many entries, or more if the last page has more."""
    found: list[JsonObject] = []
    async with aclosing(pages):
        async for page in pages:
            found += page.entries
            if len(found) >= number:
                break
    return found


@pytest.mark.parametrize("overlap", [0, 5, 40])
async def test_fifty_disconnects_lose_and_repeat_nothing(server: FaultyServer, overlap: int) -> None:
    entries = list(Entries(seed=overlap).entries(700))
    log = LogServer(entries, page=13, overlap=overlap)
    faults = [
        reset,
        close,
        log.half_an_answer,
        html(502),
        refuse(503, "Busy", "Restarting"),
        reply(b"<html>", status=500),
    ]
    log.serve(server, repeated(faults, 50))
    deployment, patience = remote(server), Patience()
    troubles: list[Trouble] = []
    found = await take(follow(deployment, pauses=patience.pauses(), on_trouble=troubles.append), len(entries))
    await deployment.aclose()
    assert found == entries
    assert log.faults == 50
    # The transport itself tries again where a kept connection had been closed.
    assert len(troubles) > 25
    assert {trouble.failures for trouble in troubles} == {1}
    assert patience.waits == [0.1] * len(troubles)


async def test_what_an_action_says_twice_in_a_moment_stays_twice(server: FaultyServer) -> None:
    tick: JsonObject = {
        "kind": "Progress",
        "executionId": "e",
        "requestId": "r",
        "timestamp": 1.5,
        "logLines": ["[LOG] tick"],
    }
    end: JsonObject = {"kind": "Completion", "executionId": "e", "requestId": "r", "timestamp": 2.0}
    pages = [
        {"entries": [tick, tick], "newCursor": 1500},
        {"entries": [tick, tick, end, end], "newCursor": 2000},
        {"entries": [end, {**end, "timestamp": 3.0}], "newCursor": 3000},
    ]
    server.on(POLL, *map(reply_json, pages))
    deployment = remote(server)
    assert await take(follow(deployment, pauses=Patience().pauses()), 4) == [tick, tick, end, {**end, "timestamp": 3.0}]
    await deployment.aclose()


async def test_asks_with_the_cursor_that_it_was_given(server: FaultyServer) -> None:
    server.on(
        POLL,
        *(reply_json({"entries": [{"n": n}], "newCursor": n + 0.125}) for n in (1_772_452_800_123, 2_000_000_000_000)),
    )
    deployment = remote(server)
    await take(follow(deployment, pauses=Patience().pauses()), 2)
    await deployment.aclose()
    assert [sent.target.partition("cursor=")[2] for sent in server.to(POLL)[:2]] == ["0", "1772452800123.125"]
    assert server.requests[0].headers["convex-client"].startswith("npm-cli-")


async def test_a_server_that_has_nothing_and_does_not_wait_is_not_asked_all_the_time(server: FaultyServer) -> None:
    empty = reply_json({"entries": [], "newCursor": 0})
    server.on(POLL, *[empty] * 20, reply_json({"entries": [{"n": 1}], "newCursor": 1}))
    deployment, patience = remote(server), Patience()
    assert await take(follow(deployment, pauses=patience.pauses()), 1) == [{"n": 1}]
    await deployment.aclose()
    assert len(patience.waits) == 20
    assert patience.waits == sorted(patience.waits)
    assert patience.waits[-1] == 1


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (401, "BadAdminKey", WrongKeyError),
        (403, "BadDeployKey", WrongKeyError),
        (403, "OperationNotPermitted", PermissionDeniedError),
    ],
)
async def test_a_refusal_ends_it_at_any_time(
    server: FaultyServer, status: int, code: str, error: type[Exception]
) -> None:
    server.on(POLL, reply_json({"entries": [{"n": 1}], "newCursor": 1}), refuse(status, code, "No."))
    deployment, patience = remote(server), Patience()
    with pytest.raises(error):
        await take(follow(deployment, pauses=patience.pauses()), 2)
    await deployment.aclose()
    assert patience.waits == []


async def test_what_never_was_a_log_ends_it_at_once() -> None:
    patience = Patience()
    async with FaultyServer() as server:
        server.on("*", html(200))
        deployment = remote(server)
        with pytest.raises(NotConvexError):
            await take(follow(deployment, pauses=patience.pauses()), 1)
        server.on("/instance_name", text("otter")).on("*", reply(status=404, content_type="text/plain"))
        with pytest.raises(ServerTooOldError):
            await take(follow(deployment, pauses=patience.pauses()), 1)
        await deployment.aclose()
    with pytest.raises(UnreachableError):
        await take(follow(deployment, pauses=patience.pauses()), 1)
    assert patience.waits == []


async def test_waits_grow_up_to_a_bound_and_patience_may_end(server: FaultyServer) -> None:
    server.on(POLL, reset)
    deployment, patience = remote(server), Patience()
    with pytest.raises(UnreachableError):
        await take(follow(deployment, pauses=patience.pauses(attempts=12)), 1)
    await deployment.aclose()
    assert patience.waits[:4] == [0.1, 0.2, 0.4, 0.8]
    assert patience.waits[-1] == 16


async def test_a_busy_server_is_left_alone_as_long_as_it_asks(server: FaultyServer) -> None:
    busy = reply_json({"code": "Overloaded", "message": "later"}, status=503, headers={"Retry-After": "7"})
    server.on(POLL, busy, reply_json({"entries": [{"n": 1}], "newCursor": 1}))
    deployment, patience = remote(server), Patience()
    assert await take(follow(deployment, pauses=patience.pauses()), 1) == [{"n": 1}]
    await deployment.aclose()
    assert patience.waits == [7]


async def test_the_first_page_is_what_comes_at_once() -> None:
    offline = Backend().offline()
    async with aclosing(follow(offline, patience=0.01)) as pages:
        assert (await anext(pages)).entries == []
        offline.execution_log.add([{"n": 1, "timestamp": 1.0}])
        assert (await anext(pages)).entries == [{"n": 1, "timestamp": 1.0}]
        offline.execution_log.add([{"n": 2, "timestamp": 1.0}])
        assert (await anext(pages)).entries == [{"n": 2, "timestamp": 1.0}]
    async with aclosing(follow(offline, patience=60)) as pages:
        assert [entry["n"] for entry in (await anext(pages)).entries] == [1, 2]
    await offline.aclose()


@pytest.mark.parametrize("polls", [0, 1])
async def test_leaving_in_the_middle_of_a_wait(polls: int) -> None:
    offline = Backend().offline()
    pages = follow(offline, patience=0)
    assert (await anext(pages)).entries == []
    if polls:
        waiting = asyncio.ensure_future(anext(pages))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait((waiting,))
    await pages.aclose()
    assert offline.execution_log.waiters == 0
    await offline.aclose()


async def test_a_deployment_that_closes_tells_who_waits(offline_empty: Offline) -> None:
    waiting = asyncio.ensure_future(offline_empty.function_logs())
    await asyncio.sleep(0)
    await offline_empty.aclose()
    with pytest.raises(UnavailableError):
        await waiting


@pytest.fixture
def offline_empty() -> Offline:
    return Backend().offline()

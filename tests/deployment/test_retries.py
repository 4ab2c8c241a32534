"""What is asked again, when, and what never is."""

from __future__ import annotations

import socket

import pytest

from kitcn_repl.deployment.errors import (
    DeploymentError,
    MalformedAnswerError,
    QueryFailedError,
    UnavailableError,
    UnreachableError,
)
from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.deployment.retry import RetryPolicy, retry_after_seconds
from tests.deployment.support import FUNCTION, QUERY, RUN, FakeTime, MakeRemote
from tests.support.faults import (
    Behaviour,
    FaultyServer,
    and_close,
    close,
    cut_off,
    fail,
    html,
    refuse,
    reply,
    reset,
    succeed,
)

MODULE = QueryModule("export default 1")
BUSY = refuse(503, "Overloaded", "Too busy")


@pytest.mark.parametrize(
    "passing",
    [
        pytest.param(BUSY, id="503"),
        pytest.param(refuse(429, "RateLimited", "Slow down"), id="429"),
        pytest.param(html(502), id="502"),
        pytest.param(html(504), id="504"),
        pytest.param(close, id="closed"),
        pytest.param(reset, id="reset"),
    ],
)
async def test_reads_are_asked_again_with_growing_pauses(
    server: FaultyServer, connect: MakeRemote, passing: Behaviour
) -> None:
    time = FakeTime()
    server.on(RUN, passing, passing, passing, succeed(5))
    assert (await connect(server.url, retry=time.policy()).run_module(MODULE)).value == 5
    assert time.slept == [0.2, 0.4, 0.8]
    assert len(server.requests) == 4


async def test_gives_up_after_the_last_attempt(server: FaultyServer, connect: MakeRemote) -> None:
    time = FakeTime()
    server.on(RUN, BUSY)
    with pytest.raises(UnavailableError):
        await connect(server.url, retry=time.policy(attempts=3)).run_module(MODULE)
    assert len(server.requests) == 3


async def test_a_refused_connection_is_tried_again(connect: MakeRemote) -> None:
    time = FakeTime()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        remote = connect(f"http://127.0.0.1:{unused.getsockname()[1]}", retry=time.policy(attempts=3))
        with pytest.raises(UnreachableError):
            await remote.run_module(MODULE)
    assert time.slept == [0.2, 0.4]


@pytest.mark.parametrize(
    ("final", "kind"),
    [
        pytest.param(refuse(500, "InternalServerError", "x"), UnavailableError, id="500"),
        pytest.param(fail("boom"), QueryFailedError, id="failed"),
        pytest.param(cut_off(b"{"), UnreachableError, id="cut off"),
        pytest.param(reply(b"{"), MalformedAnswerError, id="malformed"),
    ],
)
async def test_what_would_fail_again_is_asked_once(
    convex: FaultyServer, connect: MakeRemote, final: Behaviour, kind: type[DeploymentError]
) -> None:
    time = FakeTime()
    convex.on(RUN, final)
    with pytest.raises(kind):
        await connect(convex.url, retry=time.policy()).run_module(MODULE)
    assert len(convex.to(RUN)) == 1
    assert time.slept == []


@pytest.mark.parametrize("behaviour", [BUSY, close, reset])
async def test_a_call_is_never_repeated(server: FaultyServer, connect: MakeRemote, behaviour: Behaviour) -> None:
    server.on(FUNCTION, behaviour, succeed(1))
    with pytest.raises(DeploymentError):
        await connect(server.url, retry=FakeTime().policy()).call("users:add", {})
    assert len(server.requests) == 1


async def test_an_idempotent_call_is_repeated(server: FaultyServer, connect: MakeRemote) -> None:
    server.on(FUNCTION, BUSY, succeed(1))
    remote = connect(server.url, retry=FakeTime().policy())
    assert (await remote.call("users:list", {}, idempotent=True)).value == 1


async def test_waits_as_long_as_the_server_asks(server: FaultyServer, connect: MakeRemote) -> None:
    time = FakeTime()
    server.on(QUERY, refuse(429, "RateLimited", "x", {"Retry-After": "7"}), succeed(1))
    await connect(server.url, retry=time.policy()).system("_system/x", {})
    assert time.slept == [7.0]


async def test_does_not_wait_for_minutes(server: FaultyServer, connect: MakeRemote) -> None:
    time = FakeTime()
    server.on(QUERY, refuse(429, "RateLimited", "x", {"Retry-After": "120"}))
    with pytest.raises(UnavailableError) as caught:
        await connect(server.url, retry=time.policy()).system("_system/x", {})
    assert caught.value.retry_after == 120.0
    assert "try again in 120 s" in caught.value.message
    assert (len(server.requests), time.slept) == (1, [])


async def test_all_attempts_share_a_budget(server: FaultyServer, connect: MakeRemote) -> None:
    time = FakeTime()
    server.on(RUN, refuse(503, "Overloaded", "x", {"Retry-After": "4"}))
    with pytest.raises(UnavailableError):
        await connect(server.url, retry=time.policy(attempts=100, budget=10.0)).run_module(MODULE)
    assert time.slept == [4.0, 4.0]


def test_pauses_are_capped_and_spread() -> None:
    policy = RetryPolicy(attempts=100, random=lambda: 1.0)
    assert policy.delay(0, None, 0.0) == pytest.approx(0.24)
    assert policy.delay(20, None, 0.0) == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("3", 3.0),
        (" 0 ", 0.0),
        ("soon", None),
        ("-1", None),
        ("1" * 400, None),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0),
    ],
)
def test_reads_retry_after(header: str | None, expected: float | None) -> None:
    assert retry_after_seconds(header, now=lambda: 10.0) == expected


async def test_connections_are_kept(server: FaultyServer, connect: MakeRemote) -> None:
    server.on(QUERY, succeed(1))
    remote = connect(server.url)
    for _ in range(3):
        await remote.system("_system/x", {})
    assert server.connections == 1


async def test_a_kept_connection_that_died_is_replaced(server: FaultyServer, connect: MakeRemote) -> None:
    server.on(QUERY, and_close(succeed(1)))
    remote = connect(server.url)
    for _ in range(3):
        await remote.system("_system/x", {})
        await server.until(lambda: server.open_connections == 0)
    assert server.connections == 3


async def test_a_kept_connection_that_dies_under_a_read_is_replaced_at_once(
    server: FaultyServer, connect_direct: MakeRemote
) -> None:
    server.on(QUERY, succeed(1), reset, succeed(2))
    remote = connect_direct(server.url)
    assert (await remote.system("_system/x", {})).value == 1
    assert (await remote.system("_system/x", {})).value == 2
    assert [received.connection for received in server.requests] == [0, 0, 1]


async def test_a_call_does_not_trust_a_kept_connection(server: FaultyServer, connect_direct: MakeRemote) -> None:
    server.on(QUERY, succeed(1)).on(FUNCTION, succeed(2))
    remote = connect_direct(server.url)
    await remote.system("_system/x", {})
    await remote.call("users:add", {})
    assert [received.connection for received in server.requests] == [0, 1]

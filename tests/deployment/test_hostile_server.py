"""A server that wants more than it was given: the key for another host, our memory, a place in later requests."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import pytest

from kitcn_repl.control_plane.client import ControlPlane
from kitcn_repl.deployment.errors import DeploymentError, MalformedAnswerError, NotConvexError
from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.deployment.transport import Timeouts
from kitcn_repl.errors import KitcnError
from kitcn_repl.targets.authorization import Authorization
from tests.deployment.support import KEY, QUERY, RUN, SECRET, MakeRemote, everything_said
from tests.support.faults import FaultyServer, raw, refuse, reply, reply_json, succeed

ONE = {"status": "success", "value": 1}
MODULE = QueryModule("export default 1")


@pytest.fixture
async def other() -> AsyncIterator[FaultyServer]:
    """Where nothing may ever arrive."""
    async with FaultyServer() as other:
        yield other
        assert other.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_the_key_follows_no_redirect(
    server: FaultyServer, other: FaultyServer, connect: MakeRemote, status: int
) -> None:
    for address in (other.url + RUN, other.url.replace("http:", "") + RUN, f"https://x@{other.url[7:]}"):
        server.on(RUN, reply(status=status, headers={"Location": address}))
        with pytest.raises(NotConvexError) as caught:
            await connect(server.url).run_module(MODULE)
        assert SECRET not in everything_said(caught.value)


@pytest.mark.parametrize("status", [302, 308])
async def test_a_token_follows_no_redirect(server: FaultyServer, other: FaultyServer, status: int) -> None:
    plane = ControlPlane(server.url, Authorization("access token", SECRET, "a test"))
    server.on("/api/dashboard/teams", reply(status=status, headers={"Location": f"{other.url}/api/dashboard/teams"}))
    server.on("/v1/teams", reply(status=status, headers={"Location": f"{other.url}/v1/teams"}))
    with pytest.raises(KitcnError) as caught:
        await plane.teams()
    await plane.aclose()
    assert server.requests
    assert SECRET not in everything_said(caught.value)


async def test_an_other_address_in_an_answer_is_not_visited(
    server: FaultyServer, other: FaultyServer, connect: MakeRemote
) -> None:
    """Alt-Svc, Refresh and Link are offers that nobody takes."""
    place = other.url[7:]
    headers = {"Alt-Svc": f'h2="{place}"', "Refresh": f"0; url={other.url}", "Link": f"<{other.url}>; rel=preload"}
    server.on(RUN, reply_json(ONE, headers=headers))
    remote = connect(server.url)
    for _ in range(2):
        assert (await remote.run_module(MODULE)).value == 1


async def test_cookies_are_not_kept(server: FaultyServer, connect: MakeRemote) -> None:
    server.on(RUN, reply_json(ONE, headers={"Set-Cookie": "id=1; Path=/"}))
    remote = connect(server.url)
    for _ in range(2):
        await remote.run_module(MODULE)
    assert [request.headers.get("cookie") for request in server.requests] == [None, None]


async def everything(remote: Remote) -> None:
    """Every question that can be asked of a deployment, whatever becomes of it."""
    asked: list[Callable[[], Awaitable[object]]] = [
        lambda: remote.run_module(MODULE),
        lambda: remote.call("a:b", {"x": 1.0}),
        lambda: remote.system("_system/cli/tables", {}),
        remote.info,
        remote.tables,
        remote.indexes,
        remote.components,
        remote.function_spec,
        remote.environment_variables,
    ]
    for ask in asked:
        with suppress(DeploymentError):
            await ask()


async def test_the_key_is_in_no_address(server: FaultyServer, connect: MakeRemote) -> None:
    """Addresses are what servers, proxies and browsers write into their logs."""
    await everything(connect(server.url))
    assert len(server.requests) > 8
    for request in server.requests:
        assert SECRET not in request.target
        names = [name for name, value in request.headers.items() if SECRET in value]
        assert names in ([], ["authorization"])
        assert SECRET not in request.body.decode() or request.path == RUN
        assert request.headers["host"] == server.url[7:]


@pytest.mark.parametrize(
    "path", ["a:b\r\nX-Evil: 1", "a:b HTTP/1.1\r\nHost: evil\r\n\r\n", "../../x:y", "a:b?adminKey=1"]
)
async def test_names_are_no_headers(server: FaultyServer, connect: MakeRemote, path: str) -> None:
    server.on("/api/function", succeed(1)).on(QUERY, succeed(1))
    with suppress(KitcnError):
        await connect(server.url).call(path, {})
    for request in server.requests:
        assert "x-evil" not in request.headers
        assert request.headers["host"] == server.url[7:]
        assert request.target in ("/api/function", QUERY)
        assert request.json["path"] == path


async def test_headers_are_bounded(server: FaultyServer, connect: MakeRemote) -> None:
    many = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(3000))
    for answer in (many, b"X: " + b"y" * 3_000_000 + b"\r\n"):
        server.on(RUN, raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + answer + b"\r\n{}"))
        with pytest.raises(DeploymentError) as caught:
            await connect(server.url, timeouts=Timeouts(read=10)).run_module(MODULE)
        assert "\n" not in caught.value.message
        assert len(caught.value.message) < 500


async def test_a_bomb_takes_no_more_memory_than_is_allowed(server: FaultyServer, connect: MakeRemote) -> None:
    """A kilobyte for each megabyte: it is unpacked piece by piece, and no further than the limit."""
    bomb = gzip.compress(b'{"status":"success","value":"' + b"x" * 100_000_000)
    assert len(bomb) < 150_000
    server.on(RUN, reply(bomb, headers={"Content-Encoding": "gzip"}))
    remote = connect(server.url, largest_answer=4_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(MalformedAnswerError):
            await remote.run_module(MODULE)
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


async def test_words_of_a_server_are_one_line_and_short(server: FaultyServer, connect: MakeRemote) -> None:
    evil = "no\r\n\x1b]0;x\x07" + "y" * 100_000
    server.on(
        RUN,
        refuse(500, evil, evil),
        refuse(401, evil, evil),
        reply(evil.encode(), content_type=evil[:2] + "/x"),
        reply(status=302, headers={"Location": "http://x/" + "y" * 5000}),
        reply_json({"status": evil}),
    )
    for _ in range(5):
        with pytest.raises(DeploymentError) as caught:
            await connect(server.url).run_module(MODULE)
        assert "\n" not in caught.value.message
        assert "\x1b" not in str(caught.value), "Python prints it on a terminal as it is"
        assert len(caught.value.message) < 2000


def test_the_key_of_these_tests_is_one() -> None:
    assert SECRET in KEY

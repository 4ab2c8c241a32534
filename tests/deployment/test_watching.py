"""Watching over the official client: changes, lost connections, and what only the relay can do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as serve_socket
from websockets.exceptions import ConnectionClosed

from kitcn_repl.deployment.address import parse_address
from kitcn_repl.deployment.errors import QueryFailedError, RequestRejectedError, WrongKeyError
from kitcn_repl.deployment.models import FunctionResult, Interruption
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.deployment.secret import Secret
from kitcn_repl.deployment.watching.messages import TEXT, MalformedMessageError, Message, messages
from kitcn_repl.deployment.watching.relay import Credentials, Relay
from kitcn_repl.values import JsonObject, JsonValue
from tests.support.faults import cable_to
from tests.support.served import Served, served
from tests.support.watchable import watchable_dataset

EXACT: JsonValue = [
    {"$integer": "BQAAAAAAAAA="},
    0.1,
    {"$float": "AAAAAAAA+H8="},
    {"$float": "AAAAAAAAAIA="},
]
Watched = AsyncGenerator[FunctionResult | Interruption, None]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(watchable_dataset()) as server:
        yield server


async def result(watched: Watched) -> FunctionResult:
    """The next one, whatever is told in between."""
    async with asyncio.timeout(60):
        async for told in watched:
            if isinstance(told, FunctionResult):
                return told
    raise AssertionError("it ended")


async def set_weather(server: Served, weather: str | None) -> None:
    remote = Remote(server.url, server.admin_key)
    await remote.change_environment_variables({"WEATHER": weather})
    await remote.aclose()


async def test_each_change_is_told_exactly_with_its_log_lines(server: Served) -> None:
    await set_weather(server, None)
    remote = Remote(server.url, server.admin_key)
    args: JsonObject = {"n": {"$integer": "BQAAAAAAAAA="}, "x": 1.0, "deep": {"list": ["ü 🎉", None]}}
    async with aclosing(remote.watch("sky:weather", args)) as watched:
        for weather in ("fair", "rain", "fog"):
            told = await result(watched)
            assert told.value == {"weather": weather, "exact": EXACT, **args}
            assert told.log_lines == (f"[LOG] 'looking out' '{weather}'",)
            await set_weather(server, {"fair": "rain", "rain": "fog", "fog": "storm"}[weather])
        with pytest.raises(QueryFailedError) as caught:
            await result(watched)
    assert "too dark to see" in caught.value.message
    assert caught.value.log_lines == ("[LOG] 'looking out' 'storm'",)
    await remote.aclose()


async def test_lost_connections_are_mended_and_nothing_is_missed(server: Served) -> None:
    await set_weather(server, "0")
    async with cable_to(server.url) as cable:
        remote = Remote(cable.url, server.admin_key)
        heard: list[JsonValue] = []
        lost = 0
        async with aclosing(remote.watch("sky:weather", {})) as watched, asyncio.timeout(120):
            async for told in watched:
                if isinstance(told, Interruption):
                    lost += "is lost" in told.message
                    continue
                value = told.value
                assert isinstance(value, dict)
                if heard and heard[-1] == value["weather"]:
                    continue
                heard.append(value["weather"])
                if len(heard) == 6:
                    break
                cable.cut(mend=len(heard) % 2 == 0)
                await set_weather(server, str(len(heard)))
                cable.mend()
        assert heard == ["0", "1", "2", "3", "4", "5"]
        assert lost == 5
        assert cable.accepted >= 6
        await remote.aclose()


async def test_acting_as_a_user_and_in_a_component(server: Served) -> None:
    remote = Remote(server.url, server.admin_key)
    async with aclosing(remote.watch("sky:who", {})) as watched:
        assert (await result(watched)).value is None
    async with aclosing(remote.watch("sky:who", {}, identity={"subject": "ada", "name": "Ada"})) as watched:
        value = (await result(watched)).value
        assert isinstance(value, dict)
        assert (value["subject"], value["name"], value["issuer"]) == ("ada", "Ada", "https://convex.test")
    with pytest.raises(QueryFailedError, match="in 'rateLimiter'"):
        async with aclosing(remote.watch("sky:who", {}, component="rateLimiter")) as watched:
            await result(watched)
    await remote.aclose()


async def test_a_wrong_key_and_an_impossible_path(server: Served) -> None:
    wrong = Remote(server.url, "demo|s3cret-and-wrong")
    with pytest.raises(WrongKeyError) as caught:
        async with aclosing(wrong.watch("sky:who", {})) as watched:
            await result(watched)
    assert "s3cret" not in str(caught.value)
    remote = Remote(server.url, server.admin_key)
    with pytest.raises(RequestRejectedError, match="nowhere"):
        async with aclosing(remote.watch("sky:who", {}, component="nowhere")) as watched:
            await result(watched)


async def test_leaving_ends_the_client(server: Served) -> None:
    remote = Remote(server.url, server.admin_key)
    watched = remote.watch("sky:steady", {})
    assert (await result(watched)).value is None
    waiting = asyncio.ensure_future(result(watched))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await watched.aclose()
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


async def test_only_who_has_the_ticket_gets_the_key() -> None:
    heard: list[JsonObject] = []
    told = asyncio.Event()

    async def listen(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            async for message in connection:
                heard.append(json.loads(message))
                told.set()

    async with serve_socket(listen, "127.0.0.1", 0) as upstream:
        port = next(iter(upstream.sockets)).getsockname()[1]
        address = parse_address(f"http://127.0.0.1:{port}")
        credentials = Credentials(Secret("the-key"), None, "")
        async with Relay(address, credentials, lambda event: None) as relay:
            question = {"type": "Authenticate", "baseVersion": 0, "tokenType": "Admin"}
            where = relay.url.replace("http", "ws")
            async with connect(where) as stranger:
                await stranger.send(json.dumps({**question, "value": "guess"}))
                with pytest.raises(ConnectionClosed):
                    await stranger.recv()
            assert heard == []
            async with connect(where) as friend:
                await friend.send(json.dumps({**question, "value": relay.ticket}))
                async with asyncio.timeout(60):
                    await told.wait()
            assert heard == [{**question, "value": "the-key"}]


def fed(data: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=2**24)
    reader.feed_data(data)
    reader.feed_eof()
    return reader


async def all_messages(data: bytes) -> list[Message]:
    found = []
    try:
        async for message in messages(fed(data)):
            found.append(message)
    except EOFError:
        pass
    return found


@given(st.binary(max_size=300), st.booleans())
async def test_messages_come_back_as_they_were_sent(payload: bytes, masked: bool) -> None:
    sent = Message(TEXT, payload)
    assert await all_messages(sent.encode(masked=masked) * 2) == [sent, sent]


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536, 200_000])
async def test_sizes(size: int) -> None:
    sent = Message(TEXT, b"x" * size)
    for masked in (True, False):
        assert await all_messages(sent.encode(masked=masked)) == [sent]


async def test_fragments_are_joined_and_control_frames_pass_between_them() -> None:
    data = bytes([0x01, 2]) + b"ab" + bytes([0x89, 1]) + b"!" + bytes([0x80, 2]) + b"cd"
    assert await all_messages(data) == [Message(0x9, b"!"), Message(TEXT, b"abcd")]


@pytest.mark.parametrize("data", [bytes([0xC1, 0]), bytes([0x82, 127]) + (1 << 40).to_bytes(8, "big")])
async def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        await all_messages(data)

"""Polling the function log of a live deployment."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kitcn_repl.deployment.errors import MalformedAnswerError, UnreachableError
from kitcn_repl.deployment.transport import Timeouts
from tests.deployment.support import MakeRemote
from tests.support.faults import FaultyServer, Peer, Received, hang, reply_json

STREAM = "/api/stream_function_logs"


async def test_a_poll_may_be_silent_longer_than_other_requests(server: FaultyServer, connect: MakeRemote) -> None:
    something_happened = asyncio.Event()

    async def wait(received: Received, peer: Peer) -> None:
        await something_happened.wait()
        await reply_json({"entries": [{"n": 1}], "newCursor": 5})(received, peer)

    server.on(STREAM, wait).on("/api/v1/list_environment_variables", hang)
    remote = connect(server.url, timeouts=Timeouts(read=0.05))
    polling = asyncio.ensure_future(remote.function_logs())
    await server.until(lambda: bool(server.to(STREAM)))
    with pytest.raises(UnreachableError, match="did not answer in time"):
        await remote.environment_variables()
    assert not polling.done()
    something_happened.set()
    page = await polling
    assert (page.entries, page.cursor, page.present) == ([{"n": 1}], 5.0, None)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"entries": [], "newCursor": None},
        {"entries": [], "newCursor": True},
        {"entries": [], "newCursor": "5"},
        {"entries": {}, "newCursor": 5},
        {"entries": [1], "newCursor": 5},
        {"entries": [{}, None], "newCursor": 5},
    ],
    ids=repr,
)
async def test_what_is_no_page(server: FaultyServer, connect_direct: MakeRemote, answer: Any) -> None:
    server.on(STREAM, reply_json(answer))
    with pytest.raises(MalformedAnswerError, match="stream_function_logs"):
        await connect_direct(server.url).function_logs()

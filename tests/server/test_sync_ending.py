"""A conversation on the sync WebSocket that is ended while an answer is under way does end."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.types import Message
from starlette.websockets import WebSocket

from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.server.service import Service
from kitcn_repl.offline.server.sync import SyncSocket


@pytest.mark.parametrize("pauses", range(12))
async def test_a_refusal_right_after_a_request(pauses: int) -> None:
    """Whatever the ping waits for just then: `asyncio.wait_for` of Python 3.11 may swallow the cancellation."""
    service = Service(Offline(demo_dataset()), admin_key="name|secret", origin="http://127.0.0.1:1")
    said: list[object] = [
        {"type": "Connect", "sessionId": "half a pair: \ud800"},
        {"type": "Mutation", "requestId": 0, "udfPath": "nobody:knows", "args": [{}]},
        {"type": ["Event", "name|secret"]},
    ]
    waiting: list[Message] = [{"type": "websocket.connect"}]
    waiting += [{"type": "websocket.receive", "text": json.dumps(message)} for message in said]
    sent: list[Message] = []

    async def receive() -> Message:
        if len(waiting) == 1:
            for _ in range(pauses):
                await asyncio.sleep(0)
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    async with asyncio.timeout(10):
        await SyncSocket(service, WebSocket({"type": "websocket"}, receive, send)).serve()
    assert sent[-1]["type"] == "websocket.close"
    assert json.loads(sent[-2]["text"])["type"] == "FatalError"
    assert "secret" not in sent[-2]["text"]

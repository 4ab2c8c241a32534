"""Messages of the sync WebSocket: a client's as `kitcn serve` hears them, a server's as `--watch` does."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from starlette.types import Message as AsgiMessage
from starlette.websockets import WebSocket

from kitcn_repl.deployment.address import parse_address
from kitcn_repl.deployment.answers import scrub
from kitcn_repl.deployment.errors import DeploymentError, QueryFailedError
from kitcn_repl.deployment.secret import Secret
from kitcn_repl.deployment.watching.messages import TEXT, MalformedMessageError, Message, messages
from kitcn_repl.deployment.watching.relay import Credentials, Event, Relay
from kitcn_repl.deployment.watching.subscription import _Story
from kitcn_repl.errors import KitcnError
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.server.service import Service
from kitcn_repl.offline.server.sync import SyncSocket
from tests.fuzz import hostile
from tests.fuzz.answers import URL
from tests.fuzz.harness import Family
from tests.fuzz.oracle import SECRET, assert_no_secret, clear_line, told

_QUERY = {"type": "Add", "queryId": 0, "udfPath": "_system/cli/tableSize", "args": [{"tableName": "user"}]}
_OF_CLIENT: tuple[dict[str, object], ...] = (
    {"type": "Connect", "sessionId": "s", "connectionCount": 0, "lastCloseReason": "InitialConnect", "clientTs": 1.5},
    {"type": "Authenticate", "tokenType": "Admin", "value": SECRET, "baseVersion": 0},
    {"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1, "modifications": [_QUERY]},
    {"type": "ModifyQuerySet", "baseVersion": 1, "newVersion": 2, "modifications": [{"type": "Remove", "queryId": 0}]},
    {"type": "Mutation", "requestId": 0, "udfPath": "nobody:knows", "args": [{}]},
    {"type": "Event", "eventType": "ClientConnect", "event": {}},
)
_OF_SERVER: tuple[dict[str, object], ...] = (
    {
        "type": "Transition",
        "startVersion": {"querySet": 0, "identity": 0, "ts": "AAAAAAAAAAA="},
        "endVersion": {"querySet": 1, "identity": 1, "ts": "AQAAAAAAAAA="},
        "modifications": [
            {"type": "QueryUpdated", "queryId": 0, "value": [1], "logLines": ["[LOG] 'x'"], "journal": None},
            {
                "type": "QueryFailed",
                "queryId": 0,
                "errorMessage": f"bad {SECRET}",
                "errorData": {"a": 1},
                "logLines": [],
            },
        ],
    },
    {"type": "AuthError", "error": f"no such key {SECRET}", "baseVersion": 0, "authUpdateAttempted": True},
    {"type": "FatalError", "error": "broken"},
    {"type": "Ping"},
)
_CLOSE_CODES = (1008, 1011, 1000)


@dataclass(frozen=True)
class Talk:
    """Messages in their order; `of_server` says which side they are for. Bytes are what goes over the wire."""

    of_server: bool
    said: tuple[bytes, ...]


@cache
def _service() -> Service:
    return Service(Offline(demo_dataset()), admin_key=SECRET, origin=URL)


def make(random: Random) -> Talk:
    of_server = random.random() < 0.5
    said = []
    seeds = _OF_SERVER if of_server else _OF_CLIENT
    chosen = random.choices(seeds, weights=(6, 1, 1, 3) if of_server else None, k=4)
    messages_said = list(seeds if not of_server and random.random() < 0.7 else chosen)
    harmed = random.randrange(len(messages_said))
    for at, message in enumerate(messages_said):
        if at == harmed or random.random() < 0.1:
            said.append(hostile.dumped(random, hostile.mutated_json(random, message, 1)))
        else:
            said.append(json.dumps(message).encode())
    if of_server:
        framed = [Message(TEXT, payload).encode(masked=random.random() < 0.2) for payload in said]
        whole = b"".join(framed)
        said = [hostile.mutated_bytes(random, whole) if random.random() < 0.2 else whole]
    return Talk(of_server, tuple(said))


def check(case: Talk, _folder: Path) -> str:
    return asyncio.run(_heard_by_us(case) if case.of_server else _heard_by_server(case))


async def _heard_by_server(case: Talk) -> str:
    """The conversation goes on, or ends with a code and a reason; no other exception comes through."""
    waiting = [{"type": "websocket.connect"}] + [
        {"type": "websocket.receive", "text": payload.decode("utf-8", "replace")} for payload in case.said
    ]
    sent: list[AsgiMessage] = []

    async def receive() -> AsgiMessage:
        if waiting:
            return waiting.pop(0)
        for _ in range(20):  # what is under way comes to its end
            await asyncio.sleep(0)
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(message: AsgiMessage) -> None:
        sent.append(message)

    await SyncSocket(_service(), WebSocket({"type": "websocket"}, receive, send)).serve()
    for message in sent:
        if message["type"] == "websocket.send":
            content = json.loads(message["text"])
            assert content["type"] in (
                "Transition",
                "FatalError",
                "AuthError",
                "MutationResponse",
                "ActionResponse",
                "Ping",
            )
            assert SECRET not in message["text"] or SECRET not in str(content.get("error")), "the key is echoed"
        elif message["type"] == "websocket.close":
            assert message["code"] in _CLOSE_CODES and message["reason"], message
            return "refused"
    return "read"


async def _heard_by_us(case: Talk) -> str:
    """Frames are taken apart, what they say becomes events, and these results or one error."""
    reader = asyncio.StreamReader()
    reader.feed_data(b"".join(case.said))
    reader.feed_eof()
    events: list[Event] = []
    relay = Relay(parse_address(URL), Credentials(Secret(SECRET), None, ""), events.append)
    end = "read"
    try:
        async for message in messages(reader):
            if message.kind == TEXT:
                relay._hear(json.loads(message.payload))
    except asyncio.IncompleteReadError as error:
        end = "refused" if error.partial else "read"
    except (MalformedMessageError, ValueError, RecursionError):
        end = "refused"  # the relay drops the connection and seeks another
    story = _Story("127.0.0.1:3210")
    for event in events:
        try:
            story.told_by(event)
        except DeploymentError as error:
            scrub(error, Secret(SECRET).hide_in)
            assert_no_secret(f"{error.message} {told(error)}")
            if isinstance(error, QueryFailedError):  # the query's own words, however long
                end = "read"
                continue
            clear_line(error, quotes_server=True)
            end = "refused"
        except KitcnError:
            end = "refused"
    return end


FAMILY = Family("sync", make, check, lambda case: b"\n".join(case.said), lambda size: (24 << 20) + 100 * size)

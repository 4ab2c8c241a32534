"""Changing environment variables: one request, sent once, whose values no error repeats."""

from __future__ import annotations

import json

import pytest

from kitcn_repl.deployment.discretion import hider
from kitcn_repl.deployment.errors import (
    DeploymentError,
    MalformedAnswerError,
    NotConvexError,
    PermissionDeniedError,
    RequestRejectedError,
    UnavailableError,
    UnreachableError,
    WrongKeyError,
)
from kitcn_repl.errors import KitcnError
from tests.deployment.support import FakeTime, MakeRemote
from tests.support.faults import (
    Behaviour,
    FaultyServer,
    Peer,
    Received,
    close,
    cut_off,
    html,
    refuse,
    reply,
    reply_json,
    reset,
)
from tests.support.shared import shared

PATH = "/api/update_environment_variables"
SECRET = "sk_live_51H\nsecond line of it, and much more " + "0123456789abcdef" * 30


async def test_one_request_holds_all_changes(server: FaultyServer, connect: MakeRemote) -> None:
    server.on(PATH, reply(b""))
    await connect(server.url).change_environment_variables({"A": "1", "B": None, "C": ""})
    (sent,) = server.requests
    changes = [{"name": "A", "value": "1"}, {"name": "B", "value": None}, {"name": "C", "value": ""}]
    assert (sent.method, sent.target, sent.json) == ("POST", PATH, {"changes": changes})


async def test_the_request_is_the_documented_one(server: FaultyServer, connect_direct: MakeRemote) -> None:
    document = json.loads(shared("openapi/deployment-openapi.json").read_text())
    operation = document["paths"]["/update_environment_variables"]["post"]
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    body = document["components"]["schemas"][reference.rpartition("/")[2]]
    row = document["components"]["schemas"][body["properties"]["changes"]["items"]["$ref"].rpartition("/")[2]]
    server.on(PATH, reply(b""))
    await connect_direct(server.url).change_environment_variables({"A": "1"})
    sent = server.requests[0].json
    assert set(body["required"]) <= set(sent) <= set(body["properties"])
    assert set(row["required"]) <= set(sent["changes"][0]) <= set(row["properties"])


async def echo(received: Received, peer: Peer) -> None:
    message = f"{received.headers['authorization']} sent {received.json['changes'][0]['value']!s}"
    await refuse(400, "InvalidEnvironmentVariable", message)(received, peer)


async def echo_permission(received: Received, peer: Peer) -> None:
    await refuse(403, "OperationNotPermitted", str(received.json))(received, peer)


async def echo_unavailable(received: Received, peer: Peer) -> None:
    await refuse(503, "Overloaded", received.body.decode())(received, peer)


FAULTS: dict[str, tuple[Behaviour, type[KitcnError]]] = {
    "echo": (echo, RequestRejectedError),
    "echo permission": (echo_permission, PermissionDeniedError),
    "echo unavailable": (echo_unavailable, UnavailableError),
    "wrong key": (refuse(401, "BadAdminKey", "no"), WrongKeyError),
    "required": (refuse(400, "RequiredEnvironmentVariable", "A is required"), RequestRejectedError),
    "page": (html(), MalformedAnswerError),
    "cut off": (cut_off(b'{"changed":'), UnreachableError),
    "closed": (close, UnreachableError),
    "reset": (reset, UnreachableError),
    "other JSON": (reply_json({"a": 1}, status=500), UnavailableError),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_failure_is_clear_is_not_retried_and_repeats_nothing(
    convex: FaultyServer, connect: MakeRemote, fault: str
) -> None:
    behaviour, expected = FAULTS[fault]
    convex.on(PATH, behaviour)
    remote = connect(convex.url, retry=FakeTime().policy())
    with pytest.raises(expected) as failure:
        await remote.change_environment_variables({"A": SECRET, "B": "hunter2!"})
    assert len(convex.to(PATH)) == 1
    said = f"{failure.value} {failure.value!r} {vars(failure.value)}"
    for piece in ("sk_live", "second line", "0123456789", "hunter2"):
        assert piece not in said


async def test_no_convex_at_all(server: FaultyServer, connect: MakeRemote) -> None:
    server.on(PATH, html(404))
    with pytest.raises(NotConvexError):
        await connect(server.url).change_environment_variables({"A": "1"})


async def test_nobody_there(connect: MakeRemote) -> None:
    async with FaultyServer() as server:
        url = server.url
    with pytest.raises(DeploymentError, match="Nothing answers"):
        await connect(url).change_environment_variables({"A": "1"})


@pytest.mark.parametrize(
    ("values", "text", "hidden"),
    [
        (["secret"], "the secret is secret", "the *** is ***"),
        (["0123456789"], "got 012345678… of it", "got ***… of it"),
        (["a b\nc d e"], "got a b c d e", "got ***"),
        (["yes", None, ""], "yes, as ever", "yes, as ever"),
        (["abcdefgh", "efghijkl"], "abcdefghijkl", "***"),
        ([], "text", "text"),
    ],
)
def test_hiding(values: list[str | None], text: str, hidden: str) -> None:
    assert hider(values)(text) == hidden

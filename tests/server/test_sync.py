"""The sync WebSocket, spoken by hand: versions, identities, query sets, and what ends the conversation."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from kitcn_repl.offline.server import sync
from tests.server.conftest import key_header
from tests.support.served import Served

START = {"querySet": 0, "identity": 0, "ts": "AAAAAAAAAAA="}
TABLE_SIZE = {"udfPath": "_system/cli/tableSize", "args": [{"tableName": "user"}]}
VARIABLES = {"udfPath": "_system/cli/queryEnvironmentVariables", "args": [{}]}
PUBLIC = {"udfPath": "users:list", "args": [{"limit": 1}]}


class Client:
    """Says what it is told to say, and checks that every transition starts where the one before ended."""

    def __init__(self, connection: ClientConnection, admin_key: str) -> None:
        self._connection = connection
        self._admin_key = admin_key
        self._version: dict[str, Any] = dict(START)

    def say(self, **message: Any) -> None:
        self._connection.send(json.dumps(message))

    def say_text(self, text: str | bytes) -> None:
        self._connection.send(text)

    def connect(self) -> None:
        self.say(type="Connect", sessionId="s", connectionCount=0, lastCloseReason="InitialConnect", clientTs=1.5)

    def authenticate(self, base_version: int = 0, **change: Any) -> None:
        message = {"type": "Authenticate", "tokenType": "Admin", "value": self._admin_key, "baseVersion": base_version}
        self.say(**(message | change))

    def add(self, base_version: int, **queries: Any) -> None:
        modifications = [{"type": "Add", "queryId": int(name[1:]), **query} for name, query in queries.items()]
        self.modify(base_version, *modifications)

    def modify(self, base_version: int, *modifications: Any) -> None:
        self.say(
            type="ModifyQuerySet",
            baseVersion=base_version,
            newVersion=base_version + 1,
            modifications=list(modifications),
        )

    def hear(self) -> Any:
        message = json.loads(self._connection.recv(timeout=60))
        if message["type"] == "Transition":
            assert message["startVersion"] == self._version
            self._version = message["endVersion"]
        return message

    def hear_until(self, query_set: int, identity: int) -> dict[int, Any]:
        """Modifications by query id, of all transitions up to these versions."""
        modifications = {}
        while (self._version["querySet"], self._version["identity"]) != (query_set, identity):
            for modification in self.hear()["modifications"]:
                modifications[modification["queryId"]] = modification
        return modifications

    def hear_the_end(self) -> tuple[Any, int, str]:
        """The last message, and the code and reason with which the server closes."""
        last = None
        try:
            while True:
                last = self.hear()
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            return last, closed.rcvd.code, closed.rcvd.reason


@contextmanager
def client_of(server: Served, path: str = "/api/1.48.0/sync") -> Iterator[Client]:
    with connect(server.url.replace("http", "ws") + path) as connection:
        client = Client(connection, server.admin_key)
        client.connect()
        yield client


@pytest.fixture
def client(server: Served) -> Iterator[Client]:
    with client_of(server) as client:
        yield client


@pytest.mark.parametrize("path", ["/api/sync", "/api/1.48.0/sync", "/api/0.8.1/sync"])
def test_a_query_is_answered_by_a_transition(server: Served, path: str) -> None:
    with client_of(server, path) as client:
        client.authenticate()
        client.add(0, q0=TABLE_SIZE)
        assert client.hear_until(1, 1) == {
            0: {"type": "QueryUpdated", "queryId": 0, "value": 60, "logLines": [], "journal": None}
        }


def test_versions_advance_by_what_the_client_did(client: Client) -> None:
    client.authenticate()
    first = client.hear()
    assert first["modifications"] == []
    assert (first["startVersion"], first["endVersion"]["identity"]) == (START, 1)
    assert first["clientClockSkew"] < 0 < first["serverTs"]
    client.add(0, q0=TABLE_SIZE, q1=VARIABLES)
    second = client.hear()
    assert (second["endVersion"]["querySet"], second["endVersion"]["identity"]) == (1, 1)
    assert [modification["queryId"] for modification in second["modifications"]] == [0, 1]
    client.modify(1, {"type": "Remove", "queryId": 0})
    assert client.hear_until(2, 1) == {0: {"type": "QueryRemoved", "queryId": 0}}
    client.add(2, q0=TABLE_SIZE)
    assert client.hear_until(3, 1)[0]["value"] == 60


def test_timestamps_are_64_bits_and_never_go_back(client: Client) -> None:
    client.authenticate()
    client.add(0, q0=TABLE_SIZE)
    seen = [0]
    while len(seen) < 3:
        version = client.hear()["endVersion"]
        data = base64.b64decode(version["ts"])
        assert len(data) == 8
        seen.append(int.from_bytes(data, "little"))
        if version["querySet"] == 1 and version["identity"] == 1:
            break
    assert seen == sorted(seen)


def test_a_public_query_needs_no_identity_and_a_system_query_does(client: Client) -> None:
    client.add(0, q0=PUBLIC, q1=TABLE_SIZE)
    heard = client.hear_until(1, 0)
    assert heard[0]["type"] == "QueryUpdated"
    assert heard[1]["type"] == "QueryFailed"
    assert heard[1]["errorMessage"].endswith("Could not find public function for '_system/cli/tableSize'.\n")
    client.authenticate()
    assert {query_id: heard["type"] for query_id, heard in client.hear_until(1, 1).items()} == {1: "QueryUpdated"}
    client.say(type="Authenticate", tokenType="None", baseVersion=1)
    assert {query_id: heard["type"] for query_id, heard in client.hear_until(1, 2).items()} == {1: "QueryFailed"}


@pytest.mark.parametrize("field", ["impersonating", "actingAs"])
def test_acting_as_a_user_sees_what_the_user_sees(client: Client, field: str) -> None:
    user: dict[str, Any] = {field: {"issuer": "https://convex.test", "subject": "1"}}
    client.authenticate(**user)
    client.add(0, q0=TABLE_SIZE, q1=PUBLIC)
    heard = client.hear_until(1, 1)
    assert (heard[0]["type"], heard[1]["type"]) == ("QueryFailed", "QueryUpdated")


def test_a_component_is_named_by_its_path(client: Client) -> None:
    paging = {"paginationOpts": {"numItems": 5, "cursor": None}}
    query = {"udfPath": "_system/cli/tables", "args": [paging]}
    client.authenticate()
    client.add(0, q0={**query, "componentPath": ""}, q1={**query, "componentPath": "rateLimiter"})
    heard = client.hear_until(1, 1)
    assert {"name": "user"} in heard[0]["value"]["page"]
    assert heard[1]["value"]["page"] == [{"name": "rateLimits"}]


def test_a_failed_query_is_no_failed_connection(client: Client) -> None:
    client.authenticate()
    client.add(
        0,
        q0={"udfPath": "users:list", "args": [{"limit": "x"}]},
        q1={"udfPath": "a:b", "args": [1, 2]},
        q2={"udfPath": "users:list", "args": [{"limit": {"$integer": 5}}]},
    )
    heard = client.hear_until(1, 1)
    assert "ArgumentValidationError" in heard[0]["errorMessage"]
    assert "Invalid arguments for a:b" in heard[1]["errorMessage"]
    assert "Invalid arguments for users:list: $integer: expected a base64 string" in heard[2]["errorMessage"]
    assert heard[0]["logLines"] == []
    assert "errorData" not in heard[0]


def test_log_lines_come_with_the_value(client: Client) -> None:
    client.add(0, q0={"udfPath": "users:byEmail", "args": [{"email": "x"}]})
    assert client.hear_until(1, 0)[0]["logLines"] == ["[LOG] 'looking up' 'x'"]


def test_a_changed_environment_reaches_its_subscribers_only(own_server: Served) -> None:
    with client_of(own_server) as client, httpx2.Client(headers=key_header(own_server.admin_key)) as http:
        client.authenticate()
        client.add(0, q0=VARIABLES, q1=TABLE_SIZE, q2=PUBLIC)
        client.hear_until(1, 1)
        changes = [{"name": "FRESH", "value": "1"}]
        http.post(f"{own_server.url}/api/update_environment_variables", json={"changes": changes})
        transition = client.hear()
        assert transition["startVersion"]["ts"] != transition["endVersion"]["ts"]
        [updated] = transition["modifications"]
        assert updated["queryId"] == 0
        assert {"FRESH"} <= {row["name"] for row in updated["value"]}


@pytest.mark.parametrize(
    ("kind", "path", "reason"),
    [
        ("Mutation", "projects:rename", "can only be read"),
        ("Action", "users:sendWelcome", "can only be read"),
        ("Mutation", "_system/frontend/addDocument", "can only be read"),
        ("Mutation", "a:b", "Could not find public function for 'a:b'."),
        ("Action", "users:list", "Trying to execute users.js:list as Action, but it is defined as Query."),
    ],
)
def test_mutations_and_actions_are_answered_with_their_failure(
    client: Client, kind: str, path: str, reason: str
) -> None:
    client.authenticate()
    client.hear_until(0, 1)
    client.say(type=kind, requestId=7, udfPath=path, args=[{"id": "x", "name": "y"}])
    answer = client.hear()
    assert (answer["type"], answer["requestId"], answer["success"]) == (f"{kind}Response", 7, False)
    assert reason in answer["result"]
    assert answer["logLines"] == []


def test_events_are_taken_and_ignored(client: Client) -> None:
    client.say(type="Event", eventType="ClientConnect", event={"marks": [1, 2]})
    client.authenticate()
    client.hear_until(0, 1)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"value": "demo|00"}, "The provided admin key was invalid for this instance"),
        ({"tokenType": "User", "value": "a.b.c"}, "No auth provider found matching the given token"),
        ({"impersonating": {"name": "nobody"}}, "Malformed Authorization header."),
    ],
)
def test_a_refused_identity_is_told_and_ends_the_conversation(
    client: Client, change: dict[str, Any], error: str
) -> None:
    client.authenticate(**change)
    last, code, _reason = client.hear_the_end()
    assert (last["type"], last["baseVersion"], last["authUpdateAttempted"], code) == ("AuthError", 0, True, 1008)
    assert last["error"].startswith(error)


def _wrong_query_set(client: Client) -> None:
    client.add(1, q0=PUBLIC)


def _wrong_identity(client: Client) -> None:
    client.authenticate(base_version=3)


def _unknown_component(client: Client) -> None:
    client.authenticate()
    client.add(0, q0={**TABLE_SIZE, "componentPath": "nowhere"})


def _component_without_key(client: Client) -> None:
    client.add(0, q0={**PUBLIC, "componentPath": "rateLimiter"})


def _no_path(client: Client) -> None:
    client.add(0, q0={**PUBLIC, "udfPath": "../secret"})


def _twice(client: Client) -> None:
    client.modify(0, *[{"type": "Add", "queryId": 0, **PUBLIC}] * 2)


def _never_added(client: Client) -> None:
    client.modify(0, {"type": "Remove", "queryId": 3})


@pytest.mark.parametrize(
    ("mistake", "error", "reason"),
    [
        (
            _wrong_query_set,
            "Base version 1 passed up doesn't match the current version 0",
            "BaseVersionMismatch",
        ),
        (_wrong_identity, "Base version 3 passed up doesn't match the current version 0", "BaseVersionMismatch"),
        (_unknown_component, "Component path 'nowhere' not found", "ComponentPathNotFound"),
        (_component_without_key, "Only admin or system users", "InvalidComponent"),
        (_no_path, "../secret is not a valid path to a Convex function.", "BadConvexFunctionIdentifier"),
        (_twice, "Duplicate query ID: 0", "DuplicateQueryId"),
        (_never_added, "Nonexistent query id: 3", "NonexistentQueryId"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_mistake_of_the_client_is_fatal(client: Client, mistake: Any, error: str, reason: str) -> None:
    mistake(client)
    last, code, closed_for = client.hear_the_end()
    assert last["type"] == "FatalError"
    assert last["error"].startswith(error)
    assert (code, closed_for) == (1008, reason)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"type":"Nothing"}',
        '{"type":"ModifyQuerySet","baseVersion":-1,"newVersion":0,"modifications":[]}',
        '{"type":"ModifyQuerySet","baseVersion":0,"newVersion":1,"modifications":[{"type":"Add"}]}',
        '{"type":"Authenticate","baseVersion":0,"tokenType":"Other"}',
        '{"type":"Mutation","requestId":1,"udfPath":"a:b","args":{"a":NaN}}',
        b"bytes",
        "[" * 100_000,
    ],
)
def test_what_is_no_message_is_fatal(client: Client, text: str | bytes) -> None:
    client.say_text(text)
    last, code, reason = client.hear_the_end()
    assert (last["type"], code, reason) == ("FatalError", 1008, "WSMessageInvalidJson")


def test_a_silent_client_hears_pings(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "PING_INTERVAL", 0.01)
    with client_of(server) as client:
        assert [client.hear() for _ in range(3)] == [{"type": "Ping"}] * 3


def test_many_clients_at_once(server: Served) -> None:
    with client_of(server) as first, client_of(server) as second, client_of(server) as third:
        clients = [first, second, third]
        for client in clients:
            client.authenticate()
            client.add(0, q0=TABLE_SIZE)
        assert [client.hear_until(1, 1)[0]["value"] for client in clients] == [60, 60, 60]

"""The function log over HTTP: who may read it, what it holds, and that it waits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from kitcn_repl.deployment.remote import Remote
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from tests.server.conftest import key_header
from tests.support.log_entries import LogStream
from tests.support.served import Served, served
from tests.support.shared import shared

STREAM, EXECUTIONS = "/api/stream_function_logs", "/api/stream_udf_execution"
CLI = {"Convex-Client": "npm-cli-1.48.0"}


@pytest.fixture
def http() -> Iterator[httpx2.Client]:
    with served(demo_dataset()) as server, client(server) as http:
        yield http


def client(server: Served) -> httpx2.Client:
    return httpx2.Client(base_url=server.url, headers=key_header(server.admin_key), timeout=60)


def poll(http: httpx2.Client, cursor: float = 0, address: str = STREAM, **more: Any) -> Any:
    response = http.get(address, params={"cursor": repr(cursor), **more}, headers=CLI)
    assert response.status_code == 200, response.text
    return response.json()


def test_the_day_of_the_demo(http: httpx2.Client) -> None:
    answer = poll(http)
    assert answer["entries"] == list(demo_dataset().logs())
    times = [entry["timestamp"] for entry in answer["entries"]]
    assert times == sorted(times)
    middle = poll(http, times[100] * 1000 + 0.0005)
    assert middle["entries"] == answer["entries"][101:]
    assert middle["newCursor"] == answer["newCursor"]


def test_what_is_run_is_logged_under_its_request_id(http: httpx2.Client) -> None:
    head = poll(http)["newCursor"]
    assert (
        http.post("/api/query", json={"path": "users:byEmail", "args": {"email": "a@example.com"}}).status_code == 200
    )
    answer = poll(http, head)
    (entry,) = answer["entries"]
    assert entry["identifier"] == "users:byEmail"
    assert entry["logLines"][0]["messages"] == ["'looking up' 'a@example.com'"]
    assert (entry["caller"], entry["identityType"], entry["error"]) == ("HttpApi", "instance_admin", None)
    source = (
        'import { query } from "convex:/_system/repl/wrappers.js";'
        'export default query({ handler: async () => { throw new Error("boom"); } });'
    )
    body = {"adminKey": key(http), "args": {}, "bundle": {"path": "testQuery.js", "source": source}, "format": "json"}
    failed = http.post("/api/run_test_function", json=body).json()["errorMessage"]
    (entry,) = poll(http, answer["newCursor"])["entries"]
    assert (entry["identifier"], entry["caller"]) == ("testQuery", "Tester")
    assert entry["error"].startswith("Uncaught Error: boom")
    assert f"[Request ID: {entry['requestId']}] Server Error" in failed


def key(http: httpx2.Client) -> str:
    return http.headers["Authorization"].removeprefix("Convex ")


def test_a_refused_write_is_logged_as_a_failure(http: httpx2.Client) -> None:
    head = poll(http)["newCursor"]
    http.post("/api/mutation", json={"path": "projects:rename", "args": {"id": "x", "name": "y"}})
    (entry,) = poll(http, head)["entries"]
    assert (entry["udfType"], entry["identifier"]) == ("Mutation", "projects:rename")
    assert "can only be read" in entry["error"]


def test_a_poll_waits_for_something_to_happen(http: httpx2.Client) -> None:
    head = poll(http)["newCursor"]
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(poll, http, head), pool.submit(poll, http, head, EXECUTIONS)]
        http.post("/api/mutation", json={"path": "projects:rename", "args": {"id": "x", "name": "y"}})
        for answer in waiting:
            assert [entry["identifier"] for entry in answer.result()["entries"]] == ["projects:rename"]
            assert answer.result()["newCursor"] > head


def test_a_poll_ends_without_news_and_with_its_cursor() -> None:
    offline = Offline(demo_dataset())
    offline.execution_log.patience = 0.01
    with served(offline) as server, client(server) as http:
        head = poll(http)["newCursor"]
        assert poll(http, head) == {"entries": [], "newCursor": head}
        assert poll(http, 1e15, EXECUTIONS) == {"entries": [], "newCursor": 1e15}


def test_ending_the_server_ends_a_poll() -> None:
    with ThreadPoolExecutor(1) as pool:
        with served(demo_dataset()) as server, client(server) as http:
            head = poll(http)["newCursor"]
            asked = pool.submit(
                httpx2.get, f"{server.url}{STREAM}?cursor={head!r}", headers=key_header(server.admin_key)
            )
            while not server.offline.execution_log.waiters:
                assert not asked.done()  # it would be, with an error, if it took too long
        assert asked.result().status_code == 500


def test_other_clients_get_lines_as_texts(http: httpx2.Client) -> None:
    structured = poll(http)["entries"]
    for name in ("kitcn-repl-0.1.0", "npm-1.48.0", None):
        headers = {} if name is None else {"Convex-Client": name}
        texts = http.get(STREAM, params={"cursor": 0}, headers=headers).json()["entries"]
        assert [entry["requestId"] for entry in texts] == [entry["requestId"] for entry in structured]
        lines = [line for entry in texts for line in entry["logLines"]]
        assert all(isinstance(line, str) for line in lines)
        assert lines[0].startswith("[")
    dashboard = http.get(STREAM, params={"cursor": 0}, headers={"Convex-Client": "dashboard-0.0.0"}).json()
    assert dashboard["entries"] == structured


def test_executions_have_all_that_was_said(http: httpx2.Client) -> None:
    stream = poll(http)["entries"]
    executions = http.get(EXECUTIONS, params={"cursor": 0}, headers=CLI).json()["entries"]
    assert [entry["executionId"] for entry in executions] == [
        entry["executionId"] for entry in stream if entry["kind"] == "Completion"
    ]
    said = sum(len(entry["logLines"]) for entry in stream)
    assert said == sum(len(entry["logLines"]) for entry in executions)
    action = next(entry for entry in executions if entry["udfType"] == "Action")
    assert action["logLines"][0] == "[LOG] 'sending welcome'"


def test_both_addresses_answer(http: httpx2.Client) -> None:
    assert poll(http, address="/api/app_metrics/stream_function_logs") == poll(http)


@pytest.mark.parametrize("cursor", [None, "", "x", "nan", "inf", "1;2"])
def test_what_is_no_cursor(http: httpx2.Client, cursor: str | None) -> None:
    response = http.get(STREAM, params={} if cursor is None else {"cursor": cursor})
    assert (response.status_code, response.json()["code"]) == (400, "BadQueryArgs")


@pytest.mark.parametrize("address", [STREAM, EXECUTIONS])
def test_the_log_is_for_admins(http: httpx2.Client, address: str) -> None:
    nobody = httpx2.get(f"{http.base_url}{address}?cursor=0")
    assert (nobody.status_code, nobody.json()["code"]) == (403, "BadDeployKey")


def test_one_request_of_a_session() -> None:
    session = "6f1a3c52-0000-4000-8000-0123456789ab"
    offline = Offline(demo_dataset())
    offline.execution_log.patience = 0.01
    with served(offline) as server, client(server) as http:
        assert poll(http, sessionId=session, clientRequestCounter=3)["entries"] == []
        response = http.get(STREAM, params={"cursor": 0, "sessionId": "x", "clientRequestCounter": 3})
        assert response.status_code == 400


async def test_the_same_pages_offline_and_served() -> None:
    offline = Offline(demo_dataset())
    here = await offline.function_logs()
    with served(demo_dataset()) as server:
        remote = Remote(server.url, server.admin_key)
        there = await remote.function_logs()
        await remote.aclose()
    await offline.aclose()
    assert (there.entries, there.cursor) == (here.entries, here.cursor)
    assert (here.present, there.present) == (1_772_452_800_000, None)


def test_entries_are_as_convex_documents_them() -> None:
    schemas = json.loads(shared("openapi/function-logs-openapi.json").read_text())["components"]["schemas"]
    entries: list[Any] = [*demo_dataset().logs(), *LogStream(every=3).entries(500)]
    for entry in entries:
        check(schemas, {"$ref": "#/components/schemas/FunctionExecutionJson"}, entry)
        for line in entry["logLines"]:
            check(schemas, {"$ref": "#/components/schemas/LogLineJson"}, line)


def check(schemas: Any, schema: Any, value: Any) -> None:
    """The parts of JSON Schema that the document uses."""
    if "$ref" in schema:
        check(schemas, schemas[schema["$ref"].rpartition("/")[2]], value)
        return
    if "oneOf" in schema:
        fitting = 0
        for choice in schema["oneOf"]:
            try:
                check(schemas, choice, value)
                fitting += 1
            except AssertionError:
                continue
        assert fitting >= 1, value
        return
    types: Any = {
        "object": dict,
        "array": list,
        "string": str,
        "boolean": bool,
        "null": type(None),
        "number": (int, float),
        "integer": int,
    }
    named = schema.get("type", list(types))
    assert any(isinstance(value, types[name]) for name in ([named] if isinstance(named, str) else named))
    if "enum" in schema:
        assert value in schema["enum"]
    if isinstance(value, dict):
        assert set(schema.get("required", ())) <= set(value)
        properties = schema.get("properties", {})
        if properties:
            assert set(value) <= set(properties), set(value) - set(properties)
        for name, item in value.items():
            check(schemas, properties.get(name, {}), item)
    if isinstance(value, list):
        for item in value:
            check(schemas, schema.get("items", {}), item)

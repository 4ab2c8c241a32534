"""`/api/run_test_function`."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from kitcn_repl.offline.demo.documents import COMPONENT_ID
from tests.support.served import Served

IMPORT = 'import { query, internalQuery } from "convex:/_system/repl/wrappers.js";\n'


def _body(server: Served, expression: str, **changes: Any) -> dict[str, Any]:
    source = f"{IMPORT}export default query({{ handler: async (ctx) => ({expression}) }});"
    return {
        "adminKey": server.admin_key,
        "args": {},
        "bundle": {"path": "testQuery.js", "source": source},
        "format": "convex_encoded_json",
        **changes,
    }


def _ask(client: httpx2.Client, body: object) -> httpx2.Response:
    return client.post("/api/run_test_function", json=body)


def test_a_value_and_its_log_lines(server: Served, stranger: httpx2.Client) -> None:
    answer = _ask(stranger, _body(server, "(console.log('hi', 1), [1n, 0.5, -0])")).json()
    assert answer == {
        "status": "success",
        "value": [{"$integer": "AQAAAAAAAAA="}, 0.5, {"$float": "AAAAAAAAAIA="}],
        "logLines": ["[LOG] 'hi' 1"],
    }


def test_formats_apply_to_values_and_to_error_data(server: Served, stranger: httpx2.Client) -> None:
    assert _ask(stranger, _body(server, "[1n]", format="json")).json()["value"] == ["1"]
    thrown = "(() => { throw Object.assign(new Error('x'), { data: 1 }) })()"
    failed = _ask(stranger, _body(server, thrown)).json()
    assert failed["status"] == "error"
    assert "errorData" not in failed


def test_the_key_comes_in_the_body(server: Served, stranger: httpx2.Client) -> None:
    wrong = _ask(stranger, _body(server, "1", adminKey="demo|00"))
    assert (wrong.status_code, wrong.json()) == (
        401,
        {"code": "BadAdminKey", "message": "The provided admin key was invalid for this instance"},
    )
    header_only = stranger.post(
        "/api/run_test_function",
        json=_body(server, "1", adminKey=""),
        headers={"Authorization": f"Convex {server.admin_key}"},
    )
    assert header_only.status_code == 401


def test_a_component_is_named_by_its_id(server: Served, stranger: httpx2.Client) -> None:
    count = "(await ctx.db.query('rateLimits').collect()).length"
    assert _ask(stranger, _body(server, count)).json()["value"] == 0
    assert _ask(stranger, _body(server, count, componentId=COMPONENT_ID)).json()["value"] > 0
    unknown = _ask(stranger, _body(server, "1", componentId="nonsense"))
    assert (unknown.status_code, unknown.json()["code"]) == (400, "ComponentNotFound")


def test_the_environment_can_be_read_after_a_change(own_server: Served) -> None:
    with httpx2.Client(base_url=own_server.url, timeout=60) as client:
        changes = [{"name": "GREETING", "value": "hello"}]
        key = {"adminKey": own_server.admin_key}
        assert client.post("/api/update_environment_variables", params=key, json={"changes": changes}).is_success
        assert _ask(client, _body(own_server, "process.env.GREETING")).json()["value"] == "hello"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": "yaml"}, "BadFormat"),
        ({"format": None}, "BadJsonBody"),
        ({"args": {"a": 1}}, "UnsupportedArguments"),
        ({"args": "x"}, "BadJsonBody"),
        ({"bundle": {"path": "testQuery.js"}}, "BadJsonBody"),
        ({"bundle": {"path": "testQuery.js", "source": "export default 1"}}, "InvalidTestQuery"),
        ({"bundle": {"path": "testQuery.js", "source": "const x = ;"}}, "InvalidModules"),
    ],
)
def test_wrong_requests_are_named(server: Served, stranger: httpx2.Client, change: dict[str, Any], code: str) -> None:
    response = _ask(stranger, _body(server, "1", **change))
    assert (response.status_code, response.json()["code"]) == (400, code)


@pytest.mark.parametrize("field", ["adminKey", "args", "bundle", "format"])
def test_no_field_may_miss(server: Served, stranger: httpx2.Client, field: str) -> None:
    body = _body(server, "1")
    del body[field]
    response = _ask(stranger, body)
    assert (response.status_code, response.json()["code"]) == (400, "BadJsonBody")
    assert field in response.json()["message"]

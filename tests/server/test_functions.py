"""Calling functions over HTTP: kinds, visibility, formats, failures."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx2
import pytest

REQUEST_ID = re.compile(r"\A\[Request ID: [0-9a-f]{16}\] Server Error\n")
PUBLIC, INTERNAL, MUTATION, ACTION = "users:list", "users:stats", "projects:rename", "users:sendWelcome"


def _post(client: httpx2.Client, address: str, **body: Any) -> Any:
    response = client.post(address, json=body)
    assert response.status_code == 200, response.text
    return response.json()


def _failure(answer: Any) -> str:
    """The server's reason, without the line that every failure has."""
    assert answer["status"] == "error"
    assert REQUEST_ID.match(answer["errorMessage"])
    return REQUEST_ID.sub("", answer["errorMessage"]).rstrip("\n")


def test_anyone_may_call_a_public_query(stranger: httpx2.Client) -> None:
    answer = _post(stranger, "/api/query", path=PUBLIC, args={"limit": 2})
    assert answer.keys() == {"status", "value"}
    assert [sorted(user) for user in answer["value"]] == [["_id", "email", "name"]] * 2


@pytest.mark.parametrize("path", ["users:list", "users.js:list"])
@pytest.mark.parametrize("args", [{"limit": 1}, [{"limit": 1}]])
def test_a_call_may_be_spelled_in_two_ways(stranger: httpx2.Client, path: str, args: Any) -> None:
    assert len(_post(stranger, "/api/query", path=path, args=args)["value"]) == 1


def test_log_lines_come_along_only_when_there_are_some(stranger: httpx2.Client) -> None:
    answer = _post(stranger, "/api/query", path="users:byEmail", args={"email": "nobody@example.com"})
    assert answer == {"status": "success", "value": None, "logLines": ["[LOG] 'looking up' 'nobody@example.com'"]}


def test_a_query_may_be_asked_by_get(stranger: httpx2.Client) -> None:
    parameters = {"path": PUBLIC, "args": json.dumps({"limit": 1}), "format": "json"}
    assert len(stranger.get("/api/query", params=parameters).json()["value"]) == 1
    for broken in ({"path": PUBLIC}, {"path": PUBLIC, "args": "{"}, {"path": PUBLIC, "args": "1"}):
        response = stranger.get("/api/query", params=broken)
        assert (response.status_code, response.json()["code"]) == (400, "BadQueryArgs")


def test_internal_functions_are_for_admins(http: httpx2.Client, stranger: httpx2.Client) -> None:
    expected = f"Could not find public function for '{INTERNAL}'."
    assert _failure(_post(stranger, "/api/query", path=INTERNAL, args={})) == expected
    assert _post(http, "/api/query", path=INTERNAL, args={})["value"] == {"projects": 140, "owners": 50}


@pytest.mark.parametrize(
    ("endpoint", "path", "reason"),
    [
        ("query", "nothing:here", "Could not find public function for 'nothing:here'."),
        ("query", "nothing", "Could not find public function for 'nothing'."),
        ("mutation", "nothing:here", "Could not find public function for 'nothing:here'."),
        ("query", MUTATION, "Trying to execute projects.js:rename as Query, but it is defined as Mutation."),
        ("mutation", PUBLIC, "Trying to execute users.js:list as Mutation, but it is defined as Query."),
        ("action", PUBLIC, "Trying to execute users.js:list as Action, but it is defined as Query."),
        ("query", "_system/cli/nothing", "Could not find public function for '_system/cli/nothing'."),
        ("action", "_system/cli/tables", "Could not find public function for '_system/cli/tables'."),
    ],
)
def test_wrong_calls_fail_in_convexs_words(http: httpx2.Client, endpoint: str, path: str, reason: str) -> None:
    assert _failure(_post(http, f"/api/{endpoint}", path=path, args={})) == reason


@pytest.mark.parametrize(
    ("endpoint", "path"),
    [
        ("mutation", MUTATION),
        ("action", ACTION),
        ("function", MUTATION),
        ("mutation", "_system/frontend/addDocument"),
        ("mutation", "_system/frontend/deleteDocuments"),
    ],
)
def test_writes_fail_since_data_can_only_be_read(http: httpx2.Client, endpoint: str, path: str) -> None:
    assert "can only be read" in _failure(_post(http, f"/api/{endpoint}", path=path, args={"id": "x", "name": "y"}))


def test_api_function_runs_any_kind_by_name(http: httpx2.Client) -> None:
    assert len(_post(http, "/api/function", path=PUBLIC, args={"limit": 3})["value"]) == 3
    assert _post(http, "/api/function", path=INTERNAL, args={}, componentPath="")["status"] == "success"
    assert _failure(_post(http, "/api/function", path="nothing:here", args={})) == (
        "Could not find function for 'nothing:here'. Did you forget to run `npx convex dev`?"
    )
    assert "Could not find function for '_system/cli/tables'" in _failure(
        _post(http, "/api/function", path="_system/cli/tables", args={})
    )


def test_components_have_no_functions_of_their_own_offline(http: httpx2.Client) -> None:
    answer = _post(http, "/api/function", path="a:b", args={}, componentPath="rateLimiter")
    assert _failure(answer).startswith("Could not find function for 'a:b' in 'rateLimiter'.")
    response = http.post("/api/function", json={"path": "a:b", "args": {}, "componentPath": "nowhere"})
    assert (response.status_code, response.json()) == (
        400,
        {"code": "ComponentPathNotFound", "message": "Component path 'nowhere' not found"},
    )


def test_api_run_takes_the_path_from_the_address(http: httpx2.Client, stranger: httpx2.Client) -> None:
    assert len(_post(stranger, "/api/run/users/list", args={"limit": 1})["value"]) == 1
    assert _post(http, "/api/run/users/stats", args={})["status"] == "success"
    assert "Could not find function" in _failure(_post(stranger, "/api/run/users/stats", args={}))
    assert "'a b/c:d'" not in http.post("/api/run/a%2Fb/c", json={"args": {}}).text
    response = http.post("/api/run/users", json={"args": {}})
    assert (response.status_code, response.json()["code"]) == (400, "MissingIdentifier")


@pytest.mark.parametrize("path", ["", "/users:list", "../users:list", "a//b:c", "a-b:c", "users.ts:list", "users:a-b"])
def test_what_is_no_path_is_a_bad_request(http: httpx2.Client, path: str) -> None:
    response = http.post("/api/query", json={"path": path, "args": {}})
    assert (response.status_code, response.json()["code"]) == (400, "BadConvexFunctionIdentifier")
    assert response.json()["message"].startswith(f"{path} is not a valid path to a Convex function. ")


def test_arguments_are_one_object(http: httpx2.Client) -> None:
    assert "Invalid arguments for users:list" in _failure(_post(http, "/api/query", path=PUBLIC, args=[1, 2]))
    assert "ArgumentValidationError" in _failure(_post(http, "/api/query", path=PUBLIC, args={"limit": "two"}))


def _nested(levels: int) -> object:
    return [_nested(levels - 1)] if levels else 1


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"$integer": "!"}, "$integer: invalid base64"),
        ({"$what": 1}, "$what is not an encoded Convex value"),
        (_nested(64), "Value is too nested (maximum nesting 64)"),
        (_nested(400), "Value is too nested (maximum nesting 64)"),
    ],
)
def test_arguments_that_are_no_values_are_named(stranger: httpx2.Client, value: object, problem: str) -> None:
    failure = _failure(_post(stranger, "/api/query", path=PUBLIC, args={"limit": value}))
    assert f"Invalid arguments for users:list: {problem}" in failure


def test_a_batch_answers_each_query(http: httpx2.Client) -> None:
    queries = [{"path": PUBLIC, "args": {"limit": 1}}, {"path": "nothing:here", "args": {}}]
    first, second = _post(http, "/api/query_batch", queries=queries)["results"]
    assert first["status"] == "success"
    assert second["errorMessage"].startswith("Could not find public function for 'nothing:here'.")


def test_a_query_at_the_latest_timestamp(stranger: httpx2.Client) -> None:
    ts = stranger.post("/api/query_ts").json()["ts"]
    assert len(_post(stranger, "/api/query_at_ts", path=PUBLIC, args={"limit": 1}, ts=ts)["value"]) == 1
    response = stranger.post("/api/query_at_ts", json={"path": PUBLIC, "args": {}, "ts": "AAAA"})
    assert (response.status_code, response.json()["code"]) == (400, "BadJsonBody")


def test_the_clients_request_id_is_the_one_in_the_message(http: httpx2.Client) -> None:
    body = {"path": "nothing:here", "args": {}}
    answer = http.post("/api/query", json=body, headers={"Convex-Request-Id": "0123456789abcdef"}).json()
    assert answer["errorMessage"].startswith("[Request ID: 0123456789abcdef] Server Error\n")
    refused = http.post("/api/query", json=body, headers={"Convex-Request-Id": "not hex"})
    assert (refused.status_code, refused.json()["code"]) == (400, "InvalidRequestId")


def test_an_unknown_format_is_refused(http: httpx2.Client) -> None:
    response = http.post("/api/query", json={"path": PUBLIC, "args": {}, "format": "yaml"})
    assert (response.status_code, response.json()["code"]) == (400, "BadFormat")

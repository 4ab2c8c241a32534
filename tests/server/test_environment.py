"""Environment variables over HTTP: limits, refusals, all or nothing."""

from __future__ import annotations

import httpx2
import pytest

from kitcn_repl.offline.server.environment import MAXIMUM_TOTAL_SIZE, apply_changes
from kitcn_repl.offline.server.failures import ApiError
from kitcn_repl.offline.server.requests import EnvironmentChange
from tests.server.conftest import key_header
from tests.support.served import Served


@pytest.mark.parametrize("prefix", ["/api", "/api/v1"])
def test_changes_show_everywhere_and_stay_in_memory(own_server: Served, prefix: str) -> None:
    before = dict(own_server.offline.environment)
    with httpx2.Client(base_url=own_server.url, headers=key_header(own_server.admin_key), timeout=60) as http:
        changes = [
            {"name": "GREETING", "value": "hello there"},
            {"name": "DEPLOY_ENV", "value": None},
            {"name": "SITE_URL", "value": "http://localhost:1"},
            {"name": "NEVER_SET"},
        ]
        response = http.post(f"{prefix}/update_environment_variables", json={"changes": changes})
        assert (response.status_code, response.content) == (200, b"")
        expected = {**before, "GREETING": "hello there", "SITE_URL": "http://localhost:1"}
        del expected["DEPLOY_ENV"]
        assert http.get(f"{prefix}/list_environment_variables").json() == {"environmentVariables": expected}
        rows = http.post("/api/query", json={"path": "_system/cli/queryEnvironmentVariables", "args": {}}).json()
        assert {row["name"]: row["value"] for row in rows["value"]} == expected
        one = {"path": "_system/cli/queryEnvironmentVariables:get", "args": {"name": "GREETING"}}
        assert http.post("/api/query", json=one).json()["value"] == {"name": "GREETING", "value": "hello there"}


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("1ST", "x", "EnvironmentVariableNameInvalid"),
        ("", "x", "EnvironmentVariableNameInvalid"),
        ("WITH-DASH", "x", "EnvironmentVariableNameInvalid"),
        ("NEWLINE\n", "x", "EnvironmentVariableNameInvalid"),
        ("bad name", None, "EnvironmentVariableNameInvalid"),
        ("N" * 257, "x", "EnvironmentVariableNameTooLong"),
        ("BIG", "x" * 8193, "EnvironmentVariableValueTooLarge"),
        ("BIG", "ü" * 4097, "EnvironmentVariableValueTooLarge"),
        ("CONVEX_CLOUD_URL", "x", "EnvVarNameForbidden"),
        ("CONVEX_SITE_URL", "x", "EnvVarNameForbidden"),
    ],
)
def test_a_refused_change_changes_nothing(
    server: Served, http: httpx2.Client, name: str, value: str | None, code: str
) -> None:
    before = dict(server.offline.environment)
    changes = [{"name": "FINE", "value": "x"}, {"name": name, "value": value}]
    response = http.post("/api/update_environment_variables", json={"changes": changes})
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert server.offline.environment == before


@pytest.mark.parametrize("name", ["_LEADING", "a", "A1", "N" * 256])
def test_good_names_are_taken(name: str) -> None:
    assert apply_changes({}, [EnvironmentChange(name=name, value="x")]) == {name: "x"}


def test_the_name_in_the_message_is_the_one_at_fault() -> None:
    with pytest.raises(
        ApiError, match=r"The environment variable name 1ST is invalid\. Environment variable names must"
    ):
        apply_changes({}, [EnvironmentChange(name="1ST", value="x")])


def test_removals_come_first_and_a_name_is_set_once() -> None:
    removed_and_set = [EnvironmentChange(name="A", value="2"), EnvironmentChange(name="A")]
    assert apply_changes({"A": "1"}, removed_and_set) == {"A": "2"}
    with pytest.raises(ApiError) as refused:
        apply_changes({}, [EnvironmentChange(name="A", value="1"), EnvironmentChange(name="A", value="2")])
    assert refused.value.code == "EnvVarNameNotUnique"


def test_there_may_be_512_variables() -> None:
    many = {f"V{number}": "x" for number in range(511)}
    assert len(apply_changes(many, [EnvironmentChange(name="LAST", value="x")])) == 512
    with pytest.raises(ApiError, match=r"The environment variable limit \(512\) has been met\."):
        apply_changes(many, [EnvironmentChange(name="LAST", value="x"), EnvironmentChange(name="ONE_MORE", value="x")])


def test_their_total_size_is_limited() -> None:
    large = {f"V{number:02}": "x" * 8000 for number in range(65)}
    left = MAXIMUM_TOTAL_SIZE - sum(len(name) + len(value) for name, value in large.items())
    fits = EnvironmentChange(name="LAST", value="x" * (left - 4))
    assert len(apply_changes(large, [fits])) == 66
    with pytest.raises(ApiError) as refused:
        apply_changes(large, [EnvironmentChange(name="LAST", value="x" * (left - 3))])
    assert refused.value.code == "EnvVarTotalSizeLimitMet"


@pytest.mark.parametrize("body", [{}, {"changes": {}}, {"changes": [{"value": "x"}]}, {"changes": [{"name": 1}]}, []])
def test_a_malformed_body_is_named(http: httpx2.Client, body: object) -> None:
    response = http.post("/api/update_environment_variables", json=body)
    assert (response.status_code, response.json()["code"]) == (400, "BadJsonBody")

"""The client libraries: npm's ConvexHttpClient, ConvexClient and BaseConvexClient, and the Python `convex`."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from tests.conformance.genuine import run_script
from tests.support.served import Served


@pytest.fixture(scope="module")
def over_http(server: Served) -> Any:
    return run_script("http_client.mjs", server)


@pytest.fixture(scope="module")
def over_socket(server: Served) -> Any:
    return run_script("subscriptions.mjs", server)


@pytest.fixture(scope="module")
def zoo(server: Served) -> Any:
    """Every value type, as the store has it: encoded JSON."""
    text = httpx2.post(
        f"{server.url}/api/query",
        params={"adminKey": server.admin_key},
        json={
            "path": "_system/cli/tableData",
            "args": {"table": "typeZoo", "order": "asc", "paginationOpts": {"numItems": 100, "cursor": None}},
            "format": "convex_encoded_json",
        },
    ).text
    return json.loads(text)["value"]


def test_the_http_client_reads_what_it_may(over_http: Any, zoo: Any) -> None:
    assert len(over_http["publicQuery"]["value"]) == 2
    assert over_http["consistentQuery"] == over_http["publicQuery"]
    assert over_http["internalQuery"]["value"] == {"owners": 50, "projects": 140}
    assert {"name": "user"} in over_http["systemQuery"]["value"]["page"]
    assert over_http["everyType"]["value"] == zoo
    assert len(over_http["anyFunction"]["value"]) == 1


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("internalQueryOfNobody", "Could not find public function for 'users:stats'."),
        ("systemQueryOfNobody", "Could not find public function for '_system/cli/tables'."),
        ("systemQueryOfAUser", "Could not find public function for '_system/cli/tables'."),
        ("wrongKey", '{"code":"BadAdminKey","message":"The provided admin key was invalid for this instance"}'),
        ("anyFunctionOfAComponent", "Could not find function for 'a:b' in 'rateLimiter'."),
        ("wrongArguments", "ArgumentValidationError"),
        ("mutation", "can only be read"),
        ("action", "can only be read"),
    ],
)
def test_the_http_client_is_told_why_not(over_http: Any, call: str, reason: str) -> None:
    assert reason in over_http[call]["error"]


@pytest.mark.conforms("system query", "cli/tableSize")
def test_subscribers_hear_values_and_failures(server: Served, over_socket: Any, over_http: Any, zoo: Any) -> None:
    assert over_socket["subscription"] == over_http["publicQuery"]
    assert over_socket["systemSubscription"] == {"value": 60}
    assert "ArgumentValidationError" in over_socket["failingSubscription"]["error"]
    assert over_socket["query"] == {"owners": 50, "projects": 140}
    assert over_socket["everyType"] == zoo
    assert "can only be read" in over_socket["mutation"]
    assert "can only be read" in over_socket["action"]
    rate_limits = server.offline.dataset.store.tables("rateLimiter")["rateLimits"].count
    assert sorted(over_socket["sizes"]) == sorted([60, rate_limits])


def test_subscribers_hear_of_a_changed_environment(over_socket: Any) -> None:
    assert over_socket["environment"] == [None, {"name": "CHANGED_BY_TEST", "value": "1"}]


def test_the_python_client_reads_and_subscribes(server: Served, over_http: Any, zoo: Any) -> None:
    heard = run_script("python_client.py", server)
    assert heard["publicQuery"] == over_http["publicQuery"]
    assert "Could not find public function for 'users:stats'." in heard["internalQueryOfNobody"]["error"]
    assert heard["internalQuery"] == over_http["internalQuery"]
    assert heard["everyType"]["value"] == zoo
    assert heard["subscription"] == {"value": 60}
    assert "can only be read" in heard["mutation"]["error"]

"""The endpoints that tell about the deployment itself."""

from __future__ import annotations

import httpx2
import pytest

from kitcn_repl.offline.demo.documents import COMPONENT_ID
from kitcn_repl.offline.offline import VERSION
from tests.support.served import Served


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "This Convex deployment is running. See https://docs.convex.dev/."),
        ("/version", VERSION),
        ("/instance_version", VERSION),
        ("/instance_name", "demo"),
    ],
)
def test_public_addresses_answer_with_text(stranger: httpx2.Client, path: str, text: str) -> None:
    response = stranger.get(path)
    assert (response.status_code, response.text) == (200, text)
    assert response.headers["content-type"].startswith("text/plain")


def test_a_right_key_is_told_what_it_may_do(http: httpx2.Client) -> None:
    answer = http.get("/api/check_admin_key").json()
    assert answer["success"] is True
    assert answer["isReadOnly"] is True
    assert {"ViewData", "RunTestQuery", "RunInternalQueries"} <= set(answer["allowedOps"])
    assert not {"WriteData", "Deploy", "RunInternalMutations"} & set(answer["allowedOps"])


def test_the_deployment_gives_the_address_it_is_served_under(server: Served, http: httpx2.Client) -> None:
    assert http.get("/api/v1/get_canonical_urls").json() == {
        "convexCloudUrl": server.url,
        "convexSiteUrl": server.url,
    }
    body = {"path": "_system/cli/convexUrl:cloudUrl", "args": {}}
    assert http.post("/api/query", json=body).json() == {"status": "success", "value": server.url}
    variable = {"path": "_system/cli/queryEnvironmentVariables:get", "args": {"name": "CONVEX_CLOUD_URL"}}
    assert http.post("/api/query", json=variable).json()["value"] == {"name": "CONVEX_CLOUD_URL", "value": server.url}


def test_deployment_info_is_that_of_a_self_hosted_one(http: httpx2.Client) -> None:
    assert http.get("/api/v1/deployment_info").json() == {"kind": "selfHosted"}


def test_shapes_come_by_table_and_by_component(http: httpx2.Client) -> None:
    shapes = http.get("/api/shapes2").json()
    assert shapes["project"]["type"] == "Object"
    fields = {field["fieldName"]: field for field in shapes["project"]["fields"]}
    assert fields["ownerId"]["shape"] == {"type": "Id", "tableName": "user"}
    assert list(http.get("/api/shapes2", params={"component": COMPONENT_ID}).json()) == ["rateLimits"]


def test_indexes_carry_their_fields_and_state(http: httpx2.Client) -> None:
    indexes = http.get("/api/get_indexes").json()["indexes"]
    [by_owner] = [index for index in indexes if index["name"] == "ownerId_updatedAt"]
    assert by_owner == {
        "table": "project",
        "name": "ownerId_updatedAt",
        "fields": ["ownerId", "updatedAt", "_creationTime"],
        "backfill": {"state": "done"},
        "staged": False,
    }


@pytest.mark.parametrize("path", ["/api/shapes2?component=nonsense", "/api/get_indexes?componentId=nonsense"])
def test_an_unknown_component_id_is_a_bad_request(http: httpx2.Client, path: str) -> None:
    response = http.get(path)
    assert (response.status_code, response.json()["code"]) == (400, "ComponentNotFound")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/api/nothing", 404),
        ("POST", "/api/deploy2/start_push", 404),
        ("GET", "/api/mutation", 405),
        ("POST", "/version", 405),
    ],
)
def test_unknown_addresses_and_methods_get_an_empty_refusal(
    http: httpx2.Client, method: str, path: str, status: int
) -> None:
    response = http.request(method, path)
    assert (response.status_code, response.content) == (status, b"")

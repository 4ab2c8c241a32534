"""Who may ask: keys, their spellings, acting as a user, and what is wrong with the rest."""

from __future__ import annotations

import base64
import json

import httpx2
import pytest

from kitcn_repl.offline.server import mint_admin_key
from kitcn_repl.offline.server.access import Keeper, without_type_prefix
from kitcn_repl.offline.server.failures import ApiError
from tests.support.served import Served

BAD_ADMIN_KEY = {"code": "BadAdminKey", "message": "The provided admin key was invalid for this instance"}
BAD_DEPLOY_KEY = {
    "code": "BadDeployKey",
    "message": "The provided deploy key was invalid for this deployment. Double check that the environment this key "
    "was generated for matches the desired deployment.",
}
ADMIN_ONLY = [
    ("GET", "/api/check_admin_key"),
    ("GET", "/api/v1/deployment_info"),
    ("GET", "/api/v1/get_canonical_urls"),
    ("GET", "/api/shapes2"),
    ("GET", "/api/get_indexes"),
    ("GET", "/api/list_environment_variables"),
    ("POST", "/api/update_environment_variables"),
    ("GET", "/api/v1/list_environment_variables"),
    ("POST", "/api/v1/update_environment_variables"),
    ("POST", "/api/function"),
]


def _ask(client: httpx2.Client, method: str, path: str, **headers: str) -> httpx2.Response:
    body = {"path": "users:list", "args": {}, "changes": []} if method == "POST" else None
    return client.request(method, path, json=body, headers=headers)


@pytest.mark.parametrize(("method", "path"), ADMIN_ONLY)
def test_admin_endpoints_refuse_strangers_and_wrong_keys(stranger: httpx2.Client, method: str, path: str) -> None:
    nobody = _ask(stranger, method, path)
    assert (nobody.status_code, nobody.json()) == (403, BAD_DEPLOY_KEY)
    wrong = _ask(stranger, method, path, Authorization="Convex demo|0123")
    assert (wrong.status_code, wrong.json()) == (401, BAD_ADMIN_KEY)


@pytest.mark.parametrize("spelling", ["Convex {0}", "convex {0}", "CONVEX {0}", "Convex dev:{0}", "Convex prod:{0}"])
def test_a_key_may_be_spelled_as_convex_spells_it(server: Served, stranger: httpx2.Client, spelling: str) -> None:
    response = _ask(stranger, "GET", "/api/check_admin_key", Authorization=spelling.format(server.admin_key))
    assert response.status_code == 200


def test_a_key_may_come_as_a_parameter(server: Served, stranger: httpx2.Client) -> None:
    assert stranger.get("/api/check_admin_key", params={"adminKey": server.admin_key}).status_code == 200
    assert stranger.get("/api/check_admin_key", params={"adminKey": "x"}).json() == BAD_ADMIN_KEY


@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        ("short", 400, "InvalidHeaderFailure"),
        ("Convex {key}:not base64", 400, "HeaderParseFailure"),
        ("Convex {key}:" + base64.b64encode(b"no json").decode(), 400, "HeaderParseFailure"),
        ("Convex {key}:" + base64.b64encode(b"{}").decode(), 400, "HeaderParseFailure"),
        ("Basic dXNlcjpwYXNz", 400, "InvalidAdminKey"),
        ("Bearer header.payload.signature", 401, "NoAuthProvider"),
    ],
)
def test_malformed_authorization_is_named(
    server: Served, stranger: httpx2.Client, header: str, status: int, code: str
) -> None:
    response = _ask(stranger, "GET", "/api/check_admin_key", Authorization=header.format(key=server.admin_key))
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_acting_as_a_user_needs_the_key_and_loses_its_rights(server: Served, stranger: httpx2.Client) -> None:
    user = base64.b64encode(json.dumps({"tokenIdentifier": "https://convex.test|1"}).encode()).decode()
    body = {"path": "_system/cli/tableSize", "args": {"tableName": "user"}}

    def ask(key: str) -> httpx2.Response:
        return stranger.post("/api/query", json=body, headers={"Authorization": f"Convex {key}"})

    assert ask(server.admin_key).json()["status"] == "success"
    assert "Could not find public function" in ask(f"{server.admin_key}:{user}").json()["errorMessage"]
    assert ask(f"demo|00:{user}").json() == BAD_ADMIN_KEY


def test_prefixes_are_stripped_and_secrets_are_not() -> None:
    assert without_type_prefix("prod:name|s:ecret") == "name|s:ecret"
    assert without_type_prefix("preview:team:project|secret") == "secret"
    assert without_type_prefix("Project:team:project|secret") == "secret"
    assert without_type_prefix("name|secret") == "name|secret"
    assert without_type_prefix("bare") == "bare"


def test_every_minted_key_is_new_and_safe_in_a_header() -> None:
    keys = {mint_admin_key("Back-up of May ü.zip") for _ in range(5)}
    assert len(keys) == 5
    for key in keys:
        name, _, secret = key.partition("|")
        assert name == "back-up-of-may-zip"
        assert len(bytes.fromhex(secret)) >= 16
        Keeper(key).check_key(key)
    assert mint_admin_key("???").startswith("offline|")


@pytest.mark.parametrize("key", ["", "x", "name|secre", "name|secret ", "NAME|secret", "name|\udcff", "name|é"])
def test_only_the_very_key_opens(key: str) -> None:
    with pytest.raises(ApiError, match="invalid for this instance"):
        Keeper("name|secret").check_key(key)

"""Requests and answers against Convex's own OpenAPI document, for the endpoints that it describes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kitcn_repl.deployment import wire
from tests.deployment.support import KEY, MakeRemote
from tests.support.faults import FaultyServer, reply_json
from tests.support.shared import shared


@pytest.fixture
def openapi() -> Any:
    return json.loads(shared("openapi/deployment-openapi.json").read_text())


async def test_environment_variables_are_asked_as_documented(
    openapi: Any, server: FaultyServer, connect_direct: MakeRemote
) -> None:
    server.on("/api/v1/list_environment_variables", reply_json({"environmentVariables": {}}))
    await connect_direct(server.url).environment_variables()
    (sent,) = server.requests
    base = openapi["servers"][0]["url"].removeprefix("{deployment-url}")
    operation = openapi["paths"][sent.target.removeprefix(base)][sent.method.lower()]
    assert [parameter for parameter in operation.get("parameters", []) if parameter.get("required")] == []
    scheme = openapi["components"]["securitySchemes"][next(iter(operation["security"][0]))]
    assert (scheme["in"], sent.headers[scheme["name"].lower()]) == ("header", f"Convex {KEY}")
    assert "`Convex <deploy_key>`" in scheme["description"]


def test_our_model_takes_what_is_documented(openapi: Any) -> None:
    documented = openapi["components"]["schemas"]["ListEnvVarsResponse"]
    ours = wire.EnvironmentVariables.model_json_schema()
    assert set(documented["required"]) == set(ours["required"])
    (name,) = documented["properties"]
    assert documented["properties"][name]["additionalProperties"] == ours["properties"][name]["additionalProperties"]

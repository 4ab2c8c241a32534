"""The Convex-Client header."""

from __future__ import annotations

import httpx2
import pytest

from kitcn_repl.offline.server.client_version import parse_client_version
from kitcn_repl.offline.server.failures import ApiError


@pytest.mark.parametrize(
    ("header", "name", "version", "text"),
    [
        ("npm-cli-1.48.0", "npm-cli", (1, 48, 0), "1.48.0"),
        ("npm-1.48.0", "npm", (1, 48, 0), "1.48.0"),
        ("python-0.8.1", "python", (0, 8, 1), "0.8.1"),
        ("python-convex-0.8.1", "python-convex", (0, 8, 1), "0.8.1"),
        ("custom-swift-0.0.10-alpha.0", "custom-swift", (0, 0, 10), "0.0.10-alpha.0"),
        ("some-custom-thing-1.2.3-4.5.6-alpha.7", "some-custom-thing", (1, 2, 3), "1.2.3-4.5.6-alpha.7"),
    ],
)
def test_the_longest_version_at_the_end_counts(
    header: str, name: str, version: tuple[int, int, int], text: str
) -> None:
    parsed = parse_client_version(header)
    assert (parsed.name, parsed.version, parsed.text) == (name, version, text)


@pytest.mark.parametrize("header", ["", "npm", "npm-", "npm-1.2", "npm-1.2.3.4", "1.2.3"])
def test_no_version_is_a_bad_request(header: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_client_version(header)
    assert refused.value.code == "InvalidClientVersion"


@pytest.mark.parametrize(
    "header", ["npm-0.19.1", "npm-cli-0.1.0", "actions-0.19.0", "python-convex-0.0.2", "rust-0.0.1"]
)
def test_dead_clients_are_told_to_upgrade(http: httpx2.Client, header: str) -> None:
    response = http.get("/api/check_admin_key", headers={"Convex-Client": header})
    assert (response.status_code, response.json()["code"]) == (400, "ClientVersionUnsupported")
    assert response.headers["x-convex-deprecation-state"] == "Unsupported"
    assert response.headers["x-convex-deprecation-message"] == response.json()["message"]


@pytest.mark.parametrize("header", ["npm-0.20.0", "python-0.1.0", "rust-0.1.0", "mine-0.0.0", "dashboard-0.0.0"])
def test_living_and_unknown_clients_are_served(http: httpx2.Client, header: str) -> None:
    assert http.get("/api/check_admin_key", headers={"Convex-Client": header}).status_code == 200


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("npm-1.4.0", "convex_encoded_json"),
        ("npm-cli-1.4.1", "json"),
        ("actions-1.3.0", "convex_encoded_json"),
        ("python-convex-0.4.9", "convex_encoded_json"),
        ("python-0.5.0", "json"),
        ("rust-0.1.0", "json"),
        (None, "json"),
    ],
)
def test_old_clients_get_encoded_values_by_default(header: str | None, expected: str) -> None:
    assert parse_client_version(header).default_format == expected

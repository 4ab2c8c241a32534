"""Host and Origin: what protects a deployment on loopback from web pages (DNS rebinding, cross-site requests)."""

from __future__ import annotations

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from kitcn_repl.offline.server.gate import is_loopback
from tests.support.served import Served


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:3210", "127.0.0.1.evil.example", "192.168.1.1", "", "[", "a b"]
)
def test_a_foreign_host_name_is_misdirected(http: httpx2.Client, host: str) -> None:
    response = http.get("/version", headers={"Host": host})
    assert (response.status_code, response.json()["code"]) == (421, "MisdirectedRequest")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:1", "LOCALHOST", "127.0.0.1", "127.1.2.3:9", "[::1]:80", "a.localhost"]
)
def test_loopback_names_are_served(http: httpx2.Client, host: str) -> None:
    assert http.get("/version", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://[", ""])
def test_foreign_pages_are_refused(http: httpx2.Client, origin: str) -> None:
    response = http.get("/api/check_admin_key", headers={"Origin": origin})
    assert (response.status_code, response.json()["code"]) == (403, "OriginNotAllowed")
    assert "access-control-allow-origin" not in response.headers


def test_local_pages_may_read_every_answer(http: httpx2.Client) -> None:
    for path, status in [("/version", 200), ("/api/check_admin_key", 200), ("/nothing", 404)]:
        response = http.get(path, headers={"Origin": "http://localhost:6790"})
        assert response.status_code == status
        assert response.headers["access-control-allow-origin"] == "http://localhost:6790"
        assert response.headers["access-control-allow-credentials"] == "true"
        assert response.headers["vary"] == "Origin"


def test_a_preflight_mirrors_what_it_asks_for(stranger: httpx2.Client) -> None:
    response = stranger.options(
        "/api/query",
        headers={
            "Origin": "http://localhost:6790",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,convex-client",
        },
    )
    assert response.status_code == 200
    assert response.headers["access-control-allow-headers"] == "authorization,content-type,convex-client"
    assert "POST" in response.headers["access-control-allow-methods"]
    assert response.headers["access-control-max-age"] == "86400"


def test_a_socket_is_refused_to_foreign_pages(server: Served) -> None:
    address = server.url.replace("http", "ws") + "/api/sync"
    with pytest.raises(InvalidStatus) as refused:
        connect(address, origin=Origin("https://evil.example"))
    assert refused.value.response.status_code == 403
    with connect(address, origin=Origin("http://localhost:6790")):
        pass


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("::1", True), ("127.0.0.2", True), ("0.0.0.0", False), ("10.0.0.1", False), (None, False)],
)
def test_loopback_is_told_from_the_rest(host: str | None, expected: bool) -> None:
    assert is_loopback(host) is expected

"""Bodies as they come over the wire: compressed, too large, cut off, no JSON."""

from __future__ import annotations

import gzip
import json
import socket
import zlib
from urllib.parse import urlsplit

import httpx2
import pytest

from kitcn_repl.offline.server.requests import FUNCTION_BODY_LIMIT
from tests.support.served import Served

BODY = json.dumps({"path": "_system/cli/tableSize", "args": {"tableName": "user"}}).encode()
JSON_TYPE = {"Content-Type": "application/json"}


def _post(client: httpx2.Client, content: bytes, **headers: str) -> httpx2.Response:
    return client.post("/api/query", content=content, headers=JSON_TYPE | headers)


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("gzip", gzip.compress(BODY, mtime=0)),
        ("deflate", zlib.compress(BODY)),
        ("GZIP", gzip.compress(BODY, mtime=0)),
        ("identity", BODY),
    ],
)
def test_compressed_bodies_are_read(http: httpx2.Client, encoding: str, content: bytes) -> None:
    assert _post(http, content, **{"Content-Encoding": encoding}).json()["value"] == 60


def test_an_unknown_compression_is_named(http: httpx2.Client) -> None:
    response = _post(http, b"\x0b\x02\x80{}\x03", **{"Content-Encoding": "br"})
    assert (response.status_code, response.json()["code"]) == (415, "UnsupportedContentEncoding")
    assert "br" in response.json()["message"]


@pytest.mark.parametrize("content", [gzip.compress(BODY, mtime=0)[:-9], b"no gzip", b"", gzip.compress(b"{", mtime=0)])
def test_broken_compression_is_named(http: httpx2.Client, content: bytes) -> None:
    response = _post(http, content, **{"Content-Encoding": "gzip"})
    assert (response.status_code, response.json()["code"]) == (400, "BadJsonBody")


def test_a_bomb_is_not_unpacked(http: httpx2.Client) -> None:
    bomb = gzip.compress(b" " * (FUNCTION_BODY_LIMIT + 1), 9, mtime=0)
    assert len(bomb) < 20_000
    response = _post(http, bomb, **{"Content-Encoding": "gzip"})
    assert (response.status_code, response.json()["code"]) == (413, "PayloadTooLarge")


def test_the_largest_body_is_taken_and_one_byte_more_is_not(http: httpx2.Client) -> None:
    padding = b" " * (FUNCTION_BODY_LIMIT - len(BODY))
    assert _post(http, BODY + padding).status_code == 200
    assert _post(http, BODY + padding + b" ").status_code == 413


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"path":NaN,"args":{}}',
        b'{"path":"a:b","args":{"x":1e999}}',
        b'{"path":"a:b","args":{"x":%s}}' % (b"9" * 400),
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_what_is_no_such_json_is_named(http: httpx2.Client, content: bytes) -> None:
    response = _post(http, content)
    assert (response.status_code, response.json()["code"]) == (400, "BadJsonBody")


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/vnd.convex+json", 200),
        ("text/plain", 400),
        ("application/x-www-form-urlencoded", 400),
        ("", 400),
    ],
)
def test_only_json_is_read(http: httpx2.Client, content_type: str, status: int) -> None:
    """A form on a foreign page cannot send JSON without asking first (CORS)."""
    response = http.post("/api/query", content=BODY, headers={"Content-Type": content_type})
    assert response.status_code == status


def test_a_client_that_leaves_in_the_middle_harms_nobody(server: Served, http: httpx2.Client) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(
            b"POST /api/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000\r\n\r\n{"
        )
    assert _post(http, BODY).status_code == 200

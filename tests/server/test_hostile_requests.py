"""What no well-kept client sends, over a bare socket: other spellings of this machine, confused requests, smuggling."""

from __future__ import annotations

import ast
import inspect
import re
import socket
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from kitcn_repl.offline.server import access
from tests.support.served import Served

HERE = "Host: 127.0.0.1\r\n"
UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


def answers(server: Served, request: str) -> list[int]:
    """The status of each answer to these bytes."""
    address = urlsplit(server.url)
    received = b""
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=60) as connection:
        with suppress(OSError):  # it does not read what it has refused
            connection.sendall(request.encode())
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            while data := connection.recv(65_536):
                received += data
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


@pytest.mark.parametrize(
    "host",
    [
        "evil@127.0.0.1", "127.0.0.1/evil", "127.0.0.1?evil", "127.0.0.1#evil", "127.0.0.1\\evil", "127.0.0.1,evil",
        "localhost.", "127.0.0.1.", "localhost.evil.example", "0.0.0.0", "0", "127.1", "2130706433", "0x7f.1", "[::1",
        "[::]", ":80", "１２７.0.0.1",
    ],
)  # fmt: skip
def test_other_spellings_of_a_host_are_misdirected(server: Served, host: str) -> None:
    assert answers(server, f"GET /version HTTP/1.1\r\nHost: {host}\r\n\r\n") == [421]


@pytest.mark.parametrize(
    ("request_line", "headers", "status"),
    [
        # Who it is for
        ("GET /version HTTP/1.0", "", 421),
        ("GET /version HTTP/1.1", "Host: evil.example\r\nX-Forwarded-Host: localhost\r\n", 421),
        ("GET /version HTTP/1.1", "Host: evil.example\r\nForwarded: host=localhost;for=127.0.0.1\r\n", 421),
        ("GET http://127.0.0.1/version HTTP/1.1", "Host: evil.example\r\n", 421),
        ("GET http://evil.example/version HTTP/1.1", HERE, 404),
        ("GET //evil.example/version HTTP/1.1", HERE, 404),
        ("CONNECT evil.example:443 HTTP/1.1", HERE, 404),
        ("GET /version HTTP/1.1", HERE + "Host: evil.example\r\n", 400),
        ("GET /version HTTP/1.1", "Host : 127.0.0.1\r\n", 400),
        # Who asks
        ("GET /version HTTP/1.1", HERE + "Origin: http://localhost\r\nOrigin: https://evil.example\r\n", 403),
        ("GET /version HTTP/1.1", HERE + "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n", 403),
        ("GET /api/sync HTTP/1.1", f"{HERE}{UPGRADE}Sec-Fetch-Site: cross-site\r\n", 403),
        ("GET /api/sync HTTP/1.1", f"{HERE}{UPGRADE}Origin: null\r\n", 403),
        ("GET /api/sync HTTP/1.1", f"Host: evil.example\r\n{UPGRADE}", 403),
        ("GET /version HTTP/1.1", HERE + "Sec-Fetch-Site: none\r\n", 200),
        ("GET /version HTTP/1.1", HERE + "Sec-Fetch-Site: cross-site\r\nOrigin: http://localhost:6790\r\n", 200),
        # What it wants
        ("TRACE /version HTTP/1.1", HERE, 405),
        ("get /version HTTP/1.1", HERE, 405),
        ("DELETE /api/query HTTP/1.1", HERE, 405),
        ("OPTIONS * HTTP/1.1", HERE, 404),
        ("GET /api/check%5Fadmin_key HTTP/1.1", HERE, 403),
        ("GET /api/check_admin_key/ HTTP/1.1", HERE, 404),
        ("GET /api/x/../check_admin_key HTTP/1.1", HERE, 404),
        ("GET /API/check_admin_key HTTP/1.1", HERE, 404),
        ("GET /api/update_environment_variables HTTP/1.1", HERE + "X-HTTP-Method-Override: POST\r\n", 405),
        # How it is written
        ("GET /version HTTP/1.1", HERE + "X: a\x00b\r\n", 400),
        ("POST /api/query HTTP/1.1", HERE + "Content-Length: +5\r\n", 400),
        ("POST /api/query HTTP/1.1", HERE + "Content-Length: 5\r\nContent-Length: 6\r\n", 400),
        ("\x16\x03\x01 HTTP/1.1", HERE, 400),
    ],
)
def test_confused_requests(server: Served, request_line: str, headers: str, status: int) -> None:
    assert answers(server, f"{request_line}\r\n{headers}\r\n") == [status]


def test_headers_are_bounded(server: Served) -> None:
    """The refusal may be lost: nobody reads the rest of such a request."""
    assert answers(server, f"GET /version HTTP/1.1\r\n{HERE}X: {'a' * 3_000_000}\r\n\r\n") in ([400], [])
    assert answers(server, f"GET /version HTTP/1.1\r\n{HERE}\r\n") == [200]


def test_a_body_is_no_second_request(server: Served) -> None:
    smuggled = f"GET /instance_name HTTP/1.1\r\n{HERE}\r\n"
    first = f"POST /api/query HTTP/1.1\r\n{HERE}Content-Type: application/json\r\nContent-Length: {{}}\r\n"
    assert answers(server, first.format(len(smuggled)) + "\r\n" + smuggled) == [400]


def test_the_key_is_compared_in_constant_time() -> None:
    """Nothing but `hmac.compare_digest` looks at the key: the time of a refusal tells nothing about it."""
    tree = ast.parse(inspect.getsource(access))
    (digest,) = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and _named(each) == "compare_digest"]
    uses = [each for each in ast.walk(tree) if isinstance(each, ast.Attribute) and each.attr == "_key"]
    reads = [each for each in uses if isinstance(each.ctx, ast.Load)]
    assert reads == [each for each in ast.walk(digest) if isinstance(each, ast.Attribute) and each.attr == "_key"]
    assert len(reads) == 1


def _named(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""

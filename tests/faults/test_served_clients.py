"""`kitcn serve` and clients that misbehave: others are answered, files and memory stay bounded, nothing is printed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from tests.faults.serving import FILES, Program, allow_files, serving

BEGUN = (
    b"",
    b"GET /version HT",
    b"GET /version HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    b"POST /api/query HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n{",
    b"POST /api/query HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
)
"""Requests that never come to their end."""

GARBAGE = {
    "bytes": bytes(range(256)) * 64,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a header without end": b"GET /version HTTP/1.1\r\nX: " + b"x" * 2_000_000,
    "headers without end": b"GET /version HTTP/1.1\r\n" + b"X: y\r\n" * 200_000,
    "two lengths": b"POST /api/query HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a length below zero": b"POST /api/query HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n{}",
    "chunks that are none": b"POST /api/query HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "no path": b"GET  HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a path of bytes": b"GET /\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    allow_files(4096)
    with serving(tmp_path_factory.mktemp("served")) as program:
        program.ask()
        yield program
        assert program.stop()[1].splitlines()[2:] == ["ctrl-c ends it."]


def test_more_clients_than_files(program: Program) -> None:
    """Ten times as many connections as it may open files, each with a request that never ends."""
    before = program.megabytes()
    with ExitStack() as stack:
        for number in range(FILES * 10):
            client = stack.enter_context(program.connect())
            with suppress(OSError):
                client.sendall(BEGUN[number % len(BEGUN)])
            if number % FILES == 0:
                assert program.ask() == 200
        assert program.ask() == 200
        assert program.files() < FILES * 3 / 4
        assert program.megabytes() < before + 60
    assert program.ask() == 200


def test_clients_that_go_away_leave_nothing(program: Program) -> None:
    before = program.files()
    for number in range(300):
        with program.connect() as client:
            client.sendall(BEGUN[number % len(BEGUN)])
            if number % 2:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    assert program.ask() == 200
    for _ in range(50):
        if program.files() <= before + 4:
            break
        program.ask()
    assert program.files() <= before + 4


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_is_refused(program: Program, garbage: str) -> None:
    with program.connect() as client:
        with suppress(OSError):
            client.sendall(GARBAGE[garbage])
            client.shutdown(socket.SHUT_WR)
        answer = b""
        with suppress(OSError):
            while piece := client.recv(65536):
                answer += piece
    assert not answer or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 404", b"HTTP/1.1 421")), answer
    assert b"Traceback" not in answer
    assert program.ask() == 200


def test_those_who_wait_are_not_thrown_out_for_those_who_do_not_ask(program: Program) -> None:
    """A long poll of the log is under way while hundreds connect and say nothing."""
    head = (
        "GET /api/stream_function_logs?cursor=99999999999999 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Authorization: Convex demo|planted-s3cret-key\r\n\r\n"
    )
    with program.connect() as polling, ExitStack() as stack:
        polling.sendall(head.encode())
        for _ in range(FILES):
            stack.enter_context(program.connect())
        program.ask()
        polling.settimeout(0.05)
        with suppress(TimeoutError):
            answer = polling.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200"), answer


@pytest.mark.parametrize("garbage", ["frame", "json", "half a frame", "a frame beyond all bounds"])
def test_garbage_on_a_socket(program: Program, garbage: str) -> None:
    sent = {
        "frame": b"\xff" * 40,
        "json": b"\x81\x84" + bytes(4) + b"[[[[",
        "half a frame": b"\x81\xfe\xff",
        "a frame beyond all bounds": b"\x81\xff\x7f" + b"\xff" * 7 + bytes(4) + b"x",
    }
    opening = (
        "GET /api/1.0.0/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    with program.connect() as client:
        client.sendall(opening.encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 101")
        client.sendall(sent[garbage])
        if garbage != "half a frame":
            client.recv(4096)  # what it says of it, or its end
    assert program.ask() == 200

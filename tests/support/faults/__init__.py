"""Servers that misbehave: one set of faults for every front door.

    async with FaultyServer() as server:                      # scripted answers on 127.0.0.1
        server.on("/api/query", succeed(1), cut_off(b'{"status":'), hang)
        ...
        assert server.requests[0].json["path"] == "_system/cli/tables"

    with in_thread(FaultyServer()) as server:                 # the same, with a loop in a thread of its own
        server.on("*", every(3, cut_in_half, forward(deployment.url)))   # a faulty way to a real server
        subprocess.run(["kitcn", "data", "user", "--url", server.url, ...])

- `server.py`: the server; each route takes behaviours for its requests in order, the last one stays.
- `answers.py`: behaviours that answer well, or as Convex refuses.
- `broken.py`: behaviours that do not: late, reset, cut off, garbled, dripping, endless.
- `passing.py`: behaviours that pass a request on to a real server and spoil its answer.
- `sockets.py`: the same for WebSockets.
- `streams.py`: connections held back or cut, whatever is said on them.
- `listening.py`: the life of all of these, in the caller's loop or `in_thread`.
"""

from __future__ import annotations

from tests.support.faults.answers import (
    and_close,
    chunked,
    fail,
    html,
    redirect,
    refuse,
    reply,
    reply_json,
    succeed,
    text,
    too_many,
)
from tests.support.faults.broken import (
    close,
    cut_in_headers,
    cut_off,
    drip,
    drip_headers,
    endless,
    gzip_bomb,
    hang,
    hang_in_body,
    late,
    raw,
    reset,
    reset_in_body,
    reset_in_headers,
)
from tests.support.faults.listening import in_thread
from tests.support.faults.passing import altered, cut_in_half, every, forward
from tests.support.faults.server import Behaviour, FaultyServer, Peer, Received
from tests.support.faults.sockets import upgraded
from tests.support.faults.streams import Cable, Sluice, cable_to

__all__ = [
    "Behaviour",
    "Cable",
    "FaultyServer",
    "Peer",
    "Received",
    "Sluice",
    "altered",
    "and_close",
    "cable_to",
    "chunked",
    "close",
    "cut_in_half",
    "cut_in_headers",
    "cut_off",
    "drip",
    "drip_headers",
    "endless",
    "every",
    "fail",
    "forward",
    "gzip_bomb",
    "hang",
    "hang_in_body",
    "html",
    "in_thread",
    "late",
    "raw",
    "redirect",
    "refuse",
    "reply",
    "reply_json",
    "reset",
    "reset_in_body",
    "reset_in_headers",
    "succeed",
    "text",
    "too_many",
    "upgraded",
]

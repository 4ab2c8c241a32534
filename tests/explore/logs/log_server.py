"""A log behind the faulty server: long polls answered from a list of entries, well or badly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qs, urlsplit

from kitcn_repl.values import JsonObject
from tests.support.faults import Behaviour, FaultyServer, Peer, Received, cut_off, reply_json

POLL = "/api/stream_function_logs"


class LogServer:
    """Gives at most `page` entries at once. `overlap` is how many that were given before come again with each page."""

    def __init__(self, entries: Iterable[JsonObject], *, page: int = 1_000_000, overlap: int = 0) -> None:
        self.entries = list(entries)
        self.page = page
        self.overlap = overlap
        self.faults = 0
        self.all_given = asyncio.Event()

    def page_after(self, cursor: float) -> JsonObject | None:
        """The cursor counts entries from 1, as milliseconds would."""
        start = int(cursor)
        if start >= len(self.entries):
            return None
        end = min(len(self.entries), start + self.page)
        return {"entries": list(self.entries[max(0, start - self.overlap) : end]), "newCursor": end}

    async def answer(self, received: Received, peer: Peer) -> None:
        """As a deployment does: at once, or when there is something."""
        page = self.page_after(_cursor(received))
        if page is None:
            self.all_given.set()
            await peer.reader.read()
            peer.finish()
        else:
            await reply_json(page)(received, peer)

    async def half_an_answer(self, received: Received, peer: Peer) -> None:
        """The connection ends in the middle of the page that would have come."""
        body = json.dumps(self.page_after(_cursor(received)) or {"entries": [], "newCursor": 0}).encode()
        await cut_off(body[: len(body) // 2], len(body))(received, peer)

    def serve(self, server: FaultyServer, faults: Sequence[Behaviour] = ()) -> None:
        """Answer on `server`, with one of `faults` before each answer as long as there are any."""
        waiting = list(faults)
        is_fault_next = True

        async def act(received: Received, peer: Peer) -> None:
            nonlocal is_fault_next
            if is_fault_next and waiting:
                is_fault_next = False
                self.faults += 1
                await waiting.pop(0)(received, peer)
            else:
                is_fault_next = True
                await self.answer(received, peer)

        server.on(POLL, act)


def _cursor(received: Received) -> float:
    return float(parse_qs(urlsplit(received.target).query)["cursor"][0])


def repeated(make: Sequence[Behaviour], times: int) -> list[Behaviour]:
    return [make[number % len(make)] for number in range(times)]

"""A scripted server for system queries."""

from __future__ import annotations

from typing import Any

from kitcn_repl.values import JsonObject
from tests.deployment.support import QUERY
from tests.support.faults import FaultyServer, Peer, Received, reply_json

BATCH = "/api/query_batch"
ENCODED = "convex_encoded_json"
COMPONENTS: list[JsonObject] = [
    {"id": "root0", "path": "", "name": None, "args": {}, "state": "active", "httpPrefix": None},
    {"id": "cmp1", "path": "auth", "name": "auth", "args": {}, "state": "active", "httpPrefix": None},
    {"id": "cmp2", "path": "auth/limits", "name": "limits", "args": {}, "state": "unmounted", "httpPrefix": "/x"},
]


class System:
    """Answers `/api/query` and `/api/query_batch` from a table of results by path; missing ones are unknown."""

    def __init__(self, **results: object) -> None:
        self.results = {path.replace("__", ":").replace("_S_", "/"): result for path, result in results.items()}
        self.asked: list[tuple[str, Any]] = []

    async def query(self, received: Received, peer: Peer) -> None:
        await reply_json(self._answer(received.json))(received, peer)

    async def batch(self, received: Received, peer: Peer) -> None:
        await reply_json({"results": [self._answer(question) for question in received.json["queries"]]})(received, peer)

    def _answer(self, question: Any) -> JsonObject:
        assert question["format"] == ENCODED
        path, args = question["path"], question["args"]
        self.asked.append((path, args))
        result = self.results.get(path.removeprefix("_system/"))
        if result is None:
            return {"status": "error", "errorMessage": f"Could not find public function for '{path}'."}
        value: Any = result(args) if callable(result) else result
        return value if isinstance(value, dict) and "status" in value else {"status": "success", "value": value}


def system(server: FaultyServer, *, batch: bool = True, **results: object) -> System:
    answers = System(**results)
    server.on(QUERY, answers.query)
    if batch:
        server.on(BATCH, answers.batch)
    return answers

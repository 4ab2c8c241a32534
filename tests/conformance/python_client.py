"""The Python `convex` client against a served deployment: outcomes of a few calls, as JSON.

A process of its own: the client keeps the interpreter lock while it waits, so a server in the same one cannot answer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from convex import ConvexClient, convex_to_json


def outcome(ask: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"value": convex_to_json(ask())}
    except Exception as error:  # the client raises bare Exceptions
        return {"error": str(error)}


def main() -> None:
    given = json.load(sys.stdin)
    client = ConvexClient(given["url"])
    paging: dict[str, Any] = {"table": "typeZoo", "order": "asc", "paginationOpts": {"numItems": 100.0, "cursor": None}}
    heard = {
        "publicQuery": outcome(lambda: client.query("users:list", {"limit": 2.0})),
        "internalQueryOfNobody": outcome(lambda: client.query("users:stats")),
    }
    client.set_admin_auth(given["adminKey"])
    subscription = client.subscribe("_system/cli/tableSize", {"tableName": "user"})
    heard |= {
        "internalQuery": outcome(lambda: client.query("users:stats")),
        "everyType": outcome(lambda: client.query("_system/cli/tableData", paging)),
        "subscription": outcome(lambda: next(iter(subscription))),
        "mutation": outcome(lambda: client.mutation("projects:rename", {"id": "x", "name": "y"})),
    }
    subscription.unsubscribe()
    print(json.dumps(heard))


if __name__ == "__main__":
    main()

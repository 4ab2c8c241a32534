"""The official client in a process of its own; stdin brings what to watch, stdout takes each result as a line of JSON.

A process, since the client keeps the interpreter lock while it connects, so that not even ctrl-c would get through, and
prints by itself what functions log. It ends when its stdin does, and thus never outlives whoever started it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from typing import TextIO

from kitcn_repl.values import JsonObject
from kitcn_repl.values.codec import encode

_PATIENCE = 30
"""Seconds to connect in. The system's own alarm ends the process then: no code of ours could."""


def main() -> None:
    results = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    asyncio.run(_watch(task, results))


def _end_with_stdin() -> None:
    sys.stdin.read()
    os._exit(0)


async def _watch(task: JsonObject, results: TextIO) -> None:
    from convex import ConvexClient, ConvexError, json_to_convex

    args = json_to_convex(task["args"])
    assert isinstance(args, dict)
    client = ConvexClient(str(task["url"]))
    client.set_admin_auth(str(task["ticket"]))
    signal.alarm(_PATIENCE)
    subscription = client.subscribe(str(task["path"]), {**args})
    signal.alarm(0)
    while True:
        line: JsonObject
        try:
            line = {"value": encode(await anext(subscription))}
        except StopAsyncIteration:
            return
        except ConvexError as error:
            line = {"error": str(error)}
        except Exception as error:  # the client raises bare Exceptions
            line = {"error": str(error)}
        results.write(json.dumps(line, separators=(",", ":")) + "\n")
        results.flush()


if __name__ == "__main__":
    main()

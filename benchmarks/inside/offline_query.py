"""`STORE CACHE BODY COUNT`: prints the seconds from an inline query to its answer, with the start of Deno."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.engine import Engine
from kitcn_repl.offline.store.sqlite import SqliteStore


async def main(store: str, cache: str, body: str, count: str) -> None:
    source = (
        'import { query } from "convex:/_system/repl/wrappers.js";\n'
        f"export default query({{ handler: async (ctx) => {{ {body} }} }});"
    )
    engine = Engine(Dataset("benchmark", SqliteStore.open(Path(store))), cache_dir=Path(cache))
    begin = time.perf_counter()
    result = await engine.run(QueryModule(source))
    seconds = time.perf_counter() - begin
    assert result.value == [int(count), int(count) - 1], result.value
    print(seconds)


asyncio.run(main(*sys.argv[1:]))

"""A batch of query chains under the genuine JavaScript, in our engine, and in a deployment that we serve."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.engine import Engine, Limits
from kitcn_repl.offline.store.sqlite import memory_store
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import encode_id
from tests.differential.cases import Batch
from tests.support.node import run_module
from tests.support.served import served

HERE = Path(__file__).parent
SUITE = (HERE / "suite.js").read_text()
SERVED_AT_ONCE = 25

FUNCTIONS = """
import { query } from "./_generated/server";
import { describe, page, run } from "./suite.js";
export const one = query({ handler: async ({ db }, { spec }) => JSON.stringify(await run(db, JSON.parse(spec))) });
export const onePage = query({ handler: async ({ db }, { spec, cursor }) => await page(db, JSON.parse(spec), cursor) });
export const whole = query({
  handler: async ({ db }) => JSON.stringify((await db.query("docs").collect()).map(describe)),
});
"""

DRIVER = """
import { query } from "convex:/_system/repl/wrappers.js";
const specs = SPECS;
export default query(async (ctx) => {
  const results = [];
  for (const spec of specs) {
    if (JSON.parse(spec).end.how !== "paginate") {
      results.push(JSON.parse(await ctx.runQuery("functions:one", { spec })));
      continue;
    }
    const seen = [];
    for (let cursor = null, isDone = false; !isDone; ) {
      const found = await ctx.runQuery("functions:onePage", { spec, cursor });
      seen.push(...found.page);
      ({ cursor, isDone } = found);
    }
    results.push(seen);
  }
  return { results, whole: JSON.parse(await ctx.runQuery("functions:whole")) };
});
"""


def genuine(batch: Batch) -> Any:
    """`results` of the chains, and the `whole` table, each value described."""
    return run_module(
        (HERE / "genuine.mjs").read_text(),
        {"documents": batch.documents, "indexes": batch.indexes, "specs": batch.specs, "suite": SUITE},
    )


async def ours(batch: Batch, cache_dir: Path) -> Any:
    """The same from our engine."""
    # Many queries in one: the limits of one execution do not apply to them all together.
    limits = Limits(documents_read=10**9, bytes_read=10**12, database_queries=10**9, user_seconds=60, system_seconds=60)
    engine = Engine(_dataset(batch), limits, cache_dir=cache_dir)
    try:
        return (await engine.run(_module(batch.specs))).value
    finally:
        await engine.aclose()


async def over_http(batch: Batch) -> list[JsonValue]:
    """The results of the chains from a served deployment, under the limits that everybody has."""
    results: list[Any] = []
    with served(_dataset(batch)) as server:
        remote = Remote(server.url, server.admin_key)
        for first in range(0, len(batch.specs), SERVED_AT_ONCE):
            answer: Any = (await remote.run_module(_module(batch.specs[first : first + SERVED_AT_ONCE]))).value
            results += answer["results"]
        await remote.aclose()
    return results


def _module(specs: list[dict[str, Any]]) -> QueryModule:
    return QueryModule(DRIVER.replace("SPECS", json.dumps([json.dumps(spec) for spec in specs])))


def _dataset(batch: Batch) -> Dataset:
    stored: list[JsonObject] = [
        {"_id": encode_id(10001, number.to_bytes(16, "big")), "_creationTime": 1000.0 + number, **document}
        for number, document in enumerate(batch.documents)
    ]
    indexes: list[JsonValue] = [
        {"indexDescriptor": name, "fields": list(fields)}
        for name, fields in batch.indexes.items()
        if name != "by_creation_time"
    ]
    schema: JsonObject = {"tables": [{"tableName": "docs", "indexes": indexes}]}
    modules = {"functions.js": FUNCTIONS, "suite.js": SUITE}
    return Dataset("differential", memory_store({"docs": stored}), schemas={"": schema}, modules=modules)

"""Offline queries give the same documents in the same order as Convex's own JavaScript.

`KITCN_DIFFERENTIAL_CASES` sets the number of query chains, `KITCN_DIFFERENTIAL_SEED` the seed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import SystemRandom
from typing import Any

import pytest

from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.engine import Engine, Limits
from kitcn_repl.offline.store.sqlite import memory_store
from kitcn_repl.values import JsonObject
from kitcn_repl.values.ids import encode_id
from tests.differential.cases import INDEXES, Cases
from tests.support.node import run_module

HERE = Path(__file__).parent
SUITE = (HERE / "suite.js").read_text()
DOCUMENTS = 60
CHAINS_IN_A_BATCH = 150
CASES = int(os.environ.get("KITCN_DIFFERENTIAL_CASES", "600"))
FIRST_SEED = int(os.environ.get("KITCN_DIFFERENTIAL_SEED", SystemRandom().randrange(10**9)))
BATCHES = max(1, -(-CASES // CHAINS_IN_A_BATCH))

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


def dataset(documents: list[JsonObject]) -> Dataset:
    stored = [
        {"_id": encode_id(10001, number.to_bytes(16, "big")), "_creationTime": 1000.0 + number, **document}
        for number, document in enumerate(documents)
    ]
    indexes = [{"indexDescriptor": name, "fields": fields} for name, fields in INDEXES.items()]
    schema: dict[str, Any] = {"tables": [{"tableName": "docs", "indexes": indexes}]}
    modules = {"functions.js": FUNCTIONS, "suite.js": SUITE}
    return Dataset("differential", memory_store({"docs": stored}), schemas={"": schema}, modules=modules)


async def ours(documents: list[JsonObject], specs: list[dict[str, Any]], cache_dir: Path) -> Any:
    # Many queries in one: the limits of one execution do not apply to them all together.
    limits = Limits(documents_read=10**9, bytes_read=10**12, database_queries=10**9, user_seconds=60)
    engine = Engine(dataset(documents), limits, cache_dir=cache_dir)
    source = DRIVER.replace("SPECS", json.dumps([json.dumps(spec) for spec in specs]))
    return (await engine.run(QueryModule(source))).value


@pytest.mark.parametrize("batch", range(BATCHES))
async def test_random_chains(batch: int, tmp_path: Path) -> None:
    seed = FIRST_SEED + batch
    print(f"KITCN_DIFFERENTIAL_SEED={seed}")
    cases = Cases(seed)
    documents = cases.documents(DOCUMENTS)
    specs = [cases.spec() for _ in range(CHAINS_IN_A_BATCH)]
    genuine = run_module(
        (HERE / "genuine.mjs").read_text(),
        {"documents": documents, "indexes": INDEXES, "specs": specs, "suite": SUITE},
    )
    found = await ours(documents, specs, tmp_path)
    assert found["whole"] == genuine["whole"], f"seed {seed}: documents differ"
    for spec, expected, result in zip(specs, genuine["results"], found["results"], strict=True):
        assert result == expected, f"seed {seed}: {json.dumps(spec)}"


async def test_the_cases_are_worth_something(tmp_path: Path) -> None:
    """Most chains find some documents, and not all of them."""
    cases = Cases(1)
    documents = cases.documents(DOCUMENTS)
    found = await ours(documents, [cases.spec() for _ in range(CHAINS_IN_A_BATCH)], tmp_path)
    sizes = [len(result) for result in found["results"]]
    assert sum(0 < size < DOCUMENTS for size in sizes) > CHAINS_IN_A_BATCH / 3

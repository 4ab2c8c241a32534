"""How fast an offline inline query collects 30,000 documents of 500 bytes, against the same under npm `convex-test`.

    python benchmarks/offline_query.py [--runs N]

Ours is measured from outside, whole processes: Python starts, opens a store file, starts Deno, runs the query, ends.
convex-test is measured from inside, the query alone: Node already runs and the documents are already in its memory.
Aim (issue 2): ours is faster. Exits with 1 if it is not. Needs `npm ci` in tests/conformance.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kitcn_repl.offline.store.writer import StoreWriter  # noqa: E402
from kitcn_repl.values.ids import encode_id  # noqa: E402

DOCUMENTS = 30_000
TABLE = 10001
BODY = "const docs = await ctx.db.query('docs').collect(); return [docs.length, docs[29999].number]"

OURS = """
import asyncio, sys, time
from pathlib import Path
from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.engine import Engine
from kitcn_repl.offline.store.sqlite import SqliteStore

async def main():
    engine = Engine(Dataset("benchmark", SqliteStore.open(Path(sys.argv[1]))), cache_dir=Path(sys.argv[2]))
    begin = time.perf_counter()
    result = await engine.run(QueryModule(sys.argv[3]))
    print(time.perf_counter() - begin, result.value)

asyncio.run(main())
"""

THEIRS = """
import { readFileSync } from "node:fs";
import { convexTest } from "convex-test";
import { defineSchema, defineTable, queryGeneric } from "convex/server";
import { v } from "convex/values";

const { lines, runs } = JSON.parse(readFileSync(0, "utf8"));
const functions = {
  "./_generated/api.js": async () => ({}),
  "./docs.js": async () => ({ all: queryGeneric({ handler: async (ctx) => { BODY } }) }),
};
const t = convexTest(defineSchema({ docs: defineTable(v.any()) }), functions);
await t.run(async (ctx) => {
  for (const line of lines) await ctx.db.insert("docs", JSON.parse(line));
});
const times = [];
for (let i = 0; i < runs; i++) {
  const begin = performance.now();
  const value = await t.query("docs:all", {});
  times.push((performance.now() - begin) / 1000);
  if (value[0] !== lines.length) throw new Error("wrong answer");
}
process.stdout.write(JSON.stringify(times));
""".replace("BODY", BODY)


def contents() -> Iterator[dict[str, object]]:
    """Documents whose JSON text, ids included, is 500 bytes long."""
    for number in range(DOCUMENTS):
        document: dict[str, object] = {
            "number": float(number),
            "email": f"person{number:05}@example.com",
            "isActive": number % 3 == 0,
            "tags": ["red", "blue"],
            "address": {"city": f"City {number % 100:02}", "street": "Long Street"},
        }
        length = len(json.dumps(whole(number, {**document, "text": ""}), separators=(",", ":")))
        yield {**document, "text": (f"text {number:05} " * 40)[: 500 - length]}


def whole(number: int, content: dict[str, object]) -> dict[str, object]:
    identity = encode_id(TABLE, (number + 1).to_bytes(16, "big"))
    return {"_id": identity, "_creationTime": 1760726497000.0 + number, **content}


def make_store(path: Path) -> None:
    writer = StoreWriter(path)
    table = writer.add_table("", "docs", TABLE)
    writer.add_documents(
        table,
        (json.dumps(whole(n, content), separators=(",", ":")).encode() for n, content in enumerate(contents())),
    )
    writer.finish().close()


def measure_ours(store: Path, cache: Path, runs: int) -> tuple[list[float], list[float]]:
    """Seconds of whole processes, and of the engine's part in them."""
    source = (
        'import { query } from "convex:/_system/repl/wrappers.js";\n'
        f"export default query({{ handler: async (ctx) => {{ {BODY} }} }});"
    )
    processes, queries = [], []
    for _ in range(runs + 1):
        begin = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", OURS, str(store), str(cache), source],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        processes.append(time.perf_counter() - begin)
        seconds, value = done.stdout.split(" ", 1)
        assert json.loads(value) == [DOCUMENTS, DOCUMENTS - 1], value
        queries.append(float(seconds))
    return processes[1:], queries[1:]  # the first one filled Deno's code cache


def measure_theirs(runs: int) -> list[float]:
    node, folder = shutil.which("node"), ROOT / "tests" / "conformance"
    if node is None or not (folder / "node_modules" / "convex-test").is_dir():
        sys.exit("This needs node on the PATH, and `npm ci` in tests/conformance.")
    # Without the text of id and creation time, which convex-test adds itself.
    lines = [json.dumps(content, separators=(",", ":")) for content in contents()]
    done = subprocess.run(
        [node, "--input-type=module", "--eval", THEIRS],
        cwd=folder,
        input=json.dumps({"lines": lines, "runs": runs + 1}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    times: list[float] = json.loads(done.stdout)
    return times[1:]  # the first one was compiled on the way


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    runs: int = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        store, cache = Path(folder) / "store.sqlite", Path(folder) / "deno"
        make_store(store)
        processes, queries = measure_ours(store, cache, runs)
    theirs = measure_theirs(runs)
    ours, inside, genuine = (statistics.median(times) for times in (processes, queries, theirs))
    print(f"{DOCUMENTS:,} documents of 500 bytes, median of {runs} runs")
    print(f"  offline, whole process            {ours * 1000:7.0f} ms")
    print(f"  offline, from query to answer     {inside * 1000:7.0f} ms  (with the start of Deno)")
    print(f"  convex-test, query alone          {genuine * 1000:7.0f} ms")
    print(f"  convex-test / offline             {genuine / ours:7.1f}    ({genuine / inside:.1f} from query to answer)")
    return 0 if ours < genuine else 1


if __name__ == "__main__":
    sys.exit(main())

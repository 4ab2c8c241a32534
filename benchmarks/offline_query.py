"""An offline query that collects 30,000 documents of 500 bytes, against the same under npm `convex-test`.

Ours is measured from outside: Python starts, opens a store file, starts Deno, runs the query, ends; and from inside,
with the start of Deno. convex-test is measured from inside alone: Node already runs, the documents are in its memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.frame.bench import Bench
from benchmarks.frame.command import alone
from benchmarks.frame.ours import ROOT, environment
from benchmarks.frame.processes import finish
from benchmarks.frame.rivals import NODE_FOLDER
from benchmarks.frame.rows import Row, Side
from benchmarks.frame.turns import Sample
from kitcn_repl.offline.store.writer import StoreWriter
from kitcn_repl.values.ids import encode_id

TABLE: Final = 10001
BODY: Final = "const docs = await ctx.db.query('docs').collect(); return [docs.length, docs[LAST].number]"
AIM: Final = 1.0


def measure(bench: Bench) -> Iterator[Row]:
    count = bench.much(30_000, 1_000)
    body = BODY.replace("LAST", str(count - 1))
    store, given, cache = bench.folder / "docs.sqlite", bench.folder / "docs.json", bench.folder / "deno"
    make_store(store, count)
    inside: list[float] = []

    def ours() -> Sample:
        command = bench.ours.inside("offline_query", str(store), str(cache), body, str(count))
        done = finish(command, bench.ours.environment(), bench.folder)
        inside.append(done.told)
        return done.sample

    contenders = {"whole process": ours}
    node = bench.where_possible("convex-test", lambda: bench.rivals.node("convex-test"))
    if node is not None:
        # Without the text of id and creation time, which convex-test adds itself.
        given.write_text(json.dumps({"lines": [json.dumps(one) for one in contents(count)], "body": body}))
        script = (ROOT / "benchmarks" / "inside" / "convex_test.mjs").read_text()
        command = [str(node), "--input-type=module", "--eval", script, "--", str(given)]

        def theirs() -> Sample:
            done = finish(command, environment(bench.ours.home), NODE_FOLDER)
            return Sample(done.told, done.memory)

        contenders["convex-test, query alone"] = theirs
    whole, rival = bench.compare(contenders, 7)
    what = f"collect {count:,} documents"
    yield Row(f"{what}, all of Python and Deno", whole, rival, is_quoted=True).aiming(ratio=AIM)
    yield Row(
        f"{what}, from query to answer", Side("query", tuple(inside[-len(whole.values) :])), rival, is_quoted=True
    )


def contents(count: int) -> Iterator[dict[str, object]]:
    """Documents whose JSON text, ids included, is 500 bytes long."""
    for number in range(count):
        document: dict[str, object] = {
            "number": float(number),
            "email": f"person{number:05}@example.com",
            "isActive": number % 3 == 0,
            "tags": ["red", "blue"],
            "address": {"city": f"City {number % 100:02}", "street": "Long Street"},
        }
        length = len(json.dumps(_with_identity(number, {**document, "text": ""}), separators=(",", ":")))
        yield {**document, "text": (f"text {number:05} " * 40)[: 500 - length]}


def _with_identity(number: int, content: dict[str, object]) -> dict[str, object]:
    identity = encode_id(TABLE, (number + 1).to_bytes(16, "big"))
    return {"_id": identity, "_creationTime": 1760726497000.0 + number, **content}


def make_store(path: Path, count: int) -> None:
    writer = StoreWriter(path)
    table = writer.add_table("", "docs", TABLE)
    documents = (_with_identity(number, content) for number, content in enumerate(contents(count)))
    writer.add_documents(table, (json.dumps(one, separators=(",", ":")).encode() for one in documents))
    writer.finish().close()


if __name__ == "__main__":
    raise SystemExit(alone("offline_query"))

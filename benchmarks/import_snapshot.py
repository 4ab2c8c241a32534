"""How fast a snapshot ZIP is imported, in how much memory, and how fast it is opened again.

    python benchmarks/import_snapshot.py [--documents N] [--legacy] [--keep FOLDER]

Makes a ZIP of N documents (default 1,000,000) of 200 to 500 bytes in the layout of a real export, imports it in a
process of its own, and opens it again in further ones. Aims (issue 2): at least 100,000 documents a second, peak memory
under 200 MB, opening again at least 50 times faster than importing. Exits with 1 if one is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.snapshots import (  # noqa: E402
    README,
    UNIFORM,
    Content,
    document_id,
    line,
    tables_file,
    write_snapshot,
)

EVENTS = 10001
CHILD = """
import json, sys, time
from pathlib import Path
from kitcn_repl.offline.snapshot import open_snapshot
begin = time.perf_counter()
dataset = open_snapshot(Path(sys.argv[1]), cache_dir=Path(sys.argv[2]))
elapsed = time.perf_counter() - begin
documents = sum(table.count for table in dataset.store.tables("").values())
print(json.dumps({"seconds": elapsed, "documents": documents}))
"""


def documents(count: int) -> Iterator[bytes]:
    """Pieces of `documents.jsonl`: about 330 bytes a document, keys in the order of an export."""
    source = random.Random(7)
    words = [source.randbytes(source.randint(2, 5)).hex() for _ in range(500)]
    batch: list[bytes] = []
    for index in range(count):
        batch.append(
            line(
                {
                    "_creationTime": 1760726497000.0 + source.random() * 1e9,
                    "_id": document_id(EVENTS, index),
                    "actorId": document_id(EVENTS, source.randrange(count)),
                    "body": " ".join(source.choices(words, k=source.randint(3, 28))),
                    "done": index % 3 == 0,
                    "kind": source.choice(("created", "updated", "removed")),
                    "position": {"x": source.random(), "y": float(index)},
                    "score": source.randrange(1000) / 10,
                    "tags": source.choices(words, k=2),
                }
            )
        )
        if len(batch) == 1000:
            yield b"".join(batch)
            batch = []
    yield b"".join(batch)


def build(path: Path, count: int, *, legacy: bool) -> None:
    shape = (
        '{"_creationTime": normalfloat64, "_id": id<10001>, "actorId": id<10001>, "body": string, "done": boolean, '
        '"kind": "created" | "removed" | "updated", "position": {"x": normalfloat64, "y": normalfloat64}, '
        '"score": normalfloat64, "tags": array<field_name>}'
    )
    entries: list[tuple[str, Content]] = [
        ("README.md", README),
        ("_tables/documents.jsonl", tables_file({"events": EVENTS})),
        ("events/documents.jsonl", documents(count)),
        ("events/generated_schema.jsonl", line(shape) if legacy else UNIFORM),
    ]
    write_snapshot(path, entries, level=1)


def run(path: Path, cache: Path) -> tuple[float, int, float]:
    """Seconds, documents, and peak memory (MB, 10^6 bytes) of one process that opens the snapshot."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(cache)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert child.stdout is not None
    with child.stdout:
        answer = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"the import failed with status {child.returncode}")
    result = json.loads(answer)
    unit = 1 if sys.platform == "darwin" else 1024
    return result["seconds"], result["documents"], usage.ru_maxrss * unit / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description="Benchmark of the snapshot import.")
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--legacy", action="store_true", help="the encoding of exports until March 2026")
    parser.add_argument("--keep", type=Path, help="folder to keep the ZIP in, and to reuse it from")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        variant = "legacy" if arguments.legacy else "uniform"
        path = (arguments.keep or folder) / f"benchmark-{variant}-{arguments.documents}.zip"
        if not path.exists():
            build(path, arguments.documents, legacy=arguments.legacy)
        seconds, count, peak = run(path, folder / "cache")
        again = [run(path, folder / "cache") for _ in range(5)]
    assert count == arguments.documents
    reopened = statistics.median(attempt[0] for attempt in again)
    rate, ratio = count / seconds, seconds / reopened
    print(f"imported {count:,} documents in {seconds:.2f} s: {rate:,.0f} documents/s (aim: 100,000)")
    print(f"peak memory {peak:.0f} MB (aim: under 200)")
    print(f"opened again in {reopened * 1000:.2f} ms (median of 5): {ratio:,.0f} times faster (aim: 50)")
    return 0 if rate >= 100_000 and peak < 200 and ratio >= 50 else 1


if __name__ == "__main__":
    raise SystemExit(main())

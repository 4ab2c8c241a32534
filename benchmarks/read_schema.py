"""How fast a schema is read from its source, beside running it in Node.

    python benchmarks/read_schema.py [--lines N] [--rounds N] [--source FILE] [--kitcn FOLDER]

Makes a schema of N lines (default 1,300) in kitcn's style: tables with references, indexes and relations both ways, and
reads it. Aims (issue 3): 1,300 lines in under 100 ms, and a cost that grows no faster than the source. Exits with 1 if
one is missed. `--source` reads a real schema instead. With `--kitcn`, a folder where npm has installed kitcn and
esbuild, the same schema is also bundled and run, as kitcn's own commands do.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kitcn_repl.schema.source.reader import read_source  # noqa: E402
from kitcn_repl.schema.source.syntax import parse  # noqa: E402
from tests.support.big_schema import big_schema  # noqa: E402

MOST_MILLISECONDS = 100
MOST_GROWTH = 6.0
"""Of the time, for four times the source."""
DUMP = """
import * as esbuild from 'esbuild';
await esbuild.build({{entryPoints: [{source}], bundle: true, format: 'esm', platform: 'node', outfile: 'bundle.mjs'}});
const {{default: schema}} = await import('./bundle.mjs');
console.log(Object.keys(schema.tables).length);
"""


def best(rounds: int, work: Callable[[], object]) -> float:
    """Milliseconds, the shortest of `rounds`: others on the machine only ever add to it."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append((time.perf_counter() - begin) * 1000)
    return min(times)


def run_in_node(source: Path, kitcn: Path) -> float:
    """Milliseconds of a process that bundles the schema and runs it."""
    script = kitcn / "read_schema_benchmark.mjs"
    copy = kitcn / "read_schema_benchmark.ts"
    shutil.copy(source, copy)
    script.write_text(DUMP.format(source=json.dumps(str(copy))))
    try:
        return best(3, lambda: subprocess.run(["node", script.name], cwd=kitcn, check=True, capture_output=True))
    finally:
        for path in (script, copy, kitcn / "bundle.mjs"):
            path.unlink(missing_ok=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1300)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--source", type=Path)
    parser.add_argument("--kitcn", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = arguments.source or Path(folder, "schema.ts")
        if arguments.source is None:
            source.write_text(big_schema(arguments.lines))
        text = source.read_text()
        begin = time.perf_counter()
        schema = read_source(source)
        first = (time.perf_counter() - begin) * 1000
        reading = best(arguments.rounds, lambda: read_source(source))
        parsing = best(arguments.rounds, lambda: parse("schema.ts", text.encode()))
        print(f"{len(text.splitlines())} lines, {len(schema.tables)} tables, {len(schema.relations)} relations")
        print(f"read the first time   {first:8.1f} ms, with imports")
        print(f"read again            {reading:8.1f} ms")
        print(f"its syntax alone      {parsing:8.1f} ms")
        missed = reading >= MOST_MILLISECONDS * len(text.splitlines()) / 1300
        if arguments.source is None:
            four = Path(folder, "four.ts")
            four.write_text(big_schema(arguments.lines * 4))
            growth = best(max(3, arguments.rounds // 3), lambda: read_source(four)) / reading
            print(f"four times the source {growth:8.1f} times the time")
            missed = missed or growth >= MOST_GROWTH
        if arguments.kitcn is not None:
            print(f"bundled and run       {run_in_node(source, arguments.kitcn):8.1f} ms, by Node")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())

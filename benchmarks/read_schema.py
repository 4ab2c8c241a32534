"""Reading a schema of 1,300 lines from its source, against esbuild, which only bundles it.

kitcn's own commands bundle the source with esbuild, then run the bundle; that second part is left out here. Whole
processes: `kitcn schema --source`, and node that starts esbuild. Then reading alone, and what four times the source
costs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from benchmarks.frame.bench import Bench
from benchmarks.frame.command import alone
from benchmarks.frame.ours import environment
from benchmarks.frame.processes import finish
from benchmarks.frame.rivals import NODE_FOLDER
from benchmarks.frame.rows import Row
from benchmarks.frame.turns import Sample
from tests.support.big_schema import big_schema

MOST_MILLISECONDS: Final = 100.0
MOST_GROWTH: Final = 6.0
BUNDLE: Final = """
import { build } from "esbuild";
const [source] = process.argv.slice(-1);
const bundle = { entryPoints: [source], bundle: true, packages: "external", format: "esm", write: false };
const { outputFiles } = await build(bundle);
if (!outputFiles[0].text.includes("convexTable")) throw new Error("nothing was bundled");
"""


def measure(bench: Bench) -> Iterator[Row]:
    lines = bench.much(1_300, 200)
    once, four = (_project(bench.folder / f"schema{factor}", lines * factor) for factor in (1, 4))
    variables = bench.ours.environment()
    command = bench.ours.kitcn("schema", "--source", str(once), "--format", "json")
    contenders = {"kitcn": lambda: finish(command, variables, bench.folder).sample}
    node = bench.where_possible("esbuild", lambda: bench.rivals.node("esbuild"))
    if node is not None:
        theirs = [node, "--input-type=module", "--eval", BUNDLE, "--", str(once / "convex" / "schema.ts")]
        contenders["esbuild, bundle alone"] = lambda: finish(theirs, environment(bench.ours.home), NODE_FOLDER).sample
    sides = bench.compare(contenders, 7)
    yield Row(f"schema of {lines:,} lines, whole process", *sides, is_quoted=True)

    def reading(project: Path) -> Callable[[], Sample]:
        command = bench.ours.inside("read_schema", str(project / "convex" / "schema.ts"))

        def turn() -> Sample:
            done = finish(command, variables, bench.folder)
            return Sample(done.told, done.memory)

        return turn

    large, small = bench.in_turns({f"{4 * lines:,} lines": reading(four), f"{lines:,} lines": reading(once)}, 5)
    yield Row(f"reading {lines:,} lines, alone", small).aiming(milliseconds=MOST_MILLISECONDS)
    yield Row("reading four times the source", large, small, is_quoted=True).aiming(ratio=MOST_GROWTH)


def _project(folder: Path, lines: int) -> Path:
    (folder / "convex").mkdir(parents=True)
    (folder / "package.json").write_text('{"name": "large", "dependencies": {"convex": "*", "kitcn": "*"}}\n')
    (folder / "convex" / "schema.ts").write_text(big_schema(lines))
    return folder


if __name__ == "__main__":
    raise SystemExit(alone("read_schema"))

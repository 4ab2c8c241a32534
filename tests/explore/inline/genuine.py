"""Query modules run by the genuine `convex/server`, and the genuine CLI's own wrapping, in Node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kitcn_repl.values import JsonValue
from tests.support.node import run_module

# `getTransactionMetrics` answers only where `metrics` are given. No module here reads documents.
_RUNNER = """
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const { texts, modules, metrics } = JSON.parse(readFileSync(0, "utf8"));
const convex = (path) => pathToFileURL(`${process.cwd()}/node_modules/convex/dist/esm/${path}`).href;
const asModule = (source) => import("data:text/javascript;base64," + Buffer.from(source).toString("base64"));
const cli = readFileSync("node_modules/convex/dist/esm/cli/lib/runTestFunction.js", "utf8");
const { inlineQueryToQuerySource } = await asModule(cli.replace(/^import .*$/m, ""));
const wrappers = "data:text/javascript," + encodeURIComponent(
  `export { queryGeneric as query, internalQueryGeneric as internalQuery } from "${convex("server/index.js")}";`);
globalThis.Convex = {
  syscall: () => "{}",
  jsSyscall: () => null,
  asyncSyscall: async (op) => {
    if (op === "1.0/getTransactionMetrics" && metrics) return JSON.stringify(metrics);
    throw new Error("Unknown async operation " + op);
  },
};
let logs;
for (const level of ["log", "warn"]) console[level] = (...parts) => logs.push(parts.join(" "));
async function run(source) {
  logs = [];
  try {
    const module = await asModule(source.replaceAll("convex:/_system/repl/wrappers.js", wrappers));
    const value = JSON.parse(await module.default.invokeQuery(JSON.stringify([{}])));
    return { value, error: null, stack: null, logs };
  } catch (thrown) {
    const { name, message, stack } = thrown instanceof Error ? thrown : { name: "thrown", message: thrown, stack: "" };
    return { value: null, error: `${name}: ${message}`, stack, logs };
  }
}
const results = [];
for (const source of modules) results.push(await run(source));
for (const text of texts) results.push(await run(inlineQueryToQuerySource(text)));
process.stdout.write(JSON.stringify(results));
"""

METRICS = {
    name: {"used": float(used), "remaining": float(remaining)}
    for name, used, remaining in [
        ("bytesRead", 48213, 16729003),
        ("bytesWritten", 0, 1),
        ("databaseQueries", 2, 4094),
        ("documentsRead", 312, 31688),
    ]
}


@dataclass(frozen=True)
class Outcome:
    value: JsonValue
    error: str | None
    stack: str | None
    logs: list[str]


def run_modules(sources: Sequence[str], *, metrics: bool = True) -> list[Outcome]:
    data = {"texts": [], "modules": list(sources), "metrics": METRICS if metrics else None}
    return _outcomes(data)


def run_as_the_cli_does(texts: Sequence[str]) -> list[Outcome]:
    return _outcomes({"texts": list(texts), "modules": [], "metrics": METRICS})


def _outcomes(data: dict[str, Any]) -> list[Outcome]:
    return [Outcome(**result) for result in run_module(_RUNNER, data)]

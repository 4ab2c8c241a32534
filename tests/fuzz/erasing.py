"""Judges erased programs: the generator knows what is a type, V8 runs both, and Deno has a stripping of its own."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from kitcn_repl.explore.inline.compile import CompiledQuery
from kitcn_repl.explore.inline.envelope import PLAIN_IMPORT
from tests.fuzz.ts.pieces import Program

deno = pytest.importorskip("deno", reason="the extra `offline` brings Deno, which judges what is left")

_JUDGE = r"""
import { stripTypeScriptTypes } from "node:module";
globalThis.addEventListener("unhandledrejection", (event) => event.preventDefault());
const Async = (async () => {}).constructor;
const cases = JSON.parse(await new Response(Deno.stdin.readable).text());
const attempt = (f) => {
  try { return { text: f() } } catch (error) { return { error: `${error.name}: ${error.message}` } }
};
const shown = (value) => typeof value === "function" ? "function" : typeof value === "bigint" ? `${value}n`
  : typeof value === "object" && value !== null
  ? JSON.stringify(value, (_, inner) => typeof inner === "function" ? "function" : inner)
  : Object.is(value, -0) ? "-0" : String(value);
async function run(body) {
  let program;
  try { program = new Async("query", body) } catch (error) { return { syntax: String(error) } }
  try { return { value: shown(await program((definition) => definition.handler ?? definition)) } }
  catch (error) { return { thrown: String(error?.name ?? error) } }
}
const answers = [];
for (const { text, bodies } of cases) {
  const ran = [];
  for (const body of bodies) ran.push(await run(body));
  const stripped = text === null ? {} : attempt(() => stripTypeScriptTypes(text));
  // What it leaves of a text that is wrong may be no JavaScript.
  const parses = attempt(() => { new Async("query", stripped.text); return "" });
  answers.push({ ran, stripped: "error" in parses ? {} : stripped });
}
console.log(JSON.stringify(answers));
"""


def judged(cases: Sequence[tuple[str | None, Sequence[str]]]) -> list[dict[str, Any]]:
    """For each TypeScript text what Deno strips it to, and what each of the function bodies comes to."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "judge.mjs")
        program.write_text(_JUDGE)
        done = subprocess.run(
            [deno.find_deno_bin(), "run", "--quiet", "--no-config", "--no-lock", "--no-remote", str(program)],
            input=json.dumps([{"text": text, "bodies": list(bodies)} for text, bodies in cases]),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
    assert done.returncode == 0, done.stderr[-2000:]
    return list(json.loads(done.stdout))


def body_of(query: CompiledQuery) -> str:
    """The module as the body of a function that is given `query` and returns the handler's value."""
    source = query.module.source.replace(PLAIN_IMPORT, "", 1)
    return f"{source.replace('export default query(', 'return await query(', 1).rstrip().removesuffix(';')}();"


def check_erased(program: Program, erased: str) -> None:
    """Every character that is no type stands where it stood; of types blanks are left, or what guards the rest."""
    text, marks = program.text, program.marks
    assert len(erased) == len(text), "the erased text is longer or shorter"
    for at, (before, after, mark) in enumerate(zip(text, erased, marks, strict=True)):
        if mark == "c" and before not in "()":
            assert after == before, (
                f"character {at} was {before!r} and became {after!r}: {text[max(0, at - 40) : at + 20]!r}"
            )
        elif before in "\n\r\u2028\u2029":
            assert after == before, f"the line break at {at} has gone"
        elif mark == "t":
            assert after in " ;()", f"of the type at {at} {after!r} is left: {text[max(0, at - 40) : at + 20]!r}"
    assert erased.count("(") - erased.count(")") == _untyped_balance(program), "parentheses were lost"


def _untyped_balance(program: Program) -> int:
    kept = "".join(char for char, mark in zip(program.text, program.marks, strict=True) if mark == "c")
    return kept.count("(") - kept.count(")")


def check_places(text: str, query: CompiledQuery) -> None:
    """Every line of the text stands in the module where `position` leads back from, at the same columns."""
    module = list(map(_units, query.module.source.split("\n")))
    split_line, split_column = query.split or (0, 0)
    for row, line in enumerate(text.rstrip().split("\n"), 1):
        below = bool(query.split) and row > split_line
        found = module[query.first_line + row - 2 + below]
        for column, char in enumerate(_units(line)):
            if query.split and row == split_line and column >= split_column:
                found = module[query.first_line + row - 1]
            left = found[column] if column < len(found) else ""
            assert left in (char, *_LEFT), f"line {row}, column {column + 1}: {char!r} became {left!r}"
        if line.isascii() and line.strip():
            at = len(line) - len(line.lstrip())
            moved = below or (bool(query.split) and row == split_line and at >= split_column)
            assert query.position(query.first_line + row - 1 + moved, at + 1) == (row, at + 1), f"line {row} is lost"


_LEFT = (" ", ";", "(", ")")


def _units(line: str) -> list[str]:
    """UTF-16 units, as JavaScript counts columns."""
    encoded = line.encode("utf-16-le")
    return [encoded[at : at + 2].decode("utf-16-le", "surrogatepass") for at in range(0, len(encoded), 2)]


def tokens(text: str) -> str:
    """Without blanks and semicolons: Deno puts some where they are not needed."""
    return "".join(text.split()).replace(";", "").replace("\ufeff", "")


def is_comparison(text: str) -> bool:
    """Whether `a < b, c > (d)` is in it, with values for names: types to TypeScript, comparisons to us."""
    return re.search(r"[\w$]+ < [\w$]+, [\w$]+ > \(", text) is not None

"""Types are blanked in place: what remains is JavaScript, at the same lines and columns."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.inline.erase import erase_types
from kitcn_repl.explore.inline.syntax import parse
from tests.support.node import node_modules

deno = pytest.importorskip("deno", reason="the extra `offline` brings Deno, whose V8 parses what is left")

# ‹what is in here becomes blanks›; ‹;|what is in here becomes blanks with a semicolon at its start›
MARKED = [
    "let x‹: number› = 1, y‹!: string›",
    "x ‹as any as string[]›",
    "x ‹satisfies A<B>›",
    "a‹!›.b‹!›[0]‹!›.c‹!›()",
    "a?.b‹!›.c",
    "f‹<A>›(1); new Map‹<string, A<B>>›()",
    "a?.‹<T>›(b)",
    "‹<any>›x",
    "const f = async ‹<T,>›(x‹: T›, y‹?: A›, ...z‹: any[]›)‹: Promise<T>› => x",
    "function f‹<T extends A = B>›(‹this: X,› a‹?: T›)‹: asserts a is T› {}",
    "function f(‹this: X›) {}",
    "const f = (x‹: unknown›)‹: x is string› => true",
    "‹interface A { a: number }›\nx",
    "‹type A = { a: number };›\nx",
    "‹type A =\n  | 'a'\n  | 'b'›\nx",
    "‹declare const a: number›\nx",
    "‹declare global { interface X {} }›\nx",
    "‹import type { A } from 'x'›\nx",
    "import {‹ type A,› b, ‹type C› } from 'x'",
    "‹export type { A };› ‹export interface B {}›",
    "‹namespace A { export type B = 1; interface C {} }›\nx",
    "const { a, b }‹: { a: number; b: string }› = c",
    "try {} catch (e‹: unknown›) {}",
    "for (const x of y ‹as any[]›) {}",
    "class A‹<T>› extends B‹<T>› ‹implements C, D› {}",
    "class A { ‹private readonly› x‹?: number›; static #p‹: A› = 1; z‹!: B› }",
    "class A { ‹public override› get z()‹: number› { return 1 } }",
    "‹abstract› class A { ‹abstract f(): void›; ‹protected abstract x: A›; m‹?›()‹: void› {} }",
    "class A { ‹[key: string]: any›; ‹constructor(a: number)›; constructor(a) {} }",
    "‹function f(a: number): void;›\nfunction f(a) {}",
    "async function* g‹<T>›()‹: AsyncGenerator<T>› { yield* h‹<T>›() }",
    "switch (x) { case 1: ‹type A = 1;› break }",
    "(x ‹as any›) = 5; x‹!› += 1; (‹<any>›x).y++",
    "`${x ‹as string›}` + y‹!›",
    "let 数‹: { 数: '数' }› = 数 ‹as any›; 'ü'",
    # What the grammar alone would take for something else.
    "x ‹as N.M.T›; y ‹satisfies A.B.C.D | null›",
    "(x ‹as N.M.T<string>[]›).y",
    "String.raw‹<T>›`a`; f‹<`x${string}y`>›`b${c}`",
    "let a‹: import('x').A<string>› = f‹<typeof import(\"y\")>›(b ‹as import('x').B›)",
    "g(Number‹<(Id)|({ a: number })>›(1))",
    # Where blanks alone would change how the rest is read.
    "const x = 1\n‹;|type A = string›\n(foo)()",
    "const x = 1 // c;\n‹;|type A = string›\n(foo)",
    "const x = 1\n‹;|interface A {}›\n/re/.test(x)",
    "const x = 1\n‹;|declare let y: A›\n[1].map(f)",
    "const x = y ‹;|as string›\n(foo)",
    "const x = y ‹;|satisfies string›\n(foo)",
    "class A { x = 1\n ‹;|private› [k] = 2 }",
    "class A { x = {}\n ‹;|public› *gen() {} }",
    "class A { x = 1\n ‹;|declare y: number›\n [k]() {} }",
    "class A { get‹;|: number›\n x(){} }",
    "x‹!›\n(foo)",
    "let x‹: T›\n(foo)",
]


def blanked(marked: str) -> tuple[str, str]:
    """The text, and what it must become."""

    def blank(match: re.Match[str]) -> str:
        mark, types = match[1] or "", match[2]
        return mark + re.sub(r"[^\n]", " ", types)[len(mark) :]

    text = re.sub(r"‹(?:;\|)?([^›]*)›", r"\1", marked)
    return text, re.sub(r"‹(?:(;)\|)?([^›]*)›", blank, marked)


MOVED = [
    ("const f = (x): Promise<\nnumber\n> => 1", "const f = (x           \n      \n) => 1"),
    ("const f = async <\nT\n>(x: T) => x", "const f = async (\n \n  x   ) => x"),
    ("() => { return <\nT\n>(x: T) => x }", "() => { return (\n \n  x   ) => x }"),
]
CASES = [*map(blanked, MARKED), *MOVED]

JAVASCRIPT = [
    "f(a < b, c >= (d))",
    "a ? (b) : c => d",
    "a ? (b, c) : d => e",
    "a\n!b",
    "type\nFoo = 1",
    "declare\nfoo",
    "x\nas\ny",
    "const type = 1, of = 2, get = 3, readonly = 4; type + of + get + readonly",
    "label: for (;;) { break label }",
    "class A { private = 1; readonly() {} static get = 2; get x() { return 1 } #p = 1; static {} }",
    "({ type: 1, as: 2, async *g() {}, get a() { return 1 }, ['b']: 2 })",
    "const { a: { b: c = 1 } = {}, ...d } = e",
    "`${`a${b}`}`; /[/]\\/(?<x>a)/u.test(c); 1_000n ** 2n",
    "for await (const x of y) { if (x?.a ?? b) continue; else break }",
    "import { a as b } from 'x'; export { b as c }; export default query({ handler: async (ctx) => 1 })",
    "async () => { await (async (x) => x)(1) }; (a, b) => ({ a, b }); a => b => c",
    "let s = 'a: number'; // b as c\n/* <T>x */",
    "\r\n'a'\r\n\u2028'b'",
]

# Calls with type arguments to TypeScript, but the names are values.
COMPARISONS = [
    "const a = 1, b = 2, c = 3, d = 4; Math.max(a < b, c > (d))",
    "users.filter(({ a, b }) => f(a < b, b > (a)))",
]

REFUSED = [
    ("const a = 1\nenum A { B }", "Line 2: an enum cannot be erased"),
    ("const enum A { B }", "Line 1: an enum"),
    ("namespace A { export const x = 1 }", "Line 1: a namespace that holds values"),
    ("class A {\n  constructor(private x: number) {}\n}", "Line 2: a parameter property"),
    ("class A { constructor(readonly x) {} }", "Line 1: a parameter property"),
    ("@foo class A {}", "Line 1: a decorator"),
    ("class A { @foo x = 1 }", "Line 1: a decorator"),
    ("import a = require('b')", "Line 1: `import x = ...`"),
    ("export = 5", "Line 1: `export =`"),
    ("() => { return <\nT>x }", "Line 1: a type assertion `<T>x` over several lines"),
]

_DENO = """
import { stripTypeScriptTypes } from "node:module";
import vm from "node:vm";
const texts = JSON.parse(await new Response(Deno.stdin.readable).text());
const attempt = (f) => { try { return { text: f() } } catch (error) { return { error: String(error.message) } } };
console.log(JSON.stringify(texts.map(([original, erased]) => ({
  stripped: attempt(() => stripTypeScriptTypes(original)),
  parsed: attempt(() => {
    const clauses = /(?:import|export)\\s*\\{[^}]*\\}(?:\\s*from\\s*'[^']*')?/g;
    const body = erased.replace(clauses, "").replace(/export default/g, "void ");
    new vm.Script(`async () => {\\n${body}\\n}`);
    return "";
  }),
}))));
"""


def erase(text: str) -> str:
    syntax = parse(text)
    assert syntax.is_valid, text
    return erase_types(syntax)


def in_deno(folder: Path, pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    program = folder / "check.mjs"
    program.write_text(_DENO)
    done = subprocess.run(
        [deno.find_deno_bin(), "run", "--quiet", "--no-config", "--no-lock", "--no-remote", str(program)],
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def shape(text: str) -> tuple[int, list[int]]:
    return len(text), [index for index, character in enumerate(text) if character in "\n\r\u2028\u2029"]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_types_become_blanks(text: str, expected: str) -> None:
    assert erase(text) == expected


@pytest.mark.parametrize("text", [*JAVASCRIPT, *COMPARISONS])
def test_javascript_stays_as_it_is(text: str) -> None:
    assert erase(text) == text


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_needs_compiling(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        erase(text)
    assert caught.value.message.startswith(message)
    assert caught.value.hint


@pytest.mark.parametrize("text", [text for text, _ in CASES])
def test_positions_stay(text: str) -> None:
    assert shape(erase(text)) == shape(text)
    for position, (before, after) in enumerate(zip(text, erase(text), strict=True)):
        assert after in (before, " ", ";", "(", ")"), position


def test_the_rest_is_what_deno_leaves_and_v8_takes(tmp_path: Path) -> None:
    texts = [*JAVASCRIPT, *(text for text, _ in CASES)]
    answers = in_deno(tmp_path, [(text, erase(text)) for text in texts])
    compared = 0
    for text, answer in zip(texts, answers, strict=True):
        assert answer["parsed"].get("error") is None, (text, erase(text), answer["parsed"])
        if "text" in answer["stripped"]:
            compared += 1
            assert tokens(erase(text)) == tokens(answer["stripped"]["text"]), text
    assert compared > len(texts) * 3 / 4


def tokens(text: str) -> str:
    """Without blanks and semicolons: Deno puts some where they are not needed."""
    return "".join(text.split()).replace(";", "")


def test_genuine_typescript(tmp_path: Path) -> None:
    """The sources of npm `convex`, against Deno's own type stripping."""
    sources = sorted((node_modules() / "convex" / "src").rglob("*.ts"))
    texts = [path.read_text() for path in sources if not path.name.endswith(".d.ts")]
    pairs: list[tuple[str, str]] = []
    refused = 0
    for text in texts:
        try:
            pairs.append((text, erase(text)))
        except UsageError:
            refused += 1
    assert len(pairs) > 200
    answers = in_deno(tmp_path, pairs)
    for (text, erased), answer in zip(pairs, answers, strict=True):
        assert shape(erased) == shape(text)
        assert tokens(erased) == tokens(answer["stripped"]["text"])
    # Deno refuses the same files: those with parameter properties.
    assert refused < len(texts) / 20


def test_genuine_javascript() -> None:
    for path in sorted((node_modules() / "convex" / "dist" / "esm").rglob("*.js")):
        text = path.read_text()
        assert erase(text) == text, path


FRAGMENTS = [text for text, _ in CASES] + JAVASCRIPT


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=5))
def test_statements_do_not_disturb_each_other(fragments: list[str]) -> None:
    text = ";\n".join(fragments)
    syntax = parse(text)
    if syntax.is_valid:
        erased = erase_types(syntax)
        assert shape(erased) == shape(text)
        assert erase(erased) == erased

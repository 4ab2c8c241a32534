"""How a text becomes a query: as the genuine CLI decides, and what we add."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.inline import compile_query
from kitcn_repl.explore.inline.envelope import unwrap
from kitcn_repl.explore.inline.plain import is_plain_expression
from kitcn_repl.values import JsonValue
from tests.explore.inline.genuine import run_as_the_cli_does, run_modules

# Texts that the genuine CLI runs to a value (or to an error of the query's own).
GENUINE = [
    "1 + 1",
    "1 + 1;",
    "  [1, 2, 3].map((x) => x * 2)  ",
    "{ a: 1 }",
    "{}",
    "({ a: 1 })",
    "'const'",
    "constant => 1, 7",
    "typeof ctx.db.query",
    "1, 2",
    "1); void (2",
    "(() => { const a = 1; return a; })()",
    "await Promise.resolve([1, 'x', null, true])",
    "null",
    "undefined",
    "12345678901234567890n",
    "new Map()",
    "[new Set([1])]",
    "[undefined]",
    "({ a: undefined, b: 2n })",
    "({ a: { b: () => 1 } })",
    "({ $a: 1 })",
    "({ 'é': 1 })",
    "new Date(0)",
    "Object.create(null)",
    "Object.create({})",
    "new (class Object {})()",
    "Symbol.iterator",
    "function f() { return 1 }",
    "class A {}",
    "ctx.db.query('users')",
    "[ctx.db.query('users')]",
    "new Uint8Array([1, 2, 255]).buffer",
    "new Uint8Array([1])",
    "-0",
    "[NaN, Infinity, -Infinity]",
    "10n ** 19n",
    "`a${1}b`",
    "/;$/.test('a;')",
    "'a // b'",
    "return 5",
    "return 5;",
    "return",
    "return // nothing",
    "const a = 1; return { a }",
    "let a = [3, 4]; for (const x of a) { if (x > 3) return x }",
    "if (true) { return 'yes' } else { return 'no' }",
    "switch (1) { case 1: return 'one' }",
    "try { throw new Error('x') } catch (e) { return e.message }",
    "throw new TypeError('boom')",
    "throw 'text'",
    "const a = 1;\nconst b = 2;\nreturn a + b;",
    "function twice(x) {\n  return 2 * x;\n}\nreturn twice(4);",
    "function f() { return 1 };",
    "{ a: 1 }\n(2)",
    "{ a: 1 }\n[2]",
    "// a comment\nreturn 1;",
    "console.log('hello', 1); ",
    "const o = { then: 1 }; return o",
    "export default query({ handler: async (ctx) => 11 })",
    "export default query(async (ctx) => 12)",
    "export default internalQuery({ handler: (ctx) => 13 });",
    "const n = 14;\nexport default query({\n  handler: async () => n,\n});",
    "export default query({ args: {}, handler: async (ctx, args) => args })",
    'import { query } from "convex:/_system/repl/wrappers.js";\nexport default query(async () => 15);',
    "export default query({ handler: async (ctx) => { throw new Error('in module') } })",
    "const f = query;\nexport default f(async () => 'a'.query?.(1) ?? 16)",
]

# What we add, with the values.
MORE: list[tuple[str, JsonValue]] = [
    ("[1, 2]\n  .map((x) => x + 1)\n  .join('-')", "2-3"),
    ("{\n  a: 1,\n  b: [2]\n}", {"a": 1, "b": [2]}),
    ("const u = [1, 2, 3]; u.length", 3),
    ("const u = [1, 2, 3]\nu.length // how many", 3),
    ("const u = 1;\n\n  u + 1;\n", 2),
    ("let n = 0\nn = 7", 7),
    ("let a = 1; a++; [a]", [2]),
    ("Math.max(1, 2); Math.min(1, 2)", 1),
    ("1 + 1 // two", 2),
    ("1 + 1 /* two */;", 2),
    ("// first\n1 + 1", 2),
    ("1 + 1;;", 2),
    ("1;// a; b", 1),
    ("function f() { return 3 }; f()", 3),
    ("function f() { return 3 }\nf()", 3),
    ("if (false) return 1; 'else'", "else"),
    ("function f() { return 1 }\n(2)", 2),
    ("const a = 'x'\n;[a].concat('y')", ["x", "y"]),
    ("const text = `a\n  b`; text", "a\n  b"),
    ("'export default ' + ((query) => query(1))((x) => x)", "export default 1"),
    ("const a: number = 1; a as any", 1),
    ("[1, 2].map((x: number): string => `${x}`)", ["1", "2"]),
    ("type T = { a: number }\nconst x: T = { a: 1 }\nx.a!", 1),
    ("export default query({ handler: async (ctx: any): Promise<number> => 17 as number })", 17),
    ("const a = 1; /* c */ await Promise.resolve(a) /* d */ ; // e", 1),
    ("const 数 = '数'; 数 + '😀'", "数😀"),
    ("\ufeff1 + 2\u00a0", 3),
    ("async () => 1, 4", 4),
    ("const a = 1;\r\na + 1\r\n", 2),
    ("{ const x = 1; return x as any }", 1),
    ("// nothing", None),
    ("for (const x of [1]) { x }", None),
]


def test_what_the_genuine_cli_accepts_means_the_same() -> None:
    ours = run_modules([compile_query(text).module.source for text in GENUINE])
    genuine = run_as_the_cli_does(GENUINE)
    for text, mine, theirs in zip(GENUINE, ours, genuine, strict=True):
        value, _ = unwrap(mine.value)
        assert (text, value, mine.error, mine.logs) == (text, theirs.value, theirs.error, theirs.logs)


def test_without_measuring_too() -> None:
    ours = run_modules([compile_query(text, measure=False).module.source for text in GENUINE])
    genuine = run_as_the_cli_does(GENUINE)
    for text, mine, theirs in zip(GENUINE, ours, genuine, strict=True):
        assert (text, mine.value, mine.error) == (text, theirs.value, theirs.error)


def test_what_we_add() -> None:
    outcomes = run_modules([compile_query(text).module.source for text, _ in MORE])
    for (text, expected), outcome in zip(MORE, outcomes, strict=True):
        assert (text, unwrap(outcome.value)[0], outcome.error) == (text, expected, None)


PARTS = [
    *(
        "1",
        "'s'",
        "(2)",
        "[3]",
        "{ b: 4 }",
        "`t`",
        "/5/.source",
        "await 6",
        "x",
        "(x) => x",
        "-7",
        "++x",
        "x!",
        "x as any",
    ),
    *(
        "return 8",
        "let x = 9",
        "if (1) return 10",
        "throw new Error('e')",
        "function x() { return 11 }",
        "for (;;) break",
    ),
    *("// c", "/* d */", ""),
]
BETWEEN = ["; ", ";", "\n", ";\n", " ", ", ", " + ", "\n\n"]
RANDOM_TEXTS = st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from(BETWEEN)), min_size=1, max_size=4).map(
    lambda pairs: "".join(map("".join, pairs))
)


@settings(deadline=None, max_examples=6)
@given(st.lists(RANDOM_TEXTS.filter(lambda text: text.strip() != ""), min_size=30, max_size=80))
def test_a_value_or_error_of_the_genuine_cli_is_ours_too(texts: list[str]) -> None:
    ours = run_modules([compile_query(text).module.source for text in texts])
    for text, mine, theirs in zip(texts, ours, run_as_the_cli_does(texts), strict=True):
        value, _ = unwrap(mine.value)
        if theirs.error is None and theirs.value is not None:
            assert (text, value) == (text, theirs.value)
        elif theirs.error is not None and not theirs.error.startswith("SyntaxError"):
            assert (text, mine.error) == (text, theirs.error)
        elif theirs.error is None and mine.error is not None:
            # Statements that end in a function: here that is the value, which Convex refuses.
            assert "is not a supported Convex type" in mine.error, text


@pytest.mark.parametrize("text", ["", "  \n\t", "\ufeff"])
def test_empty(text: str) -> None:
    with pytest.raises(UsageError, match=r"^`--inline-query` must not be empty\.$"):
        compile_query(text)


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(UsageError, match="not valid Unicode"):
        compile_query("'\udcff'")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('await ctx.db.query("users").take(5)', True),
        ("(await ctx.db.query('users').collect()).length;", True),
        ("ctx.db.query('a').filter(q => q.eq(q.field('b'), 1))", True),
        ('ctx.db.query("a").withIndex("by_b", (q) => q.eq("b", null).gt("c", 1.5))', True),
        ("x.map(({ a, b: c }) => ({ a, [c]: !c, ...b }))", True),
        ("a?.b ?? c", True),
        ("a > 1", True),
        ("x as any", False),
        ("x!", False),
        ("x!.y", False),
        ("f<T>(x)", False),
        ("(a: number) => a", False),
        ("({ a }: T) => a", False),
        ("({ f(a): T { } })", False),
        ("a; b", False),
        ("a b", False),
        ("{ a: 1 }", False),
        ("a ? b : c", False),
        ("a // b", False),
        ("return 1", False),
        ("(a", False),
        ("a)", False),
        ("1); f(2", False),
        ("`a`", False),
        ("'a\\'b'", False),
        ("a\nb", False),
        ("a.", False),
        ("'\ud800'", False),
        ("1.toString()", False),
    ],
)
def test_the_check_without_a_parser(text: str, plain: bool) -> None:
    assert is_plain_expression(text) is plain


def test_a_plain_expression_needs_no_parser() -> None:
    program = (
        "import sys\n"
        "from kitcn_repl.explore.inline import compile_query\n"
        "compile_query('await ctx.db.query(\"users\").take(5)')\n"
        "print([name for name in ('tree_sitter', 'difflib', 'pydantic', 'click', 'httpx2') if name in sys.modules])\n"
        "compile_query('x as any')\n"
        "print('tree_sitter' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\nTrue\n"

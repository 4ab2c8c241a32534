"""Whether Enter runs a text, or goes on in the next line."""

from __future__ import annotations

import pytest

from kitcn_repl.explore.inline.completeness import is_complete


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 + 1",
        'ctx.db.query("user").take(2)',
        "const a = 1;",
        "const f = (a) => { return a; }",
        "if (x) { return 1; }",
        "if (x) return 1",
        "a.delete",
        "a.new",
        "`a ${b} c`",
        "`a\nb`",
        "'an unclosed text",
        '"another',
        "a)",
        "(]",
        "a // a comment (",
        "/* whole */ 1",
        "x as Doc<'user'>",
        "user!",
        "i++",
        "/[(]/.test(a)",
        "1 / 2",
        "do { a() } while (x)",
        "return",
        "a\n\n",
        '"(" + "{"',
        "user.await",
        "[1, 2, 3]",
        "this",
        "x as const",
        "async",
        "a ? b : c",
        "const f = (a?: number) => a",
        "class A extends B {}",
        "function f() {}",
        "try { } catch { }",
        "of.as",
        "yield",
    ],
)
def test_whole(text: str) -> None:
    assert is_complete(text)


@pytest.mark.parametrize(
    "text",
    [
        "(",
        "ctx.db.query(",
        "users.map((u) => {",
        "[1,",
        "1 +",
        "a &&",
        "a ??",
        "a ?",
        "a ? b :",
        "a.",
        "a?.",
        "a,",
        "const x =",
        "const",
        "(u) =>",
        "await",
        "return await",
        "`a",
        "`a ${b",
        "`a ${b} c",
        "/* a",
        "if (x)",
        "if (x) { } else",
        "while (x)",
        "for (const a of b)",
        "for await (const a of b)",
        "export default query({",
        "x = {\n a: 1,\n",
        "f(`${'(' }`",
        "new",
        "1 <",
        "a !==",
        "...",
        "!",
        "a ? b",
        "function f()",
        "async function* f(a, b)",
        "class A",
        "class A extends B",
        "try { }",
        "x as",
        "x satisfies",
    ],
)
def test_goes_on(text: str) -> None:
    assert not is_complete(text)

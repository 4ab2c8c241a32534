"""One statement of a longer text."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kitcn_repl.explore.inline.statements import statement_at

_TEXT = """// first
const db = ctx.db;
const limit = 3, other = { é: "😀" };

const users = await db
  .query("user")
  .take(limit);
const name = (user) => user.name;
const { a, b: [c] } = other;

users.map(name);
"unrelated"
"""


def _pieces(marker: str) -> tuple[list[str], str | None]:
    found = statement_at(_TEXT, _TEXT.index(marker))
    assert found is not None
    return [_TEXT[start:end].split("\n")[0] for start, end in found.ranges], found.shown


@pytest.mark.parametrize(
    ("marker", "pieces", "shown"),
    [
        ("ctx.db", ["const db = ctx.db;"], "db"),
        (".take", ["const db = ctx.db;", 'const limit = 3, other = { é: "😀" };', "const users = await db"], "users"),
        ("(user)", ["const name = (user) => user.name;"], None),
        ("{ a, b", ['const limit = 3, other = { é: "😀" };', "const { a, b: [c] } = other;"], "({ a, c })"),
        (
            "users.map",
            [
                "const db = ctx.db;",
                'const limit = 3, other = { é: "😀" };',
                "const users = await db",
                "const name = (user) => user.name;",
                "users.map(name);",
            ],
            None,
        ),
        ('"unrelated"', ['"unrelated"'], None),
        ("// first", ["const db = ctx.db;"], "db"),
    ],
)
def test_it_comes_with_what_it_uses(marker: str, pieces: list[str], shown: str | None) -> None:
    assert _pieces(marker) == (pieces, shown)


def test_between_statements_it_is_the_one_before() -> None:
    found = statement_at(_TEXT, _TEXT.index("const users") - 1)
    assert found is not None
    assert found.shown == "other"


def test_nothing_is_no_statement() -> None:
    assert statement_at("", 0) is None
    assert statement_at("// only this", 3) is None


def test_without_the_grammar_it_is_the_paragraph() -> None:
    code = (
        "import sys; sys.modules['tree_sitter'] = None\n"
        "from kitcn_repl.explore.inline.statements import statement_at\n"
        "print(statement_at('a\\nb\\n\\n c\\n', 6).ranges)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "((5, 7),)\n", done.stderr

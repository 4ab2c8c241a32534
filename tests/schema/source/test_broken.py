"""Text that is no TypeScript: what can be read of it is, and the place that cannot is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitcn_repl.schema.source import read_source
from tests.schema.source.evaluation import evaluated, write

START = """import { convexTable, defineSchema, index, text } from 'kitcn/orm';

export const user = convexTable('user', { name: text().notNull() }, (t) => [index('name').on(t.name)]);

"""
END = """
export const post = convexTable('post', {
  title: text(),
  userId: text().references(() => user.id),
});

export default defineSchema({ user, post });
"""
BROKEN = {
    "a missing brace": "export const broken = convexTable('broken', { a: text();\n",
    "a missing parenthesis": "export const broken = convexTable('broken', { a: text() };\n",
    "a brace too many": "export const broken = convexTable('broken', { a: text() }});\n",
    "no end": "export const broken = convexTable('broken', {\n  a: text(),\n",
    "an unfinished property": "export const broken = convexTable('broken', { a: , b: text() });\n",
    "a missing comma": "export const broken = convexTable('broken', { a: text() b: text() });\n",
    "an unfinished chain": "export const broken = convexTable('broken', { a: text(). });\n",
    "an unfinished string": "export const broken = convexTable('broken, { a: text() });\n",
    "marks of a merge": "<<<<<<< HEAD\nconst a = 1;\n=======\nconst a = 2;\n>>>>>>> theirs\n",
    "words": "these words are no program at all\n",
    "an unfinished import": "import { a, b from './nowhere';\n",
    "an unfinished function": "function broken() { if (x {\n",
    "signs": "@#$%^&*\n",
    "an unfinished assignment": "const broken = ;\n",
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_the_tables_around_a_broken_statement_are_read(tmp_path: Path, broken: str) -> None:
    write(tmp_path, {"schema.ts": START + broken + END})
    schema = read_source(tmp_path / "schema.ts", root=tmp_path)
    assert {"user", "post"} <= set(schema.tables)
    assert schema.tables["user"].fields is not None
    assert [index.name for index in schema.tables["user"].indexes] == ["name"]
    assert [key.target for key in schema.tables["post"].foreign_keys] == ["user"]
    first = START.count("\n") + 1
    lines = [problem.place.line for problem in schema.problems]
    assert lines
    assert all(first <= line <= first + broken.count("\n") for line in lines), schema.problems
    assert {problem.place.file for problem in schema.problems} == {"schema.ts"}


def test_a_broken_entry_leaves_the_others(tmp_path: Path) -> None:
    result = evaluated(tmp_path, "export default {\n  a: 1,\n  b: !!!,\n  c: 3,\n};")
    assert isinstance(result.plain, dict)
    assert result.plain["a"] == 1
    assert [problem.place.line for problem in result.problems] == [3]


def test_a_broken_file_that_is_imported(tmp_path: Path) -> None:
    program = "import { a, b } from './other'; export default { a, b };"
    result = evaluated(tmp_path, program, other_ts="export const a = 1;\nexport const b = {;\n")
    assert isinstance(result.plain, dict)
    assert result.plain["a"] == 1
    assert [str(problem.place) for problem in result.problems] == ["other.ts:2"]


def test_a_faultless_file_has_no_problems(tmp_path: Path) -> None:
    assert evaluated(tmp_path, START + END).problems == []


def test_the_problems_of_a_file_are_few(tmp_path: Path) -> None:
    result = evaluated(tmp_path, "const a = ;\n" * 500 + "export default 1;")
    assert result.plain == 1
    assert 1 <= len(result.problems) <= 20

"""Any text is read without an exception and in bounded time: pieces of real programs, cut and mixed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitcn_repl.schema.source import read_source
from kitcn_repl.schema.source.interpreter import MOST_STEPS, Interpreter
from kitcn_repl.schema.source.reader import evaluate_file
from tests.schema.source.evaluation import LIBRARY
from tests.schema.source.test_against_javascript import CASES
from tests.schema.source.test_bounds import ENDLESS

REAL = """import { convexTable, defineSchema, discriminator, id, index, text, textEnum, timestamp } from 'kitcn/orm';
import * as more from './more';
const ROLES = ['admin', 'user'] as const;
const stamps = (extra = {}) => ({ createdAt: timestamp().notNull().defaultNow(), ...extra });
export const userTable = convexTable(
  'user',
  { name: text().notNull(), role: textEnum(ROLES).default(ROLES[1]), managerId: text().references(() => userTable.id),
    ...stamps() },
  (userTable) => [index('role').on(userTable.role, userTable.name), index(`${'by'}_name`).on(userTable['name'])]
);
const names = ['todo', 'note'] as const;
const columns = () => ({ userId: id('user'), ...stamps({ a: text() }) });
const made = Object.fromEntries(names.map((name) => [name, convexTable(name, columns())]));
for (const name of names) { if (name === 'todo') continue; made[name + 's'] = made[name]; }
export const tables = { user: userTable, ...made, ...more, event: convexTable('event', {
  kind: discriminator({ variants: { a: { x: text() }, b: { userId: text() } } }),
}) };
const schema = defineSchema(tables, { strict: false }).relations((r) => ({
  user: { todos: r.many.todo(), manager: r.one.user({ from: r.user.managerId, to: r.user.id, alias: 'm' }) },
  ...Object.fromEntries(names.map((n) => [n, { user: r.one.user({ from: r[n].userId, to: r.user.id }) }])),
})).triggers({ user: { create: {
  after: async (user, ctx) => { await ctx.orm.insert(tables.todo).values({ userId: user.id }); } } } });
export default schema;
"""
MORE = "import { tables } from './schema'; export * from './schema'; export const here = () => tables.user.id;\n"
SIGNS = [*"{}()[]`'.,;=<>\n\0é", "${", "=>", "...", "?.", "/*", "//"]
WORDS = [
    "const",
    "export default",
    "import",
    "function",
    "if",
    "for",
    "return",
    "null",
    "r",
    "text()",
    "await",
    "class",
]


def read(root: Path, text: str) -> None:
    (root / "schema.ts").write_text(text, encoding="utf-8", errors="replace")
    (root / "more.ts").write_text(MORE)
    schema = read_source(root / "schema.ts", root=root)
    assert all(problem.place.line <= text.count("\n") + 2 for problem in schema.problems)
    assert all(dynamic.place.line <= text.count("\n") + 2 for dynamic in schema.dynamic)


def test_the_text_itself_is_read(tmp_path: Path) -> None:
    read(tmp_path, REAL)
    schema = read_source(tmp_path / "schema.ts", root=tmp_path)
    assert {"user", "todo", "note", "event", "notes"} <= set(schema.tables)
    assert schema.problems == ()


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in range(1, 8))])
def test_every_beginning(tmp_path: Path, part: int) -> None:
    for end in range(part, len(REAL), 24):
        read(tmp_path, REAL[:end])


ONCE = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@ONCE
@given(cuts=st.lists(st.tuples(st.integers(0, len(REAL)), st.integers(0, 40)), min_size=1, max_size=4))
def test_parts_left_out(tmp_path: Path, cuts: list[tuple[int, int]]) -> None:
    text = REAL
    for start, size in cuts:
        text = text[:start] + text[start + size :]
    read(tmp_path, text)


@ONCE
@given(additions=st.lists(st.tuples(st.integers(0, len(REAL)), st.sampled_from(SIGNS + WORDS)), min_size=1, max_size=4))
def test_parts_put_in(tmp_path: Path, additions: list[tuple[int, str]]) -> None:
    text = REAL
    for at, part in additions:
        text = text[:at] + part + text[at:]
    read(tmp_path, text)


@ONCE
@given(seed=st.integers(0, 2**32))
def test_parts_mixed(tmp_path: Path, seed: int) -> None:
    source = random.Random(seed)
    parts = REAL.replace("(", " ( ").replace(".", " . ").split(" ")
    for _ in range(source.randint(1, 12)):
        first, second = source.randrange(len(parts)), source.randrange(len(parts))
        parts[first], parts[second] = parts[second], parts[first]
    read(tmp_path, " ".join(parts))


@ONCE
@given(text=st.text(max_size=200) | st.lists(st.sampled_from(SIGNS + WORDS), max_size=60).map(" ".join))
def test_any_text(tmp_path: Path, text: str) -> None:
    read(tmp_path, text)


@pytest.mark.slow
@ONCE
@given(
    parts=st.lists(st.sampled_from([*CASES, *ENDLESS]), min_size=1, max_size=4),
    sign=st.sampled_from([";", "+", ",", "\n", "=>", "."]),
)
def test_programs_put_together(tmp_path: Path, parts: list[str], sign: str) -> None:
    (tmp_path / "main.ts").write_text("export default " + sign.join(parts))
    interpreter = Interpreter()
    evaluate_file(tmp_path / "main.ts", tmp_path, LIBRARY, interpreter)
    assert interpreter._steps > -MOST_STEPS

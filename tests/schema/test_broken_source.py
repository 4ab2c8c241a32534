"""Source that is wrong, missing, huge or circular: what is readable is kept, the place of the rest is told."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitcn_repl.errors import KitcnError
from kitcn_repl.schema.edges import edges
from kitcn_repl.schema.model import Schema
from kitcn_repl.schema.source.reader import read_source

IMPORT = "import { convexTable, defineSchema, id, index, text } from 'kitcn/orm';\n"
GOOD = "export const user = convexTable('user', { name: text().notNull() }, (t) => [index('by_name').on(t.name)]);\n"


def read(folder: Path, **files: str | bytes) -> Schema:
    """`schema` is `convex/schema.ts`; a name with `__` stands for a path below `convex`."""
    for name, content in files.items():
        path = folder / "convex" / (name.replace("__", "/") + ".ts")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_source(folder / "convex" / "schema.ts", root=folder)


def told(schema: Schema) -> list[tuple[str, int]]:
    """Where something is told to be wrong or not known."""
    places = [each.place for each in schema.problems] + [each.place for each in schema.dynamic]
    return [(place.file, place.line) for place in places]


@pytest.mark.parametrize(
    "broken",
    [
        "const post = convexTable('post', { title: text().notNull( });\n",
        "const post = convexTable('post', { title: text() };\n",
        "const post = convexTable('post' { title: text() });\n",
        "const post = ;\n",
        "const post = convexTable('post', { title: text(), })) ;\n",
        "function half( {\n",
        "}\n",
        "const word = 'never ends;\n",
        "@@@ ### %%%\n",
        "class { = }\n",
    ],
)
def test_a_syntax_error_leaves_the_other_tables(tmp_path: Path, broken: str) -> None:
    source = IMPORT + GOOD + broken + "\nexport default defineSchema({ user });\n"
    schema = read(tmp_path, schema=source)
    assert any(file == "convex/schema.ts" and line >= 3 for file, line in told(schema))
    user = schema.tables["user"]
    assert list(user.fields or {}) == ["name"]
    assert [each.name for each in user.indexes] == ["by_name"]


def test_a_broken_table_is_not_made_up(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        schema=IMPORT
        + GOOD
        + "const post = convexTable('post', { userId: id('user' , title text() });\n"
        + "export default defineSchema({ user, post }).relations((r) => ({\n"
        + "  user: { posts: r.many.post({ from: r.user.id, to: r.post.userId }) },\n}));\n",
    )
    assert ("convex/schema.ts", 3) in told(schema)
    assert "user" in schema.tables
    for relation in schema.relations:
        assert relation.from_fields and relation.to_fields


def test_a_broken_file_among_others(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        schema=IMPORT
        + GOOD
        + "import { post } from './tables/post';\nimport { tag } from './tables/tag';\n"
        + "export default defineSchema({ user, post, tag });\n",
        tables__post=IMPORT + "export const post = convexTable('post', {{{ ;\n",
        tables__tag=IMPORT + "export const tag = convexTable('tag', { word: text() });\n",
    )
    assert {"user", "tag"} <= set(schema.tables)
    assert any(file == "convex/tables/post.ts" for file, _ in told(schema))


def test_a_missing_file(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        schema=IMPORT
        + GOOD
        + "import { post } from './tables/post';\nimport * as more from './more';\n"
        + "export default defineSchema({ user, post, ...more });\n",
    )
    assert "user" in schema.tables
    assert "post" not in schema.tables or schema.tables["post"].open or schema.tables["post"].fields is None
    assert {line for file, line in told(schema) if file == "convex/schema.ts"} & {3, 4, 5}
    assert any("post" in f"{each}" for each in (*schema.problems, *schema.dynamic))


def test_a_missing_export(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        schema=IMPORT + GOOD + "import { post } from './post';\nexport default defineSchema({ user, post });\n",
        post=IMPORT + "export const posts = convexTable('post', {});\n",
    )
    assert "user" in schema.tables
    assert told(schema)


def test_circular_imports(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        schema="import { defineSchema } from 'kitcn/orm';\nimport { a } from './a';\nimport { b } from './b';\n"
        "export default defineSchema({ a, b });\n",
        a=IMPORT
        + "import { b } from './b';\nexport const a = convexTable('a', { b: text().references(() => b.id) });\n",
        b=IMPORT
        + "import { a } from './a';\nexport const b = convexTable('b', { a: text().references(() => a.id) });\n",
    )
    assert told(schema) == []
    assert [(key.columns, key.target) for table in schema.tables.values() for key in table.foreign_keys] == [
        (("b",), "b"),
        (("a",), "a"),
    ]


def test_values_that_need_themselves(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        schema=IMPORT
        + GOOD
        + "const a = b;\nconst b = a;\nconst deep = { ...deep };\nfunction loop(n) { return loop(n + 1); }\n"
        + "const made = convexTable('made', { ...a, ...deep, ...loop(0) });\n"
        + "export default defineSchema({ user, made, other: a });\n",
    )
    assert {"user", "made"} <= set(schema.tables)
    assert told(schema)


def test_reexports_in_a_circle(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        schema=IMPORT
        + GOOD
        + "import * as all from './one';\nimport { nowhere } from './one';\n"
        + "export default defineSchema({ user, ...all, nowhere });\n",
        one="export * from './two';\nexport { nowhere } from './two';\n",
        two="export * from './one';\nexport { nowhere } from './one';\nexport { found } from './three';\n",
        three=IMPORT + "export * from './one';\nexport const found = convexTable('found', { word: text() });\n",
    )
    assert {"user", "found"} <= set(schema.tables)
    assert told(schema)


def test_a_file_that_imports_itself(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        schema=IMPORT
        + "import * as self from './schema';\nexport * from './schema';\n"
        + GOOD
        + "export default defineSchema({ user, twin: self.user });\n",
    )
    assert "user" in schema.tables


@pytest.mark.parametrize("content", ["", "\n\n", "// nothing\n", "export {};\n", "export default 5;\n"])
def test_nothing_to_read(tmp_path: Path, content: str) -> None:
    schema = read(tmp_path, schema=content)
    assert schema.tables == {}
    assert schema.relations == ()
    assert told(schema), "says that there is no schema"


@pytest.mark.parametrize(
    "content", [b"\x00\x01\x02\xff\xfe" * 500, b"\xff\xfe" + "const x = 1;".encode("utf-16-le"), bytes(range(256)) * 40]
)
def test_binary(tmp_path: Path, content: bytes) -> None:
    schema = read(tmp_path, schema=content)
    assert schema.tables == {}
    assert told(schema)


def test_a_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    text = "\ufeff" + (IMPORT + GOOD + "export default defineSchema({ user });\n").replace("\n", "\r\n")
    schema = read(tmp_path, schema=text)
    assert told(schema) == []
    assert schema.tables["user"].place is not None
    assert schema.tables["user"].place.line == 2


def test_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    source = IMPORT.encode() + b"// caf\xe9\n" + GOOD.encode() + b"export default defineSchema({ user });\n"
    assert "user" in read(tmp_path, schema=source).tables


def test_a_huge_file(tmp_path: Path) -> None:
    """5 MB: read or refused, in any case told and soon."""
    lines = [IMPORT, GOOD]
    size, at = 0, 0
    while size < 5_000_000:
        columns = "{ one: text().notNull(), two: id('user'), three: text() }"
        line = f"export const made{at} = convexTable('made{at}', {columns});\n"
        lines.append(line)
        size += len(line)
        at += 1
    schema = read(tmp_path, schema="".join(lines) + "export default defineSchema({ user });\n")
    assert "user" in schema.tables or told(schema)


def test_a_huge_line(tmp_path: Path) -> None:
    words = ",".join(f"'w{at}'" for at in range(200_000))
    source = f"{IMPORT}{GOOD}const WORDS = [{words}];\nexport default defineSchema({{ user }});\n"
    assert "user" in read(tmp_path, schema=source).tables


@pytest.mark.parametrize("depth", [50, 5_000])
def test_deep_nesting(tmp_path: Path, depth: int) -> None:
    lines = [
        f"const deep = {'[' * depth}{']' * depth};",
        f"const sum = {'(' * depth}1{')' * depth};",
        f"const no = {'!' * depth}1;",
        f"const chain = text(){'.notNull()' * depth};",
        "const odd = convexTable('odd', { chain, sum: text().default(sum), no: text().default(no) });",
        "export default defineSchema({ user, odd });",
    ]
    source = IMPORT + GOOD + "\n".join(lines)
    assert "user" in read(tmp_path, schema=source).tables


@pytest.mark.parametrize(
    "code",
    [
        "while (true) { list.push(1); }",
        "for (;;) {}",
        "for (const x of list) { list.push(x); }",
        "const grow = () => [...grow(), ...grow()];\nlist.push(...grow());",
        "const double = (n) => (n > 40 ? [1] : [...double(n + 1), ...double(n + 1)]);\nlist.push(...double(0));",
        "let text0 = 'x'.repeat(1e9);",
        "const many = Array.from({ length: 1e9 }, (_, n) => n);",
        "const wide = new Array(1e9).fill(0);",
        "const big = 'ab'.padStart(2 ** 40);",
        "const power = 10 ** 100000;",
    ],
)
def test_code_that_would_never_end(tmp_path: Path, code: str) -> None:
    schema = read(
        tmp_path,
        schema=f"{IMPORT}{GOOD}const list = [1];\n{code}\n"
        "const more = convexTable('more', { n: text().default(list) });\n"
        "export default defineSchema({ user, more });\n",
    )
    assert "user" in schema.tables


def test_code_of_the_schema_is_never_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    read(
        tmp_path,
        schema=f"import fs from 'node:fs';\nfs.writeFileSync({str(mark)!r}, 'ran');\n{IMPORT}{GOOD}"
        "export default defineSchema({ user });\n",
    )
    assert not mark.exists()


def test_imports_do_not_leave_the_project(tmp_path: Path) -> None:
    """A specifier may point anywhere; what is read is source, and a folder or device is not."""
    (tmp_path / "convex").mkdir()
    (tmp_path / "convex" / "folder.ts").mkdir()
    schema = read(
        tmp_path,
        schema=f"{IMPORT}{GOOD}import a from './folder';\nimport b from '/dev/zero';\n"
        "import c from '../../../../../../etc/passwd';\n"
        "export default defineSchema({ user, a, b, c });\n",
    )
    assert "user" in schema.tables
    assert told(schema)


def test_links_in_a_circle(tmp_path: Path) -> None:
    convex = tmp_path / "convex"
    convex.mkdir()
    (convex / "one.ts").symlink_to(convex / "two.ts")
    (convex / "two.ts").symlink_to(convex / "one.ts")
    schema = read(
        tmp_path,
        schema=f"{IMPORT}{GOOD}import {{ x }} from './one';\nexport default defineSchema({{ user, x }});\n",
    )
    assert "user" in schema.tables
    assert told(schema)


def test_a_tsconfig_that_extends_itself(tmp_path: Path) -> None:
    (tmp_path / "tsconfig.json").write_text(
        '{"extends": "./tsconfig.json", "compilerOptions": {"paths": {"@/*": ["./*"]}}}'
    )
    schema = read(
        tmp_path,
        schema=f"{IMPORT}{GOOD}import {{ post }} from '@/convex/post';\n"
        "export default defineSchema({ user, post });\n",
        post=f"{IMPORT}export const post = convexTable('post', {{ title: text() }});\n",
    )
    assert list(schema.tables) == ["user", "post"]


@pytest.mark.parametrize(
    "config", ["{", "[]", "null", '{"compilerOptions": 3}', '{"compilerOptions": {"paths": {"@/*": 7}}}']
)
def test_a_broken_tsconfig(tmp_path: Path, config: str) -> None:
    (tmp_path / "tsconfig.json").write_text(config)
    schema = read(tmp_path, schema=f"{IMPORT}{GOOD}export default defineSchema({{ user }});\n")
    assert list(schema.tables) == ["user"]


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(KitcnError) as raised:
        read_source(tmp_path / "convex" / "schema.ts")
    assert "schema.ts" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_relations_that_kitcn_refuses(tmp_path: Path) -> None:
    schema = read(
        tmp_path,
        schema=f"{IMPORT}{GOOD}const post = convexTable('post', {{ userId: id('user').notNull() }});\n"
        "export default defineSchema({ user, post }).relations((r) => ({\n"
        "  user: { posts: r.many.post(), name: r.one.post({ from: r.user.id, to: r.post.userId }) },\n"
        "  post: { gone: r.one.nothing(), user: r.one.user({ from: r.post.userId }) },\n}));\n",
    )
    assert list(schema.tables) == ["user", "post"]
    assert schema.problems
    assert all(each.place.file == "convex/schema.ts" for each in schema.problems)


CORPUS = Path(__file__).parent / "corpus"
SCHEMAS = sorted(path for path in CORPUS.glob("**/schema.ts") if "convex" in path.parts)
PIECES = [
    *"{}()[],;.=<>!'\"`\n\0é😀",
    "...",
    "=>",
    "${",
    "/*",
    "*/",
    "//",
    "await ",
    "function ",
    "class ",
    "return ",
    "import ",
    "export default ",
    "?.",
    "??",
    "as ",
    ".references(() => ",
    "r.one.",
    "while (1) {",
    "__proto__",
    "constructor",
    "\\u{110000}",
]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_damage_to_a_schema_is_survived(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(SCHEMAS)).read_text()
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        rest = at + data.draw(st.sampled_from([0, 0, 1, 3, 40, 400]))
        text = text[:at] + data.draw(st.sampled_from(["", *PIECES])) + text[rest:]
    with tempfile.TemporaryDirectory() as folder:
        schema = read(Path(folder), schema=text)
    edges(schema)
    count = text.count("\n") + 1
    assert all(1 <= line <= count for file, line in told(schema) if file == "convex/schema.ts"), text
    for relation in schema.relations:
        assert relation.source in schema.tables, text
        assert relation.target in schema.tables, text


def test_a_problem_is_one_short_line(tmp_path: Path) -> None:
    schema = read(
        tmp_path, schema=f"import a from `./x`;\nimport b from './{'long' * 500}';\nimport c from './two\\nlines';\n"
    )
    assert schema.problems
    assert all("\n" not in problem.message and len(problem.message) <= 300 for problem in schema.problems)


def test_a_file_that_exports_itself_as_a_namespace(tmp_path: Path) -> None:
    schema = read(
        tmp_path, schema=f"{IMPORT}{GOOD}export * as here from './schema'; export default defineSchema({{ user }});\n"
    )
    assert set(schema.tables) == {"user"}
    schema = read(
        tmp_path,
        schema=f"{IMPORT}{GOOD}import * as a from './a'; export {{ a }}; export default defineSchema({{ user }});\n",
        a="export * as b from './b';",
        b="export * as s from './schema'; export * as a from './a';",
    )
    assert set(schema.tables) == {"user"}

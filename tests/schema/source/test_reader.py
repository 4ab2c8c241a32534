"""`read_source`: from a path to a schema, with the real vocabulary."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitcn_repl.errors import KitcnError
from kitcn_repl.schema.source import read_source
from tests.schema.source.evaluation import write

SCHEMA = """import { convexTable, defineSchema, id, text } from 'kitcn/orm';
import { extra } from '../lib/extra';
export const tables = {
  user: convexTable('user', { name: text() }),
  post: convexTable('post', { userId: id('user').notNull() }),
  ...extra,
};
export default defineSchema(tables).relations((r) => ({
  post: { author: r.one.user({ from: r.post.userId, to: r.user.id }) },
}));
"""
PROJECT = {
    "package.json": '{"dependencies": {"convex": "1", "kitcn": "1"}}',
    "convex.json": '{"functions": "convex/functions"}',
    "convex/functions/schema.ts": SCHEMA,
    "convex/lib/extra.ts": "import { convexTable, text } from 'kitcn/orm';\n"
    "export const extra = { tag: convexTable('tag', { word: text() }) };\n",
}


@pytest.mark.parametrize("start", [".", "convex", "convex/functions/schema.ts"])
def test_a_project_from_any_of_its_places(tmp_path: Path, start: str) -> None:
    write(tmp_path, PROJECT)
    schema = read_source(tmp_path / start)
    assert list(schema.tables) == ["user", "post", "tag"]
    assert [(relation.source, relation.name, relation.target) for relation in schema.relations] == [
        ("post", "author", "user")
    ]
    assert schema.files == ("convex/functions/schema.ts", "convex/lib/extra.ts")
    place = schema.tables["tag"].place
    assert place is not None
    assert place.file in schema.files
    assert schema.problems == ()
    assert schema.dynamic == ()
    assert schema.dialect == "kitcn"


def test_a_root_of_one_s_own(tmp_path: Path) -> None:
    write(tmp_path, PROJECT)
    schema = read_source(tmp_path / "convex/functions/schema.ts", root=tmp_path / "convex")
    assert schema.files == ("functions/schema.ts", "lib/extra.ts")


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, PROJECT)
    monkeypatch.chdir(tmp_path / "convex")
    assert read_source(Path("functions/schema.ts")).files[0] == "convex/functions/schema.ts"
    assert read_source(Path()).files[0] == "convex/functions/schema.ts"


def test_a_file_without_a_project(tmp_path: Path) -> None:
    write(tmp_path, {"deep/schema.ts": "import { defineSchema } from 'kitcn/orm'; export default defineSchema({});"})
    schema = read_source(tmp_path / "deep/schema.ts")
    assert schema.tables == {}
    assert schema.problems == ()
    assert [Path(file).name for file in schema.files] == ["schema.ts"]


@pytest.mark.parametrize("path", ["nowhere.ts", "nowhere", "empty"])
def test_what_does_not_exist_is_an_error(tmp_path: Path, path: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(KitcnError) as caught:
        read_source(tmp_path / path)
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("text", ["", "// nothing\n", "export {};", "export default 5;", "export const a = { b: 1 };"])
def test_a_file_without_a_schema_says_so(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"schema.ts": text})
    schema = read_source(tmp_path / "schema.ts", root=tmp_path)
    assert schema.tables == {}
    assert [str(problem.place) for problem in schema.problems] == ["schema.ts:1"]


def test_a_commonjs_schema_is_told(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"schema.js": "const { defineSchema } = require('convex/server');\nmodule.exports = defineSchema({});"},
    )
    schema = read_source(tmp_path / "schema.js", root=tmp_path)
    assert any("CommonJS" in problem.message for problem in schema.problems)


def test_a_chain_over_several_statements(tmp_path: Path) -> None:
    text = SCHEMA.replace(
        "export default defineSchema(tables).relations(",
        "const base = defineSchema(tables);\nbase.extend(nothing);\nconst schema = base.relations(",
    )
    text += "export default schema;\n"
    write(tmp_path, PROJECT | {"convex/functions/schema.ts": text})
    schema = read_source(tmp_path)
    assert [relation.name for relation in schema.relations] == ["author"]


def test_nothing_is_executed(tmp_path: Path) -> None:
    text = f"import {{ writeFileSync }} from 'node:fs';\nwriteFileSync('{tmp_path}/mark', 'x');\n{SCHEMA}"
    write(tmp_path, PROJECT | {"convex/functions/schema.ts": text})
    assert len(read_source(tmp_path).tables) == 3
    assert not (tmp_path / "mark").exists()

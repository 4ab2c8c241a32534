"""However a schema is written down, the same is read."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kitcn_repl.schema.model import Schema
from kitcn_repl.schema.source.reader import read_source
from tests.schema.rendering import Abstract, Column, Index, Relation, Style, render

BUILDERS = [
    "text()",
    "integer()",
    "boolean()",
    "timestamp()",
    "timestamp({ mode: 'string' })",
    "textEnum(['a', 'b'] as const)",
    "json<{ a: number }>()",
    "arrayOf(text().notNull())",
    "objectOf({ a: text(), b: integer().notNull() })",
    "unionOf(text().notNull(), integer().notNull())",
]
OPTIONS = ["", "{ onDelete: 'cascade' }", "{ onDelete: 'set null', onUpdate: 'cascade' }"]


@st.composite
def abstracts(draw: st.DrawFn) -> Abstract:
    count = draw(st.integers(1, 4))
    abstract = Abstract()
    for _ in range(count):
        columns = [Column("label", "text()", (".notNull()",))]
        for number in range(draw(st.integers(0, 4))):
            builder = draw(st.sampled_from(BUILDERS))
            chosen = draw(st.sets(st.sampled_from([".notNull()", ".unique()", ".$type<any>()"])))
            if builder == "text()" and draw(st.booleans()):
                chosen.add(".default('x')")
            columns.append(Column(f"field{number}", builder, tuple(sorted(chosen))))
        for target in draw(st.lists(st.integers(0, count - 1), max_size=3, unique=True)):
            kind = draw(st.sampled_from(["id", "id references", "text references", "label"]))
            builder = f"id('table{target}')" if kind.startswith("id") else "text()"
            refers = None if kind == "id" else target
            options = draw(st.sampled_from(OPTIONS)) if refers is not None else ""
            to = "label" if kind == "label" else "id"
            modifiers = tuple(draw(st.sampled_from([(), (".notNull()",)])))
            columns.append(Column(f"to{target}", builder, modifiers, refers, to, options))
        abstract.columns.append(columns)
        names = [column.name for column in columns]
        some = []
        for number in range(draw(st.integers(0, 3))):
            call = draw(st.sampled_from([f"index('i{number}')", f"uniqueIndex('u{number}')", f"unique('q{number}')"]))
            fields = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
            some.append(Index(call, tuple(fields)))
        abstract.indexes.append(some)
    for at, columns in enumerate(abstract.columns):
        for column in columns:
            # kitcn refuses relations in a circle whose fields may not be null
            if not column.name.startswith("to") or column.modifiers or not draw(st.booleans()):
                continue
            target = int(column.name[2:])
            alias = f"{at}-{target}"
            abstract.relations.append(Relation(at, f"one{target}", "one", target, column.name, column.to, alias))
            if draw(st.booleans()):
                abstract.relations.append(
                    Relation(target, f"many{at}", "many", at, column.to, column.name, alias, draw(st.booleans()))
                )
    abstract.relations.sort(key=lambda each: each.table)
    return abstract


def plain(abstract: Abstract) -> dict[str, str]:
    return render(abstract, Style(lambda options: options[0], list))


def read(files: dict[str, str]) -> Schema:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return read_source(Path(folder, "convex", "schema.ts"), root=Path(folder))


def without_places(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: without_places(getattr(value, each.name))
            for each in dataclasses.fields(value)
            if each.name not in ("place", "files")
        }
    if isinstance(value, dict):
        return [(key, without_places(each)) for key, each in value.items()]
    if isinstance(value, (tuple, list)):
        return [without_places(each) for each in value]
    return value


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(abstracts(), st.data())
def test_every_way_of_writing_reads_the_same(abstract: Abstract, data: st.DataObject) -> None:
    def pick(options: Sequence[str]) -> str:
        return data.draw(st.sampled_from(list(options)))

    def shuffle(items: Sequence[str]) -> list[str]:
        return data.draw(st.permutations(list(items))) if items else []

    expected = read(plain(abstract))
    assert expected.problems == () and expected.dynamic == (), plain(abstract)
    assert len(expected.tables) == len(abstract.columns)
    assert len(expected.relations) == len(abstract.relations)
    variant = render(abstract, Style(pick, shuffle))
    assert without_places(read(variant)) == without_places(expected), variant

"""The projects of `corpus/` read from source: tables, foreign keys and edges as kitcn's own code computes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kitcn_repl.schema.edges import edges
from kitcn_repl.schema.model import Edge, Schema, Table
from kitcn_repl.schema.source.reader import read_source

CORPUS = Path(__file__).parent / "corpus"
PROJECTS = sorted(path.parent.name for path in CORPUS.glob("*/expected.json"))


def expected(project: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads((CORPUS / project / "expected.json").read_text())
    return answer


def read(project: str) -> Schema:
    return read_source(CORPUS / project / expected(project)["schema"], root=CORPUS / project)


def edge(of: Edge) -> dict[str, Any]:
    through = of.through
    return {
        "source": of.source,
        "name": of.name,
        "cardinality": of.cardinality,
        "target": of.target,
        "from": list(of.from_fields),
        "to": list(of.to_fields),
        "through": through
        and {"table": through.table, "from": list(through.from_fields), "to": list(through.to_fields)},
        "alias": of.alias,
        "inverse": of.inverse,
        "origins": list(of.origins),
    }


def table(of: Table, dialect: str) -> dict[str, Any]:
    """A table in the form of `expected.json`."""
    database = [index for index in of.indexes if index.kind == "database"]
    search = [index for index in of.indexes if index.kind == "search"]
    vector = [index for index in of.indexes if index.kind == "vector"]
    facts: dict[str, Any] = {
        "declaredName": of.declared_name,
        "indexes": sorted([index.name, list(index.fields)] for index in database),
        "searchIndexes": sorted([index.name, *index.fields, list(index.filter_fields)] for index in search),
        "vectorIndexes": sorted(
            [index.name, *index.fields, index.dimensions, list(index.filter_fields)] for index in vector
        ),
        "aggregateIndexes": [
            [index.name, *map(list, (index.fields, index.count, index.sum, index.avg, index.min, index.max))]
            for index in of.aggregate_indexes
        ],
        "rankIndexes": [
            [index.name, list(index.partition_by), [list(pair) for pair in index.order_by], index.sum]
            for index in of.rank_indexes
        ],
        "foreignKeys": [
            {
                "columns": list(key.columns),
                "target": key.target,
                "targetColumns": list(key.target_columns),
                "onDelete": key.on_delete,
                "onUpdate": key.on_update,
            }
            for key in of.foreign_keys
        ],
        "checks": [check.name for check in of.checks],
        "policies": [policy.name for policy in of.rls.policies],
    }
    if dialect == "kitcn":
        # what convex exports of convex-ents does not tell of uniqueness and deletion
        facts |= {
            "deletion": of.deletion,
            "unique": sorted([r.name, list(r.fields), r.nulls_not_distinct] for r in of.unique),
        }
    if of.discriminator is not None:
        facts["discriminator"] = {
            "field": of.discriminator.field,
            "alias": of.discriminator.alias,
            "cases": {case: list(fields) for case, fields in of.discriminator.cases.items()},
            "required": {case: list(fields) for case, fields in of.discriminator.required.items()},
        }
    facts = {name: fact for name, fact in facts.items() if fact}
    if of.document is not None:
        return {"document": of.document, **facts}
    fields = {
        name: {"validator": field.validator, "optional": field.optional} for name, field in (of.fields or {}).items()
    }
    return {"fields": fields, **facts}


def unordered(of: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(each, sort_keys=True) for each in of)


def test_there_are_enough_projects() -> None:
    assert len(PROJECTS) >= 14


@pytest.mark.parametrize("project", PROJECTS)
def test_edges(project: str) -> None:
    wanted = expected(project)["edges"]
    found = [edge(each) for each in edges(read(project))]
    declared = [each for each in wanted if "relation" in each["origins"]]
    assert [each for each in found if "relation" in each["origins"]] == declared
    rest = [each for each in wanted if "relation" not in each["origins"]]
    assert unordered([each for each in found if "relation" not in each["origins"]]) == unordered(rest)


@pytest.mark.parametrize("project", PROJECTS)
def test_tables(project: str) -> None:
    wanted = expected(project)
    schema = read(project)
    assert schema.dialect == wanted["dialect"]
    assert list(schema.tables) == list(wanted["tables"])
    found = {name: table(each, wanted["dialect"]) for name, each in schema.tables.items()}
    for name, facts in wanted["tables"].items():
        assert found[name] == facts, name


@pytest.mark.parametrize("project", PROJECTS)
def test_what_is_dynamic_is_told(project: str) -> None:
    schema = read(project)
    assert [str(problem) for problem in schema.problems] == []
    told = [(each.place.file, each.place.line, f"{each.what}: {each.why}") for each in schema.dynamic]
    wanted = expected(project)["dynamic"]
    assert wanted or not told, told
    for file, line, text in wanted:
        words = [words for at, row, words in told if (at, row) == (file, line)]
        assert any(text in each for each in words), (file, line, told)


@pytest.mark.parametrize("project", PROJECTS)
def test_every_fact_has_a_place(project: str) -> None:
    schema = read(project)
    for each in schema.tables.values():
        if each.plugin is None:
            assert each.place is not None
            source = CORPUS / project / each.place.file
            assert 1 <= each.place.line <= len(source.read_text().splitlines())
    for relation in schema.relations:
        assert relation.place is not None, relation.name

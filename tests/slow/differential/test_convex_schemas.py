"""Schemas in Convex's own words: what we read from the source is what the genuine `convex/server` exports when it runs
it, and what we read from that export. What only running would tell is said to be so, and where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kitcn_repl.schema.deployed import declared_tables
from kitcn_repl.schema.differences import differences
from kitcn_repl.schema.model import Index, Schema, Table
from kitcn_repl.schema.validators import canonical
from kitcn_repl.values import JsonObject
from tests.schema.convex_rendering import ConvexWriter, Written
from tests.schema.rendering import read_files
from tests.support.node import CONFORMANCE, run_module
from tests.support.suites import Cases

PARTS = 4
STATIC = 2_000
DYNAMIC = 500

GENUINE = (CONFORMANCE.parent / "schema" / "genuine.mjs").read_text()


@pytest.mark.parametrize("part", range(PARTS))
def test_static(cases: Cases, part: int) -> None:
    drawn = [ConvexWriter(cases.random, dynamic=False).write() for _ in range(STATIC)]
    for written, exported in zip(drawn, genuine(drawn), strict=True):
        _hold(cases, written, exported, list(_wrong(read_files(written.files), exported)))
    cases.passed(STATIC, "Convex schemas read from source as convex/server exports them, and from that export")


@pytest.mark.parametrize("part", range(PARTS))
def test_dynamic(cases: Cases, part: int) -> None:
    drawn: list[Written] = []
    while len(drawn) < DYNAMIC:
        written = ConvexWriter(cases.random, dynamic=True).write()
        if written.dynamic:
            drawn.append(written)
    for written, exported in zip(drawn, genuine(drawn), strict=True):
        _hold(cases, written, exported, list(_untrue(written, read_files(written.files), exported)))
    cases.passed(DYNAMIC, "Convex schemas that ask for the environment: dynamic where they do, and no wrong fact")


def genuine(drawn: list[Written]) -> list[JsonObject]:
    """The exports. A schema that does not run would be a fault of the writer's."""
    told = run_module(GENUINE, [{"files": each.files, "environment": each.environment} for each in drawn])
    for written, verdict in zip(drawn, told, strict=True):
        assert "schema" in verdict, f"{verdict}\n{_shown(written)}"
    return [verdict["schema"] for verdict in told]


def _wrong(read: Schema, exported: JsonObject) -> Iterator[str]:
    yield from (f"problem: {each}" for each in read.problems)
    yield from (f"dynamic: {each}" for each in read.dynamic)
    tables: Any = {table["tableName"]: table for table in exported["tables"]}  # type: ignore[index,union-attr,call-overload]
    if set(read.tables) != set(tables) or read.open:
        yield f"tables {list(read.tables)}, not {list(tables)}"
        return
    deployed = declared_tables(exported)
    for name, table in read.tables.items():
        yield from (f"{name}: {each}" for each in _wrong_table(table, tables[name]))
        if (_plain(table), table.open) != (_plain(deployed[name]), False):
            yield f"{name}: from source {_plain(table)}, from the export {_plain(deployed[name])}"
    yield from (str(each) for each in differences(read, Schema(deployed, validates=read.validates)))


def _wrong_table(table: Table, exported: Any) -> Iterator[str]:
    """Against the export itself, which is what Convex is told."""
    document = exported["documentType"]
    if document["type"] == "object":
        fields = {name: [each["fieldType"], each["optional"]] for name, each in document["value"].items()}
        ours = {name: [each.validator, each.optional] for name, each in (table.fields or {}).items()}
        if ours != fields:
            yield f"fields {ours}, not {fields}"
    elif table.document != document:
        yield f"document {table.document}, not {document}"
    if sorted(map(_index, table.indexes)) != sorted(_exported_indexes(exported)):
        yield f"indexes {table.indexes}, not {exported}"


def _untrue(written: Written, read: Schema, exported: JsonObject) -> Iterator[str]:
    """What is claimed to be known must be so, whatever the environment."""
    yield from (f"problem: {each}" for each in read.problems)
    if not read.dynamic:
        yield "nothing is said to be dynamic"
    for each in read.dynamic:
        # A statement may be told by its first line.
        lines = written.files[each.place.file].replace("\r\n", "\n").split("\n")
        around = "\n".join(lines[each.place.line - 1 : each.place.line + 12])
        if "process.env" not in around and "EXTRA" not in each.why:
            yield f"{each} is not there"
    tables: Any = {table["tableName"]: table for table in exported["tables"]}  # type: ignore[index,union-attr,call-overload]
    if not read.open and set(read.tables) != set(tables):
        yield f"all tables {list(read.tables)}, not {list(tables)}"
    for name, table in read.tables.items():
        if name not in tables:
            yield f"{name} is no table"
            continue
        document = tables[name]["documentType"]
        if document["type"] == "object":
            yield from (f"{name}: {each}" for each in _untrue_fields(table, document["value"]))
        elif table.document is not None and not table.open and table.document != document:
            yield f"{name}: document {table.document}, not {document}"
        indexes = sorted(_exported_indexes(tables[name]))
        ours = sorted(map(_index, table.indexes))
        if any(each not in indexes for each in ours) or not (table.open or table.open_indexes or ours == indexes):
            yield f"{name}: indexes {ours}, not {indexes}"


def _untrue_fields(table: Table, exported: Any) -> Iterator[str]:
    fields = table.fields or {}
    for name, each in fields.items():
        if name not in exported:
            yield f"no field {name}"
        elif not _fits(each.validator, exported[name]["fieldType"], gaps=each.has_gaps):
            yield f"{name}: {each.validator}, not {exported[name]}"
        elif each.validator is not None and each.optional != exported[name]["optional"]:
            yield f"{name}: optional {each.optional}"
    if not table.open and table.fields is not None and set(fields) != set(exported):
        yield f"all fields {list(fields)}, not {list(exported)}"


def _fits(ours: Any, theirs: Any, *, gaps: bool) -> bool:
    """Where it has gaps, `any` stands for what is not known, and an object may have more fields."""
    if ours is None or ours == theirs:
        return True
    if not gaps:
        return False
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if ours == {"type": "any"}:
            return True
        return all(name in theirs and _fits(part, theirs[name], gaps=True) for name, part in ours.items())
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return all(_fits(one, other, gaps=True) for one, other in zip(ours, theirs, strict=True))
    return False


def _plain(table: Table) -> object:
    fields = {name: (canonical(each.validator), each.optional) for name, each in (table.fields or {}).items()}
    return fields, canonical(table.document), sorted(map(_index, table.indexes))


def _index(index: Index) -> list[Any]:
    return [
        index.name,
        index.kind,
        list(index.fields),
        sorted(index.filter_fields),
        index.dimensions or 0,
        index.staged,
    ]


def _exported_indexes(table: Any) -> Iterator[list[Any]]:
    for staged, keys in enumerate(
        [
            ("indexes", "searchIndexes", "vectorIndexes"),
            ("stagedDbIndexes", "stagedSearchIndexes", "stagedVectorIndexes"),
        ]
    ):
        for each in table[keys[0]]:
            yield [each["indexDescriptor"], "database", each["fields"], [], 0, bool(staged)]
        for each in table[keys[1]]:
            filters = sorted(each.get("filterFields") or [])
            yield [each["indexDescriptor"], "search", [each["searchField"]], filters, 0, bool(staged)]
        for each in table[keys[2]]:
            filters = sorted(each.get("filterFields") or [])
            yield [each["indexDescriptor"], "vector", [each["vectorField"]], filters, each["dimensions"], bool(staged)]


def _hold(cases: Cases, written: Written, exported: JsonObject, wrong: list[str]) -> None:
    if wrong:
        told = "\n".join(wrong)
        pytest.fail(f"--seed {cases.seed}: {told}\n{_shown(written)}\nexports {json.dumps(exported)}")


def _shown(written: Written) -> str:
    files = "\n".join(f"// {name}\n{text}" for name, text in written.files.items())
    return f"{files}\nenvironment: {written.environment}"

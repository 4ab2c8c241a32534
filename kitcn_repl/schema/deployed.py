"""The schema that a deployment reports: its tables, fields and indexes, and what its data adds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

from kitcn_repl.deployment.models import ROOT_COMPONENT, IndexInfo, PageRequest, TableInfo
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.deployment.together import ending, together
from kitcn_repl.schema.aggregate_state import STATE_TABLE, aggregate_definitions
from kitcn_repl.schema.inferred import inferred_fields
from kitcn_repl.schema.model import Field, Index, Schema, Table
from kitcn_repl.schema.owners import owners
from kitcn_repl.schema.validators import alternatives, fields_of, union_of
from kitcn_repl.values import JsonObject, JsonValue

SAMPLE: Final = 100
"""Documents of a table without schema that its fields are told from."""

_AT_ONCE: Final = 8  # half of what a server runs at the same time by default
_MOST_STATES: Final = 1000
_ANY: JsonObject = {"type": "any"}

Kind = Literal["database", "search", "vector"]
_KEYS: Mapping[str, tuple[Kind, bool]] = {
    "indexes": ("database", False),
    "stagedDbIndexes": ("database", True),
    "searchIndexes": ("search", False),
    "stagedSearchIndexes": ("search", True),
    "vectorIndexes": ("vector", False),
    "stagedVectorIndexes": ("vector", True),
}


async def read_deployed(deployment: Deployment, component: str = ROOT_COMPONENT) -> Schema:
    """Tables of one component by name, with counts. Raises a DeploymentError.

    A table that no schema declares has fields from its newest documents (origin `data`); aggregate and rank indexes
    are those whose state kitcn has stored (origin `data`). Reads one page at most of any table.
    """
    infos, document, reported = await _reported(deployment, component)
    tables = declared_tables(document or {})
    undeclared = [info.name for info in infos if info.name not in tables]
    for table in await _sampled(deployment, undeclared, component):
        tables[table.name] = table
    counts = {info.name: info.count for info in infos}
    states = await _states(deployment, component) if STATE_TABLE in counts and counts[STATE_TABLE] != 0 else []
    metrics, ranks = aggregate_definitions(states)
    owner_of = owners({name: tuple(table.fields or ()) for name, table in tables.items()})
    return Schema(
        {
            name: replace(
                tables[name],
                owner=owner_of[name][0],
                plugin=owner_of[name][1],
                count=counts.get(name),
                indexes=_indexes(tables[name], [index for index in reported if index.table == name]),
                aggregate_indexes=metrics.get(name, ()),
                rank_indexes=ranks.get(name, ()),
            )
            for name in sorted(tables)
        },
        validates=document is not None and document.get("schemaValidation") is True,
        component=component,
    )


async def _reported(
    deployment: Deployment, component: str
) -> tuple[list[TableInfo], JsonObject | None, list[IndexInfo]]:
    tables = asyncio.ensure_future(deployment.tables(component))
    schema = asyncio.ensure_future(deployment.schema(component))
    indexes = asyncio.ensure_future(deployment.indexes(component))
    async with ending(tables, schema, indexes):
        return await asyncio.gather(tables, schema, indexes)


async def _sampled(deployment: Deployment, names: Sequence[str], component: str) -> list[Table]:
    """Tables that no schema tells of, as their newest documents look."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def sample(name: str) -> Table:
        async with free:
            page = await deployment.page(PageRequest(name, SAMPLE, component=component))
        return Table(name, inferred_fields(page.documents), origins=("data",))

    return await together([sample(name) for name in names])


async def _states(deployment: Deployment, component: str) -> list[JsonObject]:
    return (await deployment.page(PageRequest(STATE_TABLE, _MOST_STATES, component=component))).documents


def declared_tables(schema: JsonObject) -> dict[str, Table]:
    """The tables of a schema document (deployment-api.md 8.1) by name; what is malformed in it is left out."""
    return {str(table["tableName"]): _table(table) for table in _objects(schema.get("tables")) if "tableName" in table}


def _table(definition: JsonObject) -> Table:
    document = definition.get("documentType")
    document = document if isinstance(document, dict) else _ANY
    is_plain = document.get("type") == "object"
    return Table(
        str(definition["tableName"]),
        _fields(document),
        indexes=tuple(
            _index(index, kind, staged)
            for key, (kind, staged) in _KEYS.items()
            for index in _objects(definition.get(key))
        ),
        document=None if is_plain else document,
        origins=("deployment",),
    )


def _fields(document: JsonObject) -> dict[str, Field] | None:
    """Of a union: the fields of all its objects, optional unless every one of them demands it."""
    objects = alternatives(document)
    if any(each.get("type") != "object" for each in objects):
        return None
    found: dict[str, list[JsonObject]] = {}
    for each in objects:
        for name, field in fields_of(each).items():
            found.setdefault(name, []).append(field)
    fields = {}
    for name, variants in found.items():
        types = [variant["fieldType"] for variant in variants if isinstance(variant.get("fieldType"), dict)]
        fields[name] = Field(
            name,
            union_of([each for each in types if isinstance(each, dict)]) if len(types) == len(variants) else None,
            optional=len(variants) < len(objects) or any(variant.get("optional") is True for variant in variants),
            origins=("deployment",),
        )
    return fields


def _index(definition: JsonObject, kind: Kind, staged: bool) -> Index:
    dimensions = definition.get("dimensions")
    key = {"database": "fields", "search": "searchField", "vector": "vectorField"}[kind]
    fields = definition.get(key)
    named = [str(field) for field in fields] if isinstance(fields, list) else [str(fields)]
    filters = definition.get("filterFields")
    return Index(
        str(definition.get("indexDescriptor")),
        kind,
        # implicit, and listed by servers only
        tuple(named[:-1] if kind == "database" and named[-1:] == ["_creationTime"] else named),
        tuple(str(field) for field in filters) if isinstance(filters, list) else (),
        int(dimensions) if isinstance(dimensions, int | float) else None,
        staged,
        origins=("deployment",),
    )


def _indexes(table: Table, reported: Sequence[IndexInfo]) -> tuple[Index, ...]:
    """The declared ones with their backfill states, then those that only the server knows of.

    A table without schema has indexes only where a project's source lends them to a snapshot.
    """
    declared = table.indexes
    infos = {info.name: info for info in reported}
    known = [replace(index, state=infos[index.name].state) if index.name in infos else index for index in declared]
    names = {index.name for index in declared}
    is_declared = "deployment" in table.origins
    return (
        *known,
        *(
            Index(
                info.name,
                info.kind,
                info.fields,
                info.filter_fields,
                info.dimensions,
                info.staged,
                info.state,
                origins=("deployment",) if is_declared else ("source",),
            )
            for info in reported
            if info.name not in names
        ),
    )


def _objects(value: JsonValue) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

"""One schema out of two: what the source declares, and what a deployment has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from kitcn_repl.schema.model import AggregateIndex, Field, Index, Origin, RankIndex, Schema, Table

_ORDER: Final[tuple[Origin, ...]] = ("source", "deployment", "data")

_Definition = TypeVar("_Definition", AggregateIndex, RankIndex)


def merge(source: Schema, deployed: Schema) -> Schema:
    """Everything that either knows, each fact with the origins of both.

    What the deployment has is told as it has it (validators, optionality, index fields), since that is what queries
    meet; `differences` tells where the source says something else. Tables come in the source's order, then those that
    only the deployment has; `origins` tells them apart.
    """
    tables = {
        name: _table(table, deployed.tables[name]) if name in deployed.tables else table
        for name, table in source.tables.items()
    }
    tables |= {name: table for name, table in deployed.tables.items() if name not in tables}
    return replace(source, tables=tables, component=deployed.component)


def _table(source: Table, deployed: Table) -> Table:
    return replace(
        source,
        fields=_fields(source.fields, deployed.fields),
        owner=source.owner if source.owner != "own" else deployed.owner,
        plugin=source.plugin or deployed.plugin,
        indexes=_indexes(source.indexes, deployed.indexes),
        aggregate_indexes=_definitions(source.aggregate_indexes, deployed.aggregate_indexes),
        rank_indexes=_definitions(source.rank_indexes, deployed.rank_indexes),
        document=deployed.document or source.document,
        count=deployed.count,
        origins=_origins(source.origins, deployed.origins),
    )


def _fields(source: Mapping[str, Field] | None, deployed: Mapping[str, Field] | None) -> Mapping[str, Field] | None:
    if source is None or deployed is None:
        return deployed if source is None else source
    fields = {name: _field(each, deployed[name]) if name in deployed else each for name, each in source.items()}
    return fields | {name: each for name, each in deployed.items() if name not in fields}


def _field(source: Field, deployed: Field) -> Field:
    origins = _origins(source.origins, deployed.origins)
    if "deployment" not in deployed.origins or deployed.validator is None:
        # a sample of documents says less than a declaration
        return replace(
            source, origins=origins, validator=deployed.validator if source.validator is None else source.validator
        )
    return replace(source, origins=origins, validator=deployed.validator, optional=deployed.optional, has_gaps=False)


def _indexes(source: Sequence[Index], deployed: Sequence[Index]) -> tuple[Index, ...]:
    """By name: the source's place, and the deployment's definition where it has one."""
    theirs = {each.name: each for each in deployed}
    united: list[Index] = []
    for each in source:
        other = theirs.pop(each.name, None)
        united.append(
            each if other is None else replace(other, origins=_origins(each.origins, other.origins), place=each.place)
        )
    return (*united, *theirs.values())


def _definitions(source: Sequence[_Definition], stored: Sequence[_Definition]) -> tuple[_Definition, ...]:
    """By name: the source's definition; the stored one is that of the last build."""
    theirs: dict[str, _Definition] = {each.name: each for each in stored}
    united: list[_Definition] = []
    for each in source:
        other = theirs.pop(each.name, None)
        united.append(each if other is None else replace(each, origins=_origins(each.origins, other.origins)))
    united.extend(theirs.values())
    return tuple(united)


def _origins(*origins: Iterable[Origin]) -> tuple[Origin, ...]:
    known = {origin for some in origins for origin in some}
    return tuple(origin for origin in _ORDER if origin in known)

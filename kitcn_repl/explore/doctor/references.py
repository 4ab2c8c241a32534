"""Data rule: references along known edges to documents that are not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.doctor.asking import existing, matching
from kitcn_repl.explore.doctor.model import MOST_DOCUMENTS, Finding
from kitcn_repl.explore.doctor.rules import finding
from kitcn_repl.explore.doctor.sampling import Sample
from kitcn_repl.explore.doctor.words import counted
from kitcn_repl.explore.following.questions import values_at
from kitcn_repl.explore.knowledge import Knowledge
from kitcn_repl.schema.model import Edge
from kitcn_repl.values import JsonValue
from kitcn_repl.values.ids import IdError, decode_id

_MOST_VALUES = 5000
"""Different values of one edge that are looked up."""


@dataclass(frozen=True, slots=True)
class _Reference:
    """The values of an edge in the sampled documents, with the ids of the documents that hold each."""

    edge: Edge
    holders: Mapping[str, tuple[str, ...]]
    cut: bool


async def orphan_references(
    deployment: Deployment, knowledge: Knowledge, samples: Mapping[str, Sample]
) -> tuple[list[Finding], list[str]]:
    """Findings, and notes about edges that could not be checked."""
    findings: list[Finding] = []
    notes: list[str] = []
    for edge in _forward_edges(knowledge.edges):
        sample = samples.get(edge.source)
        if sample is None:
            continue
        reference = _reference(edge, sample, knowledge)
        if not reference.holders:
            continue
        try:
            missing = await _missing(deployment, knowledge, reference, samples)
        except DeploymentError as error:
            notes.append(f"{_way(edge)} could not be checked: {error.message}")
            continue
        if missing is None:
            notes.append(f"{_way(edge)} was not checked: no index of {edge.target} begins with {edge.to_fields[0]}.")
        elif missing:
            findings.append(_finding(reference, missing, sample))
    return findings, notes


def _forward_edges(edges: Iterable[Edge]) -> Iterator[Edge]:
    """One edge for each field that refers to something: not the ways back, and no field twice."""
    seen: set[tuple[str, str, str]] = set()
    for edge in edges:
        if edge.through is not None or len(edge.from_fields) != 1 or edge.from_fields == ("_id",):
            continue
        if edge.cardinality == "many" and edge.to_fields != ("_id",):
            continue
        key = (edge.source, edge.from_fields[0], edge.target)
        if key not in seen:
            seen.add(key)
            yield edge


def _reference(edge: Edge, sample: Sample, knowledge: Knowledge) -> _Reference:
    holders: dict[str, list[str]] = {}
    cut = False
    only_seen = edge.origins == ("data",)
    for document in sample.documents:
        for value in values_at(document, edge.from_fields[0]):
            # Empty text stands for "none" in many apps, as null does.
            if not isinstance(value, str) or not value:
                continue
            if only_seen and _table(knowledge, value) != edge.target:
                continue  # Nobody says that this field holds ids and nothing else.
            if value not in holders and len(holders) >= _MOST_VALUES:
                cut = True
                continue
            holders.setdefault(value, []).append(str(document.get("_id")))
    return _Reference(edge, {value: tuple(ids) for value, ids in holders.items()}, cut)


async def _missing(
    deployment: Deployment, knowledge: Knowledge, reference: _Reference, samples: Mapping[str, Sample]
) -> list[str] | None:
    """The values that refer to nothing; None where that cannot be asked with a bounded number of reads."""
    edge = reference.edge
    target = samples.get(edge.target)
    known = {
        value
        for document in (target.documents if target is not None else ())
        for value in values_at(document, edge.to_fields[0])
        if isinstance(value, str)
    }
    unknown = [value for value in reference.holders if value not in known]
    if not unknown or (target is not None and target.complete):
        return unknown
    if edge.to_fields != ("_id",):
        index = _index(knowledge, edge)
        if index is None:
            return None
        keys: list[list[JsonValue]] = [[value] for value in unknown]
        fields, component = edge.to_fields, knowledge.component
        found = await matching(deployment, edge.target, index, fields, keys, component=component)
        return [value for value, ids in zip(unknown, found, strict=True) if not ids]
    # A text that is no id of the table refers to nothing; no query has to say so.
    mine = [value for value in unknown if _table(knowledge, value) == edge.target]
    system = edge.target.startswith("_")
    there = await existing(deployment, mine, system=system, component=knowledge.component)
    asked = set(mine)
    return [value for value in unknown if value not in asked or there.get(value) is False]


def _table(knowledge: Knowledge, value: str) -> str | None:
    try:
        return knowledge.tables.get(decode_id(value).table_number)
    except IdError:
        return None


def _index(knowledge: Knowledge, edge: Edge) -> str | None:
    schema = knowledge.deployed or knowledge.schema
    table = schema.tables.get(edge.target)
    for index in () if table is None else table.indexes:
        ready = not index.staged and index.state in (None, "done")
        if index.kind == "database" and ready and index.fields[:1] == edge.to_fields:
            return index.name
    return None


def _finding(reference: _Reference, missing: list[str], sample: Sample) -> Finding:
    edge = reference.edge
    documents = list(dict.fromkeys(id_ for value in missing for id_ in reference.holders[value]))
    at_least = not sample.complete or reference.cut
    number = counted(len(documents), "document", at_least=at_least)
    return finding(
        "orphan-reference",
        f"{number} of {edge.source} refer by {edge.from_fields[0]} to {counted(len(missing), edge.target)} that"
        f" {'is' if len(missing) == 1 else 'are'} not there, such as {missing[0]!r}.",
        f"Delete or correct them; onDelete on the foreign key keeps {edge.source} in step with {edge.target}.",
        # What only the data or a relation says may be meant so.
        level=None if {"foreign_key", "validator"} & set(edge.origins) else "warning",
        place=edge.place,
        table=edge.source,
        documents=tuple(documents[:MOST_DOCUMENTS]),
        count=len(documents),
        at_least=at_least,
    )


def _way(edge: Edge) -> str:
    return f"{edge.source}.{edge.from_fields[0]} -> {edge.target}"

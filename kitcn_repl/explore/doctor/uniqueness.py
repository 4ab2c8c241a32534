"""Data rule: values that ought to be unique and are not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.doctor.asking import matching
from kitcn_repl.explore.doctor.model import MOST_DOCUMENTS, Finding
from kitcn_repl.explore.doctor.rules import finding
from kitcn_repl.explore.doctor.sampling import Sample
from kitcn_repl.explore.doctor.words import counted
from kitcn_repl.explore.knowledge import Knowledge
from kitcn_repl.schema.model import Table, Unique
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.javascript import display

_UNDEFINED: JsonObject = {"$undefined": ""}
_LONGEST = 60


async def duplicate_values(
    deployment: Deployment, knowledge: Knowledge, samples: Mapping[str, Sample]
) -> tuple[list[Finding], list[str]]:
    """Findings, and notes about rules that could only be checked among the documents that were read."""
    findings: list[Finding] = []
    notes: list[str] = []
    for table in knowledge.schema.tables.values():
        sample = samples.get(table.name)
        if sample is None or not sample.documents:
            continue
        for rule in _rules(table):
            holders = _holders(rule, sample)
            if not sample.complete:
                try:
                    await _look_beyond(deployment, knowledge, table, rule, holders)
                except DeploymentError as error:
                    notes.append(f"{table.name} ({', '.join(rule.fields)}) was checked in part: {error.message}")
            clashes = {key: ids for key, ids in holders.items() if len(ids) > 1}
            if clashes:
                findings.append(_finding(table, rule, clashes, sample))
    return findings, notes


def _rules(table: Table) -> Iterator[Unique]:
    """Those of the source, else those that kitcn's names of indexes give away."""
    yield from table.unique
    if not table.unique and "source" not in table.origins:
        for index in table.indexes:
            if index.kind == "database" and index.name == f"{table.name}_{'_'.join(index.fields)}_unique":
                yield Unique(index.name, index.fields)


def _holders(rule: Unique, sample: Sample) -> dict[str, list[str]]:
    """Ids of documents by their values, as JSON; documents that the rule leaves alone are not in it."""
    found: dict[str, list[str]] = {}
    for document in sample.documents:
        values = [_one_number(document.get(field, _UNDEFINED)) for field in rule.fields]
        if not rule.nulls_not_distinct and any(value is None or value == _UNDEFINED for value in values):
            continue
        found.setdefault(json.dumps(values, sort_keys=True), []).append(str(document.get("_id")))
    return found


def _one_number(value: JsonValue) -> JsonValue:
    """3 and 3.0 are the same."""
    return float(value) if type(value) is int else value


async def _look_beyond(
    deployment: Deployment, knowledge: Knowledge, table: Table, rule: Unique, holders: dict[str, list[str]]
) -> None:
    """Ask the index of the rule whether documents that were not read have the same values."""
    deployed = (knowledge.deployed or knowledge.schema).tables.get(table.name)
    index = next(
        (
            index.name
            for index in (() if deployed is None else deployed.indexes)
            if index.kind == "database"
            and index.fields[: len(rule.fields)] == rule.fields
            and not index.staged
            and index.state in (None, "done")
        ),
        None,
    )
    if index is None:
        return
    texts = [text for text, ids in holders.items() if len(ids) == 1]
    keys: list[list[JsonValue]] = [json.loads(text) for text in texts]
    found = await matching(deployment, table.name, index, rule.fields, keys, component=knowledge.component)
    for text, ids in zip(texts, found, strict=True):
        holders[text] += [id_ for id_ in ids if id_ not in holders[text]]


def _finding(table: Table, rule: Unique, clashes: dict[str, list[str]], sample: Sample) -> Finding:
    documents = [id_ for ids in clashes.values() for id_ in ids]
    text, ids = next(iter(clashes.items()))
    example = ", ".join(_short(value) for value in json.loads(text))
    return finding(
        "duplicate-unique",
        f"{counted(len(clashes), 'value', at_least=not sample.complete)} of {table.name} ({', '.join(rule.fields)})"
        f" {'is' if len(clashes) == 1 else 'are'} there more than once: {example} in {counted(len(ids), 'document')}.",
        "Correct or delete all but one of each.",
        level=None if table.unique else "warning",
        place=rule.place or table.place,
        table=table.name,
        documents=tuple(documents[:MOST_DOCUMENTS]),
        count=len(documents),
        at_least=not sample.complete,
    )


def _short(value: JsonValue) -> str:
    if value == _UNDEFINED:
        return "undefined"
    text = display(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

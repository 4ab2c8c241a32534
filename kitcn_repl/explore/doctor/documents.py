"""Data rules about single documents: validators, size, clocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kitcn_repl.explore.doctor.model import MOST_DOCUMENTS, Finding
from kitcn_repl.explore.doctor.rules import finding
from kitcn_repl.explore.doctor.sampling import Sample
from kitcn_repl.explore.doctor.words import counted
from kitcn_repl.explore.knowledge import Knowledge
from kitcn_repl.offline.engine.validators import validate
from kitcn_repl.schema.model import Schema, Table
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.size import value_size

SIZE_LIMIT = 1024 * 1024
_NEAR = 0.8
_SAME_TIME = 60_000.0
"""Milliseconds: a createdAt that the app sets itself is a little off."""

_SYSTEM_FIELDS = ("_id", "_creationTime")


def invalid_documents(knowledge: Knowledge, samples: Mapping[str, Sample]) -> Iterator[Finding]:
    """Against the deployed schema, and against the source where that is stricter."""
    for name, sample in samples.items():
        for schema, what in ((knowledge.deployed, "deployed"), (knowledge.source, "source")):
            validator = None if schema is None else _validator(schema, name)
            if schema is None or validator is None:
                continue
            found = list(_failing(validator, sample, knowledge.tables))
            if found:
                yield _invalid(schema, schema.tables[name], sample, found, what)
                break


def _failing(validator: JsonObject, sample: Sample, tables: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    for document in sample.documents:
        fields: JsonObject = {key: value for key, value in document.items() if key not in _SYSTEM_FIELDS}
        problem = validate(validator, fields, tables)
        if problem is not None:
            yield str(document.get("_id")), _first(problem)


def _invalid(schema: Schema, table: Table, sample: Sample, found: list[tuple[str, str]], what: str) -> Finding:
    number = counted(len(found), "document", at_least=not sample.complete)
    of_which = "the schema's source" if what == "source" else "the deployed schema"
    return finding(
        "invalid-document",
        f"{number} of {table.name} not as {of_which} says: {found[0][1]}",
        "Correct them, or widen the validator (optional, or a union) and migrate.",
        # With `schemaValidation: false` a push takes them.
        level=None if schema.validates else "warning",
        place=table.place,
        table=table.name,
        documents=tuple(id_ for id_, _problem in found[:MOST_DOCUMENTS]),
        count=len(found),
        at_least=not sample.complete,
    )


def _validator(schema: Schema, name: str) -> JsonObject | None:
    """The validator of a whole document; None where a part of it is not known, or anything goes."""
    table = schema.tables.get(name)
    if table is None or table.open or table.origins == ("data",):
        return None
    if table.document is not None:
        return table.document
    if table.fields is None:
        return None
    fields: dict[str, JsonValue] = {}
    for field in table.fields.values():
        validator: JsonObject = {"type": "any"} if field.validator is None else field.validator
        fields[field.name] = {"fieldType": validator, "optional": field.optional}
    return {"type": "object", "value": fields}


def _first(problem: str) -> str:
    """The sentence of an error, and its path."""
    lines = problem.splitlines()
    path = next((line.removeprefix("Path: .") for line in lines if line.startswith("Path: ")), "")
    value = next((line.removeprefix("Value: ") for line in lines if line.startswith("Value: ")), "")
    validator = next((line.removeprefix("Validator: ") for line in lines if line.startswith("Validator: ")), "")
    if lines[0].startswith("Value does not match"):
        return _short(f"{path} is {value}, not {validator}.")
    return _short(lines[0].partition(". Consider")[0].rstrip(".") + ".")


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:199] + "…"


def large_documents(samples: Mapping[str, Sample]) -> Iterator[Finding]:
    for name, sample in samples.items():
        sizes = [(value_size(document), str(document.get("_id"))) for document in sample.documents]
        large = sorted((each for each in sizes if each[0] >= _NEAR * SIZE_LIMIT), reverse=True)
        if large:
            number = counted(len(large), "document", at_least=not sample.complete)
            yield finding(
                "large-document",
                f"{number} of {name} over {_NEAR:.0%} of 1 MiB; the largest has {large[0][0]:,} bytes.",
                "Move large parts into file storage or a table of their own.",
                table=name,
                documents=tuple(id_ for _size, id_ in large[:MOST_DOCUMENTS]),
                count=len(large),
                at_least=not sample.complete,
            )


def disagreeing_clocks(source: Schema | None, samples: Mapping[str, Sample]) -> Iterator[Finding]:
    is_kitcn = source is None or source.dialect == "kitcn"
    for name, sample in samples.items():
        found: list[tuple[float, str]] = []
        for document in sample.documents:
            stored, real = _number(document.get("createdAt")), _number(document.get("_creationTime"))
            if stored is not None and real is not None and abs(stored - real) > _SAME_TIME:
                found.append((abs(stored - real), str(document.get("_id"))))
        if found:
            found.sort(reverse=True)
            number = counted(len(found), "document", at_least=not sample.complete)
            yield finding(
                "clocks-disagree",
                f"createdAt of {number} of {name} is up to {_duration(found[0][0])} from _creationTime.",
                "Keep the date in a column of another name if it is to be shown.",
                # Without the ORM it is a field like any other.
                level=None if is_kitcn else "info",
                table=name,
                documents=tuple(id_ for _difference, id_ in found[:MOST_DOCUMENTS]),
                count=len(found),
                at_least=not sample.complete,
            )


def _number(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _duration(milliseconds: float) -> str:
    minutes = milliseconds / 60_000
    if minutes < 120:
        return f"{minutes:.0f} minutes"
    return f"{minutes / 60:.0f} hours" if minutes < 48 * 60 else f"{minutes / 1440:,.0f} days"

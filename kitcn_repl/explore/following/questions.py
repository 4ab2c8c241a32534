"""What has to be read to follow some ways from some documents, and the query modules that read it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import islice, product
from typing import Final

from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.explore.following.access import Access, access
from kitcn_repl.explore.following.conditions import Condition
from kitcn_repl.explore.following.ways import Way
from kitcn_repl.explore.inline.arguments import constants
from kitcn_repl.explore.inline.envelope import MEASURING
from kitcn_repl.schema.model import Edge, Schema
from kitcn_repl.values import JsonObject, JsonValue

SCAN: Final = 4096
"""Documents of a table that are looked through where no index serves."""

COUNTED: Final = 1000
"""Documents that one question counts."""

_SCANNED_TOGETHER: Final = 16_000  # documents of all tables that one module looks through: half the limit
_FEWEST_SCANNED: Final = 1024
_SCANNED_BYTES: Final = 8 * 1024 * 1024
_COUNTED_TOGETHER: Final = 12_000
_MOST_ASKS: Final = 3000  # of the 4,096 queries that one execution may make
_MOST_TARGETS: Final = 256
_MOST_KEYS: Final = 256  # of one document, on one way

Key = tuple[JsonValue, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Documents of `table` by the values of `fields`."""

    table: str
    fields: tuple[str, ...]
    access: Access
    conditions: tuple[Condition, ...] = ()

    def plan(self) -> JsonObject:
        return {
            "table": self.table,
            "system": self.table.startswith("_"),
            "by": self.access.kind,
            "index": self.access.index,
            "prefix": list(self.access.prefix),
            "fields": list(self.fields),
            "where": [[name, value] for name, value in self.conditions],
        }


@dataclass(frozen=True, slots=True)
class Route:
    """The steps of a way: straight to its end, or through the rows of a junction, whose `pick` leads on."""

    first: Step
    pick: tuple[str, ...] = ()
    then: Step | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        return (self.first,) if self.then is None else (self.first, self.then)


def route(schema: Schema, way: Way) -> Route:
    edge: Edge = way.edge
    end = Step(way.end, way.end_fields, access(schema, edge, way.end, way.end_fields), way.conditions)
    if way.junction is None:
        return Route(end)
    entry = way.junction.entry
    return Route(
        Step(way.junction.table, entry, access(schema, edge, way.junction.table, entry)), way.junction.exit, end
    )


@dataclass(frozen=True, slots=True)
class Question:
    route: Route
    key: Key

    @property
    def identity(self) -> tuple[object, ...]:
        return self.route, json.dumps(self.key)


def keys_of(document: JsonObject, fields: Sequence[str]) -> tuple[list[Key], bool]:
    """The keys that a document has in these fields, and whether that is all: one, or several through arrays."""
    found = product(*(list(values_at(document, name)) for name in fields))
    different: dict[str, Key] = {}
    for key in found:
        if len(different) > _MOST_KEYS:
            break
        different.setdefault(json.dumps(key), key)
    return list(islice(different.values(), _MOST_KEYS)), len(different) <= _MOST_KEYS


def values_at(document: JsonValue, path: str) -> Iterator[JsonValue]:
    """The plain values at a dotted path, through arrays; `*` is every field of a record. No nulls, no containers."""
    yield from _values(document, tuple(path.split(".")))


def _values(value: JsonValue, path: tuple[str, ...]) -> Iterator[JsonValue]:
    if isinstance(value, list):
        for item in value:
            yield from _values(item, path)
    elif isinstance(value, dict) and not (len(value) == 1 and next(iter(value)).startswith("$")):
        if path and path[0] == "*":
            for item in value.values():
                yield from _values(item, path[1:])
        elif path and path[0] in value:
            yield from _values(value[path[0]], path[1:])
    elif not path and value is not None and not (isinstance(value, dict) and "$bytes" in value):
        # 3 and 3.0 are the same number
        yield float(value) if type(value) is int else value


@dataclass(slots=True)
class Batch:
    """Questions for one module."""

    questions: list[Question] = field(default_factory=list)
    scanned: set[str] = field(default_factory=set)

    def takes(self, question: Question) -> bool:
        more = self.scanned | _scans(question)
        return not self.questions or (
            len(self.questions) < _MOST_ASKS and len(more) * _FEWEST_SCANNED <= _SCANNED_TOGETHER
        )

    def add(self, question: Question) -> None:
        self.questions.append(question)
        self.scanned |= _scans(question)

    def scan_limits(self, counts: Mapping[str, int | None]) -> dict[str, int]:
        """Documents to look through by table: small tables wholly, the others share what remains."""
        left, limits = _SCANNED_TOGETHER, {}
        sizes = {table: min(SCAN, _known(counts.get(table)) + 1) for table in self.scanned}
        for place, table in enumerate(sorted(sizes, key=lambda name: (sizes[name], name))):
            limits[table] = min(sizes[table], left // (len(sizes) - place))
            left -= limits[table]
        return limits

    def module(self, counts: Mapping[str, int | None], most: int) -> QueryModule:
        """A module that answers the questions, with at most `most` documents for each."""
        steps: dict[Step, int] = {}
        asks: list[JsonValue] = []
        for question in self.questions:
            places = [steps.setdefault(step, len(steps)) for step in question.route.steps]
            then: JsonValue = [list(question.route.pick), places[1]] if len(places) == 2 else None
            asks.append([places[0], list(question.key), then])
        limits = self.scan_limits(counts)
        number = len(self.questions)
        plan: JsonObject = {
            "steps": [step.plan() for step in steps],
            "asks": asks,
            "most": most,
            "cap": max(most + 1, min(COUNTED, _COUNTED_TOGETHER // number)),
            "targets": max(most, min(_MOST_TARGETS, _MOST_ASKS // number)),
            "scanDocuments": dict(limits),
            "scanBytes": _SCANNED_BYTES // max(1, len(limits)),
        }
        return QueryModule(f"{MEASURING}\n{constants({'plan': plan})}\n{_program()}")


def batches(questions: Sequence[Question]) -> list[Batch]:
    found = [Batch()]
    for question in questions:
        if not found[-1].takes(question):
            found.append(Batch())
        found[-1].add(question)
    return found


def _scans(question: Question) -> set[str]:
    return {step.table for step in question.route.steps if step.access.kind == "scan"}


def _known(count: int | None) -> int:
    return SCAN if count is None else count


@lru_cache(maxsize=1)
def _program() -> str:
    return files("kitcn_repl.explore.following").joinpath("follow.js").read_text(encoding="utf-8")

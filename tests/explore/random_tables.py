"""Small random tables with indexes, conditions on them, and a plain scan that says what is right."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from random import Random

from kitcn_repl.deployment.models import FieldFilter, IndexBound, Order, PageRequest
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.store.sqlite import memory_store
from kitcn_repl.values import UNDEFINED, JsonObject, JsonValue, Value, decode
from kitcn_repl.values.ids import encode_id
from tests.values.second_order import compare

MISSING: JsonValue = {"$undefined": None}
# Few values, so that conditions often hold; of every kind that sorts next to another.
SCALARS: list[JsonValue] = [
    None, False, True, 0, {"$float": "AAAAAAAAAIA="}, 1, 2, -1.5, "", "a", "b", "\uffff", "😀", {"$bytes": ""},
    {"$integer": "AQAAAAAAAAA="}, {"$integer": "//////////8="}, {"$float": "AAAAAAAA+H8="},
    {"$float": "AAAAAAAA8P8="}, [1], [], {}, {"k": 1},
]  # fmt: skip
OPERATORS = ["eq", "eq", "neq", "lt", "lte", "gt", "gte"]
FIELDS = ["a", "a", "b", "b", "c", "m.k", "_creationTime", "_id"]

_HOLDS: dict[str, Callable[[int], bool]] = {
    "eq": lambda order: order == 0,
    "neq": lambda order: order != 0,
    "lt": lambda order: order < 0,
    "lte": lambda order: order <= 0,
    "gt": lambda order: order > 0,
    "gte": lambda order: order >= 0,
}


@dataclass(frozen=True)
class RandomTable:
    """The table `t`; `indexes` are the fields of `i0`, `i1`, ..."""

    documents: list[JsonObject]
    indexes: list[list[str]]

    @property
    def dataset(self) -> Dataset:
        return with_indexes(self.documents, self.indexes)

    def fields_of(self, index: str | None) -> list[str]:
        """With the implicit ones."""
        if index in (None, "by_creation_time"):
            return ["_creationTime", "_id"]
        if index == "by_id":
            return ["_id"]
        assert index is not None
        return [*self.indexes[int(index[1:])], "_creationTime", "_id"]

    def scanned(self, filters: Sequence[FieldFilter], index: str | None, order: Order) -> list[JsonObject]:
        """All documents that meet the filters, in the index's order, found without planning."""
        found = [row for row in self.documents if all(meets(row, condition) for condition in filters)]
        fields = self.fields_of(index)

        def by_fields(one: JsonObject, other: JsonObject) -> int:
            return next((sign for name in fields if (sign := compare(at(one, name), at(other, name)))), 0)

        return sorted(found, key=cmp_to_key(by_fields), reverse=order == "desc")

    def within(self, index: str, bounds: Sequence[IndexBound]) -> list[JsonObject]:
        """The documents of a range."""
        filters = []
        for name, bound in zip(self.fields_of(index), bounds, strict=False):
            if bound.is_equality:
                filters.append(FieldFilter(name, "eq", bound.equals))
                continue
            if bound.lower_op is not None:
                filters.append(FieldFilter(name, bound.lower_op, bound.lower))
            if bound.upper_op is not None:
                filters.append(FieldFilter(name, bound.upper_op, bound.upper))
        return self.scanned(filters, None, "asc")


def random_table(random: Random, most: int = 30) -> RandomTable:
    pool = random.sample(SCALARS, 6)

    def value() -> JsonValue:
        return random.choice(pool if random.random() < 0.85 else SCALARS)

    documents = []
    for number in range(random.randrange(most)):
        fields = {name: value() for name in "abc" if random.random() < 0.8}
        if random.random() < 0.8:
            objects: list[JsonValue] = [{"k": value()}, {"k": value()}, {"other": 1}, value()]
            fields["m"] = random.choice(objects)
        # Every other document is of the same moment as the one before it, as after an import.
        identity = encode_id(10001, (number * 40503 % 65536).to_bytes(2, "big") * 7 + bytes(2))
        documents.append({"_id": identity, "_creationTime": 1000.0 + number // 2, **fields})
    declared: dict[tuple[str, ...], None] = {}
    for _ in range(random.randrange(5)):
        declared[tuple(random.sample(["a", "b", "c", "m.k"], random.randrange(1, 4)))] = None
    return RandomTable(documents, [list(fields) for fields in declared])


def random_conditions(random: Random, table: RandomTable) -> tuple[FieldFilter, ...]:
    return tuple(_condition(random, table) for _ in range(random.choice([0, 1, 1, 2, 2, 3, 4])))


def _condition(random: Random, table: RandomTable) -> FieldFilter:
    field = random.choice(FIELDS)
    row = random.choice(table.documents) if table.documents and random.random() < 0.7 else None
    held = at(row, field) if row is not None else UNDEFINED
    if row is None or (held is UNDEFINED and random.random() < 0.5):
        value = random.choice([*SCALARS, MISSING, 1001, 1003.5])
    else:
        value = MISSING if held is UNDEFINED else raw_at(row, field)
    return FieldFilter(field, random.choice(OPERATORS), value)  # type: ignore[arg-type]


def random_request(random: Random, table: RandomTable) -> PageRequest:
    index = None
    if random.random() < 0.25:
        index = random.choice(["by_creation_time", "by_id", *(f"i{at}" for at in range(len(table.indexes)))])
    order: Order = random.choice(["asc", "desc"])
    return PageRequest("t", order=order, index=index, filters=random_conditions(random, table))


def raw_at(document: JsonObject, path: str) -> JsonValue:
    value: JsonValue = document
    for name in path.split("."):
        if not isinstance(value, dict) or name not in value:
            return MISSING
        value = value[name]
    return value


def at(document: JsonObject, path: str) -> Value:
    return decode(raw_at(document, path))


def meets(document: JsonObject, condition: FieldFilter) -> bool:
    return _HOLDS[condition.op](compare(at(document, condition.field), decode(condition.value)))


def with_indexes(documents: Sequence[JsonObject], declared: Sequence[Sequence[str]]) -> Dataset:
    indexes: list[JsonValue] = [
        {"indexDescriptor": f"i{number}", "fields": list(fields)} for number, fields in enumerate(declared)
    ]
    schema: JsonObject = {"tables": [{"tableName": "t", "indexes": indexes}], "schemaValidation": False}
    return Dataset("random", memory_store({"t": documents}), schemas={"": schema})


def shown(table: RandomTable) -> str:
    """What one needs to make it again."""
    return "\n".join([*map(json.dumps, table.documents), f"indexes: {table.indexes}"])

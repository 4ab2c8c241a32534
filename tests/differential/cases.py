"""Random documents and query chains, as JSON that both runtimes carry out.

Where convex-test (0.0.60) deviates from the backend (deployment-api.md 10.3 to 10.5):
- `lt`, `lte`, `gt`, `gte` in filters use JavaScript's own operators there instead of Convex order. In `filters` they
  compare only where both agree: `k` (float64), `s` (ASCII) and `i` (int64). Those of `ordered` compare anything, and
  `genuine.mjs` carries them out with the genuine `compareValues`.
- `q.neg`, which it does not have, and wrong types in filters, which it does not refuse, are left out.
- whether a page that exactly fills says `isDone`: it looks ahead. All pages together are compared.
- ids are each one's own: `by_id` is left out, and creation times are named by the document that has them.
"""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass
from random import Random
from typing import Any

from kitcn_repl.values import JsonObject, JsonValue
from tests.values.random_values import random_close

FIELDS = ["a", "a", "b", "b", "s", "i", "k", "o", "o.x", "o.x", "o.y", "o.x.x", "deep", "missing"]

UNDEFINED: JsonObject = {"$undefined": None}


def int64(value: int) -> JsonObject:
    return {"$integer": base64.b64encode(value.to_bytes(8, "little", signed=True)).decode()}


def special(value: float) -> JsonObject:
    return {"$float": base64.b64encode(struct.pack("<d", value)).decode()}


POOL: list[JsonValue] = [
    None, True, False, 0.0, 1.0, -1.0, 2.5, 1e300, 5e-324, special(-0.0), special(float("nan")),
    special(float("inf")), special(float("-inf")), int64(0), int64(1), int64(-1), int64(127), int64(128), int64(-129),
    int64(2**63 - 1), int64(-(2**63)), int64(65536), "", "a", "ab", "b", "A", "\0", "a\0", "a\0b", "é", "\uffff", "😀",
    "\ue000", "\ud7ff", "😀a", "\U00010000", "\U0010ffff", "null", {"$bytes": ""},
    {"$bytes": "AA=="}, {"$bytes": "AAE="}, {"$bytes": "/w=="}, [], [None], [[]], [1.0], [1.0, 2.0], ["a"], [int64(1)],
    {}, {"x": 1.0}, {"x": 1.0, "y": None}, {"y": 0.0}, {"x": {"x": [True]}},
]  # fmt: skip
"""Few values, so that documents share them; neighbours in order, so that mistakes show."""


@dataclass(frozen=True)
class Batch:
    """Documents of one table, its indexes, and the query chains that are asked of it."""

    documents: list[JsonObject]
    indexes: dict[str, list[str]]
    specs: list[dict[str, Any]]


def batch(random: Random, documents: int, chains: int) -> Batch:
    draw = _Draw(random, documents)
    made = [draw.document(number) for number in range(documents)]
    return Batch(made, draw.indexes, [draw.spec() for _ in range(chains)])


def _indexes(random: Random) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"by_creation_time": []}
    for number in range(6):
        fields = list(dict.fromkeys(random.choices(FIELDS, k=random.randrange(1, 5))))
        # convex-test and the backend both refuse the same fields twice.
        if fields not in found.values():
            found[f"index{number}"] = fields
    return found


class _Draw:
    def __init__(self, random: Random, documents: int) -> None:
        self._random = random
        self._count = documents
        self._pool = random.sample(POOL, 14)
        self.indexes = _indexes(random)

    def document(self, number: int) -> JsonObject:
        random = self._random
        document: JsonObject = {
            "k": float(number + 1),
            "s": "".join(random.choices("abc ", k=random.randrange(4))),
            "i": int64(random.randrange(-9, 10)),
        }
        for field in ("a", "b"):
            if random.random() < 0.85:
                document[field] = self._value()
        if random.random() < 0.8:
            document["o"] = random.choice([{"x": self._value()}, {"y": self._value()}, self._value()])
        if random.random() < 0.3:
            document["deep"] = [self._value(), {"list": [self._value(), self._value()]}]
        return document

    def _value(self) -> JsonValue:
        if self._random.random() < 0.05:
            return random_close(self._random, 1)
        return self._random.choice(self._pool if self._random.random() < 0.9 else POOL)

    def _bound(self, field: str = "a") -> JsonValue:
        if field == "_creationTime":
            return {"$creation": float(self._random.randrange(self._count + 1))}
        if field in "ski" and self._random.random() < 0.7:
            near: dict[str, JsonValue] = {
                "s": "".join(self._random.choices("abc ", k=self._random.randrange(3))),
                "k": float(self._random.randrange(self._count + 2)),
                "i": int64(self._random.randrange(-9, 10)),
            }
            return near[field]
        return UNDEFINED if self._random.random() < 0.1 else self._value()

    def spec(self) -> dict[str, Any]:
        random = self._random
        index = random.choice([None, None, *self.indexes])
        how = random.choice(["collect", "collect", "take", "first", "unique", "break", "paginate", "paginate"])
        return {
            "index": index,
            "range": self._range([*self.indexes[index], "_creationTime"]) if index else [],
            "order": random.choice([None, "asc", "desc"]),
            "filters": [self._condition(2) for _ in range(random.choice([0, 0, 1, 1, 2]))],
            "ordered": [self._ordered() for _ in range(random.choice([0, 0, 1, 2]))],
            "end": {"how": how, "n": random.choice([1, 2, 3, 5, 10, 50]) if how != "take" else random.randrange(12)},
        }

    def _range(self, fields: list[str]) -> list[list[JsonValue]]:
        random = self._random
        # Each equality narrows a lot: more of them mostly find nothing.
        equal = min(random.choice([0, 0, 0, 1, 1, 2, 3]), len(fields))
        calls: list[list[JsonValue]] = [["eq", field, self._bound(field)] for field in fields[:equal]]
        if equal < len(fields) and random.random() < 0.7:
            bounds = [
                [random.choice(["gt", "gte"]), fields[equal], self._bound(fields[equal])],
                [random.choice(["lt", "lte"]), fields[equal], self._bound(fields[equal])],
            ]
            random.shuffle(bounds)
            calls += bounds[: random.choice([1, 1, 2])]
        return calls

    def _ordered(self) -> dict[str, Any]:
        field = self._random.choice([*FIELDS, "o.x.x.x"])
        op = self._random.choice(["lt", "lte", "gt", "gte"])
        return {"op": op, "of": [{"field": field}, {"literal": self._bound(field)}]}

    def _condition(self, depth: int) -> dict[str, Any]:
        random = self._random
        if depth > 0 and random.random() < 0.5:
            op = random.choice(["and", "or", "not"])
            count = 1 if op == "not" else random.randrange(4)
            return {"op": op, "of": [self._condition(depth - 1) for _ in range(count)]}
        if random.random() < 0.5:
            left = {"field": random.choice(["a", "b", "o", "o.x", "o.y", "deep", "missing", "o.x.x"])}
            return {"op": random.choice(["eq", "neq"]), "of": [left, {"literal": self._bound()}]}
        op = random.choice(["eq", "neq", "lt", "lte", "gt", "gte"])
        kind = random.choice(["number", "number", "int64", "string"])
        if kind == "string":
            return {"op": op, "of": [{"field": "s"}, {"literal": random.choice(["", "a", "ab", "c", " "])}]}
        # Never zero on the right: -0 is less than 0 in Convex order, but not to JavaScript's `<`.
        right = {"field": "k"} if kind == "number" and random.random() < 0.3 else {"literal": self._nonzero(kind)}
        return {"op": op, "of": [self._number(kind, 2), right]}

    def _nonzero(self, kind: str) -> JsonValue:
        if kind == "int64":
            return int64(self._random.choice([-5, -1, 1, 2, 9, 40]))
        return self._random.choice([-3.0, -0.5, 0.25, 1.0, 2.0, 7.5, 20.0, 41.0])

    def _number(self, kind: str, depth: int) -> dict[str, Any]:
        random = self._random
        if depth > 0 and random.random() < 0.5:
            op = random.choice(["add", "sub", "mul", "div", "mod"])
            right = self._number(kind, depth - 1)
            if op in ("div", "mod"):
                # By zero would be an error, or a NaN, for which JavaScript's `<` is not Convex order.
                divisor = random.choice([1, -2, 3, 7])
                right = {"literal": int64(divisor) if kind == "int64" else float(divisor)}
            return {"op": op, "of": [self._number(kind, depth - 1), right]}
        if random.random() < 0.6:
            return {"field": "k" if kind == "number" else "i"}
        if kind == "int64":
            return {"literal": int64(random.randrange(-9, 10))}
        return {"literal": float(random.randrange(-5, 60)) / random.choice([1, 1, 2])}

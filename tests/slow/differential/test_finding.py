"""Questions in the form of kitcn's ORM: the documents, and their order, of a plain look through the table in Python."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import cmp_to_key
from random import Random
from typing import Any

import pytest

from kitcn_repl.deployment.models import Order
from kitcn_repl.explore.finding.find import compile_find, find
from kitcn_repl.explore.knowledge import Knowledge, know
from kitcn_repl.offline.engine import Engine, Limits
from kitcn_repl.offline.offline import Offline
from kitcn_repl.values import UNDEFINED, Int64, JsonObject, Value, decode
from tests.engine.world import module
from tests.explore.random_tables import SCALARS, RandomTable, at, random_table, shown
from tests.support.suites import Cases
from tests.values.second_order import compare

PARTS = 4
TABLES = 25
QUESTIONS = 100

FIELDS = ["a", "b", "c", "m.k", "_creationTime", "_id"]
# Many questions in one query: the limits of one execution do not apply to them all together.
LIMITS = Limits(documents_read=10**9, bytes_read=10**12, database_queries=10**9, user_seconds=60, system_seconds=60)

Test = Callable[[JsonObject], bool]


@pytest.mark.parametrize("part", range(PARTS))
def test_questions(cases: Cases, part: int) -> None:
    asyncio.run(_questions(cases))


async def _questions(cases: Cases) -> None:
    some = 0
    for _ in range(TABLES):
        table = random_table(cases.random, 40)
        drawn = [question(cases.random, table) for _ in range(QUESTIONS)]
        for (settings, test), found in zip(drawn, await answers(table, [each for each, _ in drawn]), strict=True):
            script, answer = found
            fitting = [row for row in table.documents if test(row)]
            some += 0 < len(fitting) < len(table.documents)
            expected = [row["_id"] for row in in_order(table, fitting, settings, script)]
            told = [row["_id"] for row in answer["documents"]]
            if (told, answer["more"]) != (expected[: settings["limit"]], len(expected) > settings["limit"]):
                pytest.fail(f"--seed {cases.seed}: {settings}\n{shown(table)}\n{body(script)}\n{told}\nnot {expected}")
    assert some > TABLES * QUESTIONS / 4
    cases.passed(
        TABLES * QUESTIONS, f"questions answered as by a look through all documents, {some:,} telling them apart"
    )


def body(script: str) -> str:
    return script.partition("// list:")[0]


async def answers(table: RandomTable, questions: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """The script of each, and what it gives. The first is also asked by itself, as everybody asks."""
    dataset = table.dataset
    offline = Offline(dataset)
    engine = Engine(dataset, LIMITS)
    try:
        knowledge: Knowledge = await know(offline, sample=False)
        scripts = [(await compile_find(offline, knowledge, "t", settings)).text for settings in questions]
        parts = "".join(f"all.push(await (async () => {{\n{script}\n}})());\n" for script in scripts)
        result = await engine.run(module(f"const all = [];\n{parts}return all;"))
        alone = await find(offline, knowledge, "t", questions[0])
    finally:
        await engine.aclose()
        await offline.aclose()
    assert isinstance(result.value, list)
    first: Any = result.value[0]
    assert (list(alone.documents), alone.more) == (first["documents"], first["more"])
    return list(zip(scripts, result.value, strict=True))


def in_order(table: RandomTable, fitting: list[JsonObject], settings: dict[str, Any], script: str) -> list[JsonObject]:
    """The script says which way it walks; where that is not the wanted order it sorts, and keeps ties as they came."""
    walk = re.search(r'ctx\.db\.query\("t"\)(?:\.withIndex\("(\w+)"[^\n]*?)?\.order\("(asc|desc)"\)', script)
    assert walk is not None, script
    direction: Order = "desc" if walk[2] == "desc" else "asc"
    ids = {row["_id"] for row in fitting}
    rows = [row for row in table.scanned((), walk[1], direction) if row["_id"] in ids]
    wanted = settings.get("order_by", {})
    if not wanted:
        return rows

    def by_order(one: JsonObject, other: JsonObject) -> int:
        for name, way in wanted.items():
            if sign := compare(at(one, name), at(other, name)):
                return sign if way == "asc" else -sign
        return 0

    # Stable: it leaves the rows of a walk in the wanted order as they are.
    ordered = sorted(rows, key=cmp_to_key(by_order))
    assert "found.documents.sort" in script or ordered == rows, script
    return ordered


def question(random: Random, table: RandomTable) -> tuple[dict[str, Any], Test]:
    """Settings of `find`, and the meaning of its `where`."""
    where, test = _where(random, table, 2)
    settings: dict[str, Any] = {"where": where, "limit": random.choice([1, 3, 10, 100])}
    if random.random() < 0.6:
        fields = random.sample(FIELDS, random.choice([1, 1, 2, 3]))
        ways = [random.choice(["asc", "desc"])] * 3 if random.random() < 0.7 else ["asc", "desc", "asc"]
        settings["order_by"] = dict(zip(fields, ways, strict=False))
    return settings, test


def _where(random: Random, table: RandomTable, depth: int) -> tuple[dict[str, Any], Test]:
    kind = random.choice(["one", "one", "both", "AND", "OR", "NOT"]) if depth else "one"
    if kind == "one":
        field = random.choice(FIELDS)
        operand, test = _condition(random, table, field)
        return {field: operand}, lambda row: test(at(row, field))
    if kind == "both":
        (one, first), (other, second) = _where(random, table, 0), _where(random, table, 0)
        return (
            ({**one, **other}, lambda row: first(row) and second(row))
            if not one.keys() & other.keys()
            else (one, first)
        )
    if kind == "NOT":
        inner, meant = _where(random, table, depth - 1)
        return {"NOT": inner}, lambda row: not meant(row)
    parts = [_where(random, table, depth - 1) for _ in range(random.randrange(4))]
    tests = [each for _, each in parts]
    joined: Callable[[Any], bool] = all if kind == "AND" else any
    return {kind: [each for each, _ in parts]}, lambda row: joined(each(row) for each in tests)


def _condition(random: Random, table: RandomTable, field: str) -> tuple[Any, Callable[[Value], bool]]:
    def value() -> Value:
        held = at(random.choice(table.documents), field) if table.documents and random.random() < 0.7 else UNDEFINED
        return decode(random.choice(SCALARS)) if held is UNDEFINED else held

    def ordered() -> Value:
        found = value()
        while isinstance(found, (bool, bytes, list, dict)) or found is None:
            found = decode(random.choice(SCALARS))
        return found

    one, other = value(), value()
    low, high = ordered(), ordered()
    text = low if isinstance(low, str) else "a"
    choices: list[tuple[Any, Callable[[Value], bool]]] = [
        ({"eq": one} if isinstance(one, dict) else one, lambda held: _same(held, one)),
        ({"ne": one}, lambda held: not _same(held, one)),
        ({"in": [one, other]}, lambda held: _same(held, one) or _same(held, other)),
        ({"notIn": [one, other]}, lambda held: not (_same(held, one) or _same(held, other))),
        ({"gt": low}, lambda held: _order(held, low, lambda sign: sign > 0)),
        ({"gte": low}, lambda held: _order(held, low, lambda sign: sign >= 0)),
        ({"lt": low}, lambda held: _order(held, low, lambda sign: sign < 0)),
        ({"lte": low}, lambda held: _order(held, low, lambda sign: sign <= 0)),
        (
            {"gt": low, "lte": high},
            lambda held: (
                _order(held, low, lambda sign: sign > 0) and _order(held, high, lambda sign: sign <= 0)
            ),
        ),
        ({"between": [low, high]}, lambda held: _between(held, low, high)),
        ({"notBetween": [low, high]}, lambda held: not _between(held, low, high)),
        ({"isNull": True}, lambda held: held is None or held is UNDEFINED),
        ({"isNotNull": True}, lambda held: not (held is None or held is UNDEFINED)),
        ({"startsWith": text}, lambda held: isinstance(held, str) and held.startswith(text)),
        ({"contains": text}, lambda held: isinstance(held, str) and text in held),
    ]  # fmt: skip
    return random.choice(choices)


def _same(held: Value, wanted: Value) -> bool:
    """Null stands for a missing field too, as in the ORM."""
    if wanted is None:
        return held is None or held is UNDEFINED
    return compare(held, wanted) == 0


def _order(held: Value, wanted: Value, holds: Callable[[int], bool]) -> bool:
    """Within one type."""
    kinds = (str, Int64, float)
    same_kind = any(type(held) is kind and type(wanted) is kind for kind in kinds)
    return same_kind and holds(compare(held, wanted))


def _between(held: Value, low: Value, high: Value) -> bool:
    return _order(held, low, lambda sign: sign >= 0) and _order(held, high, lambda sign: sign <= 0)

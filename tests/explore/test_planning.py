"""Conditions put onto indexes: which index, which bounds, and never another document than a scan would find."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitcn_repl.deployment.models import FieldFilter, IndexBound, IndexInfo, Order, PageRequest
from kitcn_repl.explore.conditions import parse_condition
from kitcn_repl.explore.data import PlannedReading, plan_reading, read_rows
from kitcn_repl.explore.planning import plan
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.store.sqlite import memory_store
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import encode_id

MISSING: JsonValue = {"$undefined": None}


def where(*conditions: str) -> PageRequest:
    return PageRequest("t", filters=tuple(map(parse_condition, conditions)))


def index(name: str, *fields: str, **more: object) -> IndexInfo:
    return IndexInfo(**{"table": "t", "name": name, "kind": "database", "fields": fields, **more})  # type: ignore[arg-type]


def described(bound: IndexBound) -> str:
    if bound.is_equality:
        return f"= {shown(bound.equals)}"
    parts = [(bound.lower_op, bound.lower), (bound.upper_op, bound.upper)]
    return ", ".join(f"{op} {shown(value)}" for op, value in parts if op is not None)


def shown(value: JsonValue) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


INDEXES = [
    index("by_a", "a"),
    index("by_a_b", "a", "b"),
    index("by_b_c", "b", "c"),
    index("by_meta", "meta.kind"),
    index("by_d_staged", "d", staged=True),
    index("by_d_unfinished", "d", state="backfilling"),
    index("search_d", "d", kind="search"),
    index("of_another", "d", table="u"),
]


@pytest.mark.parametrize(
    ("conditions", "name", "bounds", "rest", "keeps_order"),
    [
        (["a = 1"], "by_a", ["= 1"], [], True),
        (["b = 2", "a = 1"], "by_a_b", ["= 1", "= 2"], [], True),
        (["a = 1", "b > 2"], "by_a_b", ["= 1", "gt 2"], [], False),
        (["b > 2", "b <= 7", "b > 3", "b < 9"], "by_b_c", ["gt 3, lte 7"], [], False),
        (["b >= 3", "b > 3"], "by_b_c", ["gt 3"], [], False),
        (["b <= 7", "b < 7", "b <= 7"], "by_b_c", ["lt 7"], [], False),
        (["b > undefined", "b >= null", "b >= undefined"], "by_b_c", ["gte None"], [], False),
        (["a = 1", "c = 3"], "by_a", ["= 1"], ["c"], True),
        (["a = 1", "a = 2"], "by_a", ["= 1"], ["a"], True),
        (["a = 1", "a > 0"], "by_a", ["= 1"], ["a"], True),
        (["a = undefined"], "by_a", [f"= {MISSING}"], [], True),
        (["a < undefined"], "by_a", [f"lt {MISSING}"], [], False),
        (["meta.kind = x"], "by_meta", ["= x"], [], True),
        (["_creationTime > 5"], "by_creation_time", ["gt 5"], [], True),
        (["_creationTime > 5", "a > 1"], "by_creation_time", ["gt 5"], ["a"], True),
        (["_creationTime > 5", "a = 1"], "by_a", ["= 1"], ["_creationTime"], True),
        (["_id = x", "a = 1", "b = 2"], "by_id", ["= x"], ["a", "b"], True),
        (["_id > x", "a = 1"], "by_a", ["= 1"], ["_id"], True),
    ],
)
def test_the_index_that_narrows_most(
    conditions: list[str], name: str, bounds: list[str], rest: list[str], keeps_order: bool
) -> None:
    made = plan(where(*conditions), INDEXES)
    assert made.index == made.request.index == name
    assert [described(bound) for bound in made.request.bounds] == bounds
    assert [condition.field for condition in made.request.filters] == rest
    assert made.keeps_order is keeps_order
    assert made.missing == ()


@pytest.mark.parametrize(
    ("conditions", "missing"),
    [
        (["d = 1"], ("d",)),
        (["e > 1", "d = 1", "f > 2"], ("d", "e")),
        (["d != 1"], ()),
        (["d.e = 1"], ("d.e",)),
    ],
)
def test_without_an_index_the_scan_names_the_one_that_would_serve(conditions: list[str], missing: tuple[str]) -> None:
    made = plan(where(*conditions), INDEXES)
    assert made.index is None
    assert made.request == where(*conditions)
    assert made.missing == missing


def test_a_named_index_is_kept_with_what_it_covers() -> None:
    request = PageRequest("t", index="by_b_c", filters=(parse_condition("a = 1"), parse_condition("b = 2")))
    made = plan(request, INDEXES)
    assert made.index == "by_b_c"
    assert [described(bound) for bound in made.request.bounds] == ["= 2"]
    assert [condition.field for condition in made.request.filters] == ["a"]
    unknown = PageRequest("t", index="nope", filters=(parse_condition("a = 1"),))
    assert plan(unknown, INDEXES).request == unknown


def test_system_tables_are_read_as_they_are() -> None:
    request = PageRequest("_storage", filters=(parse_condition("_creationTime > 5"),))
    assert plan(request, INDEXES).request == request


# Few values, so that conditions often hold; of every kind that sorts next to another.
SCALARS: list[JsonValue] = [
    None, False, True, 0, -0.0, 1, 2, "", "a", "b", {"$integer": "AQAAAAAAAAA="}, {"$float": "AAAAAAAA+H8="}, [1], {},
]  # fmt: skip
OPERATORS = ["eq", "neq", "lt", "lte", "gt", "gte"]
FIELDS = ["a", "b", "m.k", "_creationTime", "_id"]


def document(number: int, fields: dict[str, JsonValue]) -> JsonObject:
    inner = {"m": {"k": fields["m"]}} if "m" in fields else {}
    rest = {name: value for name, value in fields.items() if name != "m"}
    return {"_id": ident(number), "_creationTime": 1000.0 + number // 2, **rest, **inner}


def ident(number: int) -> str:
    return encode_id(10001, bytes([number * 37 % 256]) * 14 + bytes(2))


DOCUMENTS = st.lists(
    st.dictionaries(st.sampled_from(["a", "b", "m"]), st.sampled_from(SCALARS)), min_size=1, max_size=12
).map(lambda rows: [document(number, fields) for number, fields in enumerate(rows)])
VALUES = st.sampled_from([*SCALARS, MISSING, 1001, 1003.5, *map(ident, range(4))])
CONDITIONS = st.lists(
    st.builds(FieldFilter, st.sampled_from(FIELDS), st.sampled_from(OPERATORS), VALUES), min_size=1, max_size=4
)
DECLARED = st.lists(
    st.lists(st.sampled_from(["a", "b", "m.k"]), min_size=1, max_size=3, unique=True), max_size=4, unique_by=tuple
)


@settings(max_examples=400, deadline=None)
@given(DOCUMENTS, CONDITIONS, DECLARED, st.sampled_from(["asc", "desc"]), st.integers(1, 13), st.booleans())
def test_a_planned_read_finds_what_a_scan_finds(
    documents: list[JsonObject],
    conditions: list[FieldFilter],
    declared: list[list[str]],
    order: Order,
    limit: int,
    named: bool,
) -> None:
    asyncio.run(_compare(documents, conditions, declared, order, limit, named=named))


async def _compare(
    documents: list[JsonObject],
    conditions: list[FieldFilter],
    declared: list[list[str]],
    order: Order,
    limit: int,
    *,
    named: bool,
) -> None:
    offline = Offline(with_indexes(documents, declared))
    try:
        index_name = "i0" if named and declared else None
        request = PageRequest("t", order=order, index=index_name, filters=tuple(conditions))
        scanned = await read_rows(offline, request, limit)
        made = await plan_reading(offline, request)
        reading = PlannedReading(offline, made, request, limit)
        found = [document async for page in reading.pages() for document in page]
        assert found == scanned.documents
        assert (reading.found, reading.more) == (len(found), scanned.more)
        assert not reading.gave_up
    finally:
        await offline.aclose()


def with_indexes(documents: Sequence[JsonObject], declared: Sequence[Sequence[str]]) -> Dataset:
    indexes: list[JsonValue] = [
        {"indexDescriptor": f"i{number}", "fields": list(fields)} for number, fields in enumerate(declared)
    ]
    schema: JsonObject = {"tables": [{"tableName": "t", "indexes": indexes}], "schemaValidation": False}
    return Dataset("random", memory_store({"t": documents}), schemas={"": schema})


async def test_a_range_too_wide_to_sort_is_scanned_instead() -> None:
    rows: list[JsonObject] = [
        {"_id": encode_id(10001, number.to_bytes(14, "big") + bytes(2)), "_creationTime": float(number), "a": -number}
        for number in range(1500)
    ]
    offline = Offline(with_indexes(rows, [["a"]]))
    request = where("a <= 0")
    for limit, gave_up in ((10, True), (1600, False)):
        made = await plan_reading(offline, request)
        reading = PlannedReading(offline, made, request, limit)
        found = [document async for page in reading.pages() for document in page]
        assert found == rows[::-1][:limit]
        assert (reading.gave_up, reading.more, reading.found) == (gave_up, limit < len(rows), len(found))
    await offline.aclose()

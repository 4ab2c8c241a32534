"""Pages of an offline table against a plain reading of all documents."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitcn_repl.deployment.errors import RequestRejectedError
from kitcn_repl.deployment.models import FieldFilter, IndexBound, PageRequest
from kitcn_repl.offline.catalog import IndexDefinition
from kitcn_repl.offline.pages import read_page
from kitcn_repl.offline.store import BY_CREATION_TIME
from kitcn_repl.offline.store.sqlite import SqliteStore, memory_store
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import encode_id
from kitcn_repl.values.order import encode_key

SCALARS: list[JsonValue] = [
    None, {"$integer": "AQAAAAAAAAA="}, 0.0, 1.0, 2.5, False, True, "", "a", "b", [], [1.0], {"k": 1.0},
]  # fmt: skip


def store_of(values: list[JsonValue]) -> SqliteStore:
    rows: list[JsonObject] = []
    for i, value in enumerate(values):
        row: JsonObject = {"_creationTime": float(i), "_id": encode_id(10001, i.to_bytes(16, "big"))}
        if value != "missing":
            row["v"] = value
        rows.append(row)
    return memory_store({"t": rows})


def index_of(store: SqliteStore, name: str, fields: tuple[str, ...]) -> IndexDefinition:
    return IndexDefinition(store.tables("")["t"], name, fields)


def read_all(store: SqliteStore, request: PageRequest, fields: tuple[str, ...]) -> list[JsonObject]:
    rows: list[JsonObject] = []
    while True:
        page = read_page(store, index_of(store, request.index or "by_creation_time", fields), request)
        rows.extend(page.documents)
        assert len(page.documents) <= request.limit
        if page.is_done:
            return rows
        request = replace(request, cursor=page.cursor)


@settings(deadline=None, max_examples=60)
@given(
    values=st.lists(st.sampled_from([*SCALARS, "missing"]), max_size=30),
    bound=st.sampled_from(SCALARS),
    lower_op=st.sampled_from(["gt", "gte", None]),
    upper=st.sampled_from(SCALARS),
    upper_op=st.sampled_from(["lt", "lte", None]),
    descending=st.booleans(),
    limit=st.integers(1, 7),
)
def test_ranges_equal_a_plain_scan(
    values: list[JsonValue],
    bound: JsonValue,
    lower_op: Literal["gt", "gte"] | None,
    upper: JsonValue,
    upper_op: Literal["lt", "lte"] | None,
    descending: bool,
    limit: int,
) -> None:
    store = store_of(values)
    index_bound = IndexBound(
        is_equality=False,
        lower_op=lower_op,
        lower=bound,
        upper_op=upper_op,
        upper=upper,
    )
    request = PageRequest("t", limit, "desc" if descending else "asc", "by_v", (index_bound,))
    keyed = [(key_of(value), i) for i, value in enumerate(values)]
    kept = [
        (key, i)
        for key, i in keyed
        if (lower_op is None or (key > encode_key(bound) if lower_op == "gt" else key >= encode_key(bound)))
        and (upper_op is None or (key < encode_key(upper) if upper_op == "lt" else key <= encode_key(upper)))
    ]
    expected = [float(i) for _, i in sorted(kept, reverse=descending)]
    found = [row["_creationTime"] for row in read_all(store, request, ("v", "_creationTime"))]
    assert found == expected


def key_of(value: JsonValue) -> bytes:
    return b"\x01" if value == "missing" else encode_key(value)


def test_equality_on_undefined_finds_missing_fields() -> None:
    store = store_of(["missing", None, "a"])
    request = PageRequest("t", 10, "asc", "by_v", (IndexBound({"$undefined": None}),))
    assert [row["_creationTime"] for row in read_all(store, request, ("v", "_creationTime"))] == [0.0]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (FieldFilter("v", "eq", 1.0), [3.0]),
        (FieldFilter("v", "neq", 1.0), [0.0, 1.0, 2.0, 4.0, 5.0]),
        (FieldFilter("v", "gt", "a"), [5.0]),
        (FieldFilter("v", "lte", None), [0.0, 1.0]),
        (FieldFilter("v", "anyOf", ["a", 1.0]), [3.0, 4.0]),
        (FieldFilter("v", "noneOf", ["a", 1.0]), [0.0, 1.0, 2.0, 5.0]),
        (FieldFilter("v", "anyOf", []), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
        (FieldFilter("v", "type", "bigint"), [2.0]),
        (FieldFilter("v", "notype", "string"), [0.0, 1.0, 2.0, 3.0]),
        (FieldFilter("v", "type", "unset"), [0.0]),
    ],
)
def test_filters(condition: FieldFilter, expected: list[float]) -> None:
    store = store_of(["missing", None, {"$integer": "AQAAAAAAAAA="}, 1.0, "a", "b"])
    request = PageRequest("t", 2, "asc", filters=(condition,))
    assert [row["_creationTime"] for row in read_all(store, request, BY_CREATION_TIME)] == expected


def test_a_cursor_belongs_to_its_query() -> None:
    store = store_of([None, None])
    index = index_of(store, "by_creation_time", BY_CREATION_TIME)
    cursor = read_page(store, index, PageRequest("t", 1)).cursor
    with pytest.raises(RequestRejectedError, match="different query"):
        read_page(store, index, PageRequest("t", 1, "asc", cursor=cursor))
    with pytest.raises(RequestRejectedError, match="parse cursor"):
        read_page(store, index, PageRequest("t", 1, cursor="!"))


def test_nothing_follows_the_last_page() -> None:
    store = store_of([None, None])
    index = index_of(store, "by_creation_time", BY_CREATION_TIME)
    request = PageRequest("t", 5)
    last = read_page(store, index, request)
    assert last.is_done
    assert read_page(store, index, replace(request, cursor=last.cursor)).documents == []


def test_bounds_are_on_the_fields_that_an_index_has() -> None:
    store = store_of([None])
    request = PageRequest("t", 5, index="by_v", bounds=(IndexBound(None),) * 3)
    with pytest.raises(RequestRejectedError, match="Index by_v has 2 fields, but the query has 3 clauses"):
        read_page(store, index_of(store, "by_v", ("v", "_creationTime")), request)

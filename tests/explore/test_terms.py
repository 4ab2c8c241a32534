"""Conditions in the terms of what is stored: dates where numbers are, and fields that are not there."""

from __future__ import annotations

import pytest

from kitcn_repl.deployment.models import PageRequest
from kitcn_repl.explore.conditions import parse_condition
from kitcn_repl.explore.terms import Terms, has_dates, stored_terms
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.store.sqlite import memory_store
from kitcn_repl.schema.model import Field, Schema, Table
from kitcn_repl.values import JsonValue

DAY = 1_772_236_800_000


async def terms(table: str, *conditions: str, source: Schema | None = None, dataset: Dataset | None = None) -> Terms:
    deployment = Offline(dataset or demo_dataset())
    request = PageRequest(table, filters=tuple(map(parse_condition, conditions)))
    return await stored_terms(deployment, request, source)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2026-02-28", DAY),
        ("2026-02-28T00:00Z", DAY),
        ("2026-02-28 00:00:01", DAY + 1000),
        ("2026-02-28T02:00:00.250+02:00", DAY + 250),
        ("2026-02-28T00:00:00.000500Z", DAY + 0.5),
        ("1969-12-31T23:59:59Z", -1000),
    ],
)
async def test_dates_stand_for_milliseconds(text: str, milliseconds: float) -> None:
    for written in (text, f'"{text}"'):
        found = await terms("project", f"updatedAt >= {written}", f"_creationTime < {written}")
        assert [each.value for each in found.request.filters] == [milliseconds, milliseconds]
        assert found.read_as[0] == f"updatedAt: {text} is read as {milliseconds}"
        assert found.unknown == found.doubts == ()


@pytest.mark.parametrize("value", ["2026-13-01", "2026-02-28T", "2026", "12-02-2026", "1772236800000", "undefined"])
async def test_what_is_no_date_stays(value: str) -> None:
    condition = parse_condition(f"updatedAt = {value}")
    assert not has_dates([condition])
    assert (await terms("project", f"updatedAt = {value}")).request.filters == (condition,)


async def test_a_field_of_text_keeps_its_text() -> None:
    found = await terms("project", "name = 2026-02-28")
    assert found.request.filters[0].value == "2026-02-28"
    assert (found.read_as, found.doubts) == ((), ())


async def test_where_anything_may_be_the_date_is_a_doubt() -> None:
    found = await terms("typeZoo", "value > 2026-02-28")
    assert found.request.filters[0].value == "2026-02-28"
    assert found.doubts == (f"value was compared with a text; if it holds times, write {DAY}.",)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("nmae", 'Table "project" has no field "nmae"; did you mean "name"?'),
        ("id", 'Table "project" has no field "id"; did you mean "_id"?'),
        ("xyzzy", 'Table "project" has no field "xyzzy".'),
    ],
)
async def test_fields_that_are_not_there(field: str, said: str) -> None:
    found = await terms("project", f"{field} = 5", "name = x", "_id = y", f"{field} != 6")
    assert found.unknown == (said,)


async def test_without_a_deployed_schema_the_source_tells() -> None:
    def source(validator: JsonValue, *, is_open: bool = False) -> Schema:
        field = Field("at", {"type": "union", "value": [validator, {"type": "null"}]}, optional=True)
        return Schema({"thing": Table("thing", {"at": field}, open=is_open)})

    bare = Dataset("bare", memory_store({"thing": []}))
    found = await terms("thing", "at > 2026-02-28", "att = 1", source=source({"type": "float64"}), dataset=bare)
    assert found.request.filters[0].value == DAY
    assert found.unknown == ('Table "thing" has no field "att"; did you mean "at"?',)
    found = await terms(
        "thing", "at > 2026-02-28", "att = 1", source=source({"type": "number"}, is_open=True), dataset=bare
    )
    assert (found.request.filters[0].value, found.unknown) == (DAY, ())
    found = await terms("thing", "at > 2026-02-28", dataset=bare)
    assert found.doubts == (f"at was compared with a text; if it holds times, write {DAY}.",)

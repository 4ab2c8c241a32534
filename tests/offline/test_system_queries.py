"""The `_system/...` queries beyond what the contract suite and the genuine clients already ask."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator

import pytest

from kitcn_repl.deployment.errors import QueryFailedError, ReadonlyError
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.demo.documents import COMPONENT_ID
from kitcn_repl.offline.offline import Offline
from kitcn_repl.values import JsonObject, JsonValue


@pytest.fixture
async def offline() -> AsyncIterator[Offline]:
    opened = Offline(demo_dataset())
    yield opened
    await opened.aclose()


async def ask(offline: Offline, path: str, **args: JsonValue) -> JsonValue:
    return (await offline.system(f"_system/{path}", args)).value


async def filtered(offline: Offline, filters: object, table: str = "user", url_safe: bool = True) -> JsonObject:
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    answer = await ask(
        offline,
        "frontend/paginatedTableDocuments",
        table=table,
        filters=encode(json.dumps(filters).encode()).decode().rstrip("="),
        paginationOpts={"numItems": 5, "cursor": None},
    )
    assert isinstance(answer, dict)
    return answer


@pytest.mark.parametrize("path", ["cli/tables", "cli/tables:default", "cli/tables.js:default"])
async def test_a_path_may_be_spelled_in_every_way(offline: Offline, path: str) -> None:
    answer = await ask(offline, path, paginationOpts={"numItems": 1, "cursor": None})
    assert isinstance(answer, dict)
    assert {"name": "user"} in json.loads(json.dumps(answer["page"]))


async def test_a_component_id_selects_the_component(offline: Offline) -> None:
    mapping = await ask(offline, "frontend/getTableMapping", componentId=COMPONENT_ID)
    assert mapping == {"10001": "rateLimits"}
    with pytest.raises(QueryFailedError, match="not found"):
        await ask(offline, "frontend/getTableMapping", componentId="nonsense")


async def test_an_unknown_system_query_is_not_found(offline: Offline) -> None:
    with pytest.raises(QueryFailedError, match="Could not find public function for '_system/cli/nothing'"):
        await ask(offline, "cli/nothing")


@pytest.mark.parametrize("path", ["frontend/addDocument", "frontend/deleteDocuments", "frontend/clearTablePage"])
async def test_writes_are_refused(offline: Offline, path: str) -> None:
    with pytest.raises(ReadonlyError, match="only be read"):
        await ask(offline, path)


@pytest.mark.parametrize(
    "filters",
    [
        {"clauses": 5},
        {"clauses": [5]},
        {"clauses": [{"op": "eq", "field": "name", "value": {"$integer": 5}}]},
        {"clauses": [{"op": "eq", "field": "name", "value": {"$what": "x"}}]},
        {"index": {"name": "by_id", "clauses": [{"type": "indexEq", "value": {"$bytes": 1}}]}},
        [],
    ],
)
async def test_dashboard_filters_that_are_none(offline: Offline, filters: object) -> None:
    with pytest.raises(QueryFailedError, match="not Base64 of a JSON object with encoded values"):
        await filtered(offline, filters)


@pytest.mark.parametrize("url_safe", [True, False])
async def test_dashboard_filters_in_both_alphabets(offline: Offline, url_safe: bool) -> None:
    clause = {"field": "role", "op": "eq", "value": "admin", "enabled": True}
    answer = await filtered(
        offline, {"clauses": [clause, {**clause, "enabled": False, "op": "neq"}]}, url_safe=url_safe
    )
    rows = json.loads(json.dumps(answer["page"]))
    assert {row["role"] for row in rows} == {"admin"}


@pytest.mark.parametrize(
    ("filters", "clause"),
    [
        ({"clauses": [{"field": "role", "op": "like", "value": "a%"}]}, 0.0),
        ({"clauses": [], "index": {"name": "by_nothing", "clauses": []}}, -1.0),
        ({"clauses": [], "index": {"name": "search_label", "search": "x", "clauses": []}}, -1.0),
    ],
)
async def test_filter_mistakes_come_inside_the_page(offline: Offline, filters: object, clause: float) -> None:
    answer = await filtered(offline, filters, table="typeZoo")
    rows = json.loads(json.dumps(answer["page"]))
    assert rows[0]["filter"] == clause
    assert rows[0]["error"]


async def test_filters_that_are_none_fail_clearly(offline: Offline) -> None:
    with pytest.raises(QueryFailedError, match="Base64"):
        await ask(
            offline,
            "frontend/paginatedTableDocuments",
            table="user",
            filters="%%%",
            paginationOpts={"numItems": 5, "cursor": None},
        )


@pytest.mark.parametrize("options", [None, {}, {"numItems": 0}, {"numItems": "5"}])
async def test_pagination_options_are_checked(offline: Offline, options: JsonValue) -> None:
    with pytest.raises(QueryFailedError):
        await ask(offline, "cli/tableData", table="user", order="asc", paginationOpts=options)


async def test_stored_files_are_documents(offline: Offline) -> None:
    assert await ask(offline, "frontend/fileStorageV2:numFiles") == 3
    answer = await ask(offline, "frontend/fileStorageV2:fileMetadata", paginationOpts={"numItems": 9, "cursor": None})
    assert len(json.loads(json.dumps(answer))["page"]) == 3


async def test_one_environment_variable(offline: Offline) -> None:
    found = await ask(offline, "cli/queryEnvironmentVariables:get", name="SITE_URL")
    assert found == {"name": "SITE_URL", "value": "http://localhost:3000"}
    assert await ask(offline, "cli/queryEnvironmentVariables:get", name="NOPE") is None


async def test_index_fields_are_listed_as_the_server_stores_them(offline: Offline) -> None:
    indexes = json.loads(json.dumps(await ask(offline, "frontend/indexes", tableName="typeZoo", tableNamespace=None)))
    fields = {index["name"]: index["fields"] for index in indexes}
    assert fields["by_value"] == ["value", "_creationTime"]
    assert fields["search_label"] == {"searchField": "label", "filterFields": ["kind"]}

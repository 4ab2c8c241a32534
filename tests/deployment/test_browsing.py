"""Tables, pages, documents, schemas and indexes, asked of system queries."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest

from kitcn_repl.deployment.errors import RequestRejectedError
from kitcn_repl.deployment.filters import UNDEFINED_PLACEHOLDER
from kitcn_repl.deployment.models import (
    FieldFilter,
    IndexBound,
    IndexInfo,
    Page,
    PageRequest,
    TableInfo,
)
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.errors import UsageError
from kitcn_repl.values import JsonObject
from tests.deployment.support import QUERY, MakeRemote
from tests.deployment.system import BATCH, COMPONENTS, System, system
from tests.support.faults import (
    Behaviour,
    FaultyServer,
    Peer,
    Received,
    fail,
    html,
    refuse,
    reply,
    reply_json,
    succeed,
)


def pages_of_names(args: Any) -> JsonObject:
    cursor = args["paginationOpts"]["cursor"]
    if cursor is None:
        return {"page": [{"name": "users"}, {"name": "posts"}], "isDone": False, "continueCursor": "c1"}
    assert cursor == "c1"
    return {"page": [{"name": "tags"}], "isDone": True, "continueCursor": "end"}


def size_of(args: Any) -> object:
    if args["tableName"] == "posts":
        return {"status": "error", "errorMessage": "Table summaries are unavailable while bootstrapping."}
    return {"users": 12.0, "tags": 0}[args["tableName"]]


async def test_tables_take_few_requests(server: FaultyServer, connect: MakeRemote) -> None:
    answers = system(server, cli_S_tables=pages_of_names, frontend_S_tableSize=size_of)
    tables = await connect(server.url).tables()
    assert tables == [TableInfo("posts", None), TableInfo("tags", 0), TableInfo("users", 12)]
    assert [type(table.count) for table in tables] == [type(None), int, int]
    assert [received.path for received in server.requests] == [QUERY, QUERY, BATCH]
    assert answers.asked[-1] == ("_system/frontend/tableSize", {"tableName": "users", "componentId": None})


async def test_tables_of_a_component(server: FaultyServer, connect: MakeRemote) -> None:
    mapping = {"10001": "users", "10002": "tags", "539": "_scheduled_jobs"}
    answers = system(
        server, frontend_S_components__list=COMPONENTS, frontend_S_getTableMapping=mapping, frontend_S_tableSize=size_of
    )
    assert await connect(server.url).tables("auth") == [TableInfo("tags", 0), TableInfo("users", 12)]
    assert [args.get("componentId") for _, args in answers.asked] == [None, "cmp1", "cmp1", "cmp1"]


@pytest.mark.parametrize(
    "batch",
    [
        pytest.param(reply(status=404), id="unknown"),
        pytest.param(html(), id="web page"),
        pytest.param(refuse(400, "BadJsonBody", "x"), id="refused"),
        pytest.param(refuse(503, "Overloaded", "x"), id="busy"),
        pytest.param(reply_json({"results": []}), id="too few"),
        pytest.param(reply_json({"results": 3}), id="malformed"),
    ],
)
async def test_tables_without_batches(convex: FaultyServer, connect: MakeRemote, batch: Behaviour) -> None:
    names = {"page": [{"name": f"t{number:02}"} for number in range(40)], "isDone": True, "continueCursor": "end"}
    answers = System(cli_S_tables=names, frontend_S_tableSize=3.0)
    eight = asyncio.Barrier(8)

    async def only_eight_at_once(received: Received, peer: Peer) -> None:
        if "tableSize" in received.json["path"]:
            await eight.wait()
        await answers.query(received, peer)

    convex.on(QUERY, only_eight_at_once).on(BATCH, batch)
    async with asyncio.timeout(30):
        tables = await connect(convex.url).tables()
    assert tables == [TableInfo(f"t{number:02}", 3) for number in range(40)]
    assert convex.most_at_once == 8


async def test_many_tables_are_counted_in_several_batches(server: FaultyServer, connect: MakeRemote) -> None:
    names = {"page": [{"name": f"t{number:03}"} for number in range(250)], "isDone": True, "continueCursor": "end"}
    system(server, cli_S_tables=names, frontend_S_tableSize=lambda args: float(args["tableName"][1:]))
    tables = await connect(server.url).tables()
    assert [table.count for table in tables] == list(range(250))
    assert len(server.requests) == 4


async def test_counts_are_unknown_where_the_server_has_no_such_query(server: FaultyServer, connect: MakeRemote) -> None:
    system(server, batch=False, cli_S_tables={"page": [{"name": "a"}], "isDone": True, "continueCursor": "end"})
    assert await connect(server.url).tables() == [TableInfo("a", None)]


async def sent_page(server: FaultyServer, remote: Remote, request: PageRequest) -> tuple[JsonObject, Any]:
    """The arguments sent for a page, and its filters decoded."""
    answers = system(
        server,
        frontend_S_paginatedTableDocuments={"page": [], "isDone": True, "continueCursor": "c"},
        frontend_S_components__list=COMPONENTS,
    )
    await remote.page(request)
    args = answers.asked[-1][1]
    filters = args.pop("filters")
    if filters is None:
        return args, None
    assert not set(filters) & set("+/=")
    return args, json.loads(base64.urlsafe_b64decode(filters + "=" * (-len(filters) % 4)))


async def test_page(server: FaultyServer, connect: MakeRemote) -> None:
    document: JsonObject = {"_id": "j57", "_creationTime": 1.5, "n": {"$integer": "AQAAAAAAAAA="}, "error": "x"}
    answers = system(
        server, frontend_S_paginatedTableDocuments={"page": [document], "isDone": False, "continueCursor": "c2"}
    )
    page = await connect(server.url).page(PageRequest("users", limit=7, cursor="c1"))
    assert page == Page([document], "c2", is_done=False)
    assert answers.asked == [
        (
            "_system/frontend/paginatedTableDocuments",
            {
                "table": "users",
                "paginationOpts": {"numItems": 7, "cursor": "c1"},
                "filters": None,
                "componentId": None,
            },
        )
    ]


async def test_page_with_conditions(server: FaultyServer, connect: MakeRemote) -> None:
    undefined: JsonObject = {"$undefined": None}
    request = PageRequest(
        "users",
        order="asc",
        index="by_status",
        bounds=(
            IndexBound("open"),
            IndexBound(undefined),
            IndexBound(is_equality=False, lower_op="gt", lower=1, upper_op="lte", upper={"$integer": "AQAAAAAAAAA="}),
        ),
        filters=(
            FieldFilter("näme", "eq", "Ünï\ud800"),
            FieldFilter("tag", "anyOf", ["a", undefined]),
            FieldFilter("n", "type", "number"),
        ),
        component="auth",
    )
    args, filters = await sent_page(server, connect(server.url), request)
    assert args["componentId"] == "cmp1"
    assert filters == {
        "clauses": [
            {"id": "0", "field": "näme", "op": "eq", "value": "Ünï\ud800", "enabled": True},
            {"id": "1", "field": "tag", "op": "anyOf", "value": ["a", UNDEFINED_PLACEHOLDER], "enabled": True},
            {"id": "2", "field": "n", "op": "type", "value": "number", "enabled": True},
        ],
        "order": "asc",
        "index": {
            "name": "by_status",
            "clauses": [
                {"type": "indexEq", "enabled": True, "value": "open"},
                {"type": "indexEq", "enabled": True, "value": UNDEFINED_PLACEHOLDER},
                {
                    "type": "indexRange",
                    "enabled": True,
                    "lowerOp": "gt",
                    "lowerValue": 1,
                    "upperOp": "lte",
                    "upperValue": {"$integer": "AQAAAAAAAAA="},
                },
            ],
        },
    }


async def test_page_in_other_order_only(server: FaultyServer, connect: MakeRemote) -> None:
    _, filters = await sent_page(server, connect(server.url), PageRequest("users", order="asc"))
    assert filters == {"clauses": [], "order": "asc"}


async def test_bounds_without_an_index(server: FaultyServer, connect: MakeRemote) -> None:
    with pytest.raises(UsageError, match="index"):
        await connect(server.url).page(PageRequest("users", bounds=(IndexBound(1),)))


@pytest.mark.parametrize(
    ("problem", "code", "fragment"),
    [
        ({"error": "Invalid value: {}.", "filter": 0.0}, "InvalidFilter", '"status" (eq) is not valid: Invalid value'),
        ({"error": "Index by_x does not exist.", "filter": -1}, "InvalidIndexFilter", "Index by_x does not exist."),
    ],
)
async def test_mistakes_in_a_filter_arrive_inside_the_page(
    server: FaultyServer, connect: MakeRemote, problem: JsonObject, code: str, fragment: str
) -> None:
    system(server, frontend_S_paginatedTableDocuments={"page": [problem], "isDone": True, "continueCursor": "end"})
    with pytest.raises(RequestRejectedError) as caught:
        await connect(server.url).page(PageRequest("users", filters=(FieldFilter("status", "eq", 1),)))
    assert caught.value.code == code
    assert fragment in caught.value.message


async def test_foreign_cursor(server: FaultyServer, connect: MakeRemote) -> None:
    server.on(QUERY, fail("[Request ID: 00] Server Error\nUncaught ConvexError: InvalidCursor: Tried to run ..."))
    with pytest.raises(RequestRejectedError) as caught:
        await connect(server.url).page(PageRequest("users", cursor="x"))
    assert caught.value.code == "InvalidCursor"


async def test_get(server: FaultyServer, connect: MakeRemote) -> None:
    document = {"_id": "j57", "_creationTime": 1.0}
    system(server, frontend_S_getById=lambda args: document if args == {"id": "j57", "componentId": None} else "bad")
    assert await connect(server.url).get("j57") == document


async def test_get_nothing(server: FaultyServer, connect: MakeRemote) -> None:
    server.on(QUERY, succeed(None))
    assert await connect(server.url).get("j57") is None


async def test_get_what_is_no_id(server: FaultyServer, connect: MakeRemote) -> None:
    message = "Invalid argument `id` for `db.get`: Unable to decode ID: Invalid ID length 3"
    server.on(QUERY, fail(f"[Request ID: 00] Server Error\nUncaught Error: {message}\n    at async handler"))
    with pytest.raises(RequestRejectedError) as caught:
        await connect(server.url).get("j57")
    assert (caught.value.code, caught.value.message) == ("InvalidArgument", message)


async def test_table_mapping(server: FaultyServer, connect: MakeRemote) -> None:
    system(server, frontend_S_getTableMapping={"10001": "users", "539": "_scheduled_jobs", "540": "_file_storage"})
    expected = {10001: "users", 539: "_scheduled_functions", 540: "_storage"}
    assert await connect(server.url).table_mapping() == expected


async def test_schema(server: FaultyServer, connect: MakeRemote) -> None:
    schema = {"tables": [], "schemaValidation": True}
    system(server, frontend_S_getSchemas={"active": json.dumps(schema), "inProgress": "{"})
    assert await connect(server.url).schema() == schema


async def test_no_schema(server: FaultyServer, connect: MakeRemote) -> None:
    system(server, frontend_S_getSchemas={})
    assert await connect(server.url).schema() is None


EMAIL = IndexInfo("users", "by_email", "database", ("email",))
SEARCH = IndexInfo("users", "search_bio", "search", ("bio",), filter_fields=("team",), staged=True, state="backfilling")
VECTOR = IndexInfo("posts", "by_vec", "vector", ("embedding",), dimensions=1536)


async def test_indexes_in_one_request(server: FaultyServer, connect: MakeRemote) -> None:
    search_fields = {"searchField": "bio", "filterFields": ["team"]}
    vector_fields = {"vectorField": "embedding", "dimensions": 1536.0, "filterFields": []}
    found = [
        {"table": "users", "name": "by_email", "fields": ["email", "_creationTime"], "backfill": {"state": "done"}},
        {
            "table": "users",
            "name": "search_bio",
            "fields": search_fields,
            "backfill": {"state": "in_progress"},
            "staged": True,
        },
        {"table": "posts", "name": "by_vec", "fields": vector_fields, "backfill": {"state": "done"}, "staged": False},
    ]
    system(server, frontend_S_components__list=COMPONENTS)
    server.on("/api/get_indexes", reply_json({"indexes": found}))
    remote = connect(server.url)
    assert await remote.indexes() == [EMAIL, SEARCH, VECTOR]
    assert await remote.indexes("auth") == [EMAIL, SEARCH, VECTOR]
    assert [received.target for received in server.to("/api/get_indexes")] == [
        "/api/get_indexes",
        "/api/get_indexes?componentId=cmp1",
    ]


async def test_indexes_by_table(convex: FaultyServer, connect: MakeRemote) -> None:
    def indexes(args: Any) -> object:
        assert args["tableNamespace"] is None
        if args["tableName"] == "posts":
            return {"status": "success", "value": None}
        return [{"name": "by_email", "staged": False, "fields": ["email"], "backfill": {"state": "done"}}]

    system(convex, frontend_S_getTableMapping={"10001": "users", "10002": "posts"}, frontend_S_indexes=indexes)
    assert await connect(convex.url).indexes() == [EMAIL]

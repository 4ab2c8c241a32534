"""What every `Deployment` must do: run over `Offline`, and over `Remote` talking to a served `Offline`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from kitcn_repl.deployment.errors import QueryFailedError, ReadonlyError, RequestRejectedError
from kitcn_repl.deployment.models import FieldFilter, IndexBound, PageRequest, QueryModule
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.offline.backend_file import open_backend_file
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.values import JsonObject, JsonValue
from tests.support.backend_files import write_dataset
from tests.support.served import served

PREAMBLE = 'import { query, internalQuery } from "convex:/_system/repl/wrappers.js";\n'
COMPONENT = "rateLimiter"


@pytest.fixture(params=["offline", "offline from a backend's file", "remote on a served offline"])
async def deployment(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Deployment]:
    dataset = demo_dataset()
    if request.param == "offline from a backend's file":
        written = open_backend_file(write_dataset(dataset, tmp_path))
        dataset = replace(written, clock=dataset.clock, random_seed=dataset.random_seed)
    offline = Offline(dataset)
    if request.param != "remote on a served offline":
        yield offline
        await offline.aclose()
        return
    with served(offline) as server:
        remote = Remote(server.url, server.admin_key)
        yield remote
        await remote.aclose()


def body(text: str) -> QueryModule:
    return QueryModule(f"{PREAMBLE}export default query({{ handler: async (ctx) => {{ {text} }} }});")


async def value_of(deployment: Deployment, text: str, component: str = "") -> JsonValue:
    return (await deployment.run_module(body(text), component=component)).value


async def all_rows(deployment: Deployment, request: PageRequest) -> list[JsonObject]:
    rows: list[JsonObject] = []
    for _ in range(1_000):
        page = await deployment.page(request)
        rows.extend(page.documents)
        if page.is_done:
            return rows
        request = replace(request, cursor=page.cursor)
    raise AssertionError("the pages never end")


async def test_says_who_it_is(deployment: Deployment) -> None:
    info = await deployment.info()
    assert info.name == "demo"
    assert info.version


async def test_lists_tables_with_counts(deployment: Deployment) -> None:
    tables = {table.name: table.count for table in await deployment.tables()}
    assert list(tables) == ["account", "jwks", "project", "session", "typeZoo", "user", "verification"]
    assert tables["user"] == 60
    assert [table.name for table in await deployment.tables(COMPONENT)] == ["rateLimits"]


async def test_counts_are_what_the_pages_hold(deployment: Deployment) -> None:
    for table in await deployment.tables():
        assert len(await all_rows(deployment, PageRequest(table.name, limit=37))) == table.count


async def test_runs_a_query_module(deployment: Deployment) -> None:
    result = await deployment.run_module(
        body("console.log('hi', 1); return (await ctx.db.query('user').collect()).length;")
    )
    assert result.value == 60
    assert result.log_lines == ("[LOG] 'hi' 1",)


async def test_runs_in_a_component(deployment: Deployment) -> None:
    assert await value_of(deployment, "return (await ctx.db.query('rateLimits').take(3)).length;", COMPONENT) == 3
    assert await value_of(deployment, "return (await ctx.db.query('user').take(3)).length;", COMPONENT) == 0


async def test_a_failing_query_keeps_its_message_and_logs(deployment: Deployment) -> None:
    with pytest.raises(QueryFailedError) as failure:
        await deployment.run_module(body("console.warn('before'); throw new Error('boom');"))
    assert "Uncaught Error: boom" in failure.value.message
    assert failure.value.log_lines == ("[WARN] 'before'",)


async def test_a_convex_error_keeps_its_data(deployment: Deployment) -> None:
    throwing = "const e = new Error('x'); e[Symbol.for('ConvexError')] = true; e.data = {code: 7}; throw e;"
    with pytest.raises(QueryFailedError) as failure:
        await deployment.run_module(body(throwing))
    assert failure.value.has_data
    assert failure.value.data == {"code": 7}


async def test_a_syntax_error_is_a_rejected_request(deployment: Deployment) -> None:
    with pytest.raises(RequestRejectedError) as rejected:
        await deployment.run_module(
            QueryModule(PREAMBLE + "export default query({ handler: async (ctx) => { return 1 +; } });")
        )
    assert rejected.value.code == "InvalidModules"
    assert "SyntaxError" in rejected.value.message


async def test_only_a_default_query_is_accepted(deployment: Deployment) -> None:
    with pytest.raises(RequestRejectedError) as rejected:
        await deployment.run_module(QueryModule(PREAMBLE + "export default 5;"))
    assert rejected.value.code == "InvalidTestQuery"


async def test_values_of_every_type_come_back_encoded(deployment: Deployment) -> None:
    rows = await all_rows(deployment, PageRequest("typeZoo", order="asc"))
    through_query = await value_of(deployment, "return await ctx.db.query('typeZoo').collect();")
    assert rows == through_query
    by_label = {row["label"]: row.get("value", "missing") for row in rows}
    assert by_label["int64 minus one"] == {"$integer": "//////////8="}
    assert by_label["negative zero"] == {"$float": "AAAAAAAAAIA="}
    assert by_label["not a number"] == {"$float": "AAAAAAAA+H8="}
    assert by_label["bytes"] == {"$bytes": "AAECAwQFBgc="}
    assert by_label["missing"] == "missing"


async def test_pages_follow_each_other_in_both_orders(deployment: Deployment) -> None:
    ascending = await all_rows(deployment, PageRequest("session", limit=17, order="asc"))
    descending = await all_rows(deployment, PageRequest("session", limit=50, order="desc"))
    assert ascending == descending[::-1]
    times = [row["_creationTime"] for row in ascending]
    assert times == sorted(times, key=lambda time: float(str(time)))


async def test_pages_by_an_index_with_bounds(deployment: Deployment) -> None:
    owner = (await deployment.page(PageRequest("project", limit=1))).documents[0]["ownerId"]
    by_index = PageRequest("project", index="ownerId_updatedAt", order="asc", bounds=(IndexBound(owner),))
    rows = await all_rows(deployment, by_index)
    assert rows
    assert {str(row["ownerId"]) for row in rows} == {owner}
    middle = rows[len(rows) // 2]["updatedAt"]
    later = IndexBound(is_equality=False, lower_op="gte", lower=middle)
    assert await all_rows(deployment, replace(by_index, bounds=(IndexBound(owner), later))) == rows[len(rows) // 2 :]


async def test_filters_compare_as_convex_does(deployment: Deployment) -> None:
    everything = await all_rows(deployment, PageRequest("user", order="asc"))
    admins = PageRequest("user", order="asc", filters=(FieldFilter("role", "eq", "admin"),))
    assert await all_rows(deployment, admins) == [row for row in everything if row.get("role") == "admin"]
    without_role = [row for row in everything if "role" not in row]
    unset = PageRequest("user", order="asc", limit=7, filters=(FieldFilter("role", "type", "unset"),))
    assert await all_rows(deployment, unset) == without_role
    undefined = PageRequest("user", order="asc", limit=7, filters=(FieldFilter("role", "eq", {"$undefined": None}),))
    assert await all_rows(deployment, undefined) == without_role


async def test_an_unknown_index_is_named(deployment: Deployment) -> None:
    with pytest.raises(RequestRejectedError, match="by_nothing"):
        await deployment.page(PageRequest("user", index="by_nothing"))


async def test_an_unknown_table_is_empty_as_in_convex(deployment: Deployment) -> None:
    assert await value_of(deployment, "return await ctx.db.query('nothing').collect();") == []


async def test_gets_a_document_by_its_id(deployment: Deployment) -> None:
    row = (await deployment.page(PageRequest("user", limit=1))).documents[0]
    assert await deployment.get(str(row["_id"])) == row
    limits = (await deployment.page(PageRequest("rateLimits", limit=1, component=COMPONENT))).documents[0]
    assert await deployment.get(str(limits["_id"]), COMPONENT) == limits


async def test_knows_its_schema_indexes_and_components(deployment: Deployment) -> None:
    schema = await deployment.schema()
    assert schema is not None
    assert isinstance(schema["tables"], list)
    indexes = {(index.table, index.name): index for index in await deployment.indexes()}
    assert indexes["project", "ownerId_updatedAt"].fields == ("ownerId", "updatedAt")
    assert indexes["typeZoo", "search_label"].kind == "search"
    assert indexes["typeZoo", "by_embedding"].dimensions == 4
    assert [component.path for component in await deployment.components()] == ["", COMPONENT]
    assert [index.name for index in await deployment.indexes(COMPONENT)] == ["name"]


async def test_an_unknown_component_is_named(deployment: Deployment) -> None:
    with pytest.raises(RequestRejectedError, match="nowhere"):
        await deployment.run_module(body("return 1;"), component="nowhere")


async def test_table_numbers_resolve_ids(deployment: Deployment) -> None:
    assert (await deployment.table_mapping())[10006] == "user"


async def test_lists_functions_and_calls_a_query(deployment: Deployment) -> None:
    identifiers = {spec.identifier: spec.function_type for spec in await deployment.function_spec()}
    assert identifiers["users.js:list"] == "Query"
    assert identifiers["projects.js:rename"] == "Mutation"
    result = await deployment.call("users:list", {"limit": 2}, idempotent=True)
    assert isinstance(result.value, list)
    assert len(result.value) == 2
    assert (await deployment.call("users:stats", {}, idempotent=True)).value == {"owners": 50, "projects": 140}


async def test_an_unknown_function_fails_as_in_convex(deployment: Deployment) -> None:
    with pytest.raises(QueryFailedError, match="Could not find function for 'no:such'"):
        await deployment.call("no:such", {}, idempotent=True)


async def test_lists_environment_variables(deployment: Deployment) -> None:
    assert (await deployment.environment_variables())["SITE_URL"] == "http://localhost:3000"


async def test_changes_environment_variables_or_refuses(deployment: Deployment) -> None:
    before = await deployment.environment_variables()
    changes = {"SITE_URL": None, "FRESH": "two\nlines", "DEPLOY_ENV": ""}
    if not isinstance(deployment, Remote):
        with pytest.raises(ReadonlyError, match="can only be read"):
            await deployment.change_environment_variables(changes)
        assert await deployment.environment_variables() == before
        return
    await deployment.change_environment_variables(changes)
    after = {**before, "FRESH": "two\nlines", "DEPLOY_ENV": ""}
    del after["SITE_URL"]
    assert await deployment.environment_variables() == after


async def test_answers_system_queries(deployment: Deployment) -> None:
    assert (await deployment.system("_system/cli/tableSize", {"tableName": "user"})).value == 60

"""System queries: what genuine programs read through those that we serve, and the dashboard's by their description."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.demo.documents import COMPONENT_ID
from kitcn_repl.offline.offline import VERSION, Offline
from kitcn_repl.values import JsonObject, JsonValue
from tests.cli.console import Console
from tests.conformance.genuine import HERE
from tests.conformance.marks import conforms
from tests.support.control_plane import ACCESS_TOKEN, make_workplace, small_world, stand_in
from tests.support.node import genuine_cli, node

DEPLOYMENT = "happy-otter-101"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the tools of the genuine `mcp start` answer about the demo, and what our commands print of it."""
    with stand_in(small_world()) as plane:
        place = make_workplace(plane, tmp_path_factory.mktemp("mcp"))
        place.env_local(f"CONVEX_DEPLOYMENT=dev:{DEPLOYMENT}\n")
        place.log_in(ACCESS_TOKEN)
        otter = plane.world.deployment(DEPLOYMENT)
        assert otter is not None
        otter.environment.update({"GREETING": "hello\nworld", "SITE_URL": "http://localhost:3000"})
        done = subprocess.run(
            [node(), str(HERE / "mcp_session.mjs"), genuine_cli(), str(place.folder)],
            env=place.variables(PATH=os.environ["PATH"], NO_COLOR="1"),
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)

        def ours(*arguments: str) -> Any:
            outcome = Console(cwd=place.folder, variables=place.variables())(*arguments)
            assert outcome.code == 0, outcome.err
            return json.loads(outcome.out)

        found["ours"] = {
            "data": ours("data", "user", "--order", "asc", "--limit", "3", "--format", "json"),
            "spec": ours("function-spec"),
            "tables": ours("data", "--format", "json"),
        }
        return found


@pytest.mark.conforms("system query", "frontend/getSchemas")
def test_a_genuine_program_reads_the_schema(session: Any) -> None:
    project = session["tables"]["tables"]["project"]
    assert [index["indexDescriptor"] for index in project["schema"]["indexes"]] == ["ownerId_updatedAt"]
    assert project["inferredSchema"]["type"] == "Object"
    assert {table["name"] for table in session["ours"]["tables"]} == set(session["tables"]["tables"])


@pytest.mark.conforms("system query", "cli/tableData")
def test_a_genuine_program_reads_documents(session: Any) -> None:
    assert session["data"]["page"] == session["ours"]["data"]
    assert len(session["data"]["page"]) == 3


@pytest.mark.conforms("system query", "cli/modules:apiSpec")
def test_a_genuine_program_reads_the_functions(session: Any) -> None:
    assert session["functionSpec"] == session["ours"]["spec"]["functions"]
    assert session["run"] == {"result": {"owners": 50, "projects": 140}, "logLines": []}


@pytest.mark.conforms("system query", "cli/queryEnvironmentVariables", "cli/queryEnvironmentVariables:get")
def test_a_genuine_program_reads_variables(session: Any) -> None:
    assert session["envList"] == {"variables": [{"name": "GREETING"}, {"name": "SITE_URL"}]}
    assert session["envGet"] == {"value": "http://localhost:3000"}


@pytest.fixture
async def demo() -> AsyncIterator[Offline]:
    opened = Offline(demo_dataset())
    yield opened
    await opened.aclose()


async def _ask(demo: Offline, path: str, **args: JsonValue) -> Any:
    return (await demo.system(f"_system/{path}", args)).value


PAGE: JsonObject = {"numItems": 2, "cursor": None}
END: JsonObject = {"page": [], "isDone": True, "continueCursor": "end"}
CONSTANT: dict[str, tuple[JsonObject, JsonValue]] = {
    "cli/exports:getLatest": ({}, None),
    "cli/queryImport": ({"importId": "x"}, None),
    "cli/queryImport:list": ({}, []),
    "frontend/tableSize": ({"tableName": "user"}, 60),
    "frontend/tableSize:sizeOfAllTables": ({}, 564),
    "frontend/getTableMapping": ({"componentId": COMPONENT_ID}, {"10001": "rateLimits"}),
    "frontend/getSchemas:schemaValidationProgress": ({}, None),
    "frontend/indexes": (
        {"tableName": "user", "tableNamespace": None},
        [{"name": "email", "staged": False, "fields": ["email", "_creationTime"], "backfill": {"state": "done"}}],
    ),
    "frontend/listCronJobs": ({}, []),
    "frontend/listCronJobRuns": ({}, []),
    "frontend/paginatedScheduledJobs": ({"paginationOpts": PAGE}, END),
    "frontend/scheduler:getArgs": ({"argsId": "x"}, None),
    "frontend/fileStorageV2:numFiles": ({}, 3),
    "frontend/listAuthProviders": ({}, []),
    "frontend/listConfiguredSinks": ({}, []),
    "frontend/getVersion": ({}, VERSION),
    "frontend/convexCloudUrl": ({}, "offline:demo"),
    "frontend/convexSiteUrl": ({}, "offline:demo"),
    "frontend/deploymentState:deploymentState": ({}, {"state": "running"}),
    "frontend/backendState:backendState": ({}, {"system": "none", "usage_limit": "none", "user": "none"}),
    "frontend/latestExport": ({}, None),
    "frontend/snapshotImport:list": ({}, []),
    "frontend/node:version": ({}, None),
}
"""Arguments of queries, and the answers for the demo, which has no jobs, exports, sinks or log-in providers."""


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=path, marks=conforms("system query", path, kind="described")) for path in CONSTANT],
)
async def test_it_is_answered_as_described(path: str, demo: Offline) -> None:
    args, answer = CONSTANT[path]
    assert await _ask(demo, path, **args) == answer


@pytest.mark.conforms(
    "system query", "frontend/paginatedTableDocuments", "frontend/listTableScan", "frontend/getById",
    "frontend/listById", kind="described",
)  # fmt: skip
async def test_documents_are_answered_as_described(demo: Offline) -> None:
    newest = (await _ask(demo, "cli/tableData", table="user", order="desc", paginationOpts=PAGE))["page"]
    id_ = newest[0]["_id"]
    page = await _ask(demo, "frontend/paginatedTableDocuments", table="user", filters=None, paginationOpts=PAGE)
    assert (page["page"], page["isDone"]) == (newest, False)
    assert await _ask(demo, "frontend/listTableScan", table="user", limit=2) == newest
    assert await _ask(demo, "frontend/getById", id=id_) == newest[0]
    wanted: JsonValue = [{"id": id_, "tableName": "user"}, {"id": "x", "tableName": "user"}]
    assert await _ask(demo, "frontend/listById", ids=wanted) == [newest[0], None]


@pytest.mark.conforms(
    "system query", "frontend/modules:list", "frontend/modules:listForAllComponents", kind="described"
)
async def test_modules_are_answered_as_described(demo: Offline) -> None:
    modules = await _ask(demo, "frontend/modules:list")
    by_name = {one["name"]: one for one in dict(modules)["projects.js"]["functions"]}
    assert by_name["rename"] == {"name": "rename", "udfType": "Mutation", "visibility": {"kind": "public"}}
    everywhere = await _ask(demo, "frontend/modules:listForAllComponents")
    assert everywhere == [[None, modules], [COMPONENT_ID, []]]


@pytest.mark.conforms("system query", "frontend/listEnvironmentVariables", kind="described")
async def test_variables_are_answered_as_described(demo: Offline) -> None:
    listed = await _ask(demo, "frontend/listEnvironmentVariables")
    assert [one["name"] for one in listed] == ["BETTER_AUTH_SECRET", "DEPLOY_ENV", "RESEND_API_KEY", "SITE_URL"]
    assert set(listed[0]) == {"_id", "_creationTime", "name", "value"}


@pytest.mark.conforms(
    "system query", "frontend/fileStorageV2:fileMetadata", "frontend/fileStorageV2:getFile", kind="described"
)
async def test_stored_files_are_answered_as_described(demo: Offline) -> None:
    files = await _ask(demo, "frontend/fileStorageV2:fileMetadata", paginationOpts=PAGE)
    assert [file["size"] for file in files["page"]] == [312, 1204551]
    assert await _ask(demo, "frontend/fileStorageV2:getFile", storageId=files["page"][1]["_id"]) == files["page"][1]


@pytest.mark.conforms("system query", "cli/queryTable", kind="described")
async def test_a_watched_table_answers_otherwise_each_time(demo: Offline) -> None:
    first, second = [await _ask(demo, "cli/queryTable", tableName="user") for _ in range(2)]
    assert 0 <= first < 1 and first != second

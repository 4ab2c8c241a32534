"""Scheduled functions, crons and stored files: as apps see them, and as the dashboard asks for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.deployment.models import PageRequest, QueryModule
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import decode_id, encode_id
from tests.offline.backend_file.conftest import Open
from tests.support.backend_files import BackendFileWriter, int64, stored_bytes

NOW = 1760726478028025600
PREAMBLE = 'import { query } from "convex:/_system/repl/wrappers.js";\n'


def schedule(writer: BackendFileWriter) -> dict[str, str]:
    """Jobs of every kind by name."""
    args = writer.system("_scheduled_job_args", args=stored_bytes(b'[{"n":{"$integer":"BQAAAAAAAAA="}}]'))
    states: dict[str, JsonObject] = {
        "late": {"type": "pending"},
        "soon": {"type": "pending"},
        "running": {"type": "inProgress", "request_id": "r", "execution_id": "e"},
        "failed": {"type": "failed", "error": "Uncaught Error: no"},
        "old-style": {"type": "success"},
    }
    ids = {}
    for place, (name, state) in enumerate(states.items()):
        is_over = name in ("failed", "old-style")
        ids[name] = writer.system(
            "_scheduled_jobs",
            udfPath="jobs.js:run" if name != "soon" else "jobs.js:soon",
            argsId=None if name == "old-style" else args,
            udfArgs=stored_bytes(b"[1.0]") if name == "old-style" else None,
            state=state,
            nextTs=None if is_over else int64(NOW - place),
            completedTs=int64(NOW + 5_000_000) if is_over else None,
            originalScheduledTs=int64(NOW),
        )
    return ids


async def test_scheduled_functions_as_apps_see_them(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    ids = schedule(writer)
    offline = Offline(open_file(writer.write(file)))
    query = (
        'return (await ctx.db.system.query("_scheduled_functions").collect()).map(({ _creationTime, ...job }) => job)'
    )
    try:
        found = (await offline.run_module(module(query))).value
        one = (await offline.run_module(module(f'return (await ctx.db.system.get("{ids["soon"]}")).name'))).value
    finally:
        await offline.aclose()
    argument: JsonValue = [{"n": int64(5)}]
    shared: JsonObject = {"name": "jobs.js:run", "scheduledTime": 1760726478028.0256}
    done = 1760726478033.0256
    assert found == [
        {**shared, "_id": ids["late"], "args": argument, "state": {"kind": "pending"}},
        {**shared, "_id": ids["soon"], "args": argument, "state": {"kind": "pending"}, "name": "jobs.js:soon"},
        {
            **shared,
            "_id": ids["running"],
            "args": argument,
            "state": {"kind": "inProgress", "request_id": "r", "execution_id": "e"},
        },
        {
            **shared,
            "_id": ids["failed"],
            "args": argument,
            "state": {"kind": "failed", "error": "Uncaught Error: no"},
            "completedTime": done,
        },
        {**shared, "_id": ids["old-style"], "args": [1], "state": {"kind": "success"}, "completedTime": done},
    ]
    assert one == "jobs.js:soon"


async def test_scheduled_functions_page_by_page(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    ids = schedule(writer)
    offline = Offline(open_file(writer.write(file)))
    first = await offline.page(PageRequest("_scheduled_functions", 3, "asc"))
    second = await offline.page(PageRequest("_scheduled_functions", 3, "asc", cursor=first.cursor))
    assert [row["_id"] for row in [*first.documents, *second.documents]] == list(ids.values())
    table = offline.table("_scheduled_functions")
    assert table is not None
    assert table.count == 5
    document = await offline.get(ids["failed"])
    assert document is not None
    assert document["name"] == "jobs.js:run"
    mapping = await asked(offline, "frontend/getTableMapping")
    assert isinstance(mapping, dict)
    assert mapping["539"] == "_scheduled_jobs"


async def test_scheduled_jobs_as_the_dashboard_asks(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    ids = schedule(writer)
    offline = Offline(open_file(writer.write(file)))
    assert await jobs(offline, 2) == [ids["running"], ids["soon"], ids["late"]]
    assert await jobs(offline, 2, udfPath="jobs.js:soon") == [ids["soon"]]
    page = await asked(offline, "frontend/paginatedScheduledJobs", paginationOpts={"numItems": 1, "cursor": None})
    assert isinstance(page, dict)
    assert isinstance(page["page"], list)
    job = page["page"][0]
    assert isinstance(job, dict)
    assert job["nextTs"] == int64(NOW - 2)
    arguments = await asked(offline, "frontend/scheduler:getArgs", argsId=job["argsId"])
    assert isinstance(arguments, dict)
    assert arguments["args"] == stored_bytes(b'[{"n":{"$integer":"BQAAAAAAAAA="}}]')
    for odd in ("no id", ids["soon"], encode_id(550, bytes(16))):
        assert await asked(offline, "frontend/scheduler:getArgs", argsId=odd) is None


async def test_crons(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    spec: JsonObject = {
        "udfPath": "jobs.js:run",
        "udfArgs": stored_bytes(b"[{}]"),
        "cronSchedule": {"type": "interval", "seconds": int64(60)},
    }
    hourly = writer.system("_cron_jobs", name="hourly", cronSpec=spec)
    writer.system("_cron_next_run", cronJobId=hourly, state={"type": "pending"}, prevTs=None, nextTs=int64(NOW))
    for ts in (NOW - 2, NOW - 1):
        writer.system("_cron_job_logs", name="hourly", ts=int64(ts), status={"type": "success"})
    old = writer.system(
        "_cron_jobs", name="old", cronSpec=spec, state={"type": "pending"}, nextTs=int64(1), prevTs=None
    )
    offline = Offline(open_file(writer.write(file)))
    crons = await asked(offline, "frontend/listCronJobs")
    assert isinstance(crons, list)
    first, second = (cron for cron in crons if isinstance(cron, dict))
    assert (first["_id"], first["name"], first["cronSpec"]) == (hourly, "hourly", spec)
    assert isinstance(first["nextRun"], dict)
    assert first["nextRun"]["nextTs"] == int64(NOW)
    assert isinstance(first["lastRun"], dict)
    assert first["lastRun"]["ts"] == int64(NOW - 1)
    assert (second["lastRun"], second["nextRun"]) == (
        None,
        {"cronJobId": old, "state": {"type": "pending"}, "prevTs": None, "nextTs": int64(1)},
    )
    runs = await asked(offline, "frontend/listCronJobRuns")
    assert isinstance(runs, list)
    assert len(runs) == 2


async def test_a_cron_without_a_next_run(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    writer.system("_cron_jobs", name="stuck", cronSpec={})
    offline = Offline(open_file(writer.write(file)))
    with pytest.raises(QueryFailedError, match="No next run found for cron job"):
        await asked(offline, "frontend/listCronJobs")


async def test_data_without_system_tables_has_none_of_it() -> None:
    offline = Offline(demo_dataset())
    assert await jobs(offline, 2) == []
    for path in ("frontend/listCronJobs", "frontend/listCronJobRuns", "frontend/listAuthProviders"):
        assert await asked(offline, path) == []
    assert await asked(offline, "frontend/scheduler:getArgs", argsId="x") is None


async def test_stored_files(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    key = writer.system(
        "_file_storage",
        storageId="0b0c",
        storageKey="secret-place",
        sha256=stored_bytes(b"\1" * 32),
        size=int64(12),
        contentType=None,
    )
    offline = Offline(open_file(writer.write(file)))
    document = await offline.get(key)
    assert document is not None
    assert {name: value for name, value in document.items() if name != "_creationTime"} == {
        "_id": key,
        "sha256": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
        "size": 12.0,
    }
    assert await asked(offline, "frontend/fileStorageV2:numFiles") == 1


async def test_views_under_numbers_of_their_own(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    """Deployments from before mid-2024: the table has another number than the ids that apps know."""
    schedule(writer)
    writer.system("_virtual_tables", name="_scheduled_functions", number=int64(7))
    dataset = open_file(writer.write(file, ddl="2024"))
    offline = Offline(dataset)
    rows = (await offline.page(PageRequest("_scheduled_functions", 9, "asc", index="by_id"))).documents
    ids = [str(row["_id"]) for row in rows]
    assert [decode_id(key).table_number for key in ids] == [7] * 5
    assert [decode_id(key).internal for key in ids] == sorted(decode_id(key).internal for key in ids)
    table = dataset.store.tables("")["_scheduled_functions"]
    for key in ids:
        assert dataset.store.get(table, key) is not None
        bound = b"\x10" + key.encode() + b"\0"
        found = dataset.store.rows(table, (), bound, bound + b"\xff", descending=False, limit=2)
        assert [json.loads(row.text)["_id"] for row in found] == [key]


def module(body: str) -> QueryModule:
    return QueryModule(f"{PREAMBLE}export default query({{ handler: async (ctx) => {{ {body} }} }});")


async def asked(offline: Offline, path: str, **args: JsonValue) -> JsonValue:
    return (await offline.system(f"_system/{path}", args)).value


async def jobs(offline: Offline, size: int, **args: JsonValue) -> list[JsonValue]:
    found: list[JsonValue] = []
    cursor: JsonValue = None
    while True:
        options: JsonObject = {"numItems": size, "cursor": cursor}
        page = await asked(offline, "frontend/paginatedScheduledJobs", paginationOpts=options, **args)
        assert isinstance(page, dict)
        assert isinstance(page["page"], list)
        found += [job["_id"] for job in page["page"] if isinstance(job, dict)]
        if page["isDone"]:
            return found
        cursor = page["continueCursor"]

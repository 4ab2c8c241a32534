"""What a backend's file may hold, in one small file."""

from __future__ import annotations

import json

from kitcn_repl.values import JsonObject
from tests.support.backend_files import BackendFileWriter, Table, analyzed, int64, stored_bytes

USERS = 10001


def a_bit_of_everything(writer: BackendFileWriter, *, users: int, variable: str) -> Table:
    """Documents, a deleted one, a component, and a row of each system table; with the summary that is read first.

    The answer is the table of the `users` documents; `variable` is the value of the environment variable A.
    """
    writer.component("limits")
    table = writer.table("users", USERS, indexes={"by_name": ["name"]})
    ids = [writer.put(table, {"name": str(number), "n": int64(number)}) for number in range(users)]
    writer.delete(table, ids[3])
    writer.put(writer.table("rates", USERS, component="limits"), {"value": 1.0})
    writer.system("_schemas", schema=json.dumps({"tables": []}), state={"state": "active"})
    writer.system("_environment_variables", name="A", value=variable)
    package = writer.system("_source_packages", storageKey="k")
    writer.system("_modules", path="a.js", sourcePackageId=package, analyzeResult=analyzed([{"name": "f"}]))
    args = writer.system("_scheduled_job_args", args=stored_bytes(b"[]"))
    state: JsonObject = {"type": "pending"}
    writer.system("_scheduled_jobs", udfPath="a.js:f", argsId=args, state=state, nextTs=int64(5))
    cron = writer.system("_cron_jobs", name="c", cronSpec={})
    writer.system("_cron_next_run", cronJobId=cron, nextTs=int64(5), state=state)
    writer.system("_file_storage", storageKey="k", sha256=stored_bytes(b"x"), size=int64(1))
    writer.summarize()
    return table

"""Over HTTP the doctor and the states say the same as they do in process, in a bounded number of requests."""

from __future__ import annotations

import json
from pathlib import Path

from kitcn_repl.deployment.remote import Remote
from kitcn_repl.explore.doctor.examination import examine
from kitcn_repl.explore.procedures.listing import list_procedures
from kitcn_repl.explore.state.overview import read_states
from kitcn_repl.project.layout import project_at
from kitcn_repl.values import JsonObject
from tests.explore.doctor.test_deployment_rules import healthy
from tests.support.backend import Backend
from tests.support.projects import write_project
from tests.support.served import served

VIEWS = ("aggregates", "migrations", "scheduled", "ratelimits", "emails")


def sick() -> Backend:
    """Something for most rules that ask the deployment more than once."""
    backend = healthy()
    user = backend.id_of("user", 1)
    sessions: list[JsonObject] = [
        {"token": "t", "userId": user, "expiresAt": 1.0},
        {"token": "u", "userId": backend.id_of("user", 77), "expiresAt": 1.0},
        {"token": "v", "userId": user, "expiresAt": "late"},
    ]
    backend.add("session", sessions)
    state: JsonObject = {
        "kind": "metric",
        "tableKey": "user",
        "indexName": "by_name",
        "keyDefinitionHash": json.dumps({"kind": "metric", "fields": ["name"], "orderFields": []}),
        "metricDefinitionHash": json.dumps({}),
        "status": "READY",
    }
    backend.add(
        "aggregate_state", [state], fields={}, indexes={"by_kind_table_index": ["kind", "tableKey", "indexName"]}
    )
    jobs: list[JsonObject] = [
        {"name": "a.js:b", "args": [], "scheduledTime": 1.0, "state": {"kind": "failed", "error": "x"}}
    ]
    backend.add("_scheduled_functions", jobs)
    backend.add("resendEmails", [{"status": "failed", "to": [], "errorMessage": "x"}], fields={})
    backend.add("ratelimitState", [{"name": "n", "value": 1.0, "shard": 0.0, "ts": 1.0}], fields={})
    return backend


async def test_the_same_over_http(tmp_path: Path) -> None:
    project = project_at(write_project(tmp_path))
    offline = sick().offline()
    near = await examine(offline, project, sample=4)
    near_states = await read_states(offline, project, project.schema_path, VIEWS, limit=10, count=True)
    near_functions = await list_procedures(offline, project)
    await offline.aclose()
    assert {finding.rule for finding in near.findings} >= {
        "orphan-reference",
        "duplicate-unique",
        "invalid-document",
        "aggregate-orphan",
        "scheduled-failed",
        "email-failed",
    }
    with served(sick().offline()) as there:
        remote = Remote(there.url, there.admin_key)
        far = await examine(remote, project, sample=4)
        far_states = await read_states(remote, project, project.schema_path, VIEWS, limit=10, count=True)
        far_functions = await list_procedures(remote, project)
        await remote.aclose()
    assert far == near
    assert far_states == near_states
    assert far_functions == near_functions

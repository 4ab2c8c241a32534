"""Functions of the deployment joined with those of the source, either of which may be missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitcn_repl.deployment.models import FunctionSpec
from kitcn_repl.explore.procedures.listing import list_procedures, matching
from kitcn_repl.explore.procedures.model import Procedure, Procedures
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.project.layout import Project, find_project
from kitcn_repl.schema.model import Place
from kitcn_repl.values import JsonObject
from tests.support.backend import Backend
from tests.support.projects import write_project

ARGS: JsonObject = {"type": "object", "value": {"limit": {"fieldType": {"type": "number"}, "optional": False}}}


def project(root: Path) -> Project:
    found = find_project(root)
    assert found is not None
    return found


def by_name(procedures: Procedures) -> dict[str, Procedure]:
    return {procedure.name: procedure for procedure in procedures.functions}


async def test_source_alone(tmp_path: Path) -> None:
    found = await list_procedures(None, project(write_project(tmp_path)))
    procedures = by_name(found)
    assert list(procedures) == ["generated/server:reset", "messages:create", "messages:list"]
    listed = procedures["messages:list"]
    assert (listed.kind, listed.visibility, listed.standing, listed.kitcn) == ("query", "public", "unknown", True)
    assert listed.meta == {"auth": "required", "limit": 20}
    assert listed.place == Place("convex/functions/messages.ts", 4)
    assert procedures["messages:create"].meta == {"ratelimit": "user/create"}
    assert procedures["generated/server:reset"].visibility == "internal"
    assert [(route.name, route.meta) for route in found.routes] == [("GET /api/todos/:id", {"name": "todos.get"})]
    assert found.notes == ()


async def test_deployment_alone() -> None:
    deployment = Offline(demo_dataset())
    found = await list_procedures(deployment, None)
    await deployment.aclose()
    procedures = by_name(found)
    assert procedures["users:sendWelcome"].kind == "action"
    assert procedures["users:sendWelcome"].visibility == "internal"
    assert procedures["users:list"].args is not None
    assert {procedure.standing for procedure in found.functions} == {"unknown"}
    assert [route.name for route in found.routes] == ["GET /health"]


async def test_joined(tmp_path: Path) -> None:
    raw = "import { query } from './_generated/server';\nexport const plain = query({ handler: async () => 1 });\n"
    stale = (
        "import { privateQuery } from '../lib/crpc';\n\nexport const fresh = privateQuery.query(async () => 1);\n"
        "export const helper = other.query(1);\nexport default privateQuery.query(async () => 2);\n"
    )
    root = write_project(tmp_path, {"convex/functions/raw.ts": raw, "convex/functions/deep/stale.ts": stale})
    backend = Backend()
    backend.functions += [
        FunctionSpec("Query", "messages.js:list", "public", ARGS, {"type": "any"}),
        FunctionSpec("Query", "raw.js:plain", "public", {"type": "any"}, {"type": "any"}),
        FunctionSpec("Mutation", "gone.js:away", "internal", '{"type": "any"}', None),
        FunctionSpec("HttpAction", method="GET", path="/api/todos/:id"),
        FunctionSpec("HttpAction", method="POST", path="/auth"),
    ]
    found = await list_procedures(backend.offline(), project(root))
    procedures = by_name(found)
    standings = {name: procedure.standing for name, procedure in procedures.items()}
    assert standings == {
        "deep/stale:default": "only source",
        "deep/stale:fresh": "stale codegen",
        "generated/server:reset": "only source",
        "gone:away": "only deployed",
        "messages:create": "only source",
        "messages:list": "both",
        "raw:plain": "both",
    }
    assert procedures["messages:list"].args == ARGS
    assert procedures["messages:list"].meta["auth"] == "required"
    assert procedures["gone:away"].args == {"type": "any"}
    assert procedures["raw:plain"].kitcn is False
    assert procedures["deep/stale:fresh"].visibility == "internal"
    assert procedures["deep/stale:fresh"].place == Place("convex/functions/deep/stale.ts", 3)
    assert [(route.name, route.standing) for route in found.routes] == [
        ("GET /api/todos/:id", "both"),
        ("POST /auth", "unknown"),
    ]


async def test_functions_made_by_builders_that_are_not_known(tmp_path: Path) -> None:
    """They are in the source all the same: only what no module exports has gone."""
    text = """
export const mine = userQuery({ handler: async () => 1 });
export const { left, right: renamed } = makeBoth();
export { inner as outer, plain } from './elsewhere';
export function noFunction() {}
export default userMutation({});
"""
    changes = {"convex/functions/own.ts": text, "convex/functions/all.ts": "export * from './own';\n"}
    backend = Backend()
    names = ("own.js:mine", "own.js:left", "own.js:renamed", "own.js:outer", "own.js:plain", "own.js:default")
    for name in (*names, "all.js:mine", "own.js:gone", "own.js:right"):
        backend.functions.append(FunctionSpec("Query", name))
    found = by_name(await list_procedures(backend.offline(), project(write_project(tmp_path, changes))))
    gone = sorted(name for name, item in found.items() if item.standing == "only deployed")
    assert gone == ["own:gone", "own:right"]


async def test_functions_that_kitcn_generates_for_itself(tmp_path: Path) -> None:
    text = "export const orm = createOrm();\nexport const { scheduledDelete, scheduledMutationBatch } = orm.api();\n"
    backend = Backend()
    for name in ("scheduledDelete", "scheduledMutationBatch", "gone"):
        backend.functions.append(FunctionSpec("Mutation", f"generated/server.js:{name}", "internal"))
    root = write_project(tmp_path, {"convex/functions/generated/server.ts": text})
    found = by_name(await list_procedures(backend.offline(), project(root)))
    gone = sorted(name for name, item in found.items() if item.standing == "only deployed")
    assert gone == ["generated/server:gone"]


async def test_generated_files_missing(tmp_path: Path) -> None:
    gone = dict.fromkeys(
        (
            "convex/functions/generated/server.runtime.ts",
            "convex/functions/generated/messages.runtime.ts",
            "convex/functions/generated/procedure-names.gen.ts",
            "convex/shared/api.ts",
        )
    )
    found = await list_procedures(None, project(write_project(tmp_path, gone)))
    assert {name: item.standing for name, item in by_name(found).items()} == {
        "messages:create": "stale codegen",
        "messages:list": "stale codegen",
    }
    assert "generated files are missing" in found.notes[0]


async def test_formatted_and_hostile_generated_text(tmp_path: Path) -> None:
    """A formatter may have been over it; braces and quotes may be in values."""
    api = """
export const api = {
  a: createApiLeaf<
    "query",
    typeof import("../functions/a").a
  >(
    createGeneratedFunctionReference<
      "query",
      "public",
      typeof import("../functions/a").a
    >("a:a"),
    { auth: "required", note: "a } \\" {", type: "query" }
  ),
  b: createApiLeaf(createGeneratedFunctionReference<"mutation", "public", X>("b:b"), { broken: }),
};
"""
    found = by_name(await list_procedures(None, project(write_project(tmp_path, {"convex/shared/api.ts": api}))))
    assert found["a:a"].meta == {"auth": "required", "note": 'a } " {'}
    assert found["b:b"].meta == {}


async def test_crons_of_the_source(tmp_path: Path) -> None:
    text = """import { cronJobs } from 'convex/server';
const crons = cronJobs();
crons.interval('sweep', { minutes: 5 }, internal.jobs.sweep, {});
crons.daily(
  'digest', { hourUTC: 4, minuteUTC: 30 }, internal.mail.send.digest);
export default crons;
"""
    found = await list_procedures(None, project(write_project(tmp_path, {"convex/functions/crons.ts": text})))
    assert [(cron.name, cron.function, cron.schedule, str(cron.place)) for cron in found.crons] == [
        ("sweep", "jobs:sweep", "interval { minutes: 5 }", "convex/functions/crons.ts:3"),
        ("digest", "mail/send:digest", "daily { hourUTC: 4, minuteUTC: 30 }", "convex/functions/crons.ts:4"),
    ]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("list", ["messages:list"]),
        ("MESSAGES", ["messages:create", "messages:list"]),
        ("messages:*", ["messages:create", "messages:list"]),
        ("*:c?eate", ["messages:create"]),
        ("nothing", []),
    ],
)
async def test_patterns(tmp_path: Path, pattern: str, names: list[str]) -> None:
    found = await list_procedures(None, project(write_project(tmp_path)))
    assert [procedure.name for procedure in matching(found, pattern).functions] == names


async def test_a_component_has_no_source(tmp_path: Path) -> None:
    deployment = Offline(demo_dataset())
    found = await list_procedures(deployment, project(write_project(tmp_path)), "rateLimiter")
    await deployment.aclose()
    assert found.functions == ()

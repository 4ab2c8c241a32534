"""Rules about a project's files: each fires on its defect, and on nothing that only looks like it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kitcn_repl.explore.doctor.examination import examine
from kitcn_repl.explore.doctor.rules import RULES
from kitcn_repl.project.layout import project_at
from kitcn_repl.values import JsonObject
from tests.explore.doctor.examined import of_project, places
from tests.support.projects import HEADER, write_project


async def test_a_healthy_scaffold(tmp_path: Path) -> None:
    report = await examine(None, project_at(write_project(tmp_path)))
    assert report.findings == ()
    assert set(report.checked) == {rule.id for rule in RULES.values() if rule.group in ("project", "schema")}
    assert {skipped.why for skipped in report.skipped} == {"no deployment was asked"}


async def test_plain_convex_is_no_broken_kitcn(tmp_path: Path) -> None:
    for name, text in {
        "package.json": json.dumps({"dependencies": {"convex": "1"}}),
        "convex/schema.ts": """import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
export default defineSchema({ notes: defineTable({ createdAt: v.number() }).index("created", ["createdAt"]) });
""",
        "convex/lib/orm.ts": "export const mine = 1;\n",
        "convex/_generated/server.js": "",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert (await examine(None, project_at(tmp_path))).findings == ()


async def test_broken_configuration(tmp_path: Path) -> None:
    found = await of_project(tmp_path, {"kitcn.json": '{\n  "paths": { "lib": 1 }\n}'}, "config-broken")
    assert places(found) == ["kitcn.json:2"]
    assert found[0].level == "error"


@pytest.mark.parametrize(
    ("missing", "place"),
    [
        (
            ["convex/functions/_generated/api.d.ts", "convex/functions/_generated/server.d.ts"],
            "convex/functions/_generated:1",
        ),
        (["convex/functions/generated/server.ts"], "convex/functions/generated/server.ts:1"),
        (["convex/shared/api.ts"], "convex/shared/api.ts:1"),
    ],
    ids=["convex", "server", "api"],
)
async def test_missing_generated_files(tmp_path: Path, missing: list[str], place: str) -> None:
    found = await of_project(tmp_path, dict.fromkeys(missing), "generated-missing")
    assert places(found) == [place]
    assert "kitcn dev" in found[0].fix


async def test_files_made_by_hand(tmp_path: Path) -> None:
    changes = {"convex/lib/orm.ts": "export const orm = 1;\n", "convex/shared/api.ts": "export const api = {};\n"}
    found = await of_project(tmp_path, changes, "generated-by-hand")
    assert places(found) == ["convex/lib/orm.ts:1", "convex/shared/api.ts:1"]


async def test_generated_files_are_not_made_by_hand(tmp_path: Path) -> None:
    changes = {"convex/lib/orm.ts": HEADER + "export const orm = 1;\n"}
    assert await of_project(tmp_path, changes, "generated-by-hand") == []


async def test_better_convex_of_old_generated_nothing(tmp_path: Path) -> None:
    schema = "import { defineSchema } from 'better-convex/orm';\nexport default defineSchema({});\n"
    for name, text in {
        "package.json": json.dumps({"dependencies": {"convex": "1", "better-convex": "0.5.8"}}),
        "convex/functions/schema.ts": schema,
        "convex/functions/_generated/server.js": "",
        "convex/lib/orm.ts": "export const orm = createOrm();\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert (await examine(None, project_at(tmp_path))).findings == ()


LAZY = """import { internalAction } from './_generated/server';

export const run = internalAction(async (ctx) => {
  const { send } = await import('./mail');
  return (await import(`./${'x'}`)).default;
});
"""
NOT_LAZY = """import type { A } from './a';
// const a = await import('./a');
/* await import("./b") */
type B = typeof import('./b').b;
let c: import('./c').C;
const text = "await import('./d')";
const template = `await import('./e')`;
const f = make<typeof import('./f').f>(() => 1 as import('./g').G);
const here = import.meta.url;
"""


async def test_lazy_imports(tmp_path: Path) -> None:
    changes = {
        "convex/functions/a.ts": LAZY,
        "convex/lib/deep/b.ts": "export const b = () => import('./c').then((c) => c);\n",
        "convex/routers/r.tsx": "export const r = () => <p>{import('./c')}</p>;\n",
        "convex/functions/fine.ts": NOT_LAZY,
        "convex/functions/generated/x.ts": LAZY,
        "convex/functions/a.test.ts": LAZY,
        "src/app.ts": LAZY,
    }
    found = await of_project(tmp_path, changes, "lazy-import")
    assert sorted(places(found)) == [
        "convex/functions/a.ts:4",
        "convex/functions/a.ts:5",
        "convex/lib/deep/b.ts:1",
        "convex/routers/r.tsx:1",
    ]


AUTH_CRPC = """import { initCRPC } from '../functions/generated/server';
const c = initCRPC.meta<{ auth?: 'required' }>().create();
export const publicQuery = c.query;
export const authQuery = c.query.meta({ auth: 'required' }).use(async ({ ctx, next }) => {
  return next({ ctx: { ...ctx, user: await ctx.auth.getUserIdentity() } });
});
export const author = c.query;
"""
BARE_AUTH = """import { initCRPC } from '../functions/generated/server';
const c = initCRPC.create();
export const adminQuery = c.query.meta({ auth: 'required', role: 'admin' });
"""
OTHER_AUTH = """// unlike getUserIdentity() of ctx.auth
import { initCRPC } from '../functions/generated/server';
const c = initCRPC.create();
export const authMutation = c.mutation.use(async ({ ctx, next }) => next({ ctx: await byToken(ctx) }));
"""


@pytest.mark.parametrize(("text", "line"), [(AUTH_CRPC, 4), (BARE_AUTH, 3)], ids=["identity", "meta"])
async def test_auth_builders_before_auth(tmp_path: Path, text: str, line: int) -> None:
    found = await of_project(tmp_path, {"convex/lib/crpc.ts": text}, "auth-before-setup")
    assert [(str(item.place), item.level) for item in found] == [(f"convex/lib/crpc.ts:{line}", "error")]


async def test_another_kind_of_auth_is_only_a_warning(tmp_path: Path) -> None:
    found = await of_project(tmp_path, {"convex/lib/crpc.ts": OTHER_AUTH}, "auth-before-setup")
    assert [(str(item.place), item.level) for item in found] == [("convex/lib/crpc.ts:4", "warning")]


@pytest.mark.parametrize("name", ["auth.ts", "auth.config.ts"])
async def test_auth_builders_with_auth(tmp_path: Path, name: str) -> None:
    changes = {"convex/lib/crpc.ts": AUTH_CRPC, f"convex/functions/{name}": "export default {};\n"}
    assert await of_project(tmp_path, changes, "auth-before-setup") == []


USES_COMPONENTS = """import { components, internal } from './_generated/api';
export const limiter = new RateLimiter(components.rateLimiter, {});
export const again = components.rateLimiter;
export const own = { components: { other: 1 } };
"""


@pytest.mark.parametrize(
    "config",
    [
        'import rateLimiter from "@convex-dev/rate-limiter/convex.config";\napp.use(rateLimiter);\n',
        'import limiter from "@convex-dev/rate-limiter/convex.config.js";\napp.use(limiter);\n',
        'import x from "./limits/convex.config";\napp.use(x, { name: "rateLimiter" });\n',
    ],
    ids=["import", "package", "name"],
)
async def test_registered_components(tmp_path: Path, config: str) -> None:
    changes = {"convex/functions/limits.ts": USES_COMPONENTS, "convex/functions/convex.config.ts": config}
    assert await of_project(tmp_path, changes, "component-unregistered") == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["convex/functions/limits.ts:2"]),
        ({"convex/functions/convex.config.ts": "const app = defineApp();\n"}, ["convex/functions/limits.ts:2"]),
        (
            {"convex/functions/convex.config.ts": 'import mail from "@x/mail/convex.config";\n\nexport default app;\n'},
            ["convex/functions/convex.config.ts:1", "convex/functions/limits.ts:2"],
        ),
        (
            {"convex/convex.config.ts": 'import rateLimiter from "x/convex.config";\napp.use(rateLimiter);\n'},
            ["convex/convex.config.ts:1", "convex/functions/limits.ts:2"],
        ),
    ],
    ids=["no-config", "empty", "imported-only", "wrong-folder"],
)
async def test_unregistered_components(tmp_path: Path, changes: dict[str, str], expected: list[str]) -> None:
    found = await of_project(
        tmp_path, {"convex/functions/limits.ts": USES_COMPONENTS, **changes}, "component-unregistered"
    )
    assert places(found) == expected


async def test_a_package_of_which_no_component_is_used(tmp_path: Path) -> None:
    code = """import { getAuthConfigProvider } from '@convex-dev/better-auth/auth-config';
import { vUsage } from '@convex-dev/agent';
"""
    assert await of_project(tmp_path, {"convex/functions/x.ts": code}, "component-unregistered") == []


async def test_auth_without_its_configuration_and_tables(tmp_path: Path) -> None:
    changes = {"convex/functions/auth.ts": "import { convex } from 'kitcn/auth';\n"}
    found = await of_project(tmp_path, changes, "plugin-incomplete")
    assert [(item.what, item.level) for item in found] == [
        ("auth.ts is there, but auth.config.ts is missing.", "error"),
        ("auth.ts is there, but the schema has no table account, verification.", "warning"),
    ]
    other = {"convex/functions/auth.ts": "import { getAuth } from 'elsewhere';\n"}
    assert await of_project(tmp_path / "b", other, "plugin-incomplete") == []


PLUGIN_SCHEMA = """import { convexTable, defineSchema, defineSchemaExtension, text } from 'kitcn/orm';
import { ratelimitExtension } from '../lib/plugins/ratelimit/schema';
export const tables = { note: convexTable('note', { text: text() }) };
export default defineSchema(tables).extend(ratelimitExtension());
"""
EXTENSION = """import { convexTable, defineSchemaExtension, text } from 'kitcn/orm';
export const state = convexTable('ratelimitState', { name: text() });
export const ratelimitExtension = () => defineSchemaExtension('ratelimit', { ratelimitState: state });
"""
LOCK = json.dumps(
    {
        "plugins": {
            "ratelimit": {"package": "kitcn", "files": {"ratelimit-plugin": "convex/lib/plugins/ratelimit/plugin.ts"}}
        }
    },
    indent=2,
)
INSTALLED: dict[str, str | None] = {
    "convex/functions/schema.ts": PLUGIN_SCHEMA,
    "convex/lib/plugins/ratelimit/schema.ts": EXTENSION,
    "convex/lib/plugins/ratelimit/plugin.ts": "export const ratelimit = 1;\n",
    "convex/functions/plugins.lock.json": LOCK,
}


async def test_a_plugin_that_is_installed(tmp_path: Path) -> None:
    assert await of_project(tmp_path, INSTALLED, "plugin-incomplete") == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"convex/lib/plugins/ratelimit/plugin.ts": None},
            [("convex/functions/plugins.lock.json:6", "error")],
        ),
        (
            {"convex/lib/plugins/ratelimit/plugin.ts": None, "convex/functions/plugins.lock.json": None},
            [("convex/functions/schema.ts:4", "error")],
        ),
        ({"convex/functions/plugins.lock.json": None}, [("convex/functions/schema.ts:4", "warning")]),
        (
            {"convex/functions/schema.ts": PLUGIN_SCHEMA.replace(".extend(ratelimitExtension())", "")},
            [("convex/functions/plugins.lock.json:3", "error")],
        ),
        (
            {
                "convex/functions/schema.ts": PLUGIN_SCHEMA.replace(".extend(", ".other("),
                "convex/functions/plugins.lock.json": None,
            },
            [("convex/lib/plugins/ratelimit/schema.ts:1", "error")],
        ),
        (
            {"convex/functions/plugins.lock.json": "{"},
            [("convex/functions/plugins.lock.json:1", "error"), ("convex/functions/schema.ts:4", "warning")],
        ),
    ],
    ids=["file-of-lock", "file", "lock", "schema-of-lock", "schema", "broken-lock"],
)
async def test_half_installed_plugins(
    tmp_path: Path, changes: dict[str, str | None], expected: list[tuple[str, str]]
) -> None:
    found = await of_project(tmp_path, {**INSTALLED, **changes}, "plugin-incomplete")
    assert [(str(item.place), item.level) for item in found] == expected


async def test_tables_of_the_lock_that_the_schema_lacks(tmp_path: Path) -> None:
    lock: JsonObject = {"plugins": {"auth": {"files": {}, "schema": {"tables": {"user": {}, "jwks": {}}}}}}
    changes = {"convex/functions/plugins.lock.json": json.dumps(lock, indent=2)}
    found = await of_project(tmp_path, changes, "plugin-incomplete")
    assert [item.what for item in found] == ["Table jwks of the auth plugin is not in the schema."]

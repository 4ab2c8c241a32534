"""A small offline deployment, and short ways to ask it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.deployment.models import FunctionKind, FunctionResult, FunctionSpec, QueryModule
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.engine import Engine
from kitcn_repl.offline.store.sqlite import memory_store
from kitcn_repl.values import JsonObject
from kitcn_repl.values.ids import encode_id

NOW = 1_790_000_000_000.5
IMPORT = 'import { query, internalQuery } from "convex:/_system/repl/wrappers.js";\n'

NOTES, EMPTY, FILES, GADGETS = 10001, 10002, 540, 10001
SHA = "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="


def note_id(number: int, table: int = NOTES) -> str:
    return encode_id(table, number.to_bytes(16, "big"))


def note(number: int, **fields: Any) -> JsonObject:
    return {"_id": note_id(number), "_creationTime": 1000.0 + number, "number": float(number), **fields}


def int64(value: int) -> JsonObject:
    import base64

    return {"$integer": base64.b64encode(value.to_bytes(8, "little", signed=True)).decode()}


NOTE_LIST: list[JsonObject] = [
    note(1, tag="red", rank=3.0, meta={"kind": "a"}),
    note(2, tag="blue", rank=1.0, meta={"kind": "b"}),
    note(3, tag="red", rank=1.0),
    note(4, tag="red", rank=2.0, meta={"kind": None}),
    note(5, tag="green", rank=int64(7)),
    note(6, tag="blue", rank="high"),
    note(7, rank=None),
    note(8, tag="red", rank=2.0, data={"$bytes": "AAEC"}),
    note(9, tag="red", rank={"$float": "AAAAAAAA+H8="}),
    note(10, tag="ünï", rank=True, list=[1.0, [int64(2)], {"deep": "x"}]),
]

SCHEMA: JsonObject = {
    "tables": [
        {
            "tableName": "notes",
            "indexes": [
                {"indexDescriptor": "by_tag", "fields": ["tag"]},
                {"indexDescriptor": "by_tag_rank", "fields": ["tag", "rank", "_creationTime"]},
                {"indexDescriptor": "by_kind", "fields": ["meta.kind"]},
            ],
            "stagedDbIndexes": [{"indexDescriptor": "staged", "fields": ["rank"]}],
            "searchIndexes": [{"indexDescriptor": "search_tag", "searchField": "tag", "filterFields": ["rank"]}],
            "vectorIndexes": [{"indexDescriptor": "by_vector", "vectorField": "v", "dimensions": 3}],
        }
    ]
}

MODULES = {
    "lib/helper.js": "export const twice = (x) => x * 2;",
    "notes.js": """
import { query, internalQuery } from "./_generated/server";
import { v, ConvexError } from "convex/values";
import { twice } from "./lib/helper";

export const double = query({ args: { x: v.number() }, handler: async (ctx, { x }) => twice(x) });
export const whoami = query({ handler: async (ctx) => await ctx.auth.getUserIdentity() });
export const hidden = internalQuery({ handler: async (ctx) => (await ctx.db.query("notes").take(1))[0].tag });
export const count = query({
  handler: async (ctx) => {
    console.log("counting");
    return (await ctx.db.query("notes").collect()).length;
  },
});
export const refuse = query({
  handler: async () => { throw new ConvexError({ code: 7n }); },
});
export const forever = query({
  handler: async (ctx, { depth }) => await ctx.runQuery("notes:forever", { depth: depth + 1 }),
});
export const name = internalQuery({ handler: async (ctx) => await ctx.meta.getFunctionMetadata() });
export const wrong = query(() => 5);
export default query({ handler: async () => "default" });
""",
}


def _spec(
    name: str,
    kind: FunctionKind = "Query",
    visibility: str = "public",
    args: JsonObject | None = None,
    returns: JsonObject | None = None,
) -> FunctionSpec:
    return FunctionSpec(kind, f"notes.js:{name}", visibility, args or {"type": "any"}, returns or {"type": "any"})


FUNCTIONS = (
    _spec(
        "double",
        args={"type": "object", "value": {"x": {"fieldType": {"type": "number"}, "optional": False}}},
    ),
    _spec("whoami"),
    _spec("hidden", visibility="internal"),
    _spec("count"),
    _spec("refuse"),
    _spec("forever"),
    _spec("name", visibility="internal"),
    _spec("default"),
    _spec("wrong", returns={"type": "string"}),
    _spec("send", "Mutation"),
    _spec("mail", "Action"),
)


def dataset(**changes: Any) -> Dataset:
    """The world; `changes` replace fields of the dataset."""
    files: list[JsonObject] = [
        {
            "_id": note_id(1, FILES),
            "_creationTime": 5.0,
            "sha256": SHA,
            "size": 11.0,
            "contentType": None,
            "internalId": "0d0f9a5e-0000-4000-8000-000000000000",
        }
    ]
    store = memory_store(
        {"notes": NOTE_LIST, "empty": [], "_storage": files},
        {"notes": NOTES, "empty": EMPTY, "_storage": FILES},
        components={"widgets": {"gadgets": [{"_id": note_id(1, GADGETS), "_creationTime": 1.0, "name": "cog"}]}},
    )
    facts: dict[str, Any] = {
        "store": store,
        "schemas": {"": SCHEMA},
        "modules": MODULES,
        "functions": FUNCTIONS,
        "environment": {"CONVEX_CLOUD_URL": "http://127.0.0.1:3210", "GREETING": "hello"},
        "clock": lambda: NOW,
        "random_seed": 42,
    }
    return Dataset("tiny-newt-1", **{**facts, **changes})


def module(body: str) -> QueryModule:
    return QueryModule(f"{IMPORT}export default query({{ handler: async (ctx) => {{\n{body}\n}} }});")


class World:
    """Asks an engine. `ask` gives the value of a body with `return`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def result(self, body: str, component: str = "") -> FunctionResult:
        return await self.engine.run(module(body), component=component)

    async def ask(self, body: str, component: str = "") -> Any:
        return (await self.result(body, component)).value

    async def failure(self, body: str, component: str = "") -> QueryFailedError:
        try:
            result = await self.result(body, component)
        except QueryFailedError as error:
            return error
        raise AssertionError(f"it did not fail, but gave {result.value!r}")

    async def complaint(self, body: str, component: str = "") -> str:
        """The text after the request id's line, without the line feed at the end."""
        message = (await self.failure(body, component)).message
        first, _, rest = message.partition("\n")
        assert first.startswith("[Request ID: ") and first.endswith("] Server Error"), message
        assert rest.endswith("\n"), message
        return rest[:-1]

    async def complaints(self, bodies: Sequence[str]) -> list[str]:
        """Texts of errors that one query catches one after another."""
        parts = ",".join(f"async () => {{ {body} }}" for body in bodies)
        caught: list[str] = await self.ask(
            f"const out = []; for (const f of [{parts}]) "
            "{ try { out.push('no error: ' + JSON.stringify(await f())); } catch (e) { out.push(e.message); } "
            "} return out;"
        )
        return caught

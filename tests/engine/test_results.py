"""What comes back: values, refusals of modules, failures, and limits."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kitcn_repl.deployment.errors import QueryFailedError, RequestRejectedError
from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.offline.engine import Engine, Limits
from kitcn_repl.offline.store.sqlite import memory_store
from kitcn_repl.values import JsonObject
from tests.engine.world import IMPORT, World, dataset, note_id


async def test_values_are_encoded(world: World) -> None:
    value = await world.ask(
        "return {z: 1, a: 1.5, n: null, u: undefined, t: true, s: 'h\\u00fc\\ud83d\\ude00\\0', i: 123n, m: "
        "-(2n**63n), big: 1e21,"
        " nan: NaN, inf: -Infinity, zero: -0, b: new Uint8Array([104, 105]).buffer, list: [[], {}, [1n]], '': 1,"
        " proto: JSON.parse('{\"__proto__\": 5}')}"
    )
    assert list(value) == sorted(value)
    assert value == {
        "": 1, "a": 1.5, "b": {"$bytes": "aGk="}, "big": 1e21, "i": {"$integer": "ewAAAAAAAAA="},
        "inf": {"$float": "AAAAAAAA8P8="}, "list": [[], {}, [{"$integer": "AQAAAAAAAAA="}]],
        "m": {"$integer": "AAAAAAAAAIA="}, "n": None, "nan": {"$float": "AAAAAAAA+H8="}, "proto": {"__proto__": 5},
        "s": "hü😀\0", "t": True, "z": 1, "zero": {"$float": "AAAAAAAAAIA="},
    }  # fmt: skip
    assert await world.ask("") is None
    assert await world.ask("return 'x'.repeat(1000000) + '😀'.repeat(300000)") == "x" * 1000000 + "😀" * 300000


async def test_what_is_no_value(world: World) -> None:
    more = "To learn about Convex's supported types, see https://docs.convex.dev/using/types."
    cases = {
        "return [undefined]": "undefined is not a valid Convex value (present at path [0] in original object "
        f'["undefined"]). {more}',
        "return {a: {b: () => 1}}": 'Function "[Function]" is not a supported Convex type (present at path '
        ".a.b in original "
        f'object {{"a":{{"b":"[Function]"}}}}). {more}',
        "return new Set([1])": "Set[1] is not a supported Convex type.",
        "return new Map([[1, 2]])": "Map[[1,2]] is not a supported Convex type.",
        "return new (class Point { x = 1 })()": 'Point {"x":1} is not a supported Convex type.',
        "return Symbol('s')": 'Symbol "Symbol(s)" is not a supported Convex type.',
        "return 2n**63n": "BigInt 9223372036854775808 does not fit into a 64-bit signed integer.",
        "return {$x: 1}": "Field name $x starts with a '$', which is reserved.",
        "return {'ü': 1}": "Field name ü has invalid character 'ü': Field names can only contain non-control "
        "ASCII characters",
        "return {['x'.repeat(1025)]: 1}": f"Field name {'x' * 1025} exceeds maximum field name length 1024.",
        "return ctx.db.query('notes')": "Return value is a Query. Results must be retrieved with `.collect()`, "
        "`.take(n), "
        "`.unique()`, or `.first()`.",
        "return ctx.db.query('notes').order('desc')": "Return value is a Query. Results must be retrieved with "
        "`.collect()`, "
        "`.take(n), `.unique()`, or `.first()`.",
    }
    for body, text in cases.items():
        assert await world.complaint(body) == f"Uncaught Error: {text}", body
    assert await world.complaint("const a = []; a.push(a); return a") == (
        "Uncaught RangeError: Maximum call stack size exceeded"
    )


async def test_server_side_limits_of_a_value(world: World) -> None:
    prefix = "Function testQuery.js:default return value invalid: "
    assert await world.complaint("return new Array(8193).fill(1)") == (
        f"{prefix}Array length is too long (8193 > maximum length 8192)"
    )
    assert await world.complaint("return Object.fromEntries(Array.from({length: 1025}, (_, i) => ['k' + i, 1]))") == (
        f"{prefix}Object has too many fields (1025 > maximum number 1024)"
    )
    assert prefix in await world.complaint("let x = 1; for (let i = 0; i < 65; i++) x = [x]; return x")
    assert len(await world.ask("return new Array(8192).fill(1)")) == 8192
    assert await world.complaint("return 'x'.repeat(18_000_000)") == (
        "Function testQuery.js:default return value is too large (actual: 17.17 MiB, limit: 16 MiB)"
    )
    assert len(await world.ask("return 'x'.repeat(16 * 1024 * 1024 - 2)")) == 16 * 1024 * 1024 - 2


async def rejection(world: World, source: str, source_map: str | None = None) -> tuple[str, str]:
    with pytest.raises(RequestRejectedError) as rejected:
        await world.engine.run(QueryModule(source, source_map))
    assert rejected.value.status == 400
    return rejected.value.code, rejected.value.message


async def test_modules_that_are_no_query(world: World) -> None:
    start = "Could not analyze the given module:\nFailed to analyze testQuery.js: "
    cases = {
        "let x = ;": ("InvalidModules", f"{start}Uncaught SyntaxError: Unexpected token ';'"),
        "throw new Error('top')": ("InvalidModules", f"{start}Uncaught Error: top"),
        "export default missing": ("InvalidModules", f"{start}Uncaught ReferenceError: missing is not defined"),
        "import { v } from 'convex/values'; export default v": (
            "InvalidModules",
            f'{start}Uncaught Error: Relative import path "convex/values" not prefixed with / or ./ or ../',
        ),
        "import x from './notes.js'; export default x": (
            "InvalidModules", f"{start}Uncaught Error: Couldn't find JavaScript module 'notes.js'",
        ),
        "import { mutation } from 'convex:/_system/repl/wrappers.js'; export default mutation": (
            "InvalidModules",
            f"{start}Uncaught SyntaxError: The requested module 'convex:/_system/repl/wrappers.js' does not provide an "
            "export named 'mutation'",
        ),
        "await new Promise(() => {})": ("InvalidModules", f"{start}Uncaught Error: Top-level await promise "
                                                          "never resolved"),
        "export const x = 1": ("InvalidTestQuery", "Default export is not a Convex function."),
        "export default 5": ("InvalidTestQuery", "Default export is not a Convex function."),
        "export default async () => 1": ("InvalidTestQuery", "Default export is not a Convex function."),
        f"{IMPORT}export const a = query(() => 1); export default query(() => 2);": (
            "InvalidTestQuery", "Only `export default` is supported.",
        ),
        "const f = () => 1; f.isMutation = true; export default f": (
            "UnsupportedTestQuery", "Mutations are not supported in the REPL yet.",
        ),
        "const f = () => 1; f.isAction = true; export default f": (
            "UnsupportedTestQuery", "Actions are not supported in the REPL yet.",
        ),
    }  # fmt: skip
    for source, expected in cases.items():
        assert await rejection(world, source) == expected, source


async def test_all_forms_of_a_query(world: World) -> None:
    async def run(source: str) -> object:
        return (await world.engine.run(QueryModule(IMPORT + source))).value

    assert await run("export default query(async (ctx) => 1)") == 1
    assert await run("export default internalQuery({ handler: (ctx, args) => args })") == {}
    assert await run("export const helper = 5; export default query({ args: {}, handler: () => helper })") == 5
    assert await run("const x = await Promise.resolve(3); export default query(() => x)") == 3
    assert await run("export default query(() => { globalThis.y = 1; return this === undefined })") is True


async def test_an_unknown_component(world: World) -> None:
    with pytest.raises(RequestRejectedError) as rejected:
        await world.ask("return 1", "gone")
    assert (rejected.value.code, rejected.value.message) == ("ComponentPathNotFound", "Component path 'gone' not found")


async def test_layout_of_a_failure(world: World) -> None:
    failure = await world.failure("function f() { throw new TypeError('boom') } f()")
    assert re.fullmatch(r"\[Request ID: [0-9a-f]{16}\] Server Error\nUncaught TypeError: boom\n", failure.message)
    assert (failure.data, failure.has_data) == (None, False)


@pytest.mark.parametrize(
    ("thrown", "text"),
    [
        ("'text'", "text"),
        ("null", "null"),
        ("undefined", "undefined"),
        ("5n", "5"),
        ("Symbol('s')", "Symbol(s)"),
        ("{a: 1}", "#<Object>"),
        ("{message: 'm', name: 'N'}", "N: m"),
        ("new Proxy({}, {has() { throw 1 }, get() { throw 1 }})", "#<Object>"),
        ("Object.assign(new Error('x'), {stack: 5})", "Error: x"),
        ("new (class MyError extends Error { name = 'MyError' })('m')", "MyError: m"),
        ("{get message() { throw 1 }}", "#<Object>"),
        ("new Error('')", "Error"),
        ("Object.create(null)", "#<Object>"),
        ("new Error('x'.repeat(100000))", "Error: " + "x" * (65536 - len("Uncaught Error: "))),
    ],
)
async def test_anything_can_be_thrown(world: World, thrown: str, text: str) -> None:
    assert await world.complaint(f"throw {thrown}") == f"Uncaught {text}"


async def test_convex_errors_carry_data(world: World) -> None:
    raised = "const e = new Error('why'); e[Symbol.for('ConvexError')] = true; e.name = 'ConvexError';"
    failure = await world.failure(f"{raised} e.data = {{code: 7n, list: [1]}}; throw e")
    assert (failure.data, failure.has_data) == ({"code": {"$integer": "BwAAAAAAAAA="}, "list": [1]}, True)
    assert "Uncaught ConvexError: why" in failure.message
    nothing = await world.failure(f"{raised} throw e")
    assert (nothing.data, nothing.has_data) == (None, True)


async def test_a_promise_that_never_settles(world: World) -> None:
    assert await world.complaint("await new Promise(() => {})") == "Returned promise will never resolve"
    assert await world.complaint("Promise.reject(new Error('lost')); await new Promise(() => {})") == (
        "Uncaught Error: lost"
    )
    assert await world.ask("Promise.reject(new Error('lost')); return 1") == 1


async def test_frames_come_from_the_source_map(world: World) -> None:
    handler = "async function handler(ctx) {\nawait null;\nthrow new Error('x');\n}"
    source = f"{IMPORT}export default query({{ handler: {handler} }});"
    # Generated line 4 (`throw`) is line 2 of the text, column 6.
    source_map = json.dumps({"version": 3, "sources": ["inline.js"], "names": [], "mappings": ";;;AACM"})
    with pytest.raises(QueryFailedError) as failed:
        await world.engine.run(QueryModule(source, source_map))
    assert failed.value.message.endswith("Server Error\nUncaught Error: x\n    at handler (inline.js:2:7)\n")
    with pytest.raises(QueryFailedError) as failed:
        await world.engine.run(QueryModule(source, "no source map"))
    assert failed.value.message.endswith("Uncaught Error: x\n")
    code, message = await rejection(
        world, "throw new Error('x')", json.dumps({"sources": ["a.js"], "mappings": "AAAA"})
    )
    assert message.endswith("Failed to analyze testQuery.js: Uncaught Error: x\n    at <anonymous> (a.js:1:1)")
    assert code == "InvalidModules"


def limited(deno_cache: Path, **limits: float) -> World:
    return World(Engine(dataset(), Limits(**limits), cache_dir=deno_cache))  # type: ignore[arg-type]


ADVICE = (
    " Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a "
    "selective "
    "index range expressions."
)


async def test_read_limits_can_be_caught(deno_cache: Path) -> None:
    read = "await ctx.db.query('notes').collect();"
    few = limited(deno_cache, documents_read=9)
    text = f"Too many documents read in a single function execution (limit: 9).{ADVICE}"
    assert await few.complaint(read) == f"Uncaught Error: {text}"
    assert await few.ask(f"try {{ {read} }} catch (e) {{ return e.message }}") == text
    small = limited(deno_cache, bytes_read=500)
    assert f"Too many bytes read in a single function execution (limit: 500 bytes).{ADVICE}" in await small.complaint(
        read
    )
    rare = limited(deno_cache, database_queries=2)
    assert f"Too many reads in a single function execution (limit: 2).{ADVICE}" in await rare.complaint(
        f"for (let i = 0; i < 3; i++) await ctx.db.get('{note_id(1)}')"
    )
    exact = await limited(deno_cache, documents_read=10).result(f"{read} return 1")
    assert exact.value == 1
    assert exact.log_lines == (
        f"[WARN] Many documents read in a single function execution (actual: 10, limit: 10).{ADVICE}",
    )
    split = limited(deno_cache, documents_read=6)
    assert await split.ask(
        "const p = await ctx.db.query('notes').paginate({numItems: 6, cursor: null}); return [p.page.length, "
        "p.pageStatus]"
    ) == [6, "SplitRequired"]
    assert await small.ask(
        "const p = await ctx.db.query('notes').paginate({numItems: 6, cursor: null}); return [p.page.length, "
        "p.pageStatus]"
    ) == [4, "SplitRequired"]


async def test_prefetched_documents_are_not_charged(world: World) -> None:
    assert (
        await world.ask(
            "await ctx.db.query('notes').filter(q => true).take(1);"
            "return (await ctx.meta.getTransactionMetrics()).documentsRead.used"
        )
        == 1
    )


async def test_sixteen_megabytes_can_be_collected_and_returned(deno_cache: Path) -> None:
    # The heap is Convex's 64 MB; both text of one byte and of two bytes a character must fit.
    for text in ("x" * 1950, "ü€" * 390):
        documents: list[JsonObject] = [
            {"_id": note_id(i), "_creationTime": float(i), "text": text, "tags": ["a", "b"], "n": float(i)}
            for i in range(8100)
        ]
        engine = Engine(
            dataset(store=memory_store({"notes": documents})), Limits(user_seconds=20), cache_dir=deno_cache
        )
        result = await engine.run(
            QueryModule(f"{IMPORT}export default query((ctx) => ctx.db.query('notes').collect());")
        )
        assert result.value == documents


async def test_time_limit(deno_cache: Path) -> None:
    slow = limited(deno_cache, user_seconds=0.2)
    assert await slow.complaint("for (;;);") == "Function execution timed out (maximum duration: 0.2s)"
    assert await slow.complaint("for (;;) await null;") == "Function execution timed out (maximum duration: 0.2s)"
    assert await slow.ask("return 1") == 1

"""The rest of ctx, and the globals of a query: time, randomness, console, environment."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from kitcn_repl.deployment.errors import QueryFailedError, ReadonlyError, RequestRejectedError
from kitcn_repl.offline.engine import Engine
from kitcn_repl.values import JsonObject
from tests.engine.world import FILES, NOW, World, dataset, int64, note_id


@pytest.mark.conforms("operator", "ctx.storage.getMetadata", kind="described")
async def test_storage(world: World) -> None:
    file = note_id(1, FILES)
    assert await world.ask(
        f"return [await ctx.storage.getUrl('{file}'), await ctx.storage.getMetadata('{file}'),"
        f" await ctx.storage.getUrl('{note_id(9, FILES)}'), await ctx.storage.getMetadata('nonsense')]"
    ) == [
        f"http://127.0.0.1:3210/api/storage/{file}",
        {
            "storageId": file,
            "sha256": "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
            "size": 11,
            "contentType": None,
        },
        None,
        None,
    ]
    assert "Must provide arg 1 `storageId` to `getUrl`" in await world.complaint("return ctx.storage.getUrl()")


async def test_nothing_in_ctx_writes(world: World) -> None:
    assert await world.ask(
        "return [Object.keys(ctx).sort(), Object.keys(ctx.db).sort(), Object.keys(ctx.db.system).sort(),"
        " Object.keys(ctx.storage).sort(), typeof ctx.scheduler, typeof ctx.runMutation, typeof ctx.runAction]"
    ) == [
        ["auth", "db", "meta", "runQuery", "storage"],
        ["get", "normalizeId", "query", "system", "table"],
        ["get", "normalizeId", "query", "table"],
        ["getMetadata", "getUrl"],
        "undefined",
        "undefined",
        "undefined",
    ]


@pytest.mark.conforms("operator", "ctx.meta.getTransactionMetrics", kind="described")
async def test_meta_tells_what_was_read(world: World) -> None:
    metrics = await world.ask(
        "await ctx.db.query('notes').filter(q => q.eq(q.field('number'), 2)).collect(); await "
        f"ctx.db.get('{note_id(1)}');"
        f" await ctx.db.get('{note_id(77)}'); return await ctx.meta.getTransactionMetrics();"
    )
    assert metrics["documentsRead"] == {"used": 11, "remaining": 31989}
    assert metrics["databaseQueries"] == {"used": 3, "remaining": 4093}
    assert metrics["bytesRead"]["used"] > 500
    assert metrics["bytesWritten"] == {"used": 0, "remaining": 16777216}
    assert set(metrics) == {
        "bytesRead", "bytesWritten", "databaseQueries", "documentsRead", "documentsWritten", "functionsScheduled",
        "scheduledFunctionArgsBytes",
    }  # fmt: skip


async def test_bytes_read_are_convex_sizes(world: World) -> None:
    body = "const d = await ctx.db.get('{}'); return (await ctx.meta.getTransactionMetrics()).bytesRead.used"
    # 2 + _id (4 + 34) + _creationTime (14 + 9) + number (7 + 9) + tag (4 + 5) + rank (5 + 9) + meta (5 + 2 + 5 + 3)
    assert await world.ask(body.replace("{}", note_id(1))) == 117
    # ... tag is 5 bytes of UTF-8; rank a boolean; list (5 + 2 + 9 + (2 + 9) + (2 + 5 + 3))
    assert await world.ask(body.replace("{}", note_id(10))) == 79 + (4 + 7) + (5 + 1) + 37


@pytest.mark.conforms(
    "operator",
    "ctx.meta.getFunctionMetadata",
    "ctx.meta.getDeploymentMetadata",
    "ctx.meta.getSnapshotTs",
    kind="described",
)
async def test_meta_tells_who_runs(world: World) -> None:
    assert await world.ask(
        "return [await ctx.meta.getFunctionMetadata(), await ctx.meta.getDeploymentMetadata(),"
        " ctx.meta.getSnapshotTs(), await ctx.auth.getUserIdentity()]"
    ) == [
        {"name": "testQuery:default", "componentPath": "", "type": "query", "visibility": "public"},
        {"name": "tiny-newt-1", "region": None, "class": "s16"},
        int64(int(NOW) * 1_000_000),
        None,
    ]


async def test_time_stands_still(world: World) -> None:
    assert await world.ask(
        "const a = Date.now(); for (let i = 0; i < 1e6; i++); const b = new Date();"
        "return [a, b.getTime(), Date.now() === a, typeof Date(), new Date(0).getTime(), b instanceof Date,"
        " new Date(1970, 0, 1).getTime(), Date.UTC(1970, 0, 1), performance.now(), b.constructor === Date,"
        " new Intl.DateTimeFormat('en', {year: 'numeric', timeZone: 'UTC'}).format()]"
    ) == [int(NOW), int(NOW), True, "string", 0, True, 0, 0, 0, True, "2026"]


async def test_randomness_has_a_seed(world: World, deno_cache: Path) -> None:
    body = "return Array.from({length: 1000}, () => Math.random())"
    first, second = await world.ask(body), await world.ask(body)
    assert first == second
    assert all(0 <= number < 1 for number in first) and len(set(first)) == 1000
    assert 0.4 < sum(first) / 1000 < 0.6
    other = World(Engine(dataset(random_seed=None), cache_dir=deno_cache))
    assert await other.ask(body) != first


async def test_environment(world: World) -> None:
    assert await world.ask("return [process.env.GREETING, process.env.HOME ?? null, Object.keys(process)]") == [
        "hello",
        None,
        ["env"],
    ]


async def test_console(world: World) -> None:
    result = await world.result(
        """
        console.log("it's", 'a "b"\\n', 1, -0, 2n, true, null, undefined, Symbol("s"));
        console.info([1, [2, [3]], , "x"], {a: 1, "b c": {d: []}}, []);
        console.warn(new Error("bad"), new Map([["k", {v: 1}]]), new Set([1]));
        console.warn(() => 1, function named() {}, class A {});
        console.error(new Date(0).toISOString(), /x/g, new (class Point { x = 1 })(), Object.create(null));
        console.debug({a: {b: {c: {d: {e: {f: 1}}}}}});
        const loop = {}; loop.self = loop; console.log(loop);
        console.log(new Uint8Array([1, 2]), new ArrayBuffer(3));
        console.assert(1 === 1, "no"); console.assert(false, "yes"); console.count(); console.time("t"); console.log();
        """
    )
    assert result.log_lines == (
        "[LOG] 'it\\'s' 'a \"b\"\\n' 1 -0 2n true null undefined Symbol(s)",
        "[INFO] [ 1, [ 2, [ 3 ] ], , 'x' ] { a: 1, 'b c': { d: [] } } []",
        "[WARN] [Error: bad] Map (1) {'k' => { v: 1 }} Set (1) {1}",
        "[WARN] [Function (anonymous)] [Function: named] [Function: A]",
        "[ERROR] '1970-01-01T00:00:00.000Z' /x/g Point { x: 1 } [Object: null prototype] {}",
        "[DEBUG] { a: { b: { c: { d: { e: [Object] } } } } }",
        "[LOG] { self: [Circular] }",
        "[LOG] Uint8Array [ 1, 2 ] ArrayBuffer { byteLength: 3 }",
        "[ERROR] Assertion failed 'yes'",
        "[INFO] 'default: 1'",
        "[LOG] ",
    )


async def test_log_limits(world: World) -> None:
    many = (await world.result("for (let i = 0; i < 1000; i++) console.log(i)")).log_lines
    assert many[:2] == ("[LOG] 0", "[LOG] 1") and many[255] == "[LOG] 255"
    assert many[256:] == ("[ERROR] Log overflow (maximum 256). Remaining log lines omitted.",)
    (line,) = (await world.result("console.log('x'.repeat(100000))")).log_lines
    assert line.endswith(" (truncated due to length)") and len(line) == len("[LOG] ") + 32768


async def test_logs_survive_a_failure(world: World) -> None:
    assert (await world.failure("console.log('before'); throw new Error('x')")).log_lines == ("[LOG] 'before'",)
    assert (await world.failure("console.log('before'); for (;;);")).log_lines == ("[LOG] 'before'",)


async def test_web_globals(world: World) -> None:
    assert await world.ask(
        "const u = new URL('../x?q=a b#h', 'https://user@Example.com:443/a/b/c');"
        "const p = new URLSearchParams('a=1&b=%C3%BC+x'); p.append('c', '&');"
        "return [u.href, u.host, u.origin, u.searchParams.get('q'), p.get('b'), p.toString(), atob('aGk='), btoa('hi'),"
        " new TextDecoder().decode(new TextEncoder().encode('h\u00fc€😀')), structuredClone({a: [1n, new "
        "Date(5)]}).a[0],"
        " new TextEncoder().encode('€').length, new TextDecoder().decode(new Uint8Array([255, 65])), "
        "URL.canParse('nope')]"
    ) == [
        "https://user@example.com/a/x?q=a%20b#h", "example.com", "https://example.com", "a b", "ü x",
        "a=1&b=%C3%BC+x&c=%26", "hi", "aGk=", "hü€😀", {"$integer": "AQAAAAAAAAA="}, 3, "\ufffdA", False,
    ]  # fmt: skip


async def test_what_queries_cannot_use(world: World) -> None:
    advice = (
        " in queries and mutations. Please consider using an action. "
        "See https://docs.convex.dev/functions/actions for more details."
    )
    found = await world.complaints(
        ["fetch('http://127.0.0.1')", "setTimeout(() => 1, 0)", "setInterval(() => 1)", "crypto.randomUUID()",
         "crypto.getRandomValues(new Uint8Array(1))", "crypto.subtle.digest('SHA-256', new Uint8Array(1))"]
    )  # fmt: skip
    things = [
        "fetch()",
        "setTimeout",
        "setInterval",
        "crypto.randomUUID()",
        "crypto.getRandomValues",
        "crypto.subtle.digest",
    ]
    assert found == [f"Can't use {thing}{advice}" for thing in things]


async def test_run_query(world: World) -> None:
    result = await world.result(
        "return [await ctx.runQuery('notes:double', {x: 4}), await ctx.runQuery('notes:hidden'), await "
        "ctx.runQuery('notes'),"
        " await ctx.runQuery({[Symbol.for('functionName')]: 'notes.js:count'}), await ctx.runQuery('notes:name', {})]"
    )
    assert result.value == [
        8, "red", "default", 10,
        {"name": "notes:name", "componentPath": "", "type": "query", "visibility": "internal"},
    ]  # fmt: skip
    assert result.log_lines == ("[LOG] 'counting'",)
    assert await world.complaints(
        [
            "await ctx.runQuery('notes:nope')",
            "await ctx.runQuery('nowhere:x')",
            "await ctx.runQuery('notes:send', {})",
            "await ctx.runQuery('notes:count', 5)",
            "await ctx.runQuery({})",
            "await ctx.runQuery('notes:count', {}, {useStaleSnapshot: true})",
        ]
    ) == [
        'Couldn\'t find "nope" in module "notes.js".',
        "Could not find function for 'nowhere:x'. Did you forget to run `npx convex dev`?",
        "Trying to execute notes:send as Query, but it is defined as Mutation.",
        "The arguments to a Convex function must be an object. Received: 5",
        "[object Object] is not a functionReference",
        "`useStaleSnapshot` is only supported in mutations, not queries.",
    ]
    (wrong,) = await world.complaints(["await ctx.runQuery('notes:double', {x: 'four'})"])
    assert wrong == (
        'ArgumentValidationError: Value does not match validator.\nPath: .x\nValue: "four"\nValidator: v.float64()'
    )
    assert await world.ask(
        "try { await ctx.runQuery('notes:refuse') } catch (e) { return [e.message, e.data.code === 7n, e.name] }"
    ) == ['Uncaught ConvexError: {"code":"7n"}', True, "ConvexError"]
    assert "Maximum call depth exceeded (limit: 8)" in await world.complaint(
        "await ctx.runQuery('notes:forever', {depth: 1})"
    )
    assert "Could not find function" in await world.complaint("await ctx.runQuery('notes:count')", "widgets")


async def test_calling_a_deployed_function(world: World) -> None:
    call = world.engine.call
    assert (await call("notes:double", {"x": 2.0})).value == 4
    assert (await call("notes.js:double", {"x": 2.0})).value == 4
    assert (await call("notes", {})).value == "default"
    assert (await call("notes:count", {})).log_lines == ("[LOG] 'counting'",)
    assert (await call("notes:whoami", {})).value is None
    identity: JsonObject = {"tokenIdentifier": "a|b", "issuer": "a", "subject": "b", "name": "Ann"}
    assert (await call("notes:whoami", {}, identity=identity)).value == identity
    assert (await call("notes:hidden", {})).value == "red"
    with pytest.raises(QueryFailedError, match="Could not find public function for 'notes:hidden'"):
        await call("notes:hidden", {}, internal=False)
    with pytest.raises(QueryFailedError, match=r"Could not find function for 'no:x'\. Did you forget"):
        await call("no:x", {})
    with pytest.raises(QueryFailedError, match="missing the required field `x`"):
        await call("notes:double", {})
    with pytest.raises(QueryFailedError, match="extra field `y`"):
        await call("notes:double", {"x": 1.0, "y": 2.0})
    for name in ("notes:send", "notes:mail"):
        with pytest.raises(ReadonlyError, match="offline"):
            await call(name, {})
    for path in ("../x:y", "a:b:c", "", "/etc/passwd"):
        with pytest.raises(RequestRejectedError) as rejected:
            await call(path, {})
        assert rejected.value.code == "BadConvexFunctionIdentifier"
    with pytest.raises(QueryFailedError, match=r"ReturnsValidationError: Value does not match validator\.\nValue: 5"):
        await call("notes:wrong", {})
    with pytest.raises(QueryFailedError) as refused:
        await call("notes:refuse", {})
    assert refused.value.data == {"code": {"$integer": "BwAAAAAAAAA="}}


async def test_a_clock_that_goes_on_between_queries(world: World, deno_cache: Path) -> None:
    ticks = iter([1000.0, 2000.0])
    moving = dataclasses.replace(dataset(), clock=lambda: next(ticks))
    engine = World(Engine(moving, cache_dir=deno_cache))
    assert [await engine.ask("return Date.now()") for _ in range(2)] == [1000, 2000]

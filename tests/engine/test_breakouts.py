"""What crosses between a query, the runtime and the host: results that lie, patched builtins that reach for messages,
what is left over after the answer, data that a query may not read, sources that pretend. Each ends in a clear error, or
proves that nothing is there.
"""

from __future__ import annotations

import json

import pytest

from tests.engine.attempts import NO_EVAL, NO_MEMORY, TIMED_OUT, Attempt, Guarded
from tests.engine.world import FILES, GADGETS, IMPORT, World, note_id

ID, FILE = note_id(1), note_id(1, FILES)
GADGET = '{"op":"get","component":"widgets","table":null,"id":"%s","system":false}' % note_id(1, GADGETS)  # noqa: UP031
RANGE = "ctx.db.query('notes').withIndex('by_creation_time', (q) => q.gt('_creationTime'"
OVERFLOW = "Maximum call stack size exceeded"
NO_MODULE = "Couldn't find JavaScript module"
SYSTEM = r"System tables can only be accessed"

ATTEMPTS = [
    # Builtins that the runtime might use while it asks
    Attempt(
        "species of promises",
        "let seen = 0; class Spy extends Promise { constructor(f) { super(f); seen++; this.spied = true } };"
        f"Promise.prototype.constructor = Spy; const p = ctx.db.get('{ID}'); await p; return p.spied === undefined",
        value=True,
    ),
    Attempt(
        "a setter that sees the queue",
        "Object.defineProperty(Array.prototype, 0, {set() {}, configurable: true});"
        f"return await ctx.db.get('{ID}')",
        "Returned promise will never resolve",
    ),
    Attempt(
        "a request rewritten in the queue",
        f"""
        Object.defineProperty(Array.prototype, 0, {{configurable: true, set(item) {{
          Object.defineProperty(this, 0, {{value: item, writable: true, configurable: true, enumerable: true}});
          if (item?.text) item.text = {json.dumps(GADGET)};
        }}}});
        return await ctx.db.get('{ID}')
        """,
        "malformed message",
    ),
    Attempt(
        "an answer forged in the queue",
        "Object.defineProperty(Array.prototype, 0, {configurable: true, set(item) {"
        f"item?.resolve?.({{ok: {{number: 99}}}}) }}}}); return await ctx.db.get('{ID}')",
        "malformed message",
    ),
    Attempt(
        "an error for every answer",
        "Object.defineProperty(Object.prototype, 'error', {get: () => 'forged', configurable: true});"
        f"return await ctx.db.get('{ID}')",
        "Uncaught Error: forged",
    ),
    Attempt(
        "everything frozen",
        "for (const o of [Object, Array, Promise, Function]) Object.freeze(o.prototype); Object.freeze(globalThis);"
        f"return (await ctx.db.get('{ID}')).number",
        value=1,
    ),
    Attempt(
        "a global that knows every name",
        "Object.setPrototypeOf(globalThis, new Proxy({}, {has: () => true, get: (t, k) => k}));"
        f"return [String(Deno), String(bridge), (await ctx.db.get('{ID}')).number]",
        value=["Deno", "bridge", 1],
    ),
    Attempt(
        "internals under symbols and odd names",
        "const found = []; for (let o = globalThis; o; o = Object.getPrototypeOf(o)) found.push(...Reflect.ownKeys(o));"
        "const odd = /deno|node|bridge|internal|primordial|host|__boot/i;"
        "return found.filter((k) => typeof k === 'symbol' || odd.test(k))",
        value=[],
    ),
    # Values that lie
    Attempt("toJSON on the value", "return {toJSON() { return 5 }}", "is not a supported Convex type"),
    Attempt("toJSON on everything", "Object.prototype.toJSON = () => 5; return {a: 1}", "malformed message"),
    Attempt(
        "a proxy that invents fields",
        "const d = {value: 1, enumerable: true, configurable: true};"
        "return new Proxy({}, {ownKeys: () => ['a'], getOwnPropertyDescriptor: () => d, get: (t, k) => k + '!'})",
        value={"a": "a!"},
    ),
    Attempt("an array as long as it says", "return new Proxy([], {get: (t, k) => k === 'length' ? 1e9 : 1})",
            TIMED_OUT),
    Attempt("a sparse array", "return new Array(2 ** 32 - 1)", "Invalid string length"),
    Attempt(
        "bytes of another length",
        "return new (class extends ArrayBuffer { get byteLength() { return 1e9 } })(8)",
        "return value is too large",
    ),
    Attempt(
        "bytes that grow while they are read",
        "const b = new ArrayBuffer(1, {maxByteLength: 2}); return {get a() { b.resize(2); return 1 }, b}",
        value={"a": 1, "b": {"$bytes": "AAA="}},
    ),
    Attempt("bytes that are gone", "const b = new ArrayBuffer(8); b.transfer(); return b", "detached ArrayBuffer"),
    Attempt("__proto__ as a field", """return JSON.parse('{"__proto__": {"a": 1}}')""", value={"__proto__": {"a": 1}}),
    Attempt("an encoded value", "return {$integer: 'AAAAAAAAAAA='}", "starts with a '\\$', which is reserved"),
    Attempt("a value without end", "const a = {}; a.a = a; return a", OVERFLOW),
    Attempt("a value without bottom", "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a", OVERFLOW),
    Attempt(
        "a proxy in a log",
        "console.log(new Proxy({}, {getPrototypeOf() { throw new Error('trap') }})); return 1",
        "Uncaught Error: trap",
    ),
    # After the answer
    Attempt("a loop that goes on", "(async () => { for (;;) await null })(); return 1", value=1),
    Attempt("questions that go on", f"(async () => {{ for (;;) await ctx.db.get('{ID}') }})(); return 1", value=1),
    Attempt("a rejection that nobody awaits", "Promise.reject(new Error('later')); return 1", value=1),
    Attempt("an error in a microtask", "queueMicrotask(() => { throw new Error('later') }); return 1", value=1),
    Attempt("two answers", "return {then(answer) { answer(1); answer(2); throw 3 }}", value=1),
    Attempt(
        "code run by the garbage collector",
        "const r = new FinalizationRegistry(() => { throw 1 });"
        "for (let i = 0; i < 1e5; i++) r.register({}, i); await null; return 1",
        value=1,
    ),
    # Sources that pretend
    Attempt("out of the handler", "}) } ; globalThis.out = 1; (() => { ({ handler: () => {", "Unexpected token '\\)'"),
    Attempt("out of the handler, whole", "return 1 } }); console.log('out'); ({ a() { return 2", value=1),
    Attempt("a hashbang", f"#!/usr/bin/env sh\n{IMPORT}export default query(() => 1)", value=1),
    Attempt("HTML comments", "return 1 <!-- x", "HTML comments are not allowed in modules"),
    Attempt("sloppy mode", "with ({}) { return 1 }", "Strict mode code may not include a with statement"),
    Attempt("sloppy this", "return (function () { return typeof this })()", value="undefined"),
    Attempt("addresses in comments", "return 1\n//# sourceMappingURL=http://127.0.0.1:@PORT@/map\n", value=1),
    Attempt(
        "the name of another file",
        f"{IMPORT}export default query(() => {{ throw new Error('x') }})\n//# sourceURL=http://127.0.0.1:@PORT@/x.js",
        "Uncaught Error: x\n\\Z",
    ),
    Attempt("import with attributes", "import x from 'data:application/json,1' with {type: 'json'}; export default x",
            NO_MODULE),
    Attempt("import of a text", "import x from 'file:///etc/passwd' with {type: 'text'}; export default x", NO_MODULE),
    Attempt("import of bytes", "import x from '/etc/passwd' with {type: 'bytes'}; export default x", NO_MODULE),
    Attempt("import source", "import source x from 'file:///x.wasm'; export default x", NO_MODULE),
    Attempt("import defer", "import defer * as x from 'http://127.0.0.1:@PORT@/'; export default x", NO_MODULE),
    Attempt("export from", "export * from 'node:fs'; export default 1", f"{NO_MODULE} 'node:fs'"),
    Attempt("dynamic import with attributes",
            "await import('http://127.0.0.1:@PORT@/x.json', {with: {type: 'json'}})", "dynamic import"),
    # Exhaustion
    Attempt("BigInt of any size", "let x = 3n; for (;;) x *= x", TIMED_OUT),
    Attempt("BigInt in memory", "return 1n << 2n ** 29n", NO_MEMORY, seconds=20),
    Attempt("backtracking to a group", "return /(a*)*\\1b/.test('a'.repeat(1e5))", TIMED_OUT),
    Attempt("sorting what is not there", "return Array(2 ** 32 - 2).sort()", TIMED_OUT),
    Attempt("ranges without end", f"for (;;) try {{ await {RANGE}, 0)).collect() }} catch {{}}", TIMED_OUT),
    Attempt("keys without end", "return new Proxy({}, {ownKeys: () => Array.from({length: 1e7}, (_, i) => 'k' + i)})",
            NO_MEMORY, seconds=20),
    Attempt("a huge key", f"await {RANGE}, 'x'.repeat(1e7))).collect()",
            r"What is asked of the database is too large \(limit: 1 MiB\)"),
    Attempt(
        "huge keys at once",
        f"const ask = () => {RANGE}, 'ü'.repeat(9e5))).collect();"
        "return (await Promise.all([ask(), ask(), ask(), ask(), ask(), ask()])).flat()",
        value=[],
    ),
    Attempt(
        "a filter without bottom",
        "await ctx.db.query('notes').filter((q) => {"
        "let e = true; for (let i = 0; i < 1e5; i++) e = q.not(e); return e }).collect()",
        OVERFLOW,
    ),
]  # fmt: skip

CAUGHT = [
    # Code from strings, once more
    ("Reflect.construct(Function, ['return 1'])()", NO_EVAL.removeprefix("Uncaught EvalError: ")),
    ("return (0, eval)('1')", "Code generation from strings disallowed"),
    ("(async function* () {}).constructor('yield 1')", "Code generation from strings disallowed"),
    ("Function.prototype.constructor.call({}, 'return this')", "Code generation from strings disallowed"),
    ("setTimeout('1', 0)", "Can't use setTimeout"),
    ("Object.defineProperty(Error, 'prepareStackTrace', {value: (e, frames) => frames})", "Cannot redefine property"),
    ("TypeError.prepareStackTrace = (e, frames) => frames; null.x", "read only property 'prepareStackTrace'"),
    ("(function () { return arguments.callee })()", "may not be accessed on strict mode functions"),
    ("(function f() { return f.caller })()", "may not be accessed on strict mode functions"),
    # Limits of the language itself
    ("return 2n ** (2n ** 40n)", "Maximum BigInt size exceeded"),
    ("return 'x'.padEnd(2 ** 30)", "Invalid string length"),
    ("return new Array(2 ** 32 - 1).join('xxxx')", "Invalid string length"),
    ("return new RegExp('('.repeat(1e6))", "Invalid regular expression"),
    ("let a = []; for (let i = 0; i < 1e5; i++) a = [a]; structuredClone(a)", OVERFLOW),
    # Data that is another's
    ("await ctx.db.query('_storage').collect()", SYSTEM),
    ("await ctx.db.query('_modules').collect()", SYSTEM),
    (f"await ctx.db.get('{FILE}')", SYSTEM),
    (f"return ctx.db.normalizeId('_storage', '{FILE}')", SYSTEM),
    (f"await ctx.db.get('empty', '{ID}')", 'expected to be an Id<"empty">, got Id<"notes"> instead'),
    ("await ctx.db.query('widgets/gadgets').collect()", "Invalid table name"),
    ("await ctx.db.query('../widgets:gadgets').collect()", "Invalid table name"),
    ("await ctx.db.query(`notes'; DROP TABLE documents; --`).collect()", "Invalid table name"),
    ("await ctx.db.query('notes').withIndex(`by_tag'; --`).collect()", "Index notes.by_tag'; -- not found"),
    ("await ctx.runQuery('widgets/notes:count', {})", "Could not find function"),
    ("await ctx.runQuery('_system/cli/tables', {})", "Could not find function"),
    ("await ctx.runQuery('../../etc/passwd:default', {})", "is not a valid path to a Convex function"),
    ("await ctx.runQuery('notes.js/../lib/helper:twice', {})", "is not a valid path to a Convex function"),
    ("await ctx.runQuery({[Symbol.for('functionName')]: 'notes:send'}, {})", "it is defined as Mutation"),
    ("await ctx.runAction('notes:mail', {})", "is not a function"),
    ("await ctx.storage.store(new Uint8Array())", "is not a function"),
    ("await ctx.vectorSearch('notes', 'by_vector', {})", "is not a function"),
]
"""Bodies that harm nobody after them, so one query can try them all, and what each is told."""

NAMES = """
    window self global Buffer module exports __dirname navigator location caches indexedDB localStorage sessionStorage
    BroadcastChannel MessageChannel SharedWorker importScripts print read load quit d8 gc alert confirm close Blob File
    Response Request Headers FormData WebTransport postMessage reportError setImmediate __bootstrap primordials
    internalBinding Event EventTarget AbortController WebSocketStream Deno Worker WebAssembly SharedArrayBuffer Atomics
    ShadowRealm Temporal require bridge
"""


def test_the_attempts_differ() -> None:
    assert len(ATTEMPTS) + len(CAUGHT) >= 80
    assert len({attempt.name for attempt in ATTEMPTS}) == len(ATTEMPTS)


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.name)
async def test_breakout(guarded: Guarded, attempt: Attempt) -> None:
    await guarded.withstands(attempt)


async def test_refusals_one_after_another(world: World) -> None:
    told = await world.complaints([body for body, _ in CAUGHT])
    assert [body for (body, text), said in zip(CAUGHT, told, strict=True) if text not in said] == [], told


async def test_names_of_other_runtimes_mean_nothing(world: World) -> None:
    asked = ", ".join(f"{name}: typeof {name}" for name in NAMES.split())
    assert set((await world.ask(f"return {{{asked}}}")).values()) == {"undefined"}


async def test_no_clock_moves(world: World) -> None:
    """A query cannot time what it does, whichever way it asks what time it is."""
    body = """
    const at = Date.now(), text = new Intl.DateTimeFormat('en', {dateStyle: 'full', timeStyle: 'full'});
    for (let i = 0; i < 1e6; i++);
    const now = new Date();
    const clocks = [now, new (class extends Date {})(), Reflect.construct(Date, []), new now.constructor()];
    return [
      ...clocks.map((each) => each.getTime() - at), Date.parse(Date()) - at, performance.now(),
      text.format() === text.format(at), text.formatToParts().map((p) => p.value).join('') === text.format(at),
      text.resolvedOptions().timeZone,
    ]
    """
    assert await world.ask(body) == [0, 0, 0, 0, 0, 0, True, True, "UTC"]


async def test_nothing_tells_of_this_machine(world: World) -> None:
    stack = await world.ask("Error.stackTraceLimit = Infinity; const f = (n) => n ? f(n - 1) : new Error('x').stack; "
                            "return f(30)")  # fmt: skip
    assert not [part for part in ("/home", "/root", "/tmp", "/usr", "file:", "site-packages", "ext:") if part in stack]
    assert await world.ask("return [Object.keys(import.meta), typeof import.meta.resolve]") == [[], "undefined"]


async def test_another_component_is_another_world(world: World) -> None:
    assert await world.ask(f"return await ctx.db.get('{ID}')", "widgets") != await world.ask(
        f"return await ctx.db.get('{ID}')"
    )
    assert await world.ask("return Object.keys(process.env)", "widgets") == []

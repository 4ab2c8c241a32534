"""Attempts to write, to get out, to hang or to flood: each ends in a clear error, or proves that nothing is there."""

from __future__ import annotations

import pytest

from tests.engine.attempts import NO_EVAL, NO_MEMORY, NOT_A_FUNCTION, TIMED_OUT, Attempt, Guarded
from tests.engine.world import IMPORT, note_id

ID = note_id(1)

ATTEMPTS = [
    # Writes
    Attempt("insert", "await ctx.db.insert('notes', {})", NOT_A_FUNCTION),
    Attempt("patch", f"await ctx.db.patch('{ID}', {{number: 0}})", NOT_A_FUNCTION),
    Attempt("replace", f"await ctx.db.replace('{ID}', {{}})", NOT_A_FUNCTION),
    Attempt("delete", f"await ctx.db.delete('{ID}')", NOT_A_FUNCTION),
    Attempt("table writer", f"await ctx.db.table('notes').delete('{ID}')", NOT_A_FUNCTION),
    Attempt("scheduler", "await ctx.scheduler.runAfter(0, 'x:y')", "Cannot read properties of undefined"),
    Attempt("storage delete", "await ctx.storage.delete('x')", NOT_A_FUNCTION),
    Attempt("run a mutation", "await ctx.runMutation('notes:send', {})", NOT_A_FUNCTION),
    Attempt("mutation by runQuery", "await ctx.runQuery('notes:send', {})", "as Query, but it is defined as Mutation"),
    Attempt("raw syscall", "await Convex.asyncSyscall('1.0/insert', '{}')", "Unknown async operation 1.0/insert"),
    Attempt("raw sync syscall", "Convex.syscall('1.0/queryStream', '{}')", "Unknown operation 1.0/queryStream"),
    Attempt("raw js syscall", "Convex.jsSyscall('storage/storeBlob', {})", "Unknown operation storage/storeBlob"),
    Attempt(
        "change a document in place",
        f"(await ctx.db.get('{ID}')).number = 99; return (await ctx.db.get('{ID}')).number",
        value=1,
    ),
    # Imports
    Attempt("import node:fs", "import fs from 'node:fs'; export default "
                              "fs", "Couldn't find JavaScript module 'node:fs'"),
    Attempt("import a file", "import x from 'file:///etc/passwd'; export default x", "Couldn't find JavaScript module"),
    Attempt("import by http", "import x from 'http://127.0.0.1:@PORT@/x.js'; export default "
                            "x", "Couldn't find JavaScript module"),
    Attempt("import npm", "import x from 'npm:left-pad'; export default "
                          "x", "Couldn't find JavaScript module 'npm:left-pad'"),
    Attempt("import data", "import x from 'data:text/javascript,export default 1'; export default x", "Couldn't find"),
    Attempt("import the runtime", "import x from 'convex:/runtime/channel.js'; export default x", "Couldn't find"),
    Attempt("import upwards", "import x from '../../host.js'; export default "
                              "x", "Couldn't find JavaScript module 'host.js'"),
    Attempt("dynamic import", "await import('node:fs')", "dynamic import"),
    Attempt("dynamic import of the runtime", "await import('convex:/runtime/main.js')", "dynamic import"),
    Attempt("import.meta", "return Object.keys(import.meta)", value=[]),
    Attempt("require", "require('fs')", "require is not defined"),
    # Network, files, processes, environment
    Attempt("fetch", "await fetch('http://127.0.0.1:@PORT@/')", r"Can't use fetch\(\) in queries and mutations"),
    Attempt("WebSocket", "new WebSocket('ws://127.0.0.1:@PORT@')", "WebSocket is not defined"),
    Attempt("XMLHttpRequest", "new XMLHttpRequest()", "XMLHttpRequest is not defined"),
    Attempt("EventSource", "new EventSource('http://127.0.0.1:@PORT@')", "EventSource is not defined"),
    Attempt("Deno namespace", "return [typeof Deno, typeof globalThis.Deno]", value=["undefined", "undefined"]),
    Attempt("read a file", "Deno.readTextFileSync('/etc/passwd')", "Deno is not defined"),
    Attempt("child process", "new Deno.Command('id').outputSync()", "Deno is not defined"),
    Attempt("environment", "return Object.keys(process.env)", value=["CONVEX_CLOUD_URL", "GREETING"]),
    Attempt("process", "return [typeof process.exit, typeof process.binding, typeof process.getBuiltinModule]",
            value=["undefined"] * 3),
    Attempt("Worker", "new Worker('data:text/javascript,1')", "Worker is not defined"),
    Attempt("timers", "setTimeout(() => {}, 0)", "Can't use setTimeout in queries and mutations"),
    Attempt("WebAssembly", "return typeof WebAssembly", value="undefined"),
    Attempt("shared memory", "return [typeof SharedArrayBuffer, typeof Atomics]", value=["undefined", "undefined"]),
    Attempt("true clock", "return [typeof Temporal, Date.now() === new Date().getTime()]", value=["undefined", True]),
    Attempt("prompt", "prompt('?')", "prompt is not defined"),
    # Code from strings, and other realms
    Attempt("eval", "return eval('1')", NO_EVAL),
    Attempt("Function", "return new Function('return 1')()", NO_EVAL),
    Attempt("constructor's constructor", "return ctx.constructor.constructor('return this')()", NO_EVAL),
    Attempt("async function constructor", "return (async () => {}).constructor('return 1')()", NO_EVAL),
    Attempt("generator constructor", "return (function* () {}).constructor('yield 1')().next()", NO_EVAL),
    Attempt("global's constructor", "return globalThis.constructor.constructor('return Deno')()", NO_EVAL),
    Attempt("constructor of a host object", "return console.log.constructor('return Deno')()", NO_EVAL),
    Attempt("constructor of ctx's promise", "return ctx.db.get('x').constructor.constructor('return 1')()", NO_EVAL),
    Attempt("ShadowRealm", "return typeof ShadowRealm", value="undefined"),
    Attempt(
        "all objects are of this realm",
        f"""
        const foreign = [];
        const seen = new Set();
        const visit = (value, path) => {{
          if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
          seen.add(value);
          let root = value;
          for (let p = value; p !== null; p = Object.getPrototypeOf(p)) root = p;
          if (root !== Object.prototype && Object.getPrototypeOf(value) !== null) foreign.push(path);
          for (const key of Reflect.ownKeys(value)) {{
            const d = Reflect.getOwnPropertyDescriptor(value, key);
            for (const part of ['value', 'get', 'set']) if (d[part]) visit(d[part], `${{path}}.${{String(key)}}`);
          }}
          visit(Object.getPrototypeOf(value), `${{path}}.__proto__`);
        }};
        visit(globalThis, 'globalThis'); visit(ctx, 'ctx'); visit(await ctx.db.get('{ID}'), 'document');
        visit(ctx.db.query('notes'), 'query'); visit(await ctx.meta.getTransactionMetrics(), 'metrics');
        for (const f of [() => ctx.db.get('x'), () => ctx.db.query('notes').withIndex('no').collect(),
                         () => ctx.runQuery('no:no'), () => import('x'), () => null.x, () => eval('1')]) {{
          try {{ await f(); }} catch (error) {{ visit(error, 'error'); }}
        }}
        return foreign;
        """,
        value=[],
    ),
    Attempt(
        "stack frames as objects",
        "try { Error.prepareStackTrace = (e, frames) => frames; } catch {}"
        "const s = new Error('x').stack; return typeof s",
        value="string",
    ),
    Attempt(
        "errors at the end of the stack",
        """
        const found = [];
        const edge = () => { try { ctx.db.normalizeId('notes', 'x'); } catch (e) { found.push(e); } };
        const dig = () => { try { dig(); } catch { edge(); } };
        dig();
        return found.filter((e) => !(e instanceof Error)).length;
        """,
        value=0,
    ),
    Attempt(
        "the caller of a callback",
        "let seen; await ctx.db.query('notes').filter(function f(q) { try { seen = f.caller } catch (e) { seen "
        "= e.name };"
        " return true }).first(); return String(seen)",
        value="TypeError",
    ),
    # Patched builtins: they may break the query itself, nothing else
    Attempt(
        "patched Promise",
        "const got = []; Promise.prototype.then = function (...a) { got.push(this.constructor !== Promise); };"
        f"await ctx.db.get('{ID}'); return got.some(Boolean)",
        value=False,
    ),
    Attempt(
        "patched JSON and Array",
        "const seen = []; JSON.parse = (x) => { seen.push(x); return []; };"
        "JSON.stringify = () => '[{\"op\":\"insert\"}]'; Array.prototype[Symbol.iterator] = function* () {};"
        f"return [(await ctx.db.get('{ID}')).number, seen.length]",
        value=[1, 0],
    ),
    Attempt(
        "patched Function.prototype.call",
        "let leaked = 0; Function.prototype.call = Function.prototype.apply = function () { leaked++; };"
        f"await ctx.db.get('{ID}'); return leaked",
        value=0,
    ),
    Attempt(
        "polluted Object.prototype",
        "Object.prototype.op = 'module'; Object.prototype.path = 'notes.js'; Object.prototype.then = undefined;"
        "return (await ctx.db.query('notes').take(2)).length",
        value=2,
    ),
    Attempt(
        "a limit raised by a setter",
        "Object.defineProperty(Object.prototype, 'documentsRead', {get: () => 0, set() {}});"
        "return (await ctx.db.query('notes').take(3)).length",
        value=3,
    ),
    Attempt(
        "another component's data",
        "const s = String.prototype; const real = JSON.stringify; JSON.stringify = () => '\"widgets\"';"
        "return (await ctx.db.query('gadgets').collect()).length",
        value=0,
    ),
    Attempt(
        "a page of infinite size",
        "Number.isInteger = () => true; return (await ctx.db.query('notes').take(Infinity)).length",
        value=10,
    ),
    Attempt(
        "a request within a request",
        "Number.isInteger = () => true; await ctx.db.query('gadgets').take("
        "{valueOf: () => 5, toString: () => '5,\"component\":\"widgets\"'})",
        "malformed message",
    ),
    Attempt("forged value", "Array.prototype.join = () => '{\"$integer\":5}'; return 1", "malformed message"),
    Attempt(
        "forged data of an error",
        "Object.prototype.toJSON = function () {"
        "return this?.status === undefined ? this : {status: 'failed', text: 'x', data: {$bytes: 1}} }; throw 1",
        "malformed message",
    ),
    Attempt("patched toWellFormed", "String.prototype.toWellFormed = () => { throw 5 }; throw 1", "ended unexpectedly"),
    Attempt("getter in the value", "return {get a() { return ctx.db.get('x') "
                                   "}}", "Promise .* is not a supported Convex type"),
    Attempt("Proxy as the value", "return new Proxy({}, {ownKeys() { throw new Error('trap') "
                                  "}})", "Uncaught Error: trap"),
    Attempt("Proxy as a range", "await ctx.db.query('notes').withIndex('by_tag', q => new Proxy(q, {})).collect()",
            "Uncaught TypeError"),
    Attempt("then on the value", "return {then(resolve) { resolve(5) }}", value=5),
    Attempt("then on the module", f"{IMPORT}export const then = (f) => f(); export default query(() => 1)", value=1),
    # Never ending
    Attempt("endless loop", "for (;;);", TIMED_OUT),
    Attempt("endless microtasks", "for (;;) await null", TIMED_OUT),
    Attempt("endless loop at import", f"for (;;); {IMPORT} export default query(() => 1)", TIMED_OUT),
    Attempt("backtracking", "return /^(a+)+$/.test('a'.repeat(40) + 'b')", TIMED_OUT),
    Attempt("endless getter", "return {get a() { for (;;); }}", TIMED_OUT),
    Attempt("endless toString", "throw {message: {toString() { for (;;); }}}", TIMED_OUT),
    Attempt("endless asking", f"for (;;) try {{ await ctx.db.get('{ID}') }} catch {{}}", TIMED_OUT),
    Attempt("endless streams", "for (;;) try { for await (const d of ctx.db.query('notes')) break } catch "
                               "{}", TIMED_OUT),
    Attempt("waiting for ever", "await new Promise(() => {})", "Returned promise will never resolve"),
    Attempt("deep recursion", "const f = () => f() + 1; f()", "Maximum call stack size exceeded"),
    # Memory and output
    Attempt("many strings", "const a = []; for (;;) a.push('x'.repeat(10000) + a.length)", NO_MEMORY, seconds=20),
    Attempt("many arrays", "const a = []; for (;;) a.push(new Array(10000).fill(a.length))", NO_MEMORY, seconds=20),
    Attempt("one array", "return new Array(3e7).fill(0)", NO_MEMORY, seconds=20),
    Attempt("many buffers", "const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1))", NO_MEMORY, seconds=20),
    Attempt("one buffer", "return new Uint8Array(8e9).length", NO_MEMORY, seconds=20),
    Attempt("growing buffer", "const b = new ArrayBuffer(1, {maxByteLength: 1e10}); b.resize(1e10); return "
                              "1", NO_MEMORY, seconds=20),
    Attempt("doubling string", "let s = 'x'; for (;;) s += s", NO_MEMORY, seconds=20),
    Attempt("bomb in a map", "const m = new Map(); for (let i = 0;; i++) m.set(i, {i})", NO_MEMORY, seconds=20),
    Attempt("huge value", "return Array.from({length: 20}, () => 'x'.repeat(1e6))", "return value is too large"),
    Attempt("escapes multiply", "return '\\0'.repeat(15e6)", value="\0" * 15_000_000, seconds=20),
    Attempt("huge log", "for (;;) console.log('x'.repeat(1e5))", TIMED_OUT),
    Attempt("huge error", "throw new Error('x'.repeat(1e7))", "Uncaught Error: x{60000}"),
    Attempt("getters in a log", "console.log({get a() { throw new Error('got') }})", "Uncaught Error: got"),
    # Strange things thrown
    Attempt("throw null", "throw null", "Uncaught null"),
    Attempt("throw a symbol", "throw Symbol.iterator", r"Uncaught Symbol\(Symbol.iterator\)"),
    Attempt("throw a proxy", "throw new Proxy(function () {}, {get() { throw 1 }, has() { throw 2 "
                             "}})", "Uncaught #<Object>"),
    Attempt("throw at import", "throw new Proxy({}, {get() { throw 1 }})", "Uncaught #<Object>"),
    Attempt("forged frames in a log", "console.log('\\x00\\x00\\x00\\x05D{}')", value=None),
    Attempt("forged outcome", "return {status: 'done', size: 0}", value={"status": "done", "size": 0}),
]  # fmt: skip


def test_there_are_enough_attempts() -> None:
    assert len(ATTEMPTS) >= 60
    assert len({attempt.name for attempt in ATTEMPTS}) == len(ATTEMPTS)


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.name)
async def test_attempt(guarded: Guarded, attempt: Attempt) -> None:
    await guarded.withstands(attempt)

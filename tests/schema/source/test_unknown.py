"""What only running the program would tell is unknown, and no more than that."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitcn_repl.schema.source.values import Array, Record, Unknown
from tests.schema.source.evaluation import evaluated


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("{ a: 1, ...env, b: 2 }", {"a": 1, "b": 2, ...: ...}),
        ("{ a: env, b: 2 }", {"a": ..., "b": 2}),
        ("{ [env]: 1, b: 2 }", {"b": 2, ...: ...}),
        ("{ [`x_${env}`]: 1, b: 2 }", {"b": 2, ...: ...}),
        ("{ get a() { return 1 }, b: 2 }", {"a": ..., "b": 2}),
        ("[1, env, 2]", [1, ..., 2]),
        ("[1, ...env, 2]", [1, 2, ...]),
        ("[1, ...env].map((x) => x + 1)", [2, ...]),
        ("[1, 2].map((x) => (x > 1 ? env : x))", [1, ...]),
        ("[1, 2, 3].filter((x) => (x === 2 ? env : x > 2))", [3, ...]),
        ("[...env].length", ...),
        ("['a', env].join('')", ...),
        ("Object.keys({ a: 1, ...env })", ["a", ...]),
        ("Object.fromEntries([['a', 1], [env, 2], ['b', env]])", {"a": 1, "b": ..., ...: ...}),
        ("Object.assign({ a: 1 }, env, { b: 2 })", {"a": 1, "b": 2, ...: ...}),
        ("['a', 'b'].reduce((all, n) => ({ ...all, [n]: env }), {})", {"a": ..., "b": ...}),
        ("[...env, 'a'].reduce((all, n) => ({ ...all, [n]: 1 }), {})", {"a": 1, ...: ...}),
        ("env ? 1 : 2", ...),
        ("env || 1", ...),
        ("env && 1", ...),
        ("env ?? 1", ...),
        ("1 && env", ...),
        ("0 && env", 0),
        ("1 || env", 1),
        ("env === 'x'", ...),
        ("!env", ...),
        ("typeof env", ...),
        ("env + 'x'", ...),
        ("env.a.b[0]()", ...),
        ("env?.a", ...),
        ("({ a: 1, ...env }).a", 1),
        (
            "{ a: 1, b: 2, c: 3, ...(env ? { a: 1 } : env && (({ b: 0, d: 4 }))), c: 4 }",
            {"a": ..., "b": ..., "c": 4, ...: ...},
        ),
        ("({ a: 1, ...env }).b", ...),
        ("(({ a, ...rest }) => rest)({ a: 1, b: 2, ...env })", {"b": 2, ...: ...}),
        ("(([a, b]) => [a, b])([1, ...env])", [..., ...]),
        ("((a, ...rest) => [a, rest])(1, ...env)", [1, [...]]),
        ("new Set([1, ...env]).size", ...),
        ("[...new Set([1, ...env])]", [1, ...]),
        ("new Map([['a', 1], ...env]).get('a')", 1),
        ("new Map([['a', 1], ...env]).get('b')", ...),
        ("new Date()", ...),
        ("class {}", ...),
        ("'aab'.replace(/(a+)+b/, '_')", ...),
        ("'aab'.replace(/(?=a)/, '_')", ...),
        ("'\u00e4b'.replace(/b/, '_')", ...),
        ("'ab'.replace(/b/, env)", ...),
        ("'ab'.replace(/b/, () => env)", ...),
        ("'ab'.match(/b/)", ...),
        ("tag`x`", ...),
        ("this", ...),
        ("import.meta.url", ...),
        ("(async () => 1)()", ...),
        ("(function* () { yield 1 })()", ...),
        ("nowhere", ...),
        ("Math.random()", ...),
        ("JSON.parse('1')", ...),
        ("undefined.a", ...),
        ("null.a.b", ...),
        ("5()", ...),
        ("make(...env)", (...,)),
        ("make(env).on(env)", (..., "on", ...)),
    ],
)
def test_unknown_parts(tmp_path: Path, expression: str, wanted: object) -> None:
    program = f"import {{ make }} from 'lib'; const env: any = process.env.X; export default ({expression});"
    assert evaluated(tmp_path, program).plain == wanted


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("if (env) return 1; return 2;", ...),
        ("let x = 1; if (env) x = 2; return [x];", [...]),
        ("let x = 1; if (env) { const x = 2; } return [x];", [1]),
        ("const o = { a: 1 }; if (env) o.b = 2; return o;", {"a": 1, ...: ...}),
        ("const o = { a: 1 }; if (env) { o.a = 2 } else { o.c = 1 } return o;", {"a": ..., ...: ...}),
        ("const l = [1]; if (env) l.push(2); return l;", [1, ...]),
        ("const o = {}; if (env) Object.assign(o, { a: 1 }); return o;", {...: ...}),
        ("const o = { a: 1, b: 2 }; if (env) delete o.a; return o;", {"a": ..., "b": 2}),
        ("const o = { a: 1 }; delete o[env]; return o;", {"a": 1, ...: ...}),
        ("const o = { a: 1 }; o[env] = 2; return o;", {"a": 1, ...: ...}),
        ("const o = {}; for (const x of env) o[x] = 1; return o;", {...: ...}),
        ("const o = {}; for (const x of ['a', ...env]) o[x] = 1; return o;", {"a": 1, ...: ...}),
        ("const o = {}; for (const x in env) o[x] = 1; return o;", {...: ...}),
        ("const l = []; [1, ...env].forEach((x) => l.push(x)); return l;", [1, ...]),
        ("const l = []; while (env) { l.push(1) } return l;", [...]),
        ("const l = []; for (let i = 0; i < env; i++) { l.push(1) } return l;", [...]),
        ("const l = []; for (const x of [1, 2]) { if (x === env) break; l.push(x) } return l;", [...]),
        ("const l = []; for (const x of [1, 2]) { if (x === env) continue; l.push(x) } l.push(3); return l;", [3, ...]),
        ("for (const x of [1, 2]) { if (x === env) return x } return 3;", ...),
        ("const l = []; switch (env) { case 1: l.push(1); break; default: l.push(2) } return l;", [...]),
        ("let x = 1; switch (env) { case 1: x = 2; break; } const l = []; l.push(3); return [x, l];", [..., [3]]),
        ("const l = []; try { l.push(1); throw env } catch (e) { l.push(e) } return l;", [1, ...]),
        ("if (env) throw new Error('no'); return 1;", 1),
        ("const s = new Set(); if (env) s.add(1); return [...s];", [...]),
        ("const m = new Map(); if (env) m.set(1, 2); return [...m];", [...]),
        ("if (env) { make(1) } return make(2);", (2,)),
        ("let m = make(1); if (env) { m = m.on(2) } return [m];", [...]),
        ("const f = (x) => { if (env) return 1; o.n = x }; const o = { m: 1 }; f(2); return o;", {"m": 1, ...: ...}),
    ],
)
def test_what_may_not_happen(tmp_path: Path, body: str, wanted: object) -> None:
    program = f"import {{ make }} from 'lib'; const env: any = process.env.X; export default (() => {{ {body} }})();"
    assert evaluated(tmp_path, program).plain == wanted


def test_the_same_at_the_top_level(tmp_path: Path) -> None:
    program = "export const t = { a: 1 };\nif (process.env.MORE) {\n  t.b = 2;\n}\nexport default t;"
    result = evaluated(tmp_path, program)
    assert result.plain == {"a": 1, ...: ...}
    assert isinstance(result.value, Record)
    assert result.value.unknown[0].why == "it depends on the environment variable MORE"


def test_an_unknown_value_tells_where_it_is_from(tmp_path: Path) -> None:
    program = "import { a } from './other';\n\nexport default {\n  x: 1,\n  ...a,\n};"
    result = evaluated(tmp_path, program, other_ts="\nexport const a = JSON.parse('{}');")
    assert isinstance(result.value, Record)
    [unknown] = result.value.unknown
    assert unknown.why == "“JSON.parse” is not read (other.ts:2)"
    assert str(unknown.place) == "main.ts:5"


def test_an_unknown_value_has_its_own_place(tmp_path: Path) -> None:
    result = evaluated(tmp_path, "export default [\n  1,\n  new Date(),\n];")
    assert isinstance(result.value, Array)
    unknown = result.value.items[1]
    assert isinstance(unknown, Unknown)
    assert str(unknown.place) == "main.ts:3"

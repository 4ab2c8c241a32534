"""Functions of the source: scopes, parameters, factories; and what libraries get to know of calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.schema.source.evaluation import default_of


@pytest.mark.parametrize(
    ("program", "wanted"),
    [
        # Shadowing
        ("const user = 'table'; export default run((user) => user, 'parameter');", "parameter"),
        ("const user = 'table'; export default run(({ user }) => user, { user: 'part' });", "part"),
        ("const user = 'table'; export default run(() => { const user = 'local'; return user });", "local"),
        ("const user = 'table'; export default run(() => { { const user = 'inner' } return user });", "table"),
        ("const x = 1; export default run((y = x, x = 2) => [y, x]);", [1, 2]),
        ("const f = (x) => () => x; const x = 9; export default f(1)();", 1),
        ("function undefined2() { return make } export default run((make) => make(1), (n) => n + 1);", 2),
        ("export default run(function make(n) { return n ? make(n - 1) : 'own' }, 2);", "own"),
        ("export default run((Object) => Object.keys, { keys: 1 });", 1),
        ("const Object = { keys: 5 }; export default Object.keys;", 5),
        ("export default run(() => { return x; const x = 1 });", ...),
        ("const x = 0; export default run(() => { const y = x; const x = 1; return y });", ...),
        # Factories
        ("const column = (n = 'text') => make(n).notNull(); export default [column(), column('int')];",
         [("text", "notNull"), ("int", "notNull")]),
        ("const stamps = () => ({ at: make('t'), by: make('u') }); export default { a: 1, ...stamps() };",
         {"a": 1, "at": ("t",), "by": ("u",)}),
        ("const table = (name, cols) => make(name, { ...cols, at: 1 }); export default table('a', { b: 2 });",
         ("a", {"b": 2, "at": 1})),
        ("function of(name) { return function (cols) { return make(name, cols) } } export default of('a')({});",
         ("a", {})),
        ("const on = (...f) => make('i').on(...f); export default on('a', 'b');", ("i", "on", "a", "b")),
        ("const tables = Object.fromEntries(['a', 'b'].map((n) => [n, make(n)])); export default tables;",
         {"a": ("a",), "b": ("b",)}),
        ("const t = <T extends string>(n: T): { n: T } => ({ n } as const); export default t<'x'>('x');", {"n": "x"}),
        ("export default run((t: { id: string }, ...r: any[]) => [t?.id!, r.length], { id: 'i' }, 1);", ["i", 1]),
        ("const m = { make2(n) { return make(n) }, async later() {} }; export default m.make2(3);", (3,)),
        ("function f(this: void, a?: number, b: number = 2) { return [a, b] } export default f();", ["undefined", 2]),
        ("function f(): string; function f(a?: any) { return 'impl' } export default f();", "impl"),
        ("export default run((a, b) => [a, b], 1);", [1, "undefined"]),
        ("const o = make({ a: 1 }) satisfies unknown as any; export default (o)!;", ({"a": 1},)),
        # Types in every place
        ("const a: Record<string, number> = <any>{ x: 1 }; export default a;", {"x": 1}),
        ("export default make<string>('a').on<number>(1);", ("a", "on", 1)),
        ("type A = { b: number }; interface C {} declare const d: A; export default 1;", 1),
        ("abstract class K {} namespace N { export const a = 1 } export default [K, N];", [..., ...]),
        ("export default (/* a comment */ make(/* here */ 1 /* and */, // there\n 2));", (1, 2)),
        # What libraries see
        ("export default text(a.b ?? 1, (x) => x.y, ...['s'], 'q');", "a.b ?? 1|(x) => x.y|...['s']|'q'"),
        ("export default [place(),\n place(), make(\n)\n.on, {\n p: place() }];",
         ["main.ts:1", "main.ts:2", "Caller", {"p": "main.ts:5"}]),
        ("export default run((x) => make(x).\n on(place()), 1);", (1, "on", "main.ts:2")),
    ],
)  # fmt: skip
def test_functions(tmp_path: Path, program: str, wanted: object) -> None:
    assert default_of(tmp_path, f"import {{ make, place, run, text }} from 'lib'; {program}") == wanted


def test_a_callback_of_another_file_keeps_its_own_names(tmp_path: Path) -> None:
    program = "import { run } from 'lib'; import { f } from './other'; const x = 'main'; export default run(f, x);"
    other = "const x = 'other'; const y = 'y'; export const f = (a) => [a, x, y];"
    assert default_of(tmp_path, program, other_ts=other) == ["main", "other", "y"]


def test_entries_know_their_lines(tmp_path: Path) -> None:
    from kitcn_repl.schema.source.values import Record
    from tests.schema.source.evaluation import evaluated

    program = "const b = 1;\nexport default {\n  a: 1,\n  b,\n  ...{\n    c: 1 },\n};"
    value = evaluated(tmp_path, program).value
    assert isinstance(value, Record)
    assert {name: place.line for name, place in value.places.items()} == {"a": 3, "b": 4, "c": 6}

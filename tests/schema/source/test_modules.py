"""Imports, exports, and the order in which the files of a program come to their values."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.schema.source.evaluation import default_of, evaluated, write


@pytest.mark.parametrize(
    ("importing", "file"),
    [
        ("./other", "other.ts"),
        ("./other", "other.tsx"),
        ("./other", "other.mts"),
        ("./other", "other.js"),
        ("./other", "other/index.ts"),
        ("./other/", "other/index.ts"),
        ("./other.js", "other.ts"),
        ("./other.js", "other.tsx"),
        ("./other.mjs", "other.mts"),
        ("./other.ts", "other.ts"),
        ("./other.table", "other.table.ts"),
        ("./deep/../other", "other.ts"),
    ],
)
def test_a_relative_import_finds_its_file(tmp_path: Path, importing: str, file: str) -> None:
    write(tmp_path, {file: "export const a = 1;"})
    assert default_of(tmp_path, f"import {{ a }} from '{importing}'; export default a;") == 1


def test_typescript_wins_over_what_was_built_from_it(tmp_path: Path) -> None:
    write(tmp_path, {"other.js": "export const a = 'built';"})
    program = "import { a } from './other.js'; export default a;"
    assert default_of(tmp_path, program, other_ts="export const a = 'source';") == "source"


def test_the_folder_of_the_importing_file(tmp_path: Path) -> None:
    program = "import { c } from '.'; import { d } from '..'; export default [c, d];"
    write(
        tmp_path, {"deep/inner.ts": program, "deep/index.ts": "export const c = 1;", "index.ts": "export const d = 2;"}
    )
    assert default_of(tmp_path, "export { default } from './deep/inner';") == [1, 2]


@pytest.mark.parametrize(
    ("other", "clause", "wanted"),
    [
        ("export const a = 1", "{ a }", 1),
        ("const b = 1; export { b as a }", "{ a }", 1),
        ("export const b = 1", "{ b as a }", 1),
        ("export default 1", "a", 1),
        ("export default 1", "{ default as a }", 1),
        ("const b = 1; export { b as default }", "a", 1),
        ("const b = 1; export default b", "a", 1),
        ("export default { x: 1 }", "a", {"x": 1}),
        ("export default function f() {}", "a", "function"),
        ("export default () => 1", "a", "function"),
        ("export function a() {}", "{ a }", "function"),
        ("export enum a { X, Y = 'y' }", "{ a }", {"0": "X", "X": 0, "Y": "y"}),
        ("export const { a, ...rest } = { a: 1, b: 2 }", "{ a, rest }", 1),
        ("export const { x: [a = 5] } = { x: [] }", "{ a }", 5),
        ("export let a: number; a = 3", "{ a }", 3),
        ("export const x = 0, a = 1", "{ a }", 1),
        ("const b = 1; export { b as 'a b' }", "{ 'a b' as a }", 1),
        ("export const c = 3, a = 1; export default 2", "* as a", {"a": 1, "c": 3, "default": 2}),
        ("export default 2; export const b = 1", "d, { b as a }", 1),
        ("export const b = 1", "d, * as a", {"b": 1}),
        ("export const a = 1; export type T = typeof a; export interface I {}", "{ a, type T, I }", 1),
    ],
)
def test_every_form_of_import_and_export(tmp_path: Path, other: str, clause: str, wanted: object) -> None:
    assert default_of(tmp_path, f"import {clause} from './other'; export default a;", other_ts=other) == wanted


@pytest.mark.parametrize(
    "middle",
    [
        "export * from './other'",
        "export { a } from './other'",
        "export { b as a } from './other'",
        "import { a } from './other'; export { a }",
        "import { a as c } from './other'; export { c as a }",
        "import * as ns from './other'; export const a = ns.a",
        "import * as ns from './other'; export const { a } = ns",
        "export * as inner from './other'; import { inner } from './middle'; export const a = inner.a",
        "export * from './missing-types'; export * from './other'",
    ],
)
def test_reexports(tmp_path: Path, middle: str) -> None:
    program = "import { a } from './middle'; export default a;"
    other = "export const a = 'x'; export const b = 'x';"
    write(tmp_path, {"missing-types.ts": "export type T = 1;"})
    assert default_of(tmp_path, program, middle_ts=middle, other_ts=other) == "x"


def test_a_namespace_has_the_names_of_stars_but_not_their_default(tmp_path: Path) -> None:
    program = "import * as all from './middle'; export default { ...all };"
    middle = "export * from './other'; export * as z from './other'; export const b = 'own';"
    other = "export const b = 'hidden'; export const a = 1; export default 9;"
    found = default_of(tmp_path, program, middle_ts=middle, other_ts=other)
    assert found == {"a": 1, "b": "own", "z": {"a": 1, "b": "hidden", "default": 9}}
    assert isinstance(found, dict)
    assert list(found) == ["a", "b", "z"]


def test_a_namespace_is_in_alphabetical_order(tmp_path: Path) -> None:
    program = "import * as all from './other'; export default Object.keys(all);"
    other = "export const user = 1, post = 2; export const _x = 3, Zed = 4;"
    assert default_of(tmp_path, program, other_ts=other) == ["Zed", "_x", "post", "user"]


def test_types_are_not_imported(tmp_path: Path) -> None:
    program = """
        import type { A } from './nowhere';
        import { type B } from './nowhere-else';
        import type * as C from './nowhere';
        export type { D } from './nowhere';
        export { type E } from './nowhere';
        export default 1;
    """
    assert default_of(tmp_path, program) == 1


def test_what_nothing_reads_is_not_loaded(tmp_path: Path) -> None:
    program = "import { a } from './missing'; import { b } from './other'; export default () => [a, b];"
    result = evaluated(tmp_path, program, other_ts="export const b = 1;")
    assert result.plain == "function"
    assert result.problems == []
    assert result.files == ["main.ts"]


def test_names_are_bound_when_they_are_read(tmp_path: Path) -> None:
    program = """
        import { run } from 'lib';
        const early = { get: () => late };
        const late = 'late';
        export default run(early.get);
    """
    assert default_of(tmp_path, program) == "late"


def test_circular_imports(tmp_path: Path) -> None:
    program = "import { b } from './other'; export const a = 1; export default b();"
    other = "import { a } from './main'; export const b = () => ['b', a];"
    assert default_of(tmp_path, program, other_ts=other) == ["b", 1]


def test_circular_imports_through_namespaces(tmp_path: Path) -> None:
    program = "import * as other from './other'; export const a = 1; export default other.b;"
    other = "import * as main from './main'; export const b = main.a; export const c = () => main.default;"
    assert default_of(tmp_path, program, other_ts=other) == 1


def test_circular_reexports(tmp_path: Path) -> None:
    program = "import { x, y } from './other'; export * from './other'; export const x = 1; export default [x, y];"
    result = evaluated(tmp_path, program, other_ts="export * from './main'; export { y } from './main';")
    assert result.plain == [1, ...]


def test_a_value_that_needs_itself_is_unknown(tmp_path: Path) -> None:
    result = evaluated(tmp_path, "const a = [b]; const b = { x: a, y: 1 }; export default b;")
    assert result.plain == {"x": [...], "y": 1}


def test_a_missing_file_is_a_problem_where_it_is_imported(tmp_path: Path) -> None:
    result = evaluated(
        tmp_path, "import { a } from './missing';\nimport {\n b } from './gone';\nexport default [a, b, 1];"
    )
    assert result.plain == [..., ..., 1]
    assert [(problem.message, str(problem.place)) for problem in result.problems] == [
        ("“./missing” is not found.", "main.ts:1"),
        ("“./gone” is not found.", "main.ts:3"),
    ]


def test_a_missing_export_is_a_problem(tmp_path: Path) -> None:
    result = evaluated(tmp_path, "import { b } from './other';\nexport default b;", other_ts="export const a = 1;")
    assert result.plain is ...
    assert [str(problem.place) for problem in result.problems] == ["main.ts:1"]
    assert result.problems[0].message == "“other.ts” exports no “b”."


def test_a_package_that_is_not_known_is_no_problem(tmp_path: Path) -> None:
    result = evaluated(tmp_path, "import { z } from 'zod';\nexport default { a: z.string(), b: 1 };")
    assert result.plain == {"a": ..., "b": 1}
    assert result.problems == []


def test_stars_of_what_is_not_read_leave_their_names_open(tmp_path: Path) -> None:
    program = "import * as all from './other'; export default [all.a, all.b, { ...all }];"
    result = evaluated(tmp_path, program, other_ts="export * from 'zod'; export const a = 1;")
    assert result.plain == [1, ..., {"a": 1, ...: ...}]
    assert result.problems == []


def test_a_library(tmp_path: Path) -> None:
    program = "import { make as m } from 'lib'; import * as lib from 'lib'; export default [m(1), lib.make(2).on('x')];"
    assert default_of(tmp_path, program) == [(1,), (2, "on", "x")]


def test_any_name_of_a_library(tmp_path: Path) -> None:
    program = "import { whatever } from 'lib/any'; import d from 'lib/any'; export default [whatever, d];"
    assert default_of(tmp_path, program) == [("any",), ("any",)]


def test_a_library_through_the_project_s_own_file(tmp_path: Path) -> None:
    program = "import { make } from './orm'; export default make(1);"
    assert default_of(tmp_path, program, orm_ts="export * from 'lib';") == (1,)


def test_json(tmp_path: Path) -> None:
    write(tmp_path, {"names.json": '{"a": ["x", 1, null, true], "b": {}}'})
    program = "import names from './names.json'; import { a } from './names.json'; export default [names, a[0]];"
    assert default_of(tmp_path, program) == [{"a": ["x", 1, None, True], "b": {}}, "x"]


@pytest.mark.parametrize(
    "program", ["import x = require('./other'); export default x;", "export default require('./other')"]
)
def test_require_is_not_read(tmp_path: Path, program: str) -> None:
    assert evaluated(tmp_path, program, other_ts="export const a = 1;").plain is ...


def test_commonjs_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"other.js": "module.exports = { a: 1 };"})
    result = evaluated(tmp_path, "import { a } from './other'; export default { a };")
    assert result.plain == {"a": ...}
    assert "CommonJS" in str(result.exports.entries["default"])


def test_a_dynamic_import(tmp_path: Path) -> None:
    program = "const { a } = await import('./other'); export default a;"
    assert default_of(tmp_path, program, other_ts="export const a = 1;") == 1


def test_a_file_imported_for_its_effect(tmp_path: Path) -> None:
    program = "import { list } from './list'; import './more'; export default list;"
    more = "import { list } from './list'; list.push('more');"
    assert default_of(tmp_path, program, list_ts="export const list = ['first'];", more_ts=more) == ["first", "more"]


@pytest.mark.parametrize(
    ("program", "wanted"),
    [
        ("const t = {}; t.a = 1; t['b'] = 2; export default t;", {"a": 1, "b": 2}),
        ("const t = {}; const copy = { ...t }; t.a = 1; export default copy;", {}),
        ("const t = {}; t.a = 1; const copy = { ...t }; t.b = 1; export default copy;", {"a": 1}),
        ("const t = {}; Object.assign(t, { a: 1 }); export default t;", {"a": 1}),
        ("const t = []; for (const n of ['a', 'b']) { t.push(n) } export default t;", ["a", "b"]),
        ("const t = {}; ['a', 'b'].forEach((n) => { t[n] = n }); export default t;", {"a": "a", "b": "b"}),
        ("let t; if (1 < 2) t = 'yes'; else t = 'no'; export default t;", "yes"),
        ("const t = {}; const add = (n) => { t[n] = n; return n }; const x = add('x'); export default t;", {"x": "x"}),
        ("const t = {}; function add(n) { t[n] = n } add('x'); export default t;", {"x": "x"}),
        ("let n = 0; n++; n += 2; export default n;", 3),
        ("export default f(); function f() { return 1 }", 1),
        ("enum E { A, B = 5, C, D = 'd' } export default [E.A, E.B, E.C, E.D, E[5]];", [0, 5, 6, "d", "B"]),
        ("const enum E { A = 1 << 2, B = A | 1 } export default [E.A, E.B];", [4, 5]),
        ("import { make } from 'lib'; const m = make(1); const n = m.on(2); export default n;", (1, "on", 2)),
        ("const a = 1; { const a = 2; } export default a;", 1),
        ("'use node'; export default 1;", 1),
    ],
)
def test_statements_of_the_top_level(tmp_path: Path, program: str, wanted: object) -> None:
    assert default_of(tmp_path, program) == wanted


def test_statements_of_an_imported_file_run_when_what_they_change_is_read(tmp_path: Path) -> None:
    program = "import { tables } from './other'; export default tables;"
    other = "export const tables = { a: 1 }; tables.b = 2; Object.assign(tables, { c: 3 });"
    assert default_of(tmp_path, program, other_ts=other) == {"a": 1, "b": 2, "c": 3}


@pytest.mark.parametrize(
    "register",
    [
        "function table(name) { tables[name] = name; return name }",
        "const table = (name) => { tables[name] = name; return name };",
        "function table(name) { Object.assign(tables, { [name]: name }) }",
        "function table(name) { tables = { ...tables, [name]: name } }",
    ],
)
def test_a_file_whose_functions_register_what_they_make(tmp_path: Path, register: str) -> None:
    program = "import { tables } from './other'; export default tables;"
    other = f"export let tables = {{}}; {register} export const a = table('a'); table('b');"
    assert default_of(tmp_path, program, other_ts=other) == {"a": "a", "b": "b"}


def test_files_that_are_generated_may_be_missing(tmp_path: Path) -> None:
    start = "import { query } from './_generated/server'; import { c } from '../x/generated/api';"
    result = evaluated(tmp_path, f"{start} export default [query, c];")
    assert result.plain == [..., ...]
    assert result.problems == []


def test_a_file_is_one_module_however_it_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"list.ts": "export const list = [];"})
    (tmp_path / "link.ts").symlink_to(tmp_path / "list.ts")
    program = (
        "import { list } from './list'; import { list as other } from './link.js'; list.push(1); export default other;"
    )
    assert default_of(tmp_path, program) == [1]


def test_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop.ts").symlink_to(tmp_path / "loop.ts")
    (tmp_path / "folder").symlink_to(tmp_path)
    write(tmp_path, {"folder/folder/other.ts": "export const b = 2;"})
    result = evaluated(
        tmp_path, "import { a } from './loop'; import { b } from './folder/folder/other'; export default [a, b];"
    )
    assert result.plain == [..., 2]
    assert [problem.message for problem in result.problems] == ["“./loop” is not found."]


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "other.ts").mkdir()
    result = evaluated(tmp_path, "import { a } from './other'; export default [a];")
    assert result.plain == [...]
    assert len(result.problems) == 1


def test_jsx_and_its_opposite(tmp_path: Path) -> None:
    write(tmp_path, {"view.tsx": "export const view = <div>{1}</div>; export const a = 'in tsx';"})
    program = "import { a, view } from './view'; export default [<string>a, view];"
    assert evaluated(tmp_path, program).plain == ["in tsx", ...]

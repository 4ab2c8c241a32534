"""Reading ends, soon and without a traceback, whatever is read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.schema.source.evaluation import evaluated, write

ENDLESS = [
    "const f = (n) => f(n + 1); const x = f(0);",
    "const f = (n) => [...f(n), ...f(n)]; const x = f(0);",
    "const f = (n) => (n > 40 ? 1 : f(n + 1) + f(n + 1)); const x = f(0);",
    "const a = () => b(); const b = () => a(); a();",
    "for (;;) {}",
    "while (true) { }",
    "do {} while (true)",
    "let s = 'x'; for (let i = 0; i < 100; i++) s = s + s;",
    "let s = 'x'; for (let i = 0; i < 100; i++) s = `${s}${s}`;",
    "let l = [1]; for (let i = 0; i < 100; i++) l = [...l, ...l];",
    "let l = [1]; for (let i = 0; i < 100; i++) l = l.concat(l);",
    "let l = [1]; for (let i = 0; i < 100; i++) l = l.flatMap((x) => [x, x]);",
    "let l = [1]; for (let i = 0; i < 100; i++) l.push(...l);",
    "let o = {}; for (let i = 0; ; i++) o['a' + i] = i;",
    "const l = [1]; l.push(l); const t = '' + l; const f = l.flat(100);",
    "const o = {}; o.o = o; const p = { ...o, ...o };",
    "'x'.repeat(1e12); 'x'.padStart(1e12); Array.from({ length: 1e12 }); new Array(1e12); (1e300) ** (1e300);",
    "const n = 9e999 - 9e999; [1, 2].slice(n, 1e300); 'abc'.slice(-1e300); [1].at(1e300); (5).toFixed(1e10);",
    "const n = 10n ** 100000n; const m = 1 << 1e300;",
    "'a'.split('').map((x) => x); Array.from({ length: -1 }); Array.from({ length: 0 / 0 }); new Array(-1);",
    "[3, 1, 2].sort(() => { for (;;) {} });",
    "const f = (g) => g(g); f(f);",
    "let o = {}; for (let i = 0; i < 1e6; i++) o = { ...o, ['k' + i]: i };",
    "const l = []; for (let i = 0; i < 1e6; i++) if (!l.includes(i)) l.push(i);",
    "const l = []; for (let i = 0; i < 1e6; i++) l.push('x'.repeat(1e5));",
    "let s = ''; for (;;) { s += 'xxxxxxxxxx'; s.split('').reverse().join('').indexOf('y'); }",
    "const l = []; for (;;) { l.push(1); l.slice(); l.join(); l.reverse(); Object.keys(l); new Set(l); l.sort(); }",
    "const l = []; for (let i = 0; ; i++) { l.push([i, i]); for (const k in l) {} Object.fromEntries(l); new Map(l); }",
    "'a'.repeat(1e5).replace(/a+a+$/, ''); 'ab'.repeat(400).replace(/(a|b)+[ab]+c/, '');",
]


@pytest.mark.parametrize("code", ENDLESS, ids=range(len(ENDLESS)))
def test_code_that_never_ends_does_not_keep_the_rest_from_being_read(tmp_path: Path, code: str) -> None:
    assert evaluated(tmp_path, f"{code}\nexport default ['read'];").plain == ["read"]


def test_what_takes_too_long_is_told(tmp_path: Path) -> None:
    result = evaluated(tmp_path, "const f = (n) => f(n) + f(n);\nconst a = f(0);\nexport default { a, b: 1 };")
    assert result.plain == {"a": ..., "b": 1}
    assert "this takes too long to read" in {dynamic.why for dynamic in result.dynamics}


def test_that_nothing_further_is_read_is_told_once(tmp_path: Path) -> None:
    endless = [f"const l{at} = []; for (;;) l{at}.push(1);" for at in range(8)]
    result = evaluated(tmp_path, "\n".join([*endless, "export default { ...l6, b: l7 };"]))
    told = [(dynamic.what, dynamic.place.line) for dynamic in result.dynamics]
    assert [what for what, _ in told[:-1]] == ["a part of the file"] * (len(told) - 1)
    assert told[-1] == ("all from here on", len(told))
    assert len(told) < len(endless)


DEEP = {
    "arrays": "[" * 3000 + "]" * 3000,
    "objects": "{a:" * 3000 + "1" + "}" * 3000,
    "parentheses": "(" * 3000 + "1" + ")" * 3000,
    "calls": "f(" * 3000 + "1" + ")" * 3000,
    "functions": "() => " * 3000 + "1",
    "applied functions": "(() => " * 3000 + "1" + ")()" * 3000,
    "conditions": "0 ? 1 : " * 3000 + "1",
    "nots": "!" * 3000 + "1",
    "sums": "1" + " + 1" * 3000,
    "right sums": "1 + (" * 3000 + "1" + ")" * 3000,
    "links": "a" + ".b" * 3000,
    "chained calls": "make()" + ".on()" * 3000,
    "curried calls": "f" + "()" * 3000,
    "templates": "`${" * 1000 + "1" + "}`" * 1000,
    "types": "1 as " + "A<" * 1000 + "B" + ">" * 1000,
    "assertions": "1" + " as any" * 3000,
    "bangs": "a" + "!" * 3000,
    "blocks": "(() => {" + "{" * 3000 + "}" * 3000 + "})()",
    "ifs": "(() => {" + "if (1) {" * 1000 + "}" * 1000 + "})()",
    "else ifs": "(() => {" + "if (0) {} else " * 3000 + "{} return 1 })()",
    "patterns": "(" + "[" * 1000 + "a" + "]" * 1000 + ") => a",
    "bound patterns": "((" + "{a:" * 1000 + "b" + "}" * 1000 + ") => b)({})",
    "sequences": "(" + "1, " * 3000 + "1)",
}


@pytest.mark.parametrize("expression", DEEP.values(), ids=DEEP)
def test_deep_nesting(tmp_path: Path, expression: str) -> None:
    start = "import { make } from 'lib'; const f = (x) => x, a = {};"
    assert evaluated(tmp_path, f"{start} const deep = ({expression});\nexport default 'read';").plain == "read"
    assert evaluated(tmp_path, f"{start} export default [{expression}];").value


@pytest.mark.parametrize("expression", DEEP.values(), ids=DEEP)
def test_deep_nesting_where_python_s_stack_is_already_deep(tmp_path: Path, expression: str) -> None:
    def deeper(levels: int) -> object:
        return deeper(levels - 1) if levels else evaluated(tmp_path, f"export default [() => 1, {expression}];").value

    frame, frames = sys._getframe(), 0
    while frame.f_back is not None:
        frame, frames = frame.f_back, frames + 1
    assert deeper(sys.getrecursionlimit() - frames - 350)


def test_a_long_chain_of_names(tmp_path: Path) -> None:
    lines = [f"const a{at} = a{at + 1};" for at in range(2000)]
    assert evaluated(tmp_path, "\n".join([*lines, "const a2000 = 1;", "export default [a0, a1999];"])).value


def test_a_long_chain_of_files(tmp_path: Path) -> None:
    write(tmp_path, {f"f{at}.ts": f"export {{ a }} from './f{at + 1}';" for at in range(300)})
    assert evaluated(tmp_path, "import { a } from './f0'; export default [a];").plain == [...]


def test_more_files_than_are_read(tmp_path: Path) -> None:
    write(tmp_path, {f"f{at}.ts": f"export const a{at} = {at};" for at in range(600)})
    program = "".join(f"export * from './f{at}';" for at in range(600))
    result = evaluated(
        tmp_path, "import * as all from './all'; export default Object.keys(all).length;", all_ts=program
    )
    assert len(result.files) == 500
    assert any("500 other files" in problem.message for problem in result.problems)


def test_a_file_of_five_megabytes_is_one_problem(tmp_path: Path) -> None:
    write(tmp_path, {"big.ts": "export const a = 1;\n" * 250_000})
    result = evaluated(tmp_path, "import { a } from './big';\nexport default [a, 1];")
    assert result.plain == [..., 1]
    assert [str(problem.place) for problem in result.problems] == ["main.ts:1"]
    assert result.problems[0].message == "“big.ts” is too large to read: 5.0 MB, at most 3 MB are."


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ts")
    assert evaluated(tmp_path, "import { a } from './pipe'; export default [a];").plain == [...]


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    write(tmp_path, {"secret.ts": "export const a = 1;"})
    (tmp_path / "secret.ts").chmod(0)
    result = evaluated(tmp_path, "import { a } from './secret'; export default [a];")
    if os.geteuid() == 0:
        assert result.plain == [1]
    else:
        assert result.plain == [...]
        assert "cannot be read" in result.problems[0].message


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    result = evaluated(tmp_path, "import { a } from './other'; export default [a];", other_ts=b"\x00\x01\xff" * 99)
    assert result.plain == [...]
    assert "not text" in result.problems[0].message


def test_another_encoding_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    result = evaluated(tmp_path, b"// caf\xe9\nconst a = 'na\xefve';\nexport default ['read', a];")
    assert result.plain == ["read", "na\ufffdve"]
    assert [str(problem) for problem in result.problems] == [
        "Problem(message='This line is not UTF-8.', place=Place(file='main.ts', line=1))"
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    result = evaluated(tmp_path, "export default 'é';".encode(encoding))
    assert result.problems == []
    assert result.plain == "é"

"""Expressions and programs whose values we know are those that JavaScript gives them."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path

import pytest

from kitcn_repl.errors import KitcnError
from kitcn_repl.offline.engine.deno import find_deno
from tests.schema.source.evaluation import evaluated

EXPRESSIONS = r"""
1 + 2 * 3 - 4 / 8
7 % 3 + -7 % 3
2 ** 10
1_000 + 0x1f + 0b11 + 0o17 + .5 + 1e3
'a' + 1 + true + null + undefined
'a' + [1, [2]]
1 + +'2'
-'3'
'\u0041\x42\u{43}\n\t\'\
x'
"say \"hi\""
`a${1}b${'c'}${`d${2}`}`
`\``
'é' + 'ü'
1 / 3
0.1 + 0.2
1e21 + ''
1 / 0
-1 / 0
5 & 3 | 8 ^ 1
1 << 31
-1 >>> 28
-9 >> 1
~5
!0
!''
!![]
typeof 'a' + typeof 1 + typeof undefined + typeof null + typeof {} + typeof (() => 1) + typeof true
'a' < 'b'
'10' < '9'
'10' < 9
1 == '1'
null == undefined
null == 0
'a' === 'a'
NaN === NaN
1 === true
1 == true
'x' in { x: 1 }
true && 'a' || 'b'
0 || null || 'c'
0 ?? 1
null ?? undefined ?? 2
'' && 1
1 ? 2 : 3
false ? 1 : null ? 2 : 3
(1, 2)
void 0 === undefined
({ a: 1, ['b' + 1]: 2, 'c d': 3, 4: 5, 1: 6, ...{ a: 7, e: 8 } })
({ b: 1, 2: 1, a: 1, 1: 1 })
({ ...null, ...undefined, ...false, ...'hi', ...[9] })
[1, ...[2, 3], ...'ab', ...new Set([1, 1, 2])]
[...new Map([['a', 1], ['b', 2], ['a', 3]])]
new Set(['a', 'b', 'a']).size
[...new Set([1, 2]).values()].length
new Map([['a', 1]]).get('a')
new Map([['a', 1]]).has('b')
[1, 2, 3].length
[1, 2, 3][1]
[1, 2][5] === undefined
'abc'[1] + 'abc'.length
({ a: { b: [1, { c: 2 }] } }).a.b[1].c
({ a: 1 })['a']
({ a: null }).a?.b === undefined
(undefined)?.a.b.c === undefined
({ f: (x) => x + 1 }).f(2)
({ f(x) { return x * 2 } }).f?.(2)
((a, b = 2, ...rest) => [a, b, rest])(1, undefined, 3, 4)
(({ a, b: { c = 5 } = {}, ...rest }) => [a, c, rest])({ a: 1, d: 2, e: 3 })
(([a, , b = 3, ...c]) => [a, b, c])([1, 2, undefined, 4, 5])
(function f(n) { return n ? n * f(n - 1) : 1 })(5)
[3, 1, 2].map((x, i) => x * i)
[1, 2, 3, 4].filter((x) => x % 2)
[1, 0, 2].filter(Boolean)
['1', '2'].map(Number)
[1, 2].map(String)
[[1, 2], [3, [4]]].flatMap((x) => x)
[1, [2, [3, [4]]]].flat(2)
[1].concat([2, 3], 4, [[5]])
[1, 2, 3].reduce((a, b) => a + b)
['a', 'b'].reduce((all, name) => ({ ...all, [name]: name + '!' }), {})
[1, 2, 3, 4].slice(1, -1)
[1, 2, 3].slice(-2)
[1, 2].includes(2)
['a', 'b'].join('-') + [1, null, undefined, 2].join()
[1, 2, 3].find((x) => x > 1)
[1, 2, 3].findIndex((x) => x > 5)
[1, 2].some((x) => x > 1)
[1, 2].every((x) => x > 1)
['a', 'b'].indexOf('b')
[1, 2, 3].at(-1)
[3, 1, 10].sort()
[3, 1, 10].sort((a, b) => a - b)
[3, 1].toSorted()
[1, 2, 3].reverse()
Array.from({ length: 3 }, (_, i) => i * i)
Array.from('abc')
Array.from(new Set([1, 2]))
Array.of(1, 2)
Array.isArray([])
new Array(3).fill(0)
[...['a', 'b'].entries()]
[...['a', 'b'].keys()]
Object.keys({ a: 1, b: 2 })
Object.values({ a: 1, b: 2 })
Object.entries({ a: 1, b: 2 })
Object.fromEntries([['a', 1], ['b', 2]])
Object.fromEntries(new Map([['x', 1]]))
Object.fromEntries(Object.entries({ a: 1, b: 2 }).map(([k, v]) => [k.toUpperCase(), v + 1]))
Object.assign({ a: 1 }, { b: 2 }, null, { a: 3 })
Object.freeze({ a: 1 }).a
Object.hasOwn({ a: 1 }, 'a')
({ a: 1 }).hasOwnProperty('b')
'Hello'.toUpperCase() + 'Hello'.toLowerCase()
'hello'.slice(1, -1) + 'hello'.slice(-3) + 'hello'.substring(3, 1)
'a-b-c'.split('-')
'abc'.split('')
'abc'.split()
'a-b-c'.replace('-', '_') + 'a-b-c'.replaceAll('-', '_')
'user'.replace('u', (c) => c.toUpperCase())
'  x '.trim() + '|' + ' y '.trimStart() + '|' + ' z '.trimEnd()
'a-b-c'.replace(/-/g, '_') + 'a-b-c'.replace(/-/, '')
'user_account_id'.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())
'userAccountId'.replace(/([A-Z])/g, '_$1').toLowerCase()
'userAccount'.replace(/[A-Z]/g, (c) => '_' + c.toLowerCase())
'city'.replace(/y$/, 'ies') + 'boxes'.replace(/(?:es|s)$/, '') + 'x$'.replace(/\$/, '$$') + 'ab'.replace(/b/, '[$&]')
'a, b;c'.split(/[,;] ?/)
'a  b c'.split(/\s+/)
'ABC'.replace(/b/i, 'x') + 'a.b'.replace(/./g, 'x') + 'a.b'.replace(/\./g, '/') + 'ab12'.replace(/\d+/, '')
/^user/.test('users') && !/^user$/.test('users')
'a1b22'.replace(/[^a-z]/g, '') + 'x'.replace(/(a)|x/, '<$1>') + 'x'.replace(/x/, '$1')
'ax'.replace(/(b)|a/, (all, b) => all + typeof b)
'abc'.startsWith('ab') && 'abc'.endsWith('bc') && 'abc'.includes('b')
'abc'.charAt(1) + 'abc'.charAt(9) + 'abc'.at(-1)
'abc'.charAt(0).toUpperCase() + 'abc'.slice(1)
'7'.padStart(3, '0') + 'a'.padEnd(3)
'ab'.repeat(3) + 'a'.concat('b', 1)
'abc'.indexOf('c') + 'abcabc'.lastIndexOf('b')
String(null) + String(1.50) + String([1, 2])
Number('12') + Number('') + Number(true) + Number(null)
Number('abc')
Number('0x10') + Number(' 7 ') + Number('-1e2')
Boolean('') || Boolean('a')
(1.005).toFixed(2) + (12).toString()
Math.max(1, 2, 3) + Math.min(4, 5) + Math.floor(1.7) + Math.ceil(1.2) + Math.round(2.5) + Math.round(-2.5)
Math.abs(-3) + Math.trunc(-1.5) + Math.sqrt(16) + Math.pow(2, 3) + Math.sign(-9)
Number.isInteger(5) && !Number.isInteger(5.5) && Number.MAX_SAFE_INTEGER > 1
((x) => { if (x > 1) { return 'big' } else if (x === 1) return 'one'; return 'small' })(1)
((x) => { switch (x) { case 'a': return 1; case 'b': case 'c': return 2; default: return 3 } })('b')
((x) => { switch (x) { default: return 3; case 'a': return 1 } })('z')
(() => { let a = []; for (const x of [1, 2, 3, 4]) { if (x > 3) break; if (x === 2) continue; a.push(x) } return a })()
(() => { const o = {}; for (const k in { a: 1, b: 2 }) o[k + k] = k; return o })()
(() => { let s = 0; for (let i = 0; i < 5; i++) s += i; return s })()
(() => { let n = 0; while (n < 7) n += 2; do { n-- } while (n > 5); return n })()
(() => { try { throw new Error('x') } catch (e) { return 'caught' } finally { } })()
(() => { const o = { a: 1, b: 2 }; delete o.a; o.c ??= 3; o.b &&= 4; return o })()
(() => { let a = 1, b = 2; [a, b] = [b, a]; ({ a, c: b = 9 } = { a: 5 }); return [a, b] })()
(() => { let i = 1; return [i++, ++i, i--, --i] })()
(() => { return later(); function later() { return 'hoisted' } })()
(() => { const x = 1; { const x = 2 } return x })()
(() => { const fns = []; for (let i = 0; i < 3; i++) fns.push(() => i); return fns.map((f) => f()) })()
(() => { const add = (a) => (b) => (c) => a + b + c; return add(1)(2)(3) })()
((...args) => Math.max(...args, 9))(1, 20)
(() => { const a = [1, 2]; const b = a; b.push(3); return a })()
(() => { const a = [1, 2, 3]; a[1] = 9; a[3] = 4; return [a, a.pop(), a.shift(), a.unshift(7), a] })()
((f) => f.call(null, 1) + f.apply(null, [2]) + f.bind(null, 3)())((x) => x * 2)
"""


def _split(text: str) -> list[str]:
    # One expression in each line, but for the string with a line continuation.
    return text.strip().replace("\\\nx'", "\\\x00x'").split("\n")


CASES = [case.replace("\x00", "\n") for case in _split(EXPRESSIONS)]


@pytest.fixture(scope="module")
def genuine() -> list[object]:
    try:
        deno = find_deno()
    except KitcnError as error:
        pytest.skip(f"there is no Deno to compare with: {error}")
    name = "(_, v) => typeof v === 'number' && !Number.isFinite(v) ? `number ${v}` : v"
    program = f"console.log(JSON.stringify([{','.join(f'({case})' for case in CASES)}], {name}))"
    done = subprocess.run(
        [deno, "eval", "--no-config", program], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) == len(CASES)
    return list(found)


def _json(value: object) -> object:
    if isinstance(value, float) and not isinstance(value, bool) and not math.isfinite(value):
        return "number NaN" if value != value else f"number {'-' if value < 0 else ''}Infinity"
    if isinstance(value, dict):
        return {key: _json(entry) for key, entry in value.items()}
    return [_json(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("at", range(len(CASES)), ids=CASES)
def test_as_javascript(tmp_path: Path, genuine: list[object], at: int) -> None:
    result = evaluated(tmp_path, f"export default ({CASES[at]});")
    found = _json(result.plain)
    assert found == genuine[at]
    if isinstance(found, dict):
        assert list(found) == list(genuine[at])  # type: ignore[call-overload]

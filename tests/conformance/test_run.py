"""`run`: what ours prints on a pipe is what the genuine CLI prints, byte for byte."""

from __future__ import annotations

import json
import re

import pytest

from tests.conformance.genuine import Clis, Ran

SCALARS = r"""[
  1 + 1, true, false, null, 'plain', '',
  'quotes " \' \\ / controls \u0000\b\t\n\u001b[31m\u007f\u009b lines \u2028\u2029 ü 漢 🎉 \uFEFF',
  0n, 1n, -1n, 9223372036854775807n, -9223372036854775808n,
  0, -0, 1, -1.5, 0.1, 1e21, 123456789012345680000, 1e-6, 1e-7, 5e-324, 1.7976931348623157e308,
  2 ** 53, -(2 ** 63), 1 / 3, NaN, -NaN, Infinity, -Infinity,
  new ArrayBuffer(0), new Uint8Array([0, 255, 128]).buffer, new Uint8Array([1]).buffer,
]"""
"""Every type at its edges; its line breaks make it a statement for the genuine CLI."""

VALUES = {
    "number": "1 + 1",
    "null": "null",
    "undefined": "undefined",
    "text": "'ü 🎉 \"'",
    "scalars": f"return {SCALARS}",
    "containers": "({ b: 1, a: 2, 10: 'ten', 9: 'nine', '01': 3, '-1': 4, '4294967294': 5, '4294967295': 6, '': 7,"
    " 'A b': 8, '1.5': 9, B: 10, z: undefined, empty: [[], {}, [[]], [{}], { a: [], b: {} }] })",
    "deep": "Array.from({ length: 50 }).reduce((inner, _, i) => (i % 2 ? [inner, i] : { inner }), 'core')",
    "wide": "Array.from({ length: 2000 }, (_, i) => i * 1.5)",
    "every type": "await ctx.db.query('typeZoo').collect()",
    "an expression with its semicolon": "await ctx.db.query('user').order('desc').take(3);",
    "the world": "({ fixed: [Date.now(), Math.random(), Math.random()],"
    " env: [process.env.DEPLOY_ENV, typeof process.env.NOTHING], who: await ctx.auth.getUserIdentity(),"
    " nested: await ctx.runQuery('users:stats', {}),"
    " page: await ctx.db.query('user').paginate({ numItems: 2, cursor: null }) })",
    "statements on one line": "const user = await ctx.db.query('user').first(); return user.name;",
    "statements on many lines": "const users = await ctx.db.query('user').collect();\n"
    "// as the genuine CLI: an explicit return\n"
    "return users.length;",
    "module": "export default query({ handler: async (ctx) => (await ctx.db.query('user').first()).email });",
    "module with its import": 'import { internalQuery } from "convex:/_system/repl/wrappers.js";\n'
    "export default internalQuery({\n  handler: async (ctx) => ({ ok: true }),\n});",
    "module on many lines": "const limit = 2;\nexport default query({\n  args: {},\n"
    "  handler: async (ctx) => {\n    return await ctx.db.query('user').take(limit);\n  },\n});",
}

LOGGING = "const a = 1n; console.log('hello', { a: [a] }); console.warn('careful'); return 7;"

FAILURES = {
    "thrown": ("throw new Error('boom')", "Error: boom"),
    "after a log line": ("const x = 1; console.log('before'); throw new TypeError('late')", "TypeError: late"),
    "write": ("await ctx.db.insert('user', {})", "is not a function"),
    "unknown index": ("await ctx.db.query('user').withIndex('nothing').collect()", "Index user.nothing not found."),
    "a query object": ("ctx.db.query('user')", "Return value is a Query."),
    "no Convex value": ("new Date(0)", "is not a supported Convex type"),
    "syntax": ("const x = ;", "SyntaxError: Unexpected token ';'"),
}

REQUEST_ID = re.compile(r"\[Request ID: [0-9a-f]{16}\]")


def _both(clis: Clis, *arguments: str) -> tuple[Ran, Ran]:
    return clis.both("run", *arguments)


@pytest.mark.conforms("cli run", "", "--inline-query")
@pytest.mark.parametrize("query", VALUES.values(), ids=VALUES.keys())
def test_an_inline_query_prints_the_same(clis: Clis, query: str) -> None:
    genuine, ours = _both(clis, "--inline-query", query)
    assert genuine.exit_code == 0, genuine.stderr
    assert ours.stdout == genuine.stdout
    assert ours.exit_code == 0


@pytest.mark.conforms(
    "cli run",
    "--inline-query",
    better="TypeScript's types are erased, and statements that end with an expression give it",
)
def test_what_the_genuine_cli_does_not_evaluate(clis: Clis) -> None:
    genuine, ours = _both(clis, "--inline-query", "const one: number = 1;\n[\n  one,\n  2,\n];")
    assert (genuine.stdout, genuine.exit_code) == (b"", 1)
    assert (ours.stdout, ours.exit_code) == (b"[\n  1,\n  2\n]\n", 0)


@pytest.mark.conforms("cli run", "--inline-query")
def test_log_lines_go_to_stderr(clis: Clis) -> None:
    genuine, ours = _both(clis, "--inline-query", LOGGING)
    for ran in (genuine, ours):
        assert ran.stdout == b"7\n"
        assert "[LOG] 'hello' { a: [ 1n ] }" in ran.stderr
        assert "[WARN] 'careful'" in ran.stderr


@pytest.mark.conforms("cli run", "--inline-query")
@pytest.mark.parametrize(("query", "reason"), FAILURES.values(), ids=FAILURES.keys())
def test_a_failing_query_prints_no_data_and_ends_with_1(clis: Clis, query: str, reason: str) -> None:
    genuine, ours = _both(clis, "--inline-query", query)
    for ran in (genuine, ours):
        assert (ran.stdout, ran.exit_code) == (b"", 1)
        assert reason in ran.stderr


def test_the_genuine_cli_sees_the_servers_answer_to_a_failure(clis: Clis) -> None:
    genuine = clis.genuine("run", "--inline-query", "console.log('before');\nthrow new Error('boom')")
    body = json.loads(genuine.stderr.partition("Query failed: ")[2])
    assert REQUEST_ID.match(body["errorMessage"])
    assert body == {
        "status": "error",
        "errorMessage": f"{body['errorMessage'][:30]} Server Error\nUncaught Error: boom\n",
        "logLines": ["[LOG] 'before'"],
    }


@pytest.mark.conforms("system query", "frontend/components:list")
@pytest.mark.conforms("cli run", "--component")
def test_a_component_is_named_by_its_path(clis: Clis) -> None:
    query = "await ctx.db.query('rateLimits').collect()"
    genuine, ours = _both(clis, "--component", "rateLimiter", "--inline-query", query)
    assert genuine.stdout == ours.stdout
    assert len(json.loads(genuine.stdout)) > 0


@pytest.mark.conforms("cli run", "--component")
def test_an_unknown_component_is_refused(clis: Clis) -> None:
    for ran in _both(clis, "--component", "nowhere", "--inline-query", "1"):
        assert ran.stdout == b""
        assert ran.exit_code != 0
        assert "nowhere" in ran.stderr
        assert "rateLimiter" in ran.stderr


@pytest.mark.conforms("cli run", "", "[functionName]", "[args]")
@pytest.mark.parametrize(
    "arguments",
    [("users:list",), ("users:list", '{"limit": 2}'), ("users:stats",), ("api.users.list", "{limit: 1}")],
    ids=" ".join,
)
def test_a_deployed_function_prints_the_same(clis: Clis, arguments: tuple[str, ...]) -> None:
    genuine, ours = _both(clis, *arguments)
    assert genuine.exit_code == 0, genuine.stderr
    assert ours.stdout == genuine.stdout
    assert ours.exit_code == 0


@pytest.mark.conforms("cli run", "--no-push")
def test_not_to_push_is_what_happens_anyway(clis: Clis) -> None:
    genuine, ours = _both(clis, "--no-push", "users:list", "{limit: 1}")
    assert genuine.exit_code == 0, genuine.stderr
    assert (ours.stdout, ours.exit_code) == (genuine.stdout, 0)


def test_a_deployed_function_logs_to_stderr(clis: Clis) -> None:
    genuine, ours = _both(clis, "users:byEmail", '{"email": "nobody@example.com"}')
    for ran in (genuine, ours):
        assert (ran.stdout, ran.exit_code) == (b"", 0)
        assert "'looking up' 'nobody@example.com'" in ran.stderr


@pytest.mark.conforms("cli run", "[functionName]", "[args]", "--identity")
def test_wrong_calls_fail_with_a_reason(clis: Clis) -> None:
    for arguments, reasons in [
        (("nothing:here",), ("nothing:here", "users:stats")),
        (("users:byEmail", "{}"), ("missing", "email")),
        (("users:list", "{limit: '5'}"), ("limit", '"5"')),
        (("users:list", "{limit: -1}"), ("must be a non-negative integer",)),
        (("users:stats", "{}", "--identity", '{"subject": "ada"}'), ("Could not find function for 'users:stats'",)),
    ]:
        for ran in _both(clis, *arguments):
            assert (ran.stdout, ran.exit_code) == (b"", 1)
            for reason in reasons:
                assert reason in ran.stderr


def test_a_mutation_is_refused(clis: Clis) -> None:
    genuine, ours = _both(clis, "projects:rename", '{"id": "x", "name": "y"}')
    assert (genuine.stdout, genuine.exit_code) == (b"", 1)
    assert "can only be read" in genuine.stderr
    assert ours.stdout == b""
    assert ours.exit_code != 0


def test_a_wrong_key_gets_the_real_error(clis: Clis) -> None:
    genuine, ours = _both(clis, "--url", clis.server.url, "--admin-key", "demo|wrong", "--inline-query", "1")
    assert "401 Unauthorized: BadAdminKey: The provided admin key was invalid for this instance" in genuine.stderr
    assert genuine.exit_code == 1
    assert (ours.stdout, ours.exit_code) == (b"", 4)

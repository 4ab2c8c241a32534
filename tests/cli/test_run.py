from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from kitcn_repl.offline.demo import demo_dataset
from tests.cli.console import Console, Outcome
from tests.support.served import Served, served


def inline(text: str, *argv: str, console: Console | None = None) -> Outcome:
    return (console or Console())("run", "--demo", "--inline-query", text, *argv)


def test_a_pipe_gets_what_the_genuine_cli_prints() -> None:
    outcome = inline('({b: 1, a: [1.5, "x", 5n, null, true, NaN], c: new Uint8Array([1, 2]).buffer, e: {}})')
    assert outcome.code == 0
    assert outcome.out == (
        '{\n  "a": [\n    1.5,\n    "x",\n    {\n      "$integer": "BQAAAAAAAAA="\n    },\n    null,\n    true,\n'
        '    {\n      "$float": "AAAAAAAA+H8="\n    }\n  ],\n  "b": 1,\n  "c": {\n    "$bytes": "AQI="\n  },\n'
        '  "e": {}\n}\n'
    )


def test_nothing_is_printed_for_null_as_in_the_genuine_cli() -> None:
    for text in ("null", "undefined"):
        outcome = inline(text)
        assert outcome.code == 0
        assert outcome.out == ""
    assert inline("null", "--format", "json").out == "null\n"


def test_log_lines_and_read_cost_go_to_stderr() -> None:
    outcome = inline('console.log("hi", {a: 1}); return (await ctx.db.query("user").take(3)).length;')
    assert outcome.out == "3\n"
    deployment, log, cost = outcome.lines
    assert deployment == "demo (--demo)"
    assert log == "[LOG] 'hi' { a: 1 }"
    assert re.fullmatch(
        r"read 3 of 32,000 documents, [\d.]+ (B|KiB) of 16 MiB, 1 query · ([\d.]+ m?s|\d+ min \d+ s)", cost
    )
    assert inline("1", "--quiet").err == ""


def test_the_query_may_come_from_stdin() -> None:
    outcome = inline("-", console=Console(stdin="const n = 20;\nreturn n + 1;\n"))
    assert outcome.out == "21\n"


def test_arguments_are_constants() -> None:
    outcome = inline(
        "[n, name, big, same]",
        *("--arg", "n=2", "--arg", "name='Ada'", "--arg", 'big={"$integer":"BQAAAAAAAAA="}', "--arg", "same=5n"),
    )
    assert json.loads(outcome.out) == [2, "Ada", {"$integer": "BQAAAAAAAAA="}, {"$integer": "BQAAAAAAAAA="}]
    too_big = inline("n", "--arg", "n=9223372036854775808n", "-q")
    assert (too_big.code, too_big.err) == (2, "Error: --arg n: 9223372036854775808 does not fit into an int64.\n")


def test_formats_of_rows() -> None:
    text = '[{a: 1, b: "x|y"}, {a: 2}]'
    assert json.loads(inline(text, "--format", "json").out) == [{"a": 1, "b": "x|y"}, {"a": 2}]
    assert inline(text, "--format", "jsonl").out == '{"a":1,"b":"x|y"}\n{"a":2}\n'
    assert inline(text, "--format", "csv").out == "a,b\r\n1,x|y\r\n2,\r\n"
    assert inline(text, "--format", "markdown").out == "| a | b |\n| --- | --- |\n| 1 | x\\|y |\n| 2 |  |\n"
    assert inline(text, "--format", "jsonLines").out == '{ "a": 1, "b": "x|y" }\n{ "a": 2 }\n'
    assert inline("[1n, 2]", "--format", "jsonArray").out == "[\n1n,\n2\n]\n"
    assert inline(text, "--format", "table").out == "a  b\n─  ───\n1  x|y\n2\n"
    assert inline("5", "--format", "csv").out == "value\r\n5\r\n"


def test_a_terminal_gets_the_value_laid_out_and_coloured() -> None:
    outcome = inline("({n: 5n, text: 'x'})", console=Console(tty=True, colour=True))
    assert "\x1b[33m5n\x1b[0m" in outcome.out
    assert re.sub(r"\x1b\[[0-9;]*m", "", outcome.out) == '{ n: 5n, text: "x" }\n'
    assert inline("null", console=Console(tty=True)).out == "null\n"


def test_text_from_the_database_never_drives_the_terminal() -> None:
    attack = r"""({s: "\u001b]0;owned\u0007\u009b2J\u202e", k: ["[bold]x[/bold]"]})"""
    log = r"""console.log("\u001b[2J"); return 1"""
    for argv in (
        [],
        ["--format", "json"],
        ["--format", "csv"],
        ["--format", "markdown"],
        ["--format", "table"],
        ["--format", "jsonLines"],
    ):
        shown = inline(attack, *argv, console=Console(tty=True))
        assert shown.code == 0
        for char in "\x1b\x07\x9b\u202e":
            assert char not in shown.out + shown.err
    assert "\x1b" not in inline(log, console=Console(tty=True)).err
    assert json.loads(inline(attack, "--format", "json", console=Console(tty=True)).out) == json.loads(
        inline(attack, "--format", "json").out
    )


def test_a_failure_shows_the_message_the_line_and_a_hint() -> None:
    outcome = inline('const n = 1;\nconsole.log(n);\nawait ctx.db.query("user").withIndex("emial").first()')
    assert outcome.code == 1
    assert outcome.out == ""
    _deployment, log, error, source, caret, hint = outcome.lines
    assert log == "[LOG] 1"
    assert error == "Error: Index user.emial not found."
    assert source == '3 | await ctx.db.query("user").withIndex("emial").first()'
    assert re.fullmatch(r"  \| +\^|  \| \^", caret)
    assert hint.startswith('Hint: Did you mean "email"?')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("const x = ;", "SyntaxError"),
        ('throw new Error("boom")', "boom"),
        ('await ctx.db.insert("user", {})', "not a function"),
        ("fetch('http://127.0.0.1')", "fetch"),
        ("({ f() {} })", "not a supported Convex type"),
    ],
)
def test_failing_queries_exit_with_one(text: str, message: str) -> None:
    outcome = inline(text, "-q")
    assert outcome.code == 1
    assert outcome.out == ""
    assert outcome.lines[0].startswith("Error: ")
    assert message in outcome.lines[0]
    assert "Traceback" not in outcome.err


def test_an_unknown_table_is_noticed() -> None:
    outcome = inline('await ctx.db.query("usr").collect()')
    assert outcome.code == 0
    assert outcome.out == "[]\n"
    assert outcome.lines[-1] == 'There is no table "usr"; did you mean "user"?'


def test_credentials_are_masked_on_a_terminal() -> None:
    text = 'await ctx.db.query("session").first()'
    token = json.loads(inline(text).out)["token"]
    masked = inline(text, console=Console(tty=True))
    assert token not in masked.out
    assert "credential masked" in masked.err
    assert token in inline(text, "--show-secrets", console=Console(tty=True)).out


def test_functions_are_called_by_any_of_their_names() -> None:
    expected = Console()("run", "users:list", "{limit: 2}", "--demo")
    assert expected.code == 0
    assert len(json.loads(expected.out)) == 2
    for name in ("api.users.list", "users.ts:list", "convex/users.js:list"):
        assert Console()("run", name, "{limit: 2}", "--demo").out == expected.out


def test_what_may_write_is_refused() -> None:
    outcome = Console()("run", "projects:rename", "{}", "--demo", "-q")
    assert outcome.code == 1
    assert outcome.err == "Error: projects:rename is a mutation and may write; add --allow-writes to run it.\n"
    outcome = Console()("run", "users:sendWelcome", "{}", "--demo", "-q")
    assert outcome.code == 1
    assert outcome.err == "Error: users:sendWelcome is an action and may write; add --allow-writes to run it.\n"
    offline = Console()("run", "projects:rename", "{}", "--demo", "-q", "--allow-writes")
    assert offline.code == 1
    assert "can only be read" in offline.err


def test_wrong_calls_are_one_clear_line() -> None:
    for argv, code, message in (
        (["users:lst"], 1, "There is no function users:lst. Did you mean users:list?"),
        (["api.users"], 2, 'Function name has too few parts: "api.users"'),
        (["users:list", "{limit"], 2, "Failed to parse arguments as JSON: '{limit': expected ':' at line 1, column 7"),
        (["users:list", "5"], 2, "Arguments must be an object such as '{\"limit\": 5}', not 5."),
        (
            ["users:list", "--identity", "x"],
            2,
            "Failed to parse identity as JSON: 'x': unexpected 'x' at line 1, column 1",
        ),
    ):
        outcome = Console()("run", *argv, "--demo", "-q")
        assert outcome.err == f"Error: {message}\n"
        assert outcome.code == code


def test_a_function_unlike_any_lists_those_that_there_are() -> None:
    outcome = Console()("run", "zzz:qqq", "--demo", "-q")
    assert outcome.code == 1
    assert outcome.lines[0].startswith("Error: There is no function zzz:qqq. Deployed functions: ")
    assert "users:list" in outcome.lines[0]


def test_a_failing_function_tells_its_message_and_request() -> None:
    outcome = Console()("run", "users:list", "{limit: -1}", "--demo", "-q")
    assert outcome.code == 1
    assert outcome.out == ""
    assert outcome.lines[0].startswith("Error: users:list failed: Uncaught TypeError: ")
    assert re.search(r"\(request [0-9a-f]+\)$", outcome.err.rstrip())


@pytest.fixture
def live() -> Iterator[Served]:
    with served(demo_dataset()) as server:
        yield server


def test_a_deployment_by_url_answers_the_same(live: Served) -> None:
    where = ("--url", live.url, "--admin-key", live.admin_key)
    text = 'console.log("x"); return await ctx.db.query("user").take(2);'
    remote = Console()("run", "--inline-query", text, *where)
    local = inline(text)
    assert remote.code == 0
    assert remote.out == local.out
    assert "[LOG] 'x'" in remote.lines
    assert any(line.startswith("read 2 of 32,000 documents") for line in remote.lines)
    assert live.admin_key not in remote.err
    for argv in (["data"], ["data", "user"], ["data", "typeZoo", "--format", "json"], ["env", "list"]):
        assert Console()(*argv, *where).out == Console()(*argv, "--demo").out
    variables = {"CONVEX_SELF_HOSTED_URL": live.url, "CONVEX_SELF_HOSTED_ADMIN_KEY": live.admin_key}
    by_environment = Console(variables=variables)("run", "users:stats")
    assert by_environment.out == Console()("run", "users:stats", "--demo").out
    assert "CONVEX_SELF_HOSTED_URL" in by_environment.lines[0]


def test_a_wrong_key_and_no_server_are_code_4(live: Served) -> None:
    outcome = Console()("data", "--url", live.url, "--admin-key", "s3cret-and-wrong")
    assert outcome.code == 4
    assert outcome.out == ""
    assert len(outcome.lines) == 2
    assert "s3cret-and-wrong" not in outcome.err
    gone = Console()("data", "--url", "http://127.0.0.1:9", "--admin-key", "s3cret", "-q")
    assert gone.code == 4
    assert len(gone.lines) <= 2
    assert gone.lines[0].startswith("Error: ")


def test_writes_on_production_need_a_confirmation() -> None:
    key = "prod:happy-otter-123|5ec7e7"
    with served(demo_dataset(), admin_key=key) as server:
        argv = ("run", "projects:rename", '{id: "x", name: "y"}', "--url", server.url, "--admin-key", key)
        assert "add --allow-writes" in Console()(*argv).err
        for typed, options, code, expected in (
            (None, (), 2, "on prod · happy-otter-123 (--url): give --yes where nobody can be asked."),
            ("", (), 1, "No answer: nothing was done."),
            ("yes\n", (), 1, "Not confirmed: nothing was changed."),
            ("happy-otter-123\n", (), 1, "can only be read"),
            (None, ("--yes",), 1, "can only be read"),
        ):
            console = Console() if typed is None else Console(stdin=typed, stdin_tty=True, tty=True)
            outcome = console(*argv, "--allow-writes", *options)
            assert (outcome.code, outcome.out) == (code, "")
            assert outcome.lines[0] == "prod · happy-otter-123 (--url)"
            assert expected in outcome.err
            assert key not in outcome.err
        wrong = Console(stdin="happy-otter-123\n", stdin_tty=True, tty=True)
        unfit = wrong("run", "projects:rename", "{}", *argv[3:], "--allow-writes")
        assert "Type" not in unfit.err
        assert "id is missing" in unfit.err
    assert (
        "\x1b[1;31mprod · happy-otter-123"
        in Console(tty=True, colour=True)("data", "--url", "http://127.0.0.1:9", "--admin-key", key).err
    )

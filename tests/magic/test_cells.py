"""`%%kitcn` in a real kernel."""

from __future__ import annotations

import json

import pytest

from tests.magic.kernels import Kernel


def test_shows_a_result_and_stores_it(kernel: Kernel) -> None:
    ran = kernel.run('%%kitcn -o people\nawait ctx.db.query("user").take(2)')
    assert ran.status == "ok"
    assert "<table" in ran.html
    assert "Ada Abe" in ran.html
    assert "demo (%kitcn use)" in ran.plain
    assert kernel.value("len(people)") == "2"
    assert kernel.value("_ is people") == "True"
    assert kernel.value("people.to_polars().height") == "2"
    assert kernel.value("str(people.to_pandas()['updatedAt'].dtype)") == "datetime64[us, UTC]"
    assert int(kernel.value("len(people.related('sessions'))")) > 0


def test_the_first_table_knows_its_types(kernel: Kernel) -> None:
    """The schema is asked for while the query runs."""
    html = kernel.run('%%kitcn\nctx.db.query("session").take(1)').html
    assert 'title="user"' in html
    assert "id&lt;session&gt;" in html
    assert "timestamp" in html


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("1 + 1", "2"),
        ("return 5;", "5"),
        ("// a comment\nconst n: number = 6;\nreturn n as number;", "6"),
        ("export default query(async (ctx) => 7);", "7"),
        ("const x = 8;\nx", "8"),
    ],
    ids=range(5),
)
def test_forms_of_queries(kernel: Kernel, body: str, shown: str) -> None:
    ran = kernel.run(f"%%kitcn\n{body}")
    assert ran.plain.splitlines()[0] == shown


def test_variables_and_expressions_come_in_as_values(kernel: Kernel) -> None:
    kernel.run("from kitcn_repl.values import Int64\nn = 3\nnames = ['a', 'b']\nclass Box: size = 4")
    ran = kernel.run(
        '%%kitcn --arg n --arg names --arg m=n * 2 + Box.size --arg text="two words" --arg big=Int64(2**60)'
        " --arg when=__import__('datetime').datetime(2026, 3, 2, tzinfo=__import__('datetime').UTC) -o back\n"
        "return [n, names, m, text, big, when, {n}];".replace("m=n * 2 + Box.size", "'m=n * 2 + Box.size'")
    )
    assert ran.status == "ok", ran
    assert json.loads(kernel.value("__import__('json').dumps(back.encoded)")) == [
        3,
        ["a", "b"],
        10,
        "two words",
        {"$integer": "AAAAAAAAABA="},
        1772409600000,
        {"n": 3},
    ]


def test_a_result_is_an_argument_too(kernel: Kernel) -> None:
    kernel.run('%%kitcn -o few\n(await ctx.db.query("user").take(2)).map((user) => user._id)')
    ran = kernel.run("%%kitcn --arg few -o back\nPromise.all(few.map((id) => ctx.db.get(id)))")
    assert ran.status == "ok"
    assert kernel.value("back['_id'] == list(few)") == "True"


def test_frames_instead_of_results(kernel: Kernel) -> None:
    for library, kind in (("pandas", "DataFrame"), ("polars", "DataFrame"), ("arrow", "Table")):
        assert kernel.run(f'%%kitcn --frame {library} -o frame\nctx.db.query("user").take(2)').status == "ok"
        assert kernel.value("type(frame).__name__") == kind
    kernel.run("%config KitcnMagics.frame = 'polars'")
    kernel.run("%%kitcn -o frame\n[{a: 1n}]")
    stored = kernel.value("frame['a'].to_list()")
    kernel.run("%config KitcnMagics.frame = ''")
    assert stored == "[1]"


def test_formats_print_text(kernel: Kernel) -> None:
    for format_, text in (
        ("json", '[\n  {\n    "a": {\n      "$integer": "AQAAAAAAAAA="\n    }\n  }\n]\n'),
        ("jsonl", '{"a":{"$integer":"AQAAAAAAAAA="}}\n'),
        ("csv", "a"),
        ("markdown", "| a |"),
    ):
        ran = kernel.run(f"%%kitcn --format {format_} -o kept\n[{{a: 1n}}]")
        assert ran.text.replace("\r", "").startswith(text)
        assert ran.shown == []
        assert kernel.value("kept[0]") == "{'a': Int64(1)}"


def test_settings_are_traitlets(kernel: Kernel) -> None:
    kernel.run("%config KitcnMagics.limit = 2")
    try:
        assert "showing 2 of 60 documents" in kernel.run('%%kitcn\nctx.db.query("user").collect()').html
        assert "showing 3 of 60" in kernel.run('%%kitcn --limit 3\nctx.db.query("user").collect()').plain
        assert "How many rows of a result are shown" in kernel.run("%config KitcnMagics").text
    finally:
        kernel.run("%config KitcnMagics.limit = 50")
    secret = "%%kitcn{}\n(await ctx.db.query('account').collect()).filter((a) => a.password).slice(0, 1)"
    assert "••••" in kernel.run(secret.format("")).html
    assert "••••" not in kernel.run(secret.format(" --show-secrets")).html


def test_logs_stand_under_the_result(kernel: Kernel) -> None:
    html = kernel.run('%%kitcn\nconsole.log("<b>hello</b>", {a: 1}); return null;').html
    assert "1 log line" in html
    assert "&lt;b&gt;hello&lt;/b&gt;" in html


def test_help(kernel: Kernel) -> None:
    text = kernel.run("%%kitcn --help\n.").text
    assert "--arg NAME[=EXPR]" in text
    assert "--component PATH" in text


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("%%kitcn\n   ", "UsageError: The cell has no query.\nHint: Write one below the first line: ctx.db.query(...)"),
        ("%%kitcn --limitt 3\n1", "UsageError: No such option '--limitt'. Did you mean '--limit'?"),
        ("%%kitcn extra\n1", "UsageError: Got unexpected extra argument (extra)"),
        ("%%kitcn -o 1x\n1", "UsageError: -o '1x' is no name of a variable."),
        ("%%kitcn -o class\n1", "UsageError: -o 'class' is no name of a variable."),
        ("%%kitcn -o get_ipython\n1", "UsageError: -o get_ipython: IPython needs this name itself; choose another."),
        (
            "%%kitcn\nprod:happy-otter-123|0123456789abcdef01",
            "InlineQueryError: SyntaxError: Unexpected token ':'\n2 | prod:happy-otter-123|***\n"
            "  |                      ^\nHint: The query is neither valid JavaScript nor TypeScript.",
        ),
        ("%%kitcn --arg nowhere\n1", "UsageError: --arg nowhere: name 'nowhere' is not defined."),
        ("%%kitcn --arg x=1/0\n1", "UsageError: --arg x: ZeroDivisionError: division by zero."),
        ("%%kitcn --arg x=1+\n1", "UsageError: --arg x: '1+' is no expression of Python: invalid syntax."),
        ("%%kitcn --arg x={1,2}\n1", "UsageError: Argument x: a set has no order; pass a list."),
        ("%%kitcn --arg x=1 --arg x=2\n1", "UsageError: --arg x is given twice."),
        (
            "%%kitcn --arg ctx=1\n1",
            'UsageError: Argument name "ctx" already means something in a query; choose another.',
        ),
        ("%%kitcn --arg x=(1\n1", "UsageError: A bracket is not closed: ) is missing."),
        ("%%kitcn --demo --prod\n1", "UsageError: --prod and --demo each name a deployment; give only one of them."),
        ("%%kitcn --watch --format json\n1", "UsageError: --watch shows one result in place; leave --format out."),
        (
            "%%kitcn\nconst x = (1 +\nreturn x",
            "InlineQueryError: SyntaxError: Unexpected token 'return'\n2 | const x = (1 +\n  |           ^\n"
            "Hint: This `(` is not closed.",
        ),
        (
            '%%kitcn\nconst a = 1;\nthrow new Error("boom");',
            'InlineQueryError: boom\n3 | throw new Error("boom");\n  |       ^',
        ),
        (
            '%%kitcn\nctx.db.query("user").withIndex("emial").collect()',
            None,
        ),
    ],
    ids=range(19),
)
def test_failures_are_one_clean_error(kernel: Kernel, cell: str, told: str | None) -> None:
    ran = kernel.run(cell)
    assert ran.status == "error"
    assert ran.shown == []
    assert ran.text == ""
    assert "Traceback" not in ran.told
    assert "kitcn_repl" not in ran.told
    if told is not None:
        assert ran.told == told
    else:
        assert "Did you mean" in ran.told or "email" in ran.told


def test_an_error_keeps_its_type_and_its_logs(kernel: Kernel) -> None:
    ran = kernel.run('%%kitcn\nconsole.log("before"); throw new ConvexError({code: "X"})')
    assert ran.error is not None
    assert ran.error[0] == "InlineQueryError"
    ran = kernel.run('%%kitcn\nconsole.log("before"); throw new Error("x")')
    assert ran.told.startswith("[LOG] 'before'\nInlineQueryError: x")
    caught = kernel.run(
        "from kitcn_repl import KitcnError\ntry:\n    get_ipython().run_cell_magic('kitcn', '', 'throw new Error(1)')\n"
        "except KitcnError as error:\n    print('caught', error)"
    )
    assert caught.status == "ok"
    assert caught.text.startswith("caught")


def test_code_in_variables_stays_text(kernel: Kernel) -> None:
    """What comes in by --arg is encoded, never pasted."""
    assert len(INJECTIONS) >= 30
    for first in range(0, len(INJECTIONS), 10):
        some = INJECTIONS[first : first + 10]
        kernel.run(f"import json\nsome = [[t, [t], {{'key': t}}] for t in json.loads({json.dumps(json.dumps(some))})]")
        given = " ".join(f"--arg v{at}=some[{at}]" for at in range(len(some)))
        back = ", ".join(f"v{at}" for at in range(len(some)))
        ran = kernel.run(f"%%kitcn {given} -o back\nreturn [[{back}], typeof globalThis.pwned];")
        assert ran.status == "ok", ran
        assert kernel.value("back.value == [some, 'undefined']") == "True"


INJECTIONS = [
    '"; globalThis.pwned = 1; "',
    "'; globalThis.pwned = 1; '",
    "`; globalThis.pwned = 1; `",
    "${globalThis.pwned = 1}",
    "\\",
    "\\\\",
    '\\"',
    "\\'; throw 1; //",
    "*/ globalThis.pwned = 1; /*",
    "// \n globalThis.pwned = 1",
    "\n});\nglobalThis.pwned = 1;\n({",
    "\r\nreturn 1;",
    "\u2028globalThis.pwned = 1;\u2029",
    "</script><script>globalThis.pwned=1</script>",
    "<!--",
    "-->",
    "\x00",
    "\x00'; globalThis.pwned = 1; '",
    "\ufeff",
    "\U0001f600'\"`",
    "__proto__",
    "constructor",
    "$integer",
    '{"$integer": "AQAAAAAAAAA="}',
    "$" + "{value}",
    "{value}",
    "%s %(x)s %%kitcn",
    "{0.__class__.__mro__}",
    "ctx.db.delete(id)",
    "await ctx.db.query('user').collect()",
    ") => { globalThis.pwned = 1 }, (",
    "]}); globalThis.pwned = 1; ({[",
    "import('x')",
    "export default 1",
    "\x1b[31m",
    "\u202e",
    "--prod",
    "-o people",
    "; %kitcn use prod",
    "x" * 10_000 + '"',
]

"""Inline queries on a real offline deployment: values, costs, and failures with their places and hints."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kitcn_repl.deployment.errors import RequestRejectedError, UnavailableError
from kitcn_repl.deployment.models import IndexInfo, TableInfo
from kitcn_repl.errors import UsageError
from kitcn_repl.explore.inline import InlineQueryError, run_inline
from kitcn_repl.explore.inline.failure import clean
from kitcn_repl.explore.inline.mistakes import mistake
from kitcn_repl.explore.suggestions import nearest
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.engine import Engine, Limits
from kitcn_repl.offline.offline import Offline


class Observed(Offline):
    """An offline deployment with small limits that notes what it is asked."""

    def __init__(self, dataset: Dataset, limits: Limits) -> None:
        super().__init__(dataset)
        self.asked: list[str] = []
        self.is_down = False
        self._limited = Engine(self.dataset, limits)

    @property
    def engine(self) -> Engine:
        return self._limited

    async def tables(self, component: str = "") -> list[TableInfo]:
        self.asked.append("tables")
        if self.is_down:
            raise UnavailableError("gone", status=503)
        return await super().tables(component)

    async def indexes(self, component: str = "") -> list[IndexInfo]:
        self.asked.append("indexes")
        return await super().indexes(component)

    async def aclose(self) -> None:
        await self._limited.aclose()
        await super().aclose()


@pytest.fixture
async def demo() -> AsyncIterator[Observed]:
    opened = Observed(demo_dataset(), Limits(documents_read=50))
    yield opened
    await opened.aclose()


async def fails(deployment: Observed, text: str) -> InlineQueryError:
    with pytest.raises(InlineQueryError) as caught:
        await run_inline(deployment, text)
    return caught.value


async def test_a_value_with_its_cost_and_logs(demo: Observed) -> None:
    text = "console.log('hi');\nconst users: any[] = await ctx.db.query('user').take(limit);\nusers.length"
    result = await run_inline(demo, text, args={"limit": 3.0})
    assert (result.value, result.log_lines, result.notices) == (3, ("[LOG] 'hi'",), ())
    assert result.cost is not None
    assert (result.cost.documents_read, result.cost.documents_limit, result.cost.queries) == (3, 50, 1)
    assert 0 < result.cost.bytes_read < result.cost.bytes_limit
    assert result.elapsed > 0
    assert demo.asked == []


# text, message, (line, column) of the place, words of the hint
FAILURES: list[tuple[str, str, tuple[int, int] | None, str | None]] = [
    ("const a = 1;\nthrow new Error('boom')", "boom", (2, 7), None),
    (
        "const u: any = {};\nconst n: string = u.nme.length;\nn",
        "TypeError: Cannot read properties of undefined (reading 'length')",
        (2, 25),
        None,
    ),
    ("'x'; undefind", "ReferenceError: undefind is not defined", (1, 6), None),
    ("api.messages.list", "ReferenceError: api is not defined", (1, 1), "ctx.runQuery("),
    ("await import('node:fs')", "TypeError: A dynamic import", None, "can import nothing"),
    ("foo(1, 2", "SyntaxError: ", (1, 4), "This `(` is not closed."),
    ("foo)", "SyntaxError: ", (1, 4), "This `)` closes nothing."),
    ("x.map(y => { y + 1 )", "SyntaxError: ", (1, 12), "This `{` is not closed."),
    ("1 +", "SyntaxError: ", (1, 4), "ends in the middle"),
    (
        "const a = 1;\nconst b = ;\nb",
        "SyntaxError: Unexpected token ';'",
        (2, 11),
        "neither valid JavaScript nor TypeScript",
    ),
    ("let a = 1;\nlet a = 2", "SyntaxError: Identifier 'a' has already been declared", (2, 5), None),
    ("[1].map((x) => { await x })", "SyntaxError: ", None, "`async`"),
    ("import { v } from 'convex/values';\nexport default query(async () => v)", "", (1, 19), "import nothing"),
    ("export default mutation({ handler: async () => 1 })", "SyntaxError: ", None, "Inline queries are readonly."),
    (
        "export default mutation(async (ctx) => ctx.db.query('user'))",
        "ReferenceError: mutation is not defined",
        (1, 16),
        "Inline queries are readonly.",
    ),
    (
        "export default [query(async () => 1)]",
        "Default export is not a Convex function.",
        None,
        "A whole module has the form",
    ),
    (
        "await ctx.db.insert('user', {})",
        "TypeError: ctx.db.insert is not a function",
        (1, 14),
        "Inline queries are readonly.",
    ),
    (
        "const d = ctx.db;\nawait d.patch('x', {})",
        "TypeError: d.patch is not a function",
        (2, 9),
        "Inline queries are readonly.",
    ),
    ("await ctx.db.delete('x')", "TypeError: ctx.db.delete is not a function", (1, 20), "Inline queries are readonly."),
    (
        "await ctx.scheduler.runAfter(0, 'x')",
        "TypeError: Cannot read properties of undefined (reading 'runAfter')",
        (1, 21),
        "Inline queries are readonly.",
    ),
    (
        "await ctx.runMutation('a:b', {})",
        "TypeError: ctx.runMutation is not a function",
        (1, 11),
        "Inline queries are readonly.",
    ),
    ("ctx.db.query('user')", "Return value is a Query.", None, ".collect()"),
    ("[ctx.db.query('user').collect()]", "Promise", None, "`await` it"),
    ("for (const u of ctx.db.query('user').collect()) {}", "TypeError: ", (1, 38), "`await` it"),
    ("await ctx.db.query('user').collect().map((u) => u.name)", "TypeError: ", (1, 38), "(await ctx.db"),
    ("while (true) {}", "Function execution timed out (maximum duration: 1s)", None, ".take(n)"),
    (
        "await ctx.db.query('user').withIndex('emial').first()",
        "Index user.emial not found.",
        (1, 38),
        'Did you mean "email"? Indexes of "user": email (email)',
    ),
    (
        "await ctx.db.query('usr').withIndex('email').first()",
        "Index usr.email not found.",
        (1, 37),
        'no table "usr"; did you mean "user"?',
    ),
    ("await ctx.db.query('user').collect()", "Too many documents read", (1, 1), ".take(n)"),
    (
        "await ctx.db.query('user').filter((q) => q.eq(q.field('email'), 'x')).collect()",
        "Too many documents read",
        None,
        '.withIndex("email", q => q.eq("email", ...))',
    ),
    (
        "await ctx.db.query('user').filter((q) => q.eq(q.field('nope'), 1)).collect()",
        "Too many documents read",
        None,
        'No index begins with what `.filter` compares ("nope")',
    ),
]


@pytest.mark.parametrize(("text", "message", "place", "hint"), FAILURES, ids=[text for text, *_ in FAILURES])
async def test_failures(
    demo: Observed, text: str, message: str, place: tuple[int, int] | None, hint: str | None
) -> None:
    error = await fails(demo, text)
    assert error.message.startswith(message)
    assert "Request ID" not in error.message
    assert "testQuery" not in error.message
    assert error.message.rsplit("Error: ")[-1] in error.server_text.replace("Uncaught ", "")
    found = None if error.line is None or error.column is None else (error.line, error.column)
    if place is not None or found is None:
        assert found == place
    assert (hint or "") in (error.hint or "")
    assert hint is not None or error.hint is None
    assert len(demo.asked) <= 2


async def test_columns_count_as_javascript_does(demo: Observed) -> None:
    error = await fails(demo, "const 数 = '😀';\n\t'😀😀'; null.x; 1")
    assert (error.line, error.column, error.source_line) == (2, 15, "\t'😀😀'; null.x; 1")
    error = await fails(demo, "ctx.db.query('user')")
    assert (error.line, error.column, error.source_line) == (None, None, None)


async def test_data_and_logs_of_a_failure(demo: Observed) -> None:
    error = await fails(
        demo,
        "console.log('before'); const e = new Error('x');\n"
        "e[Symbol.for('ConvexError')] = true; e.data = { a: 1n }; throw e",
    )
    assert (error.has_data, error.data, error.log_lines) == (
        True,
        {"a": {"$integer": "AQAAAAAAAAA="}},
        ("[LOG] 'before'",),
    )


EMPTY = [
    ("await ctx.db.query('usr').collect()", ('There is no table "usr"; did you mean "user"?',)),
    ("(await ctx.db.query('usr').collect()).length", ('There is no table "usr"; did you mean "user"?',)),
    ("await ctx.db.query('zzzzzz').first()", ('There is no table "zzzzzz".',)),
    ("await ctx.db.query('user').filter((q) => q.eq(1, 2)).first()", ()),
    ("const a = 1", ("The query returns nothing: end it with an expression or `return`.",)),
    ("if (ctx) { return null }", ()),
    ("return", ()),
]


@pytest.mark.parametrize(("text", "notices"), EMPTY)
async def test_notices_of_empty_results(text: str, notices: tuple[str, ...]) -> None:
    deployment = Observed(demo_dataset(), Limits())
    result = await run_inline(deployment, text)
    await deployment.aclose()
    assert result.notices == notices
    assert len(deployment.asked) <= 1


async def test_nothing_is_asked_for_a_result(demo: Observed) -> None:
    assert (await run_inline(demo, "[await ctx.db.query('usr').first()]")).notices == ()
    assert (await run_inline(demo, "(await ctx.db.query('usr').first()) !== null")).notices == ()
    assert demo.asked == []


async def test_a_hint_that_cannot_be_had_hides_nothing(demo: Observed) -> None:
    demo.is_down = True
    assert (await run_inline(demo, "await ctx.db.query('usr').first()")).notices == ()
    assert (await fails(demo, "await ctx.db.query('usr').withIndex('x').first()")).hint is None


async def test_what_is_not_about_the_query_passes_through(demo: Observed) -> None:
    with pytest.raises(RequestRejectedError) as caught:
        await run_inline(demo, "1", component="nowhere")
    assert not isinstance(caught.value, InlineQueryError)
    with pytest.raises(UsageError):
        await run_inline(demo, "enum A {}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[Request ID: 0123] Server Error\nUncaught Error: boom\n    at handler (query:1:2)\n", "boom"),
        (
            "[Request ID: 0123] Server Error\nUncaught TypeError: x\n    at async handler (query:1:2)\n    at y\n",
            "TypeError: x",
        ),
        ("[Request ID: 0123] Server Error", "[Request ID: 0123] Server Error"),
        ('[Request ID: 0123] Server Error\nUncaught ConvexError: {"a":1}\n', 'ConvexError: {"a":1}'),
        ("[Request ID: 0123] Server Error\nUncaught Error: \n", "Error:"),
        (
            "Could not analyze the given module:\nUncaught SyntaxError: Unexpected token ')'\n",
            "SyntaxError: Unexpected token ')'",
        ),
        ("Could not analyze the given module:\nUncaught SyntaxError: Bad (testQuery.js:4:2)\n", "SyntaxError: Bad"),
        ("Function execution timed out (maximum duration: 1s)", "Function execution timed out (maximum duration: 1s)"),
    ],
)
def test_the_message_alone(text: str, message: str) -> None:
    assert clean(text) == message


def test_mistakes() -> None:
    assert mistake("a + b") is None
    assert mistake("ctx.db..query()") == (7, None)
    assert mistake("if (x { y }") == (3, "This `(` is not closed.")
    assert mistake("a b c") == (2, None)


def test_nearest() -> None:
    assert nearest("User", ["user", "users"]) == "user"
    assert nearest("emial", ["by_name", "email"]) == "email"
    assert nearest("zzz", ["user"]) is None

"""What to do about a failed or suspiciously empty query. Asks the deployment at most once, and only then."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable

from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.deployment.models import IndexInfo
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.inline.compile import CompiledQuery
from kitcn_repl.explore.inline.error import InlineQueryError
from kitcn_repl.explore.suggestions import index_hint, no_such_table
from kitcn_repl.values import JsonValue

READONLY = "Inline queries are readonly."

_INDEX_MISSING = re.compile(r"Index ([\w]+)\.([\w]+) not found")
_WRITES = re.compile(r"\bctx\.(?:db\.(?:insert|patch|replace|delete)|scheduler|runMutation|runAction)\b")
_WRITER_MISSING = re.compile(
    r"\b(?:insert|patch|runMutation|runAction|runAfter|runAt|db\.replace|db\.delete) is not a function"
    r"|Cannot read properties of undefined \(reading '(?:runAfter|runAt|cancel)'\)"
    r"|from a Query function"
)
_WRITING_MODULE = re.compile(r"\b(?:mutation|internalMutation|action|internalAction|httpAction)\s*\(")
_ARRAY_METHOD_MISSING = re.compile(
    r"\.(?:at|every|filter|find|flatMap|forEach|includes|join|map|reduce|slice|some|sort) is not a function"
)
_NAMED_TABLE = re.compile(r"""\.(?:query|table)\(\s*(["'`])([A-Za-z][A-Za-z0-9_]*)\1""")
_FILTERED_FIELD = re.compile(r"""\.field\(\s*(["'`])([\w.]+)\1\s*\)""")


async def hint_for(error: InlineQueryError, query: CompiledQuery, deployment: Deployment, component: str) -> str | None:
    message = error.message
    missing = _INDEX_MISSING.search(message)
    if missing:
        return await _ask(lambda: index_hint(deployment, missing[1], missing[2], component))
    if message.startswith("Too many ") and "read" in message:
        return await _ask(lambda: _read_limit(query, deployment, component))
    return _plain_hint(error, query)


def _plain_hint(error: InlineQueryError, query: CompiledQuery) -> str | None:
    message = error.message
    if error.code is not None and error.code != "SystemTimeoutError":
        return _module_hint(error.code, message, query)
    if _WRITER_MISSING.search(message) or ("is not a function" in message and _WRITES.search(query.text)):
        return READONLY
    if _ARRAY_METHOD_MISSING.search(message):
        return 'Bracket what is awaited: `(await ctx.db.query("t").collect()).map(...)`.'
    if "Return value is a Query" in message:
        return "End the query with `.collect()`, `.take(n)`, `.first()` or `.unique()`, and `await` it."
    if "not iterable" in message or re.search(r"Promise\b.*is not a supported Convex type", message):
        return "A promise was used as if it were its value: `await` it."
    if "timed out" in message or "too many system operations" in message:
        return "One execution has about a second of JavaScript: read less with `.take(n)` or an index."
    if "ran out of memory" in message or "return value is too large" in message:
        return "Keep and return less: `.take(n)`, or only the fields you need."
    if "dynamic import" in message:
        return "An inline query can import nothing."
    if re.search(r"\b(?:api|internal|v|components) is not defined", message):
        return 'Inline queries import nothing; call functions by path: `ctx.runQuery("messages:list", {})`.'
    return None


def _module_hint(code: str, message: str, query: CompiledQuery) -> str | None:
    if code == "UnsupportedTestQuery" or ("export default" in query.text and _WRITING_MODULE.search(query.text)):
        return READONLY
    if "await is only valid" in message or ("reserved word" in message and "await" in query.text):
        return "Mark the function around the `await` as `async`."
    if re.search(r"^\s*import\b", query.text, re.MULTILINE) or "import" in message:
        return "An inline query can import nothing but the query wrappers."
    if "'export'" in message or code == "InvalidTestQuery":
        return "A whole module has the form `export default query({ handler: async (ctx) => ... })`."
    return None if query.is_valid else "The query is neither valid JavaScript nor TypeScript."


async def notices_for(
    value: JsonValue, query: CompiledQuery, deployment: Deployment, component: str
) -> tuple[str, ...]:
    """For an empty result: a table that does not exist (Convex answers such queries as if it were empty)."""
    notices: list[str] = []
    if value is None and query.returns_nothing:
        notices.append("The query returns nothing: end it with an expression or `return`.")
    named = list(dict.fromkeys(match[2] for match in _NAMED_TABLE.finditer(query.text)))
    if named:
        notices += await _ask_many(lambda: _missing_tables(named, deployment, component))
    return tuple(notices)


async def _ask(question: Callable[[], Awaitable[str | None]]) -> str | None:
    """A hint must not hide the error that it is for."""
    try:
        return await question()
    except DeploymentError:
        return None


async def _ask_many(question: Callable[[], Awaitable[list[str]]]) -> list[str]:
    try:
        return await question()
    except DeploymentError:
        return []


async def _missing_tables(named: list[str], deployment: Deployment, component: str) -> list[str]:
    tables = [table.name for table in await deployment.tables(component)]
    return [no_such_table(name, tables) for name in named if name not in tables]


async def _read_limit(query: CompiledQuery, deployment: Deployment, component: str) -> str | None:
    """The index whose first fields the text compares in a filter."""
    fields = {match[2] for match in _FILTERED_FIELD.finditer(query.text)}
    tables = {match[2] for match in _NAMED_TABLE.finditer(query.text)}
    advice = "Read less: `.take(n)`, or an index range."
    if not fields or not tables:
        return advice
    serving: list[tuple[int, IndexInfo]] = []
    for index in await deployment.indexes(component):
        if index.table in tables and index.kind == "database" and not index.staged:
            covered = _covered(index.fields, fields)
            if covered:
                serving.append((covered, index))
    if not serving:
        missing = ", ".join(f'"{field}"' for field in sorted(fields))
        return f"{advice} No index begins with what `.filter` compares ({missing})."
    covered, best = max(serving, key=lambda entry: (entry[0], -len(entry[1].fields)))
    range_ = "".join(f'.eq("{field}", ...)' for field in best.fields[:covered])
    return f'`.filter` reads every document before it looks; use `.withIndex("{best.name}", q => q{range_})`.'


def _covered(fields: Iterable[str], compared: set[str]) -> int:
    count = 0
    for field in fields:
        if field not in compared:
            break
        count += 1
    return count

"""What fits as a key of an object: relations and fields where the ORM's find, or a like of it, is told what to take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kitcn_repl.explore.completion.reader import Reader
from kitcn_repl.explore.completion.suggestion import Candidate
from kitcn_repl.explore.completion.words import Words

WITH: Final = frozenset(("with", "with_"))
COLUMN_KEYS: Final = frozenset(("where", "columns", "orderBy", "order_by", "select", "groupBy", "by"))
_OPTIONS: Final = {
    "with": "relations to load",
    "where": "conditions",
    "columns": "fields to return",
    "orderBy": "order",
    "limit": "at most so many",
    "offset": "leave out so many",
    "cursor": "where to go on",
}
_FINDS: Final = frozenset(
    ("findMany", "findFirst", "findFirstOrThrow", "find", "find_one", "count", "aggregate", "groupBy")
)
_QUERIES: Final = frozenset(("query", "get", "table", "find", "find_one"))


def candidates(reader: Reader, opening: int) -> Iterable[Candidate]:
    """For a key of the `{` at `opening`."""
    key = _key_of(reader, opening)
    if key in WITH:
        table = table_around(reader, opening)
        return relations(reader.words, table, only_own=True)
    if key in COLUMN_KEYS:
        table = table_around(reader, opening)
        return _fields(reader.words, table) if table is not None else ()
    if _holder(reader, opening) is not None or (key is not None and _parent_key(reader, opening) in WITH):
        return [Candidate(name, "keyword", detail) for name, detail in _OPTIONS.items()]
    return ()


def _fields(words: Words, table: str) -> Iterator[Candidate]:
    for field in words.fields(table).values():
        yield Candidate(field.name, "field", field.detail)


def relations(words: Words, table: str | None, *, only_own: bool = False) -> Iterator[Candidate]:
    """Those of a table, of all where it is not known; ways back too, unless `only_own`."""
    for name in (table,) if table is not None else words.tables:
        for relation in words.relations(name):
            if not (only_own and "." in relation.name):
                shown = relation.detail if table is not None else f"{name}: {relation.detail}"
                yield Candidate(relation.name, "relation", shown)


def _key_of(reader: Reader, opening: int) -> str | None:
    """The key, or the Python argument, whose value the bracket is."""
    code = reader.code
    if code.text_at(opening - 1) not in (":", "="):
        return None
    return code.literal(opening - 2, opening - 1) or code.text_at(opening - 2)


def _parent_key(reader: Reader, opening: int) -> str | None:
    parent = reader.code.around(opening)
    return _key_of(reader, parent) if reader.code.text_at(parent) == "{" else None


def _holder(reader: Reader, opening: int) -> int | None:
    """The `(` of the find that the object is the argument of."""
    code = reader.code
    bracket = code.around(opening)
    if code.text_at(opening - 1) not in ("(", ",") or code.text_at(bracket) != "(":
        return None
    callee = code.callee(bracket)
    return bracket if callee is not None and code.text_at(callee) in _FINDS and _table_of(reader, bracket) else None


def table_around(reader: Reader, opening: int) -> str | None:
    """The table that an object inside a find is about; each `with` around it leads on along a relation."""
    code, words = reader.code, reader.words
    route: list[str] = []
    bracket = opening
    while bracket >= 0 and code.text_at(bracket) != "(":
        key = _key_of(reader, bracket)
        if code.text_at(bracket) == "{" and _parent_key(reader, bracket) in WITH and key is not None:
            route.append(key)
        bracket = code.around(bracket)
    table = _table_of(reader, bracket) if bracket >= 0 else None
    for name in reversed(route):
        relation = next((one for one in words.relations(table or "") if one.name == name), None)
        if relation is None:
            return None
        table = relation.target
    return table


def _table_of(reader: Reader, bracket: int) -> str | None:
    """The table that a call is about: `find("user", ...)`, `query.user.findMany(...)`."""
    code = reader.code
    arguments = code.arguments(bracket)
    named = code.literal(*arguments[0]) if arguments else None
    if named in reader.words.tables:
        return named
    callee = code.callee(bracket)
    if (
        callee is not None
        and code.text_at(callee - 1) in (".", "?.")
        and code.text_at(callee - 2) in reader.words.tables
    ):
        return code.text_at(callee - 2)
    return None


def table_before(reader: Reader, index: int) -> str | None:
    """The table that was named last in front of a token: `query("user")`."""
    code = reader.code
    for at in range(index - 1, 1, -1):
        if code.tokens[at].kind == "string" and code.text_at(at - 1) == "(" and code.text_at(at - 2) in _QUERIES:
            name = code.tokens[at].content
            return name if name in reader.words.tables else reader.words.table_of_id(name)
    return None

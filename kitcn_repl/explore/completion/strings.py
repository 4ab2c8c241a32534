"""What fits into a string: told by the call, comparison, index or type that it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kitcn_repl.explore.completion import keys, members
from kitcn_repl.explore.completion.reader import Reader
from kitcn_repl.explore.completion.shapes import (
    CTX,
    Db,
    DocumentOf,
    FilterBuilder,
    IndexRange,
    Operand,
    QueryOf,
    RecordOf,
    SearchRange,
    Shape,
    TextOf,
)
from kitcn_repl.explore.completion.suggestion import Candidate
from kitcn_repl.explore.completion.words import IndexWord, Words

_COMPARISONS: Final = frozenset(("===", "!==", "==", "!="))
_FINDING: Final = frozenset(("find", "find_one", "table", "findMany", "findFirst", "documents"))
_RANGE: Final = frozenset(("eq", "gt", "gte", "lt", "lte"))
_DEEPEST_PATH: Final = 4


def candidates(reader: Reader, at: int) -> Iterator[Candidate]:
    """For the string that is the token `at`."""
    code = reader.code
    before = code.text_at(at - 1)
    if before in _COMPARISONS and at >= 2:
        yield from _values(reader.ending_at(at - 2))
    elif before == "<" and code.text_at(at - 2) in ("Id", "Doc"):
        yield from tables(reader.words)
    elif before in ("(", ",", "["):
        opening = code.around(at)
        if code.text_at(opening) == "(" and (callee := code.callee(opening)) is not None:
            yield from _argument(reader, opening, callee, code.argument_number(opening, at))
        elif code.text_at(opening) == "[" and (owner := code.callee(opening)) is not None and before == "[":
            yield from _fields(reader.ending_at(owner), reader.words)
        elif code.text_at(opening) == "[":
            yield from _listed(reader, opening)
    elif before == "case":
        yield from _switched(reader, at)
    if before in ("{", ",") and code.text_at(code.around(at)) == "{":
        yield from keys.candidates(reader, code.around(at))


def tables(words: Words) -> Iterator[Candidate]:
    for table in words.tables.values():
        yield Candidate(table.name, "table", table.detail)


def _argument(reader: Reader, opening: int, callee: int, number: int) -> Iterable[Candidate]:
    code, words = reader.code, reader.words
    name = code.text_at(callee)
    if code.text_at(callee - 1) not in (".", "?.") or callee < 2:
        return tables(words) if name in _FINDING and number == 0 else ()
    shape = reader.ending_at(callee - 2)
    match shape:
        case Db(system):
            if name in ("query", "get", "normalizeId", "table") and number == 0:
                return _system_tables(words) if system else tables(words)
            return ()
        case QueryOf(table):
            return _of_query(reader, table, name, number)
        case IndexRange():
            if number == 1:
                return _values_of_index(shape, words)
            return _index_fields(shape, name, words) if number == 0 else ()
        case SearchRange():
            return _search_fields(shape, name, words) if number == 0 else _search_values(reader, shape, opening)
        case FilterBuilder(table):
            if name == "field" and number == 0:
                return paths(words, table)
            return _compared(reader, opening, number)
        case TextOf():
            return _values(shape)
    if shape == CTX:
        return _of_ctx(words, name, number)
    return _unresolved(reader, name, number, callee)


def _of_ctx(words: Words, name: str, number: int) -> Iterable[Candidate]:
    if name == "runQuery" and number == 0:
        return [Candidate(path, "function") for path in words.functions]
    return tables(words) if name == "vectorSearch" and number == 0 else ()


def _unresolved(reader: Reader, name: str, number: int, callee: int) -> Iterable[Candidate]:
    """A receiver that nothing is known of: the method's name may say enough."""
    words = reader.words
    if number == 0 and name in ("query", *_FINDING):
        return tables(words)
    table = keys.table_before(reader, callee)
    if name == "related" and number == 0:
        return keys.relations(words, table)
    if number == 0 and name == "withIndex":
        return _indexes(words.indexes(table)) if table is not None else ()
    if number == 0 and name in ("field", "where", "order_by", *_RANGE):
        return paths(words, table) if table is not None else members.fields_anywhere(words)
    return ()


def _of_query(reader: Reader, table: str, name: str, number: int) -> Iterable[Candidate]:
    words = reader.words
    if number != 0:
        return ()
    if name == "withIndex":
        return _indexes(words.indexes(table))
    if name == "withSearchIndex":
        return _indexes(words.indexes(table, "search"))
    if name == "order":
        return [Candidate("desc", "value", "the last first"), Candidate("asc", "value", "the first first")]
    if name == "related":
        return keys.relations(words, table)
    return paths(words, table) if name == "where" else ()


def _indexes(indexes: Iterable[IndexWord]) -> Iterator[Candidate]:
    for index in indexes:
        yield Candidate(index.name, "index", ", ".join((*index.fields, *index.filter_fields)))


def _system_tables(words: Words) -> Iterator[Candidate]:
    for name in words.system_tables():
        yield Candidate(name, "table")


def _index_fields(range_: IndexRange, name: str, words: Words) -> Iterator[Candidate]:
    """The one field that can follow: an index is compared in the order of its fields."""
    index = words.index(range_.table, range_.index)
    if index is None:
        yield from paths(words, range_.table)
        return
    fields = words.fields(range_.table)
    follows = range_.open or next(iter(index.range_fields[range_.taken :]), None)
    if follows is not None and (range_.open is None or name != "eq"):
        known = fields.get(follows)
        yield Candidate(follows, "field", known.detail if known is not None else "")


def _search_fields(range_: SearchRange, name: str, words: Words) -> Iterator[Candidate]:
    index = words.index(range_.table, range_.index, "search")
    if index is not None:
        for field in index.fields if name == "search" else index.filter_fields:
            known = words.fields(range_.table).get(field)
            yield Candidate(field, "field", known.detail if known is not None else "")


def _search_values(reader: Reader, range_: SearchRange, opening: int) -> Iterable[Candidate]:
    arguments = reader.code.arguments(opening)
    field = reader.code.literal(*arguments[0]) if arguments else None
    return _values(members.member(DocumentOf(range_.table), field, reader.words)) if field else ()


def _values_of_index(range_: IndexRange, words: Words) -> Iterable[Candidate]:
    index = words.index(range_.table, range_.index)
    if index is None or range_.taken >= len(index.range_fields):
        return ()
    return _values(members.member(DocumentOf(range_.table), index.range_fields[range_.taken], words))


def _compared(reader: Reader, opening: int, number: int) -> Iterable[Candidate]:
    """`q.eq(q.field("role"), "...")`, and the other way round."""
    for position, (start, end) in enumerate(reader.code.arguments(opening)):
        if position != number and start < end:
            shape = reader.expression(start, end)
            if isinstance(shape, Operand):
                return [Candidate(value, "value") for value in shape.values]
    return ()


def _values(shape: Shape) -> Iterable[Candidate]:
    return [Candidate(value, "value") for value in shape.values] if isinstance(shape, TextOf) else ()


def _switched(reader: Reader, at: int) -> Iterable[Candidate]:
    """`switch (u.role) { case "...`."""
    code = reader.code
    block = code.around(at)
    if block < 1 or code.text_at(block - 1) != ")":
        return ()
    head = code.before(block - 1)
    return _values(reader.expression(head + 1, block - 1)) if code.text_at(head - 1) == "switch" else ()


def _listed(reader: Reader, opening: int) -> Iterable[Candidate]:
    """`["admin", "user"].includes(u.role)` is typed from its front; only the ORM's keys tell what a list holds."""
    code = reader.code
    if code.text_at(opening - 1) in (":", "=") and code.text_at(opening - 2) in keys.COLUMN_KEYS:
        table = keys.table_around(reader, opening)
        return paths(reader.words, table) if table is not None else ()
    return ()


def _fields(shape: Shape, words: Words) -> Iterable[Candidate]:
    return members.candidates(shape, words) if isinstance(shape, DocumentOf | RecordOf) else ()


def paths(words: Words, table: str) -> Iterator[Candidate]:
    """The fields of a table, and what is inside of objects: `address.city`."""
    for field in words.fields(table).values():
        yield Candidate(field.name, "field", field.detail)
    for field in words.fields(table).values():
        yield from _inner(field.name, field.shape, 1)


def _inner(path: str, shape: Shape, depth: int) -> Iterator[Candidate]:
    if isinstance(shape, RecordOf) and depth < _DEEPEST_PATH:
        for name, inner in shape.fields.items():
            yield Candidate(f"{path}.{name}", "field")
            yield from _inner(f"{path}.{name}", inner, depth + 1)

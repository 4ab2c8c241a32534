"""What members give: the fields of documents, the steps of a query, the items of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kitcn_repl.explore.completion import catalogue
from kitcn_repl.explore.completion.shapes import (
    NUMBER,
    TEXT,
    UNKNOWN,
    Db,
    DocumentOf,
    FilterBuilder,
    FunctionAt,
    IdOf,
    IndexRange,
    ListOf,
    Named,
    Operand,
    PageOf,
    PromiseOf,
    QueryOf,
    RecordOf,
    SearchRange,
    Shape,
    TextOf,
    TupleOf,
)
from kitcn_repl.explore.completion.suggestion import Candidate
from kitcn_repl.explore.completion.words import Words

if TYPE_CHECKING:
    from kitcn_repl.explore.completion.reader import Reader

GLOBALS: Final = frozenset(catalogue.GLOBALS)
DB: Final = Db()
_SAME_LIST: Final = frozenset(("filter", "slice", "sort", "reverse", "concat", "toSorted", "toReversed", "flat"))
_ITEM: Final = frozenset(("find", "findLast", "at", "pop", "shift"))
_GIVE_TEXT: Final = """
    at join normalize padEnd padStart repeat replace replaceAll slice stringify toFixed toISOString toJSON
    toLocaleString toLowerCase toString toUpperCase trim
"""
_TO_TEXT: Final = frozenset(_GIVE_TEXT.split())


def awaited(shape: Shape) -> Shape:
    return awaited(shape.value) if isinstance(shape, PromiseOf) else shape


def element(shape: Shape) -> Shape:
    """What a loop over it gives, or `[i]`."""
    match shape:
        case ListOf(item):
            return item
        case TupleOf(items):
            return next((item for item in items if item != UNKNOWN), UNKNOWN)
        case QueryOf(table):
            return DocumentOf(table)
    return UNKNOWN


def fields_of(shape: Shape, words: Words) -> Mapping[str, Shape]:
    match shape:
        case DocumentOf(table) if table is not None:
            return {name: field.shape for name, field in words.fields(table).items()}
        case RecordOf(fields):
            return fields
    return {}


def candidates(shape: Shape, words: Words) -> Iterator[Candidate]:
    """What may stand behind the dot."""
    match shape:
        case DocumentOf(None):
            yield from fields_anywhere(words)
        case DocumentOf(table) if table is not None:
            for field in words.fields(table).values():
                yield Candidate(field.name, "field", field.detail)
        case RecordOf(fields):
            for name in fields:
                yield Candidate(name, "field")
        case _:
            for name, detail in _members(shape, words).items():
                yield Candidate(name, "method" if detail.startswith("(") else "field", detail)


def fields_anywhere(words: Words) -> Iterator[Candidate]:
    """The fields of all tables, those of many first."""
    where: dict[str, list[str]] = {"_id": [], "_creationTime": []}
    for table in words.tables.values():
        for name in table.fields:
            where.setdefault(name, []).append(table.name)
    for name, tables in sorted(where.items(), key=lambda entry: (entry[0][0] != "_", -len(entry[1]))):
        shown = ", ".join(tables[:3]) + (", …" if len(tables) > 3 else "")
        yield Candidate(name, "field", shown)


def _members(shape: Shape, words: Words) -> catalogue.Members:
    match shape:
        case Named(name):
            return catalogue.NAMED.get(name, {})
        case Db(system):
            return {name: text for name, text in catalogue.DB.items() if not (system and name == "system")}
        case QueryOf(_, stage):
            if stage == "start":
                return catalogue.QUERY_START
            return catalogue.QUERY_RANGED if stage == "ranged" else catalogue.QUERY_ORDERED
        case IndexRange():
            return _of_range(shape, words)
        case SearchRange(_, _, searched):
            return catalogue.EQUALITY if searched else catalogue.SEARCH
        case FilterBuilder():
            return catalogue.FILTER
        case ListOf() | TupleOf():
            return catalogue.LIST
        case PageOf():
            return catalogue.PAGE
        case PromiseOf():
            return catalogue.PROMISE
        case TextOf() | IdOf():
            return catalogue.TEXT
    return {}


def _of_range(range_: IndexRange, words: Words) -> catalogue.Members:
    """Equalities come first, then one field with a bound on one side or on both."""
    if range_.open is None:
        index = words.index(range_.table, range_.index)
        if index is not None and range_.taken >= len(index.range_fields):
            return {}
        return {**catalogue.EQUALITY, **catalogue.LOWER, **catalogue.UPPER}
    if len(range_.sides) > 1:
        return {}
    return catalogue.UPPER if range_.sides == "g" else catalogue.LOWER


def member(shape: Shape, name: str, words: Words) -> Shape:
    """What a member is that is not called."""
    match shape:
        case DocumentOf() | RecordOf():
            return fields_of(shape, words).get(name, UNKNOWN)
        case Named("ctx"):
            return DB if name == "db" else Named(f"ctx.{name}") if name in catalogue.NAMED["ctx"] else UNKNOWN
        case Db():
            return Db(system=True) if name == "system" else UNKNOWN
        case PageOf(item):
            return ListOf(item) if name == "page" else TEXT if name == "continueCursor" else UNKNOWN
        case ListOf() | TupleOf() | TextOf() | IdOf() if name == "length":
            return NUMBER
    return UNKNOWN


def called(shape: Shape, name: str, opening: int, reader: Reader) -> Shape:
    """What calling a member gives; its arguments are in the bracket at `opening`."""
    match shape:
        case Db():
            return _of_db(name, opening, reader)
        case QueryOf():
            return _of_query(shape, name)
        case IndexRange():
            return _further(shape, name, reader.words)
        case SearchRange():
            return replace(shape, searched=True) if name == "search" else shape
        case FilterBuilder(table):
            if name == "field":
                return Operand(_values(table, _text(reader, opening, 0) or "", reader.words))
            return Operand() if name in catalogue.FILTER else UNKNOWN
        case ListOf() | TupleOf():
            return _of_list(shape, name, opening, reader)
        case PromiseOf():
            result = _result(reader, opening, 0) if name == "then" else shape
            return result if isinstance(result, PromiseOf) else PromiseOf(result)
        case Named():
            return _of_named(shape.name, name, opening, reader)
        case TextOf() | IdOf():
            if name in ("split", "match"):
                return ListOf(TEXT)
            return TEXT if name in _TO_TEXT else UNKNOWN
        case RecordOf() | DocumentOf():
            found = member(shape, name, reader.words)
            return reader.result(found) if isinstance(found, FunctionAt) else UNKNOWN
    return UNKNOWN


def _of_db(name: str, opening: int, reader: Reader) -> Shape:
    first = _text(reader, opening, 0)
    if name == "query":
        return QueryOf(first or "")
    if name == "get":
        arguments = reader.code.arguments(opening)
        if len(arguments) > 1 and first is not None:
            return PromiseOf(DocumentOf(first))
        if first is not None:
            return PromiseOf(DocumentOf(reader.words.table_of_id(first)))
        shape = reader.expression(*arguments[0]) if arguments else UNKNOWN
        return PromiseOf(DocumentOf(shape.table if isinstance(shape, IdOf) else None))
    return IdOf(first or "") if name == "normalizeId" else UNKNOWN


def _of_query(query: QueryOf, name: str) -> Shape:
    document = DocumentOf(query.table)
    match name:
        case "withIndex" | "fullTableScan":
            return replace(query, stage="ranged")
        case "withSearchIndex" | "order":
            return replace(query, stage="ordered")
        case "filter":
            return query if query.stage == "ordered" else replace(query, stage="ranged")
        case "collect" | "take":
            return PromiseOf(ListOf(document))
        case "first" | "unique":
            return PromiseOf(document)
        case "paginate":
            return PromiseOf(PageOf(document))
        case "count":
            return PromiseOf(NUMBER)
    return UNKNOWN


def _further(range_: IndexRange, name: str, words: Words) -> IndexRange:
    if name == "eq":
        return replace(range_, taken=range_.taken + 1)
    if name not in ("gt", "gte", "lt", "lte"):
        return range_
    index = words.index(range_.table, range_.index)
    fields = index.range_fields if index is not None else ()
    bound = fields[range_.taken] if range_.taken < len(fields) else ""
    return replace(range_, open=bound, sides=range_.sides + name[0])


def _of_list(shape: ListOf | TupleOf, name: str, opening: int, reader: Reader) -> Shape:
    if name == "map":
        return ListOf(_result(reader, opening, 0))
    if name == "flatMap":
        result = _result(reader, opening, 0)
        return result if isinstance(result, ListOf) else ListOf(result)
    if name == "flat" and isinstance(shape, ListOf) and isinstance(shape.item, ListOf):
        return shape.item
    if name in _SAME_LIST:
        return shape if isinstance(shape, ListOf) else ListOf(element(shape))
    if name in _ITEM:
        return element(shape)
    if name == "entries":
        return ListOf(TupleOf((NUMBER, element(shape))))
    if name == "values":
        return ListOf(element(shape))
    if name == "reduce":
        arguments = reader.code.arguments(opening)
        return reader.expression(*arguments[1]) if len(arguments) > 1 else element(shape)
    return TEXT if name == "join" else NUMBER if name in ("findIndex", "indexOf") else UNKNOWN


def _of_named(owner: str, name: str, opening: int, reader: Reader) -> Shape:
    arguments = reader.code.arguments(opening)
    first = reader.expression(*arguments[0]) if arguments else UNKNOWN
    match owner, name:
        case "Promise!", "all":
            if isinstance(first, TupleOf):
                return PromiseOf(TupleOf(tuple(map(awaited, first.items))))
            return PromiseOf(ListOf(awaited(element(first))))
        case "Promise!", "resolve":
            return PromiseOf(awaited(first))
        case "Object!", "values":
            return ListOf(next(iter(fields_of(first, reader.words).values()), UNKNOWN))
        case "Object!", "keys":
            return ListOf(TEXT)
        case "Object!", "entries":
            return ListOf(TupleOf((TEXT, next(iter(fields_of(first, reader.words).values()), UNKNOWN))))
        case "Array!", "from":
            return ListOf(_result(reader, opening, 1)) if len(arguments) > 1 else ListOf(element(first))
        case "Array!", "of":
            return ListOf(first)
        case (("Math!" | "Date!"), _):
            return NUMBER
        case "ctx.storage", "getUrl":
            return PromiseOf(TEXT)
        case "ctx.storage", "getMetadata":
            return PromiseOf(RecordOf(dict.fromkeys(("storageId", "sha256", "size", "contentType"), UNKNOWN)))
        case "ctx.meta", "getTransactionMetrics":
            used = RecordOf({"used": NUMBER, "remaining": NUMBER})
            return PromiseOf(RecordOf(dict.fromkeys(("bytesRead", "documentsRead", "databaseQueries"), used)))
    return TEXT if name in _TO_TEXT else UNKNOWN


def parameters(shape: Shape, name: str, number: int, opening: int, reader: Reader) -> list[Shape]:
    """What argument `number` of a called member, a function, is given."""
    match shape:
        case QueryOf(table):
            index = _text(reader, opening, 0) or ""
            if name == "withIndex" and number == 1:
                return [IndexRange(table, index)]
            if name == "withSearchIndex" and number == 1:
                return [SearchRange(table, index)]
            return [FilterBuilder(table)] if name == "filter" else []
        case ListOf() | TupleOf():
            item = element(shape)
            if name == "reduce":
                arguments = reader.code.arguments(opening)
                start = reader.expression(*arguments[1]) if len(arguments) > 1 else item
                return [start, item, NUMBER]
            return [item, item] if name in ("sort", "toSorted") else [item, NUMBER, shape]
        case PromiseOf(value):
            return [awaited(value)] if name == "then" else []
        case Named("Array!") if name == "from":
            source = reader.code.arguments(opening)[0]
            return [element(reader.expression(*source)), NUMBER]
        case Named("Object!" | "Map!") if name == "groupBy":
            source = reader.code.arguments(opening)[0]
            return [element(reader.expression(*source)), NUMBER]
    return []


def _values(table: str, field: str, words: Words) -> tuple[str, ...]:
    shape: Shape = DocumentOf(table)
    for part in field.split("."):
        shape = member(shape, part, words)
    return shape.values if isinstance(shape, TextOf) else ()


def _text(reader: Reader, opening: int, number: int) -> str | None:
    """The argument of that number if it is a string literal."""
    arguments = reader.code.arguments(opening)
    return reader.code.literal(*arguments[number]) if number < len(arguments) else None


def _result(reader: Reader, opening: int, number: int) -> Shape:
    """What the function returns that is the argument of that number."""
    arguments = reader.code.arguments(opening)
    if number >= len(arguments):
        return UNKNOWN
    shape = reader.expression(*arguments[number])
    return reader.result(shape) if isinstance(shape, FunctionAt) else UNKNOWN

"""What fits where a name starts: variables, keywords, and whole beginnings of queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kitcn_repl.explore.completion import keys
from kitcn_repl.explore.completion.catalogue import GLOBALS
from kitcn_repl.explore.completion.reader import Reader
from kitcn_repl.explore.completion.shapes import ListOf, PromiseOf, QueryOf, TupleOf
from kitcn_repl.explore.completion.suggestion import Candidate

_STATEMENTS: Final = (
    ("await", "wait for a value"),
    ("const", ""),
    ("return", ""),
    ("for", ""),
    ("if", ""),
    ("let", ""),
    ("async", ""),
    ("function", ""),
    ("new", ""),
    ("null", ""),
    ("true", ""),
    ("false", ""),
    ("undefined", ""),
    ("typeof", ""),
    ("export", ""),
)
_BEHIND_OPERANDS: Final = (("of", "loop over"), ("in", ""), ("as", "type"), ("instanceof", ""))
_DECLARES: Final = frozenset(("const", "let", "var", "function", "class"))


def candidates(reader: Reader, at: int, *, is_typed: bool) -> Iterator[Candidate]:
    """For a name that is, or would be, the token `at`."""
    code = reader.code
    before = code.text_at(at - 1)
    opening = code.around(at)
    if before in _DECLARES:
        return
    if before in ("{", ",") and code.text_at(opening) == "{":
        yield from keys.candidates(reader, opening)
        if not _is_block(reader, opening):
            yield from _variables(reader, at)
            return
    if at > 0 and code.ends_operand(at - 1):
        if not _starts_line(reader, at):
            yield from (Candidate(word, "keyword", detail) for word, detail in _BEHIND_OPERANDS)
            return
    elif before in ("(", ",") and code.text_at(opening) == "(":
        yield from _callback(reader, opening, at)
    yield from _variables(reader, at)
    yield Candidate("ctx", "variable", "db, runQuery, storage, auth")
    yield from (Candidate(word, "keyword", detail) for word, detail in _STATEMENTS)
    yield from (Candidate(name, "variable") for name in GLOBALS)
    if is_typed:
        yield from _beginnings(reader, before)


def _is_block(reader: Reader, opening: int) -> bool:
    """Whether a `{` holds statements, and no fields."""
    return reader.code.text_at(opening - 1) in ("=>", ")", "", ";", "else", "try", "do", "finally")


def _starts_line(reader: Reader, at: int) -> bool:
    code = reader.code
    start = code.tokens[at].start if at < len(code) else len(code.text)
    return "\n" in code.text[code.tokens[at - 1].end : start]


def _variables(reader: Reader, at: int) -> Iterator[Candidate]:
    for name in reader.scopes.names(at):
        yield Candidate(name, "variable")
    for name in reader.words.constants:
        yield Candidate(name, "variable", "a result")


def _callback(reader: Reader, opening: int, at: int) -> Iterator[Candidate]:
    """The function that a method takes, as far as it is always the same."""
    code = reader.code
    callee = code.callee(opening)
    if callee is None or callee < 2 or code.text_at(callee - 1) not in (".", "?."):
        return
    name, number = code.text_at(callee), code.argument_number(opening, at)
    shape = reader.ending_at(callee - 2)
    match shape:
        case QueryOf(table):
            if name == "withIndex" and number == 1:
                arguments = code.arguments(opening)
                index = reader.words.index(table, code.literal(*arguments[0]) or "")
                field = index.fields[0] if index is not None and index.fields else ""
                yield Candidate(f'(q) => q.eq("{field}", ', "snippet", "a range of the index", "q")
            elif name == "withSearchIndex" and number == 1:
                yield Candidate('(q) => q.search("', "snippet", "full text search", "q")
            elif name == "filter":
                yield Candidate('(q) => q.eq(q.field("', "snippet", "reads every document", "q")
            elif name == "paginate" and number == 0:
                yield Candidate("{ numItems: 20, cursor: null }", "snippet", "the first page", "{")
        case ListOf() | TupleOf() if name in ("map", "filter", "find", "some", "every", "forEach", "flatMap"):
            item = _item_name(reader, callee - 2)
            yield Candidate(f"({item}) => {item}.", "snippet", "", item)
        case PromiseOf():
            return


def _item_name(reader: Reader, receiver: int) -> str:
    name = reader.code.text_at(receiver) if reader.code.is_word(receiver) else ""
    return name.removesuffix("s") if name.endswith("s") and len(name) > 2 else "d"


def _beginnings(reader: Reader, before: str) -> Iterator[Candidate]:
    """A table's name where a statement or a value starts: most likely its documents are wanted."""
    lead = "" if before == "await" else "await "
    for table in reader.words.tables.values():
        yield Candidate(f'{lead}ctx.db.query("{table.name}").take(20)', "snippet", table.detail, table.name)

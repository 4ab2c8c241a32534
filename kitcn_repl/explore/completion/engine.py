"""From a text and a place in it to suggestions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kitcn_repl.explore.completion import keys, members, names, strings
from kitcn_repl.explore.completion.code import Code
from kitcn_repl.explore.completion.ranking import ranked
from kitcn_repl.explore.completion.reader import Reader
from kitcn_repl.explore.completion.shapes import UNKNOWN, DocumentOf, IndexRange, PromiseOf, QueryOf, Shape
from kitcn_repl.explore.completion.suggestion import Candidate, Suggestion
from kitcn_repl.explore.completion.words import Words

_REST_OF_WORD: Final = re.compile(r"[\w$]*")
_REST_OF_STRING: Final = re.compile(r"[\w$.:/-]*")
_MOST: Final = 1_000
_LONGEST: Final = 100_000
"""Characters. A text that is longer was not typed, and nobody waits for it to be read with every key."""


def complete(text: str, cursor: int, words: Words) -> list[Suggestion]:
    """What may stand at the cursor, the best first; it never fails, whatever the text is.

    The cursor and the ranges count code points. A suggestion replaces the word or the string's content that the cursor
    is in. Where nothing is known, nothing is offered.
    """
    cursor = max(0, min(cursor, len(text)))
    if cursor > _LONGEST:
        return []
    code = Code(text[:cursor])
    if code.last_comment is not None:
        return []
    reader = Reader(code, words)
    last = len(code) - 1
    token = code.tokens[last] if last >= 0 else None
    if token is not None and token.kind in ("string", "template") and not token.closed:
        if token.end < cursor and "\n" not in text[token.end : cursor]:
            return []  # behind a lone backslash
        if token.end == cursor:
            if token.text.startswith("}") or "\\" in token.text:
                return []
            end = _end(_REST_OF_STRING, text, cursor)
            return _suggestions(strings.candidates(reader, last), token.content, token.start + 1, end)
    if token is not None and token.end == cursor and (token.kind == "number" or not token.closed):
        return []
    typed, at = "", last + 1
    if token is not None and token.kind == "name" and token.end == cursor:
        typed, at = token.text, last
    start, end = cursor - len(typed), _end(_REST_OF_WORD, text, cursor)
    if code.text_at(at - 1) in (".", "?."):
        return _suggestions(_members(reader, at - 2), typed, start, end)
    found = names.candidates(reader, at, is_typed=bool(typed))
    return _suggestions(found, typed, start, end)


def is_unasked_query(text: str, words: Words) -> bool:
    """Whether the text is a query that lacks its `.take(n)`, `.first()` or the like, and so can give no value."""
    code = Code(text)
    if not code.tokens or not code.tokens[-1].closed:
        return False
    start = code.chain_start(len(code) - 1)
    if start > 1 or (start == 1 and code.text_at(0) not in ("await", "return")):
        return False
    return isinstance(Reader(code, words).ending_at(len(code) - 1), QueryOf)


def _end(rest: re.Pattern[str], text: str, cursor: int) -> int:
    match = rest.match(text, cursor)
    return match.end() if match is not None else cursor


def _suggestions(candidates: Iterable[Candidate], typed: str, start: int, end: int) -> list[Suggestion]:
    return [
        Suggestion(candidate.text, start, end, candidate.kind, candidate.detail)
        for candidate in ranked(candidates, typed)[:_MOST]
    ]


def _members(reader: Reader, receiver: int) -> Iterable[Candidate]:
    if receiver < 0:
        return ()
    shape = reader.ending_at(receiver)
    if shape == UNKNOWN:
        shape = _unresolved(reader, receiver)
    elif isinstance(shape, DocumentOf) and (shape.table is None or shape.table not in reader.words.tables):
        shape = _guessed(reader, receiver) if shape.table is None else shape
    elif isinstance(shape, PromiseOf) and isinstance(shape.value, DocumentOf):
        # Whoever forgot the `await` sees by this that there are no fields yet.
        return members.candidates(shape, reader.words)
    if isinstance(shape, IndexRange):
        return _marked(shape, reader.words)
    return members.candidates(shape, reader.words)


def _marked(shape: IndexRange, words: Words) -> Iterable[Candidate]:
    for candidate in members.candidates(shape, words):
        yield Candidate(candidate.text, "operator", candidate.detail)


def _unresolved(reader: Reader, receiver: int) -> Shape:
    """A variable that is declared, and of which nothing is known, is most likely a document of the table at hand."""
    code = reader.code
    is_name = code.is_word(receiver) and code.text_at(receiver - 1) not in (".", "?.")
    if not is_name or reader.scopes.find(code.text_at(receiver), receiver) is None:
        return UNKNOWN
    table = keys.table_before(reader, receiver)
    return DocumentOf(table) if table is not None else UNKNOWN


def _guessed(reader: Reader, receiver: int) -> Shape:
    """`const user = await ctx.db.get(id)`: the id does not say of which table, but the name may."""
    code = reader.code
    name = code.text_at(receiver) if code.is_word(receiver) else ""
    guess = reader.named_after(name)
    return guess if isinstance(guess, DocumentOf) else DocumentOf(None)

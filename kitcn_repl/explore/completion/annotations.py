"""Types that a text states, as far as Convex's own say something: `Doc<"user">`, `Id<"user">`, and lists of them."""

from __future__ import annotations

from kitcn_repl.explore.completion.code import Code
from kitcn_repl.explore.completion.shapes import (
    NUMBER,
    TEXT,
    UNKNOWN,
    DocumentOf,
    IdOf,
    ListOf,
    PromiseOf,
    RecordOf,
    Shape,
)


def annotation(code: Code, start: int, depth: int = 0) -> Shape:
    """The type that starts at a token."""
    if depth > 8 or start >= len(code):
        return UNKNOWN
    text = code.text_at(start)
    shape: Shape = UNKNOWN
    at = start + 1
    if text in ("Doc", "Id"):
        table = code.literal(start + 2, start + 3) if code.text_at(start + 1) == "<" and start + 2 < len(code) else None
        if table is not None:
            shape = DocumentOf(table) if text == "Doc" else IdOf(table)
            at = start + 4
    elif text in ("Array", "ReadonlyArray", "Promise") and code.text_at(start + 1) == "<":
        inner = annotation(code, start + 2, depth + 1)
        return PromiseOf(inner) if text == "Promise" else ListOf(inner)
    elif text == "string":
        shape = TEXT
    elif text == "number":
        shape = NUMBER
    elif text == "(":
        shape, at = annotation(code, start + 1, depth + 1), code.past(start)
    elif text == "readonly":
        return annotation(code, start + 1, depth + 1)
    elif text == "{":
        shape, at = _members(code, start, depth), code.past(start)
    while code.text_at(at) == "[" and code.text_at(at + 1) == "]":
        shape, at = ListOf(shape), at + 2
    return shape


def _members(code: Code, opening: int, depth: int) -> Shape:
    fields: dict[str, Shape] = {}
    end = code.partner(opening) or len(code)
    at = opening + 1
    while at < end:
        colon = at + 2 if code.text_at(at + 1) == "?" else at + 1
        if code.kind_at(at) == "name" and code.text_at(colon) == ":":
            fields[code.text_at(at)] = annotation(code, colon + 1, depth + 1)
        while at < end and code.text_at(at) not in (",", ";"):
            at = code.past(at) if code.tokens[at].opens else at + 1
        at += 1
    return RecordOf(fields)

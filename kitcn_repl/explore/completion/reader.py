"""What expressions of a half-typed query are: read from the tokens, as far as they can be."""

from __future__ import annotations

from typing import Final

from kitcn_repl.explore.completion import members
from kitcn_repl.explore.completion.annotations import annotation
from kitcn_repl.explore.completion.code import Code
from kitcn_repl.explore.completion.scopes import Binding, Scopes
from kitcn_repl.explore.completion.shapes import (
    CTX,
    NUMBER,
    TEXT,
    UNKNOWN,
    DocumentOf,
    FunctionAt,
    ListOf,
    Named,
    PromiseOf,
    RecordOf,
    Shape,
    TextOf,
    TupleOf,
)
from kitcn_repl.explore.completion.words import Words

_DEEPEST: Final = 40
_CONSTRUCTED: Final[dict[str, Shape]] = {"Date": Named("Date"), "Array": ListOf(UNKNOWN)}
_LITERALS: Final = frozenset(("true", "false", "null", "undefined"))
_TAKES_CTX: Final = frozenset(("query", "internalQuery"))


class Reader:
    """Reads shapes of expressions. Names are looked up where they stand, so that scopes hold."""

    def __init__(self, code: Code, words: Words) -> None:
        self.code = code
        self.words = words
        self.scopes = Scopes(code)
        self._known: dict[tuple[int, int], Shape] = {}
        self._active: set[tuple[int, int]] = set()
        self._depth = 0

    def ending_at(self, index: int) -> Shape:
        """The chain of members and calls whose last token is at `index`."""
        start = self.code.chain_start(index)
        return self._guarded(start, index + 1, chain=True)

    def expression(self, start: int, end: int) -> Shape:
        """The expression that starts at a token; what lies behind it, up to `end`, does not matter."""
        return self._guarded(start, end, chain=False)

    def _guarded(self, start: int, end: int, *, chain: bool) -> Shape:
        key = (start if not chain else -1 - start, end)
        if key in self._known:
            return self._known[key]
        if key in self._active or self._depth > _DEEPEST or start >= min(end, len(self.code)):
            return UNKNOWN  # `const user = user.` defines itself
        self._active.add(key)
        self._depth += 1
        try:
            shape, at = (self._chain if chain else self._unary)(start, end)
            if not chain:
                shape = self._binary(shape, at, end)
        finally:
            self._depth -= 1
            self._active.discard(key)
        self._known[key] = shape
        return shape

    def _binary(self, left: Shape, at: int, end: int) -> Shape:
        operator = self.code.text_at(at) if at < end else ""
        if operator in ("??", "||"):
            return left if left != UNKNOWN else self.expression(at + 1, end)
        if operator == "&&":
            return self.expression(at + 1, end)
        if operator == "?":
            first = self.expression(at + 1, end)
            return first if first != UNKNOWN else self._alternative(at + 1, end)
        if operator in ("as", "satisfies"):
            stated = annotation(self.code, at + 1)
            return left if stated == UNKNOWN else stated
        return left

    def _alternative(self, at: int, end: int) -> Shape:
        while at < end:
            if self.code.text_at(at) == ":":
                return self.expression(at + 1, end)
            at = self.code.past(at) if self.code.tokens[at].opens else at + 1
        return UNKNOWN

    def _unary(self, start: int, end: int) -> tuple[Shape, int]:
        word = self.code.text_at(start)
        if word == "await" and self.code.text_at(start - 1) not in (".", "?."):
            shape, at = self._unary(start + 1, end) if start + 1 < end else (UNKNOWN, end)
            return members.awaited(shape), at
        if word in ("!", "-", "+", "~", "typeof", "void", "delete"):
            _, at = self._unary(start + 1, end) if start + 1 < end else (UNKNOWN, end)
            return UNKNOWN, at
        return self._chain(start, end)

    def _chain(self, start: int, end: int) -> tuple[Shape, int]:
        shape, at = self._primary(start, end)
        code = self.code
        while at < end:
            text = code.text_at(at)
            if text in (".", "?.") and code.kind_at(at + 1) == "name" and at + 1 < end:
                name, at = code.text_at(at + 1), at + 2
                opening = self._opening(at, end)
                if opening is None:
                    shape = members.member(shape, name, self.words)
                else:
                    shape, at = members.called(shape, name, opening, self), code.past(opening)
            elif text == "?." and code.text_at(at + 1) in ("(", "["):
                at += 1
            elif text == "(" and code.tokens[at].kind == "punctuation":
                shape, at = (self.result(shape) if isinstance(shape, FunctionAt) else UNKNOWN), code.past(at)
            elif text == "[":
                shape, at = self._indexed(shape, at), code.past(at)
            elif text == "!" and code.text_at(at + 1) != "=":
                at += 1
            else:
                break
        return shape, min(at, end)

    def _opening(self, at: int, end: int) -> int | None:
        """The `(` of a call behind a member's name; type arguments may stand between."""
        if self.code.text_at(at) == "?.":
            at += 1
        if self.code.text_at(at) == "<":
            depth = 0
            for ahead in range(at, min(at + 40, end)):
                depth += {"<": 1, ">": -1}.get(self.code.text_at(ahead), 0)
                if depth == 0:
                    at = ahead + 1
                    break
        return at if at < end and self.code.text_at(at) == "(" else None

    def _indexed(self, shape: Shape, opening: int) -> Shape:
        arguments = self.code.arguments(opening)
        name = self.code.literal(*arguments[0]) if arguments else None
        if name is not None:
            return members.member(shape, name, self.words)
        if isinstance(shape, TupleOf):
            written = self.code.text_at(opening + 1)
            if written.isdecimal() and int(written) < len(shape.items):
                return shape.items[int(written)]
        return members.element(shape)

    def _primary(self, start: int, end: int) -> tuple[Shape, int]:
        code = self.code
        token = code.tokens[start]
        if token.kind == "string":
            return TextOf(), start + 1
        if token.kind == "template":
            return TEXT, code.past(start) if token.opens else start + 1
        if token.kind == "number":
            return NUMBER, start + 1
        if self.scopes.is_function(start):
            return FunctionAt(start), self.scopes.function_end(start)
        if token.text == "(":
            closing = code.partner(start)
            parts = list(code.split(start + 1, end if closing is None else closing))
            return self.expression(*parts[-1]), code.past(start)
        if token.text == "[":
            return self._list(start), code.past(start)
        if token.text == "{":
            return self._record(start), code.past(start)
        if token.text == "new":
            at = start + 2
            return _CONSTRUCTED.get(code.text_at(start + 1), UNKNOWN), code.past(at) if code.text_at(at) == "(" else at
        if token.kind == "name":
            return (UNKNOWN if token.text in _LITERALS else self.named(token.text, start)), start + 1
        return UNKNOWN, start + 1

    def _list(self, opening: int) -> Shape:
        items: list[Shape] = []
        for start, end in self.code.arguments(opening):
            if self.code.text_at(start) == "...":
                items.append(members.element(self.expression(start + 1, end)))
            else:
                items.append(self.expression(start, end))
        known = [item for item in items if item != UNKNOWN]
        if len(set(map(repr, known))) == 1 and len(known) == len(items):
            return ListOf(known[0])
        return TupleOf(tuple(items)) if items else ListOf(UNKNOWN)

    def _record(self, opening: int) -> Shape:
        fields: dict[str, Shape] = {}
        code = self.code
        for start, end in code.arguments(opening):
            if code.text_at(start) == "...":
                fields.update(members.fields_of(self.expression(start + 1, end), self.words))
            elif code.text_at(start + 1) == ":" and start + 2 < end:
                name = code.literal(start, start + 1) or code.text_at(start)
                fields[name] = self.expression(start + 2, end)
            elif code.kind_at(start) == "name" and end == start + 1:
                fields[code.text_at(start)] = self.named(code.text_at(start), start)
        return RecordOf(fields)

    def named(self, name: str, at: int) -> Shape:
        """What a name means to a token at `at`."""
        binding = self.scopes.find(name, at)
        if binding is not None:
            shape = self.bound(binding)
            return self.named_after(name) if shape == UNKNOWN else shape
        if name == "ctx":
            return CTX
        if name in self.words.constants:
            return self.words.constants[name]
        return Named(f"{name}!") if name in members.GLOBALS else self.named_after(name)

    def named_after(self, name: str) -> Shape:
        """A variable that is called after a table is one of its documents, or some."""
        if name == "db":
            return members.DB
        lowered = name.lower()
        for table in (name, *self.words.tables):
            if table not in self.words.tables:
                continue
            own = table.lower()
            if lowered in (own, own.removesuffix("s")) and not (lowered == own and own.endswith("s")):
                return DocumentOf(table)
            if lowered in (own, f"{own}s") or (own.endswith("y") and lowered == f"{own[:-1]}ies"):
                return ListOf(DocumentOf(table))
        return UNKNOWN

    def bound(self, binding: Binding) -> Shape:
        """What a declaration or a parameter gives its name."""
        shape = UNKNOWN
        if binding.annotation is not None:
            shape = annotation(self.code, binding.annotation)
        if shape == UNKNOWN and binding.value is not None:
            shape = self.expression(*binding.value)
        elif shape == UNKNOWN and binding.function is not None:
            shapes = self.parameters(binding.function)
            shape = shapes[binding.position] if binding.position < len(shapes) else UNKNOWN
        if binding.is_loop:
            shape = members.element(members.awaited(shape))
        for step in binding.path:
            if isinstance(step, str):
                shape = members.member(shape, step, self.words)
            elif isinstance(shape, TupleOf):
                shape = shape.items[step] if step < len(shape.items) else UNKNOWN
            else:
                shape = members.element(shape)
        return shape

    def parameters(self, function: int) -> list[Shape]:
        """What a function of the text is called with, told by what it is given to."""
        code = self.code
        before = code.text_at(function - 1)
        if before == ":" and code.text_at(function - 2) == "handler":
            return [CTX]
        if before == "{" or code.text_at(function) == "handler":
            return [CTX] if code.text_at(function) == "handler" else []
        opening = code.around(function)
        if opening < 0 or before not in ("(", ",") or code.text_at(opening) != "(":
            return []
        callee = code.callee(opening)
        if callee is None or code.kind_at(callee) != "name":
            return []
        name = code.text_at(callee)
        number = code.argument_number(opening, function)
        if code.text_at(callee - 1) in (".", "?.") and callee >= 2:
            receiver = self.ending_at(callee - 2)
            return members.parameters(receiver, name, number, opening, self)
        return [CTX] if name in _TAKES_CTX else []

    def result(self, function: FunctionAt) -> Shape:
        """What a function of the text returns."""
        body = self.scopes.body(function.token)
        if body is None:
            return UNKNOWN
        start, end = body
        shape = UNKNOWN
        if self.code.text_at(start) == "{":
            for returned in self.scopes.returns(start):
                shape = self.expression(returned, self.code.partner(start) or len(self.code))
                if shape != UNKNOWN:
                    break
        else:
            shape = self.expression(start, end)
        if self.code.text_at(function.token) == "async" and not isinstance(shape, PromiseOf):
            return PromiseOf(shape)
        return shape

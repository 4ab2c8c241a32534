"""What programs are made of: names, types at their places, parameters, functions as values."""

from __future__ import annotations

from random import Random

from tests.fuzz.ts.pieces import Pieces, code, types
from tests.fuzz.ts.types import TypeTexts

_NAMES = (
    "a",
    "b",
    "count",
    "name",
    "$x",
    "_y",
    "数",
    "é",
    "type",
    "of",
    "as",
    "get",
    "set",
    "readonly",
    "declare",
    "is",
    "abstract",
    "namespace",
    "module",
    "satisfies",
    "asserts",
    "infer",
    "keyof",
    "unique",
    "any",
    "number",
    "string",
    "global",
    "override",
    "out",
    "accessor",
    "from",
)


class Parts:
    """Names are declared before they are used; `expression` and `statement` come with the classes below this one."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._types = TypeTexts(random)
        self._numbers = ["ctx0"]
        self._used = 0
        self._depth = 0
        self._deepest = random.choice((1, 1, 1, 2, 2, 3, 4))

    def expression(self) -> Pieces:
        raise NotImplementedError

    def statement(self) -> Pieces:
        raise NotImplementedError

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _type(self) -> str:
        return self._types.any()

    def _annotation(self, share: float = 0.7) -> Pieces:
        return [*self._gap(), *types(f": {self._type()}")] if self._chance(share) else []

    def _generics(self, share: float = 0.4) -> Pieces:
        return types(self._types.parameters()) if self._chance(share) else []

    def _arguments(self, share: float = 0.5) -> Pieces:
        return types(self._types.arguments()) if self._chance(share) else []

    def _gap(self) -> Pieces:
        return code(self._random.choice(("", "", "", " ", "/* é */")))

    def _end(self) -> Pieces:
        kind = self._random.randrange(6)
        if kind == 0:
            return code("; // " + self._random.choice(("as any", ": T = 1", "é<T>")) + "\n")
        return code(";\n" if kind < 4 else ";\n\n" if kind == 4 else "; ")

    def _new_name(self) -> str:
        self._used += 1
        return f"{self._random.choice(_NAMES)}{self._used}"

    def _known(self) -> str:
        return self._random.choice(self._numbers)

    def _lambda(self) -> Pieces:
        body = (
            [*code("("), *self.expression(), *code(")")]
            if self._chance(0.5)
            else [*code("{ "), *self._body(), *code(" }")]
        )
        generics = self._types.parameters(for_arrow=True) if self._chance(0.4) else ""
        if not generics and self._chance(0.2):
            return [*code("x => "), *body]
        return (
            [*types(generics), *self._parameters(), *self._returns(), *code(" => "), *body]
            if generics
            else [*self._parameters(), *self._returns(), *code(" => "), *body]
        )

    def _parameters(self, *, is_method: bool = False) -> Pieces:
        made = code("(")
        if is_method and self._chance(0.2):
            made += types(f"this: {self._type()}, ")
        made += code("p") + (types("?") if self._chance(0.3) else [])
        made += self._annotation()
        if self._chance(0.4):
            made += code(", q") + self._annotation() + code(" = 2")
        if self._chance(0.2):
            made += code(", { r = 1, s: [t] = [2] }") + self._annotation() + code(" = {}")
        if self._chance(0.2):
            return made + code(", ...rest") + self._annotation() + code(")")
        return made + code(self._random.choice((")", ",)", ")")))

    def _returns(self) -> Pieces:
        kind = self._random.randrange(6)
        if kind < 2:
            return []
        text = self._type() if kind < 5 else self._random.choice(("p is string", "p is string | null"))
        return [*self._gap(), *types(f": {text}")]

    def _body(self) -> Pieces:
        if self._depth > self._deepest or self._chance(0.5):
            return [*code("return p "), *types(f"as {self._types.simple()}")]
        numbers = list(self._numbers)
        inner = self.statement()
        made = [*inner, *code("return "), *self.expression()]
        self._numbers = numbers
        return made

    def _returns_plain(self) -> Pieces:
        return types(f": {self._type()}") if self._chance(0.5) else []

    def _inner(self) -> Pieces:
        return [*code("("), *self.expression(), *code(")")]

"""Random expressions."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.ts.parts import Parts
from tests.fuzz.ts.pieces import Pieces, code, types

_STRINGS = (
    "'a: number'",
    '"b as string"',
    "'x!'",
    '"<T>(x)"',
    "`c`",
    "'}'",
    '"//"',
    "'/*'",
    "'\\'as any'",
    '"日本 👩‍👧"',
)
_REGEXES = ("/a[/]b/g", "/\\/as x/", "/[\\]/]:string/u", "/(?<n>x)!/", "/=>/", "/'/")


class Expressions(Parts):
    """Numbers stay small, and nothing runs for long."""

    def expression(self) -> Pieces:
        self._depth += 1
        try:
            if self._depth > self._deepest:
                return self._atom()
            makers: tuple[Callable[[], Pieces], ...] = (
                self._atom,
                self._sum,
                self._cast,
                self._cast,
                self._assertion,
                self._non_null,
                self._object,
                self._template,
                self._choice,
                self._lambda_call,
                self._generic_call,
                self._regex,
                self._awaited,
                self._new,
                self._comparison,
            )
            return self._random.choice(makers)()
        finally:
            self._depth -= 1

    def _atom(self) -> Pieces:
        return code(
            self._random.choice(
                (
                    self._known(),
                    str(self._random.randrange(9)),
                    "1.5",
                    "0x1F",
                    self._random.choice(_STRINGS),
                    "1_0",
                    ".5",
                    "2n .toString()",
                )
            )
        )

    def _sum(self) -> Pieces:
        sign = self._random.choice((" + ", " - ", " * ", "/", " / ", " < ", " > ", " >> ", " ?? ", ", "))
        left, right = self._inner(), self._inner()
        return [*code("("), *left, *code(sign), *right, *code(")")]

    def _cast(self) -> Pieces:
        word = self._random.choice(("as", "as", "satisfies"))
        text = (
            "as const"
            if word == "as" and self._chance(0.1)
            else f"{word}{self._random.choice((' ', ' ', chr(10)))}{self._type()}"
        )
        if text == "as const":
            return [*code("(["), *self.expression(), *code("] "), *types("as const"), *code(")")]
        return [*code("("), *self._inner(), *code(" "), *types(text), *code(")")]

    def _assertion(self) -> Pieces:
        return [*code("("), *types(f"<{self._types.simple()}>"), *self._inner(), *code(")")]

    def _non_null(self) -> Pieces:
        tail = self._random.choice(
            (".toString()", "?.toString", "[0]", "", " + 1", " / 2 / 1", "?.[0]", " == 1", " != 1", " in {}")
        )
        return [*code("("), *self._inner(), *types(self._random.choice(("!", "!", "!!"))), *code(tail + ")")]

    def _object(self) -> Pieces:
        self._used += 1
        return [
            *code("({ type: 1, as: "),
            *self.expression(),
            *code(", ['k']: 2, async *g"),
            *self._generics(),
            *code("("),
            *types(f"this: {self._type()}"),
            *code(") {}, get x()"),
            *self._returns_plain(),
            *code(" { return 3 }, m"),
            *self._generics(),
            *self._parameters(is_method=True),
            *self._returns_plain(),
            *code(" { return 4 } })."),
            *code(self._random.choice(("as", "type", "k", "x", "m(5)"))),
        ]

    def _template(self) -> Pieces:
        return (
            [
                *code("`a: ${"),
                *self.expression(),
                *types(f" as {self._types.simple()}"),
                *code("} as ${`${"),
                *self._inner(),
                *types("!"),
                *code("}`}!`"),
            ]
            if self._chance(0.5)
            else [
                *code("String.raw"),
                *self._arguments(0.4),
                *code("`x\\n${"),
                *self._inner(),
                *code("}`"),
            ]
        )

    def _choice(self) -> Pieces:
        return [
            *code("("),
            *self._inner(),
            *code(" ? "),
            *self._inner(),
            *types(f" as {self._types.simple()}"),
            *code(" : "),
            *self._inner(),
            *code(")"),
        ]

    def _lambda_call(self) -> Pieces:
        return [*code("("), *self._lambda(), *code(")("), *self.expression_without_comma(), *code(")")]

    def expression_without_comma(self) -> Pieces:
        return self._inner()

    def _generic_call(self) -> Pieces:
        callee = self._random.choice(("String", "Number", "Array.of", "Object.is", "Array?.of", "Math.max?."))
        return [
            *code(callee),
            *self._arguments(0.8 if not callee.endswith("?.") else 0.5),
            *code("("),
            *self._inner(),
            *types(self._random.choice(("", "!"))),
            *code(")"),
        ]

    def _regex(self) -> Pieces:
        return [
            *code(f"({self._random.choice(_REGEXES)}.test("),
            *self._inner(),
            *types(f" as {self._type()}"),
            *code("))"),
        ]

    def _awaited(self) -> Pieces:
        generics = self._types.parameters(for_arrow=True) if self._chance(0.5) else ""
        return [
            *code("String(async "),
            *(types(generics) if generics else []),
            *self._parameters(),
            *self._returns(),
            *code(" => 1).length > 0"),
        ]

    def _new(self) -> Pieces:
        return [*code("new Map"), *types(f"<{self._type()}, {self._type()}>"), *code("([[1, 2]]).size")]

    def _comparison(self) -> Pieces:
        first, second = self._known(), self._known()
        return code(
            self._random.choice(
                (
                    f"({first} < {second})",
                    f"({first} > {second})",
                    f"[{first} < {second}, {second} > ({first})].length",
                    f"({first} >>> 1)",
                )
            )
        )

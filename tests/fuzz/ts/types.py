"""Random types, as text: every form of the language, at any depth, with comments and line breaks in them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

_WORDS = (
    "number",
    "string",
    "boolean",
    "any",
    "unknown",
    "never",
    "void",
    "null",
    "undefined",
    "bigint",
    "symbol",
    "object",
)
_NAMES = ("A", "Doc", "Id", "Promise", "N.M.T", "型", "É", "$T")
_LITERALS = (
    "'a'",
    '"b as c"',
    "1",
    "-1",
    "true",
    "null",
    "`x${string}y`",
    "'>'",
    "'}'",
    "0x1F",
    "`${A}-${'x' | 'y'}`",
    "10n",
)


class TypeTexts:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._depth = 0
        self._deepest = random.choice((0, 0, 0, 1, 1, 2))

    def simple(self) -> str:
        """One that ends a statement in the next line whatever that starts with."""
        return self._random.choice((*_WORDS[:5], *_NAMES[:4], "Array<string>", "'x'", "{ a: number }"))

    def name(self) -> str:
        return self._random.choice(_NAMES)

    def any(self) -> str:
        if self._depth > self._deepest:
            return self.simple()
        makers: tuple[Callable[[], str], ...] = (
            lambda: self._random.choice(_WORDS),
            self.name,
            lambda: self._random.choice(_LITERALS),
            self._generic,
            self._array,
            self._object,
            self._function,
            self._union,
            self._tuple,
            self._conditional,
            self._mapped,
            self._operator,
            self._access,
            self._parenthesized,
            self._commented,
            self._query,
        )
        self._depth += 1
        made = self._random.choice(makers)()
        self._depth -= 1
        return made

    def arguments(self) -> str:
        return f"<{', '.join(self.any() for _ in range(self._random.randrange(1, 3)))}>"

    def parameters(self, *, for_arrow: bool = False) -> str:
        first = self._random.choice(("T", "K", "型"))
        form = self._random.choice(
            (
                f"{first}",
                f"{first} extends {self.any()}",
                f"{first} = {self.any()}",
                f"{first} extends {self.any()} = {self.any()}",
                f"const {first}",
                f"{first}, U extends keyof {first}",
                f"{first}\n",
            )
        )
        comma = "," if for_arrow and self._random.random() < 0.5 else ""
        return f"<{form}{comma}>"

    def declaration(self) -> str:
        """A statement of which nothing is left."""
        number = self._random.randrange(10_000)
        return self._random.choice(
            (
                lambda: f"type T{number}{self._random.choice(('', '<A, B = A>'))} = {self.any()};",
                lambda: f"type T{number} =\n  | {self._one()}\n  | {self._one()};",
                lambda: f"interface I{number} extends A, Doc<{self.any()}> {{ {self._members()} }}",
                lambda: f"interface I{number} {{\n  {self._members()}\n}}",
                lambda: f"declare const d{number}: {self.any()};",
                lambda: f"declare function d{number}(x: {self.any()}): {self.any()};",
                lambda: f"declare class D{number} {{ x: {self.any()}; m(): {self.any()} }}",
                lambda: f"declare module 'x{number}' {{ export const a: {self.any()}; }}",
                lambda: "declare global { interface Window { x: 1 } }",
                lambda: f"declare enum E{number} {{ A, B }}",
                lambda: f"declare namespace N{number} {{ const a: {self.any()}; function f(): void }}",
                lambda: f"namespace N{number} {{ export type A = {self.any()}; interface B {{}} }}",
                lambda: f"declare let l{number}: {self.any()}, m{number}: {self.any()};",
            )
        )()

    def _one(self) -> str:
        return f"({self.any()})"

    def _generic(self) -> str:
        name = self._random.choice(("Array", "Map", "Set", "N.G", "Partial"))
        return f"{name}<{self.any()}{self._random.choice(('', ', string', ', A<B<C>>'))}>"

    def _array(self) -> str:
        return f"{self._parenthesized()}[]" + self._random.choice(("", "[]"))

    def _object(self) -> str:
        return f"{{ {self._members()} }}"

    def _members(self) -> str:
        forms = (
            lambda: f"a: {self.any()}",
            lambda: f"readonly b?: {self.any()}",
            lambda: f"m(x: {self.any()}): {self.any()}",
            lambda: f"[k: string]: {self.any()}",
            lambda: f"(x: {self.any()}): {self.any()}",
            lambda: f"new (x: {self.any()}): A",
            lambda: f"get g(): {self.any()}",
            lambda: "'quoted-name': 1",
            lambda: f"type: {self.any()}",
            lambda: "m2<T>(this: T): T",
        )
        separator = self._random.choice(("; ", ", ", ";\n  "))
        return separator.join(self._random.choice(forms)() for _ in range(self._random.randrange(3)))

    def _function(self) -> str:
        head = self._random.choice(("", "<T>", "new ", "abstract new "))
        return f"({head}(a: {self.any()}, b?: {self.any()}, ...c: {self._parenthesized()}[]) => {self.any()})"

    def _union(self) -> str:
        sign = self._random.choice((" | ", " & ", "|", "\n| "))
        return f"({self.any()}){sign}({self.any()})"

    def _tuple(self) -> str:
        return self._random.choice(
            (
                "[]",
                f"[{self.any()}, {self.any()}]",
                f"[a: {self.any()}, b?: {self.any()}]",
                f"readonly [{self.any()}, ...{self._parenthesized()}[]]",
            )
        )

    def _conditional(self) -> str:
        return f"(A extends {self._parenthesized()} ? {self.any()} : {self._random.choice((self.any(), 'never'))})"

    def _mapped(self) -> str:
        return self._random.choice(
            (
                f"{{ [K in keyof A]: {self.any()} }}",
                f"{{ readonly [K in 'a' | 'b']?: {self.any()} }}",
                f"{{ -readonly [K in A as `x${{K}}`]-?: {self.any()} }}",
            )
        )

    def _operator(self) -> str:
        return self._random.choice(
            ("keyof A", "unique symbol", "readonly string[]", f"keyof ({self.any()})", "keyof typeof ctx0")
        )

    def _access(self) -> str:
        return self._random.choice(("A['b']", "A[number]", "A['b' | 'c'][0]", "N.M['x']", "this"))

    def _parenthesized(self) -> str:
        return f"({self.any()})"

    def _commented(self) -> str:
        return self._random.choice((f"/* x: */ {self.any()}", f"({self.any()} /* ) */)", f"( // }}\n{self.any()})"))

    def _query(self) -> str:
        return self._random.choice(("typeof ctx0", "typeof import('x')", "import('x').A<string>", "typeof ctx0.a.b"))

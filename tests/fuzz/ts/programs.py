"""Random programs, and such that cannot be erased."""

from __future__ import annotations

from tests.fuzz.ts.pieces import Pieces, Program, code, typed, types
from tests.fuzz.ts.statements import Statements

_UNERASABLE = (
    ("enum", "‹enum E { A, B = 2 }"),
    ("enum", "‹const enum E { A = 'x' }"),
    ("enum", "/* a\nb */ ‹enum E {\n A\n}"),
    ("namespace", "‹namespace N { export const x = 1 }"),
    ("namespace", "‹namespace N.M { type A = 1; function f() {} }"),
    ("namespace", "‹module N { export class C {} }"),
    ("parameter property", "class P { constructor(‹private x: number) {} }"),
    ("parameter property", "class P {\n constructor(a: string,\n ‹readonly b = 1) {}\n}"),
    ("parameter property", "class P { constructor(‹public override c?: string) {} }"),
    ("decorator", "‹@dec class D {}"),
    ("decorator", "class D {\n ‹@dec() m() {}\n}"),
    ("import", "‹import f = require('fs');"),
    ("export", "‹export = ctx0;"),
)


class Generator(Statements):
    """Draws one program."""

    def program(self) -> Program:
        pieces: Pieces = code("const ctx0 = 7") + self._end()
        for _ in range(self._random.choice((1, 1, 1, 2, 3, 5))):
            pieces += self.statement()
        last = self.expression()
        # An expression that starts with a brace, `function` or `class` would be a statement.
        if last[0].text.startswith(("{", "function", "class", "async function")):
            last = [*code("("), *last, *code(")")]
        if self._chance(0.3):
            last = [*code("("), *last, *code(")"), *types(f" as {self._type()}")]
        return Program(tuple(pieces), tuple(last), self._random.choice(("", ";", "\n", ";\n")))

    def refused(self) -> Program:
        """A program with one thing in it that no blanks can stand for."""
        before = [piece for _ in range(self._random.randrange(3)) for piece in self.statement()]
        pieces: Pieces = code("const ctx0 = 7;\n") + before
        line = typed(pieces).count("\n")
        construct, text = self._random.choice(_UNERASABLE)
        ahead, _, behind = text.partition("‹")
        in_function = construct not in ("import", "export") and self._chance(0.2)
        if in_function:
            ahead, behind = f"function wrap() {{ {ahead}", f"{behind} }}"
        return Program(
            (*pieces, *code(ahead + behind + "\n"), *self.statement()),
            tuple(code("ctx0")),
            refused=(line + ahead.count("\n") + 1, construct),
        )

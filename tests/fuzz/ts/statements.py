"""Random statements."""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.ts.classes import Classes
from tests.fuzz.ts.pieces import END, Pieces, code, types

_COMMENTS = (
    "/* : number */",
    "// let x: string = 1\n",
    "/* as any\n*/",
    "/*!*/",
    "// }\n",
    "/** @type {T} */",
    "// é 👩‍👧 <T>\n",
)


class Statements(Classes):
    """Whatever may stand in a function's body."""

    def statement(self) -> Pieces:
        makers: tuple[Callable[[], Pieces], ...] = (
            self._variable,
            self._variable,
            self._open_variable,
            self._function,
            self._arrow,
            self._class,
            self._class,
            self._nothing,
            self._nothing,
            self._loop,
            self._branch,
            self._pattern,
            self._assignment,
            self._attempt,
            self._comment,
            self._overloads,
            self._called,
        )
        self._depth += 1
        made = self._random.choice(makers)()
        self._depth -= 1
        return made

    def _variable(self) -> Pieces:
        word, name = self._random.choice(("let", "const", "var")), self._new_name()
        mark = types("!") if word == "let" and self._chance(0.05) else []
        if mark:
            self._numbers.append(name)
            return [*code(f"let {name}"), *mark, *types(f": {self._type()}"), *code(f"; {name} = 1"), *self._end()]
        made = [*code(f"{word} {name}"), *self._annotation(), *code(" = "), *self.expression(), *self._end()]
        self._numbers.append(name)
        return made

    def _open_variable(self) -> Pieces:
        """A declaration that a type ends, without a semicolon, and a next line that would go on with it."""
        name = self._new_name()
        follower = self._random.choice(
            (
                "(ctx0)",
                "[1].map((x) => x)",
                "`x`",
                "/x/.test('x')",
                "+ctx0",
                "-ctx0",
                "(function () {})()",
                "++ctx1",
                "async () => 1",
            )
        )
        start = f"let ctx1 = 0, {name} = ctx0" if follower == "++ctx1" else f"let {name} = ctx0"
        if "ctx1" in start and "ctx1" in self._numbers:
            return []
        if "ctx1" in start:
            self._numbers.append("ctx1")
        word = self._random.choice(("as", "satisfies"))
        # An operator goes on with the expression also behind a type.
        ends = not follower.startswith(("+c", "-c", "/"))
        if follower.startswith("/"):
            word, ends = "as", True
            follower = ";" + follower
        self._numbers.append(name)
        return [
            *code(start),
            *types(f" {word} {self._types.simple()}"),
            *(END if ends else []),
            *code("\n" + follower),
            *self._end(),
        ]

    def _function(self) -> Pieces:
        name = self._new_name()
        kind = self._random.choice(("function ", "async function ", "function* "))
        made = [
            *code(f"{kind}{name}"),
            *self._generics(),
            *self._parameters(is_method=True),
            *self._returns(),
            *code(" { "),
            *self._body(),
            *code(" }"),
            *code(self._random.choice(("\n", ";\n"))),
        ]
        if kind == "function ":
            call = self._new_name()
            made += [*code(f"const {call} = {name}"), *self._arguments(), *code("(1, 2)"), *self._end()]
            self._numbers.append(call)
        return made

    def _overloads(self) -> Pieces:
        name = self._new_name()
        heads: Pieces = []
        for _ in range(self._random.randrange(1, 3)):
            heads += types(f"function {name}(x: {self._type()}): {self._types.simple()};")
            heads += code("\n")
        return [*heads, *code(f"function {name}(x"), *self._annotation(), *code(") { return x }\n")]

    def _arrow(self) -> Pieces:
        name = self._new_name()
        call = self._new_name()
        made = [*code(f"const {name}"), *self._annotation(0.3), *code(" = "), *self._lambda(), *self._end()]
        made += [*code(f"const {call} = {name}"), *self._arguments(0.3), *code("(3)"), *self._end()]
        self._numbers.append(call)
        return made

    def _nothing(self) -> Pieces:
        """What is only for the compiler."""
        return [*types(self._types.declaration()), *code(self._random.choice(("\n", "\n", " \n\n")))]

    def _loop(self) -> Pieces:
        name = self._new_name()
        if self._chance(0.5):
            return [
                *code(f"for (const {name} of [1, 2]"),
                *types(f" as {self._type()}"),
                *code(") { "),
                *self.expression(),
                *code(" }\n"),
            ]
        return [
            *code(f"for (let {name}"),
            *self._annotation(),
            *code(f" = 0; {name} < 3"),
            *code(f"; {name}"),
            *types("!"),
            *code("++) { "),
            *self.statement_in_block(),
            *code(" }\n"),
        ]

    def statement_in_block(self) -> Pieces:
        numbers = list(self._numbers)
        made = self.statement() if self._depth < self._deepest else code(";")
        self._numbers = numbers
        return made

    def _branch(self) -> Pieces:
        return [
            *code("if ("),
            *self.expression(),
            *code(") { "),
            *self.statement_in_block(),
            *code(" } else { "),
            *self.statement_in_block(),
            *code(" }\n"),
        ]

    def _pattern(self) -> Pieces:
        first, second = self._new_name(), self._new_name()
        self._numbers += [first, second]
        return [
            *code(f"const {{ a: {first}, b: [{second}] }}"),
            *self._annotation(),
            *code(" = { a: 1, b: [2] }"),
            *types(f" as {self._type()}"),
            *self._end(),
        ]

    def _assignment(self) -> Pieces:
        name = self._new_name()
        self._numbers.append(name)
        target = self._random.choice(
            (
                [*code(f"({name}"), *types(f" as {self._type()}"), *code(")")],
                [*code(name), *types("!")],
                [*code("("), *types(f"<{self._types.simple()}>"), *code(f"{name})")],
            )
        )
        return [
            *code(f"let {name} = 1; "),
            *target,
            *code(self._random.choice((" = ", " += ", " ||= "))),
            *code("2"),
            *self._end(),
        ]

    def _attempt(self) -> Pieces:
        return [
            *code("try { throw 1 } catch (error"),
            *types(self._random.choice((": unknown", ": any"))),
            *code(") { "),
            *self.statement_in_block(),
            *code(" } finally {}\n"),
        ]

    def _comment(self) -> Pieces:
        return code(self._random.choice(_COMMENTS) + "\n")

    def _called(self) -> Pieces:
        return [*code("void "), *self._lambda_call(), *self._end()]

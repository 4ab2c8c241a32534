"""Random classes."""

from __future__ import annotations

from tests.fuzz.ts.expressions import Expressions
from tests.fuzz.ts.pieces import Pieces, code, types


class Classes(Expressions):
    """With members of every kind."""

    def _class(self) -> Pieces:
        name, made_name = self._new_name(), self._new_name()
        name = f"C_{name}"
        head: Pieces = types("abstract ") if (is_abstract := self._chance(0.2)) else []
        head += code(f"class {name}") + self._generics()
        extends = self._chance(0.3)
        if extends:
            head += code(" extends Object") + self._arguments(0.3)
        if self._chance(0.3):
            head += types(f" implements {self._types.name()}, {self._types.name()}<{self._type()}>")
        members: Pieces = []
        for _ in range(self._random.randrange(5)):
            members += code(self._random.choice((" ", "\n  ")))
            members += self._member(is_abstract=is_abstract)
        value = (
            [*code("{ get() { return 4 } }")]
            if is_abstract
            else [*code(f"new {name}"), *self._arguments(0.4), *code("()")]
        )
        self._numbers.append(made_name)
        return [
            *head,
            *code(" { value = 3; constructor() { "),
            *(code("super(); ") if extends else []),
            *code("}"),
            *members,
            *code(f" }}\nconst {made_name} = (("),
            *value,
            *code(")"),
            *types("!"),
            *code(").value ?? 4"),
            *self._end(),
        ]

    def _member(self, *, is_abstract: bool) -> Pieces:
        self._used += 1
        name = self._random.choice(
            (f"m{self._used}", f"#m{self._used}", f"'m {self._used}'", f"[`m${{{self._used}}}`]", f"{self._used}")
        )
        modifiers = self._random.choice(
            ("", "", "public ", "private ", "protected ", "readonly ", "public readonly ", "private static ")
        )
        if name.startswith("#"):
            modifiers = self._random.choice(("", "readonly "))
        before, static = (modifiers.replace("static ", ""), "static " if "static" in modifiers else "")
        kind = self._random.randrange(9)
        ahead = types(before) + code(static)
        if kind < 3:
            mark = types("?") if self._chance(0.2) and not name.startswith("#") else []
            return [*ahead, *code(name), *mark, *self._annotation(), *code(f" = {self._used};")]
        if kind == 3:
            return [*ahead, *code(name), *types(f"!: {self._type()}"), *code(";")]
        if kind == 4 and not name.startswith("#"):
            return types(f"declare {before}{name}: {self._type()};")
        if kind == 5:
            return (
                types(
                    self._random.choice(
                        (
                            f"[key: string]: {self._type()};",
                            f"readonly [k: number]: {self._type()};",
                            f"m{self._used}(x: {self._type()}): void;",
                        )
                    )
                )
                if not self._chance(0.4)
                else [
                    *types(f"m{self._used}(x: {self._type()}): {self._types.simple()};"),
                    *code(f" m{self._used}(x"),
                    *self._annotation(),
                    *code(") { return x }"),
                ]
            )
        if kind == 6 and is_abstract and not name.startswith("#"):
            return types(f"abstract {name}(x?: {self._type()}): {self._type()};")
        if kind == 7:
            return (
                code(f"static {{ this.s{self._used} = ") + code("1") + types(f" as {self._types.simple()}") + code(" }")
            )
        # Only fields may be readonly.
        ahead = types(before.replace("readonly ", "")) + code(static)
        word = self._random.choice(("", "async ", "*", "get ", "async *"))
        if word == "get ":
            return [*ahead, *code(f"get {name}()"), *self._returns_plain(), *code(" { return 1 }")]
        return [
            *ahead,
            *code(word + name),
            *self._generics(),
            *self._parameters(is_method=True),
            *self._returns_plain(),
            *code(" { return p }"),
        ]

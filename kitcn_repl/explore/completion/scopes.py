"""Which declaration a name means at a place of a half-typed text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kitcn_repl.explore.completion.code import KEYWORDS, Code

_DECLARING: Final = frozenset(("const", "let", "var"))
_STATEMENTS: Final = "const let var return if for while switch try throw function class do export"
_STARTS_STATEMENT: Final = frozenset(_STATEMENTS.split())


@dataclass(frozen=True, slots=True)
class Binding:
    """How a name gets its value: from an expression (`value`, from a token up to another), or as parameter number
    `position` of the function that starts at a token. `path` leads into a destructured value. `annotation` is the
    token where its type starts."""

    name: str
    path: tuple[str | int, ...] = ()
    value: tuple[int, int] | None = None
    function: int | None = None
    position: int = 0
    annotation: int | None = None
    is_loop: bool = False


class Scopes:
    def __init__(self, code: Code) -> None:
        self._code = code

    def find(self, name: str, at: int) -> Binding | None:
        """The nearest declaration of `name` that reaches the token at `at`."""
        return next((binding for binding in self.visible(at) if binding.name == name), None)

    def visible(self, at: int) -> Iterator[Binding]:
        """The declarations that reach the token at `at`, the nearest first."""
        code = self._code
        index = at - 1
        is_apart = False  # whether a comma or another statement lies between, so that no parameter reaches here
        while index >= 0:
            token = code.tokens[index]
            if token.closes:
                opening = code.before(index)
                if token.text == ")" and code.text_at(opening - 1) in ("for", "await"):
                    yield from self._in_head(opening)
                index = opening - 1
                continue
            if token.opens:
                is_apart = False
                if token.text == "{" and code.text_at(index - 1) != "=>":
                    yield from self._before_block(index)
                if token.kind == "template":
                    index = code.before(index)
            elif token.text == "=>" and not is_apart:
                start = self._function_start(index)
                if start is not None:
                    yield from self._parameters(start)
                    index = start
            elif token.text in (",", ";") and token.kind == "punctuation":
                is_apart = True
            elif token.kind == "name" and code.text_at(index - 1) not in (".", "?."):
                if token.text in _DECLARING:
                    yield from self._declared(index, at)
                elif token.text == "function" and code.is_word(index + 1):
                    yield Binding(code.text_at(index + 1), value=(index, self.function_end(index)))
                is_apart = is_apart or token.text in _STARTS_STATEMENT
            index -= 1

    def _before_block(self, opening: int) -> Iterator[Binding]:
        """What the head of a block declares: parameters, a loop's variable, a caught error."""
        code = self._code
        if code.text_at(opening - 1) != ")":
            return
        head = code.before(opening - 1)
        word = code.text_at(head - 1)
        if word in ("for", "await"):
            yield from self._in_head(head)
        elif word == "catch":
            yield from self._targets(head + 1, opening - 1)
        elif word not in ("if", "while", "switch", "with") and code.kind_at(head - 1) == "name":
            start = self._named_function(head)
            yield from self._parameters(head if start is None else start)

    def _named_function(self, parameters: int) -> int | None:
        """The `function` word of what has these parameters; None for a method of an object."""
        for back in (1, 2, 3):
            if self._code.text_at(parameters - back) == "function":
                return parameters - back
        return None

    def _in_head(self, opening: int) -> Iterator[Binding]:
        if self._code.text_at(opening + 1) in _DECLARING:
            yield from self._declared(opening + 1, len(self._code))

    def _declared(self, word: int, at: int) -> Iterator[Binding]:
        """The variables of one `const`, those of all its declarators."""
        code = self._code
        index = word + 1
        while index < len(code):
            target_end = code.past(index) if code.tokens[index].opens else index + 1
            cursor, stated = target_end, None
            if code.text_at(cursor) == "!":
                cursor += 1
            if code.text_at(cursor) == ":":
                stated = cursor + 1
                cursor = self._behind_type(stated)
            if cursor >= len(code) and not (index < at < len(code)):
                end = len(code)
            else:
                end = self._end_of_expression(cursor + 1)
            follows = code.text_at(cursor)
            value = (cursor + 1, end) if follows in ("=", "of", "in") and cursor + 1 < len(code) else None
            for name, path in self._names(index, target_end):
                yield Binding(name, path, value, annotation=stated, is_loop=follows == "of")
            if code.text_at(end) != "," or end >= len(code):
                return
            index = end + 1

    def _end_of_expression(self, start: int) -> int:
        code = self._code
        index = start
        while index < len(code):
            token = code.tokens[index]
            if token.closes or (token.kind == "punctuation" and token.text in (",", ";")):
                return index
            starts_line = index > start and "\n" in code.text[code.tokens[index - 1].end : token.start]
            if starts_line and token.kind == "name" and token.text in _STARTS_STATEMENT:
                return index
            index = code.past(index) if token.opens else index + 1
        return index

    def _behind_type(self, start: int) -> int:
        code = self._code
        depth, index = 0, start
        while index < len(code):
            text = code.text_at(index)
            if depth <= 0 and (text in ("=", ",", ";", ")", "of", "in")):
                return index
            depth += {"<": 1, ">": -1}.get(text, 0)
            index = code.past(index) if code.tokens[index].opens else index + 1
        return index

    def _names(self, start: int, end: int) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        """The names of a target, each with the way into the value."""
        code = self._code
        text = code.text_at(start)
        if code.is_word(start):
            yield text, ()
        elif text in ("{", "["):
            for number, (first, last) in enumerate(code.arguments(start)):
                if first >= last:
                    continue
                step: str | int = number
                if code.text_at(first) == "...":
                    continue
                if text == "{":
                    step = code.literal(first, first + 1) or code.text_at(first)
                    if code.text_at(first + 1) == ":" and first + 2 < last:
                        first += 2
                for name, path in self._names(first, last):
                    yield name, (step, *path)

    def _targets(self, start: int, end: int) -> Iterator[Binding]:
        for first, last in self._code.split(start, end):
            for name, path in self._names(first, last) if first < last else ():
                yield Binding(name, path)

    # Functions

    def is_function(self, start: int) -> bool:
        """Whether an arrow function or a `function` starts at the token."""
        code = self._code
        if code.text_at(start) == "async" and code.text_at(start + 1) != "=>":
            start += 1
        if code.text_at(start) == "function":
            return True
        if code.is_word(start) and code.text_at(start + 1) == "=>":
            return True
        return code.text_at(start) == "(" and self._arrow(start) is not None

    def _arrow(self, opening: int) -> int | None:
        """The `=>` behind parameters, a type of the result between them."""
        code = self._code
        closing = code.partner(opening)
        if closing is None:
            return None
        index = closing + 1
        if code.text_at(index) == ":":
            while index < len(code) and code.text_at(index) not in ("=>", ";", ",", ")"):
                index = code.past(index) if code.tokens[index].opens else index + 1
        return index if code.text_at(index) == "=>" else None

    def _function_start(self, arrow: int) -> int | None:
        """Where the function of an `=>` starts."""
        code = self._code
        start: int | None = None
        if code.text_at(arrow - 1) == ")":
            start = code.before(arrow - 1)
        elif code.is_word(arrow - 1) and code.text_at(arrow - 2) not in (":", ".", "<", "|"):
            start = arrow - 1
        else:  # `(user): Doc<"user"> =>`
            for back in range(arrow - 1, max(arrow - 40, 0), -1):
                if code.text_at(back) == ":" and code.text_at(back - 1) == ")":
                    start = code.before(back - 1)
                    break
        if start is None:
            return None
        return start - 1 if code.text_at(start - 1) == "async" else start

    def _parameters(self, start: int) -> Iterator[Binding]:
        """The parameters of the function, or of the method of which `start` is the `(`."""
        code = self._code
        opening = start
        while opening < start + 4 and code.text_at(opening) != "(":
            if code.is_word(opening) and code.text_at(opening + 1) == "=>":
                yield Binding(code.text_at(opening), function=start)
                return
            opening += 1
        if code.text_at(opening) != "(":
            return
        function = start if start != opening or self._arrow(opening) is not None else opening - 1
        for number, (first, last) in enumerate(code.arguments(opening)):
            if first >= last:
                continue
            target_end = code.past(first) if code.tokens[first].opens else first + 1
            stated = target_end + 1 if code.text_at(target_end) == "?" else target_end
            annotated = stated + 1 if code.text_at(stated) == ":" and stated < last else None
            for name, path in self._names(first, last):
                yield Binding(name, path, function=function, position=number, annotation=annotated)

    def body(self, start: int) -> tuple[int, int] | None:
        """The body of a function, from a token up to, but without, another."""
        code = self._code
        index = start + 1 if code.text_at(start) == "async" else start
        if code.text_at(index) == "function":
            while index < len(code) and code.text_at(index) != "(":
                index += 1
            if index >= len(code):
                return None
            index = code.past(index)
            return (index, code.past(index)) if code.text_at(index) == "{" else None
        arrow = index + 1 if code.is_word(index) else self._arrow(index)
        if arrow is None or arrow + 1 >= len(code):
            return None
        end = code.past(arrow + 1) if code.text_at(arrow + 1) == "{" else self._end_of_expression(arrow + 1)
        return arrow + 1, end

    def function_end(self, start: int) -> int:
        body = self.body(start)
        return len(self._code) if body is None else body[1]

    def returns(self, block: int) -> Iterator[int]:
        """The tokens behind each `return` of a function's block, those of functions in it aside."""
        code = self._code
        end = code.partner(block)
        index = block + 1
        while index < (len(code) if end is None else end):
            if code.text_at(index) == "return" and code.text_at(index - 1) != ".":
                yield index + 1
            is_inner = code.tokens[index].text == "{" and code.text_at(index - 1) == "=>"
            index = code.past(index) if is_inner else index + 1

    def names(self, at: int) -> list[str]:
        """The names in scope at a token, the nearest first."""
        return [name for name in dict.fromkeys(binding.name for binding in self.visible(at)) if name not in KEYWORDS]

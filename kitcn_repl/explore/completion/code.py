"""A half-typed text with its brackets matched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kitcn_repl.explore.inline.tokens import Token, tokenize

_PARTNER: Final = {")": "(", "]": "[", "}": "{"}
_KEYWORDS: Final = """
    as async await break case catch class const continue default delete do else export finally for function if in
    instanceof let new of return satisfies switch throw try typeof var void while yield
"""
KEYWORDS: Final = frozenset(_KEYWORDS.split())


class Code:
    """Tokens without comments, and for each the bracket around it.

    `last_comment` is the comment that the text ends in, None if it does not.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        self.last_comment: Token | None = None
        self._partner: dict[int, int] = {}
        self._around: list[int] = []
        stack: list[int] = []
        for token in tokenize(text):
            if token.kind == "comment":
                if token.end == len(text) and (not token.closed or token.text.startswith("//")):
                    self.last_comment = token
                continue
            index = len(self.tokens)
            self.tokens.append(token)
            if token.closes:
                self._close(stack, index)
            self._around.append(stack[-1] if stack else -1)
            if token.opens:
                stack.append(index)

    def _close(self, stack: list[int], index: int) -> None:
        """A bracket that fits none is left alone; those that it passes stay without a partner."""
        token = self.tokens[index]
        for depth in range(len(stack) - 1, -1, -1):
            opening = self.tokens[stack[depth]]
            fits = (
                opening.kind == "template"
                if token.kind == "template"
                else opening.kind == "punctuation" and opening.text == _PARTNER[token.text]
            )
            if fits:
                self._partner[index] = stack[depth]
                self._partner[stack[depth]] = index
                del stack[depth:]
                return

    def __len__(self) -> int:
        return len(self.tokens)

    def text_at(self, index: int) -> str:
        """The token's text; empty outside the text, so that looking around needs no check."""
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def kind_at(self, index: int) -> str:
        return self.tokens[index].kind if 0 <= index < len(self.tokens) else ""

    def partner(self, index: int) -> int | None:
        """The other bracket of the pair."""
        return self._partner.get(index)

    def around(self, index: int) -> int:
        """The innermost bracket that is open at a token, -1 if none is; for the end of the text too."""
        if index < len(self.tokens):
            return self._around[index]
        if not self.tokens:
            return -1
        last = len(self.tokens) - 1
        if self.tokens[last].opens:
            return last
        return self._around[last]

    def past(self, index: int) -> int:
        """The token behind the bracket that opens at `index`, or behind the text where it stays open."""
        closing = self._partner.get(index)
        if closing is None:
            return len(self.tokens)
        # A template goes on behind its substitution.
        return self.past(closing) if self.tokens[closing].opens else closing + 1

    def before(self, index: int) -> int:
        """The first token of the group that closes at `index`; `index` itself where it fits no bracket."""
        opening = self._partner.get(index)
        if opening is None:
            return index
        return self.before(opening) if self.tokens[opening].closes else opening

    def is_word(self, index: int) -> bool:
        """Whether it is a name, and no keyword."""
        return self.kind_at(index) == "name" and self.text_at(index) not in KEYWORDS

    def ends_operand(self, index: int) -> bool:
        """Whether a bracket behind this token calls or indexes it."""
        if self.kind_at(index) == "name":
            return self.text_at(index) not in KEYWORDS or self.text_at(index - 1) in (".", "?.")
        if self.kind_at(index) in ("string", "number", "regex"):
            return True
        if self.kind_at(index) == "template":
            return not self.tokens[index].opens
        return self.text_at(index) in (")", "]", "!")

    def arguments(self, opening: int) -> list[tuple[int, int]]:
        """The parts between the commas of a bracket, each from a token up to, but without, another."""
        end = self._partner.get(opening, len(self.tokens))
        parts = list(self.split(opening + 1, end))
        if len(parts) > 1 and parts[-1][0] == parts[-1][1] and end in self._partner:
            parts.pop()
        return parts if end > opening + 1 else []

    def split(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The parts between the commas from a token up to another; brackets hide theirs."""
        index = begin = start
        while index < end:
            if self.text_at(index) == "," and self.tokens[index].kind == "punctuation":
                yield begin, index
                begin = index + 1
            index = self.past(index) if self.tokens[index].opens else index + 1
        yield begin, end

    def argument_number(self, opening: int, index: int) -> int:
        """Which argument of the bracket the token belongs to, from 0."""
        number, at = 0, opening + 1
        while at < index:
            if self.text_at(at) == "," and self.tokens[at].kind == "punctuation":
                number += 1
            at = self.past(at) if self.tokens[at].opens else at + 1
        return number

    def literal(self, start: int, end: int) -> str | None:
        """The text of a part that is one string literal."""
        if end - start != 1:
            return None
        token = self.tokens[start]
        if token.kind == "string" or (token.kind == "template" and not token.opens and token.text.startswith("`")):
            return token.content
        return None

    def chain_start(self, index: int) -> int:
        """The first token of the chain of members, calls and indexes that ends at `index`."""
        while True:
            token = self.tokens[index]
            if token.closes:
                opening = self.before(index)
                if opening == index:
                    return index
                if token.text in (")", "]") and token.kind == "punctuation" and self._is_applied(opening):
                    index = self._callee(opening)
                    continue
                index = opening
            elif token.text == "!" and self.ends_operand(index - 1):
                index -= 1
                continue
            if self.text_at(index - 1) in (".", "?.") and index >= 2:
                index -= 2
                continue
            return index

    def _is_applied(self, opening: int) -> bool:
        return self._callee(opening) != opening

    def _callee(self, opening: int) -> int:
        """What a `(` or `[` calls or indexes; itself if nothing."""
        before = opening - 1
        if self.text_at(before) == "?.":
            return before - 1
        if self.text_at(before) == ">":
            depth = 0
            for at in range(before, max(before - 40, 0), -1):
                depth += {">": 1, "<": -1}.get(self.text_at(at), 0)
                if depth == 0:
                    return at - 1 if self.kind_at(at - 1) == "name" else opening
            return opening
        return before if self.ends_operand(before) else opening

    def callee(self, opening: int) -> int | None:
        """The last token of what is called by the `(` at `opening`; None for a bracket that calls nothing."""
        found = self._callee(opening)
        return None if found == opening else found

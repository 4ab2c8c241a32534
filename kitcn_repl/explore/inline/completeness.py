"""Whether a text is whole, so that Enter can run it, or goes on in the next line."""

from __future__ import annotations

from typing import Final

from kitcn_repl.explore.inline.tokens import Token, tokenize

_PARTNER: Final = {")": "(", "]": "[", "}": "{"}
_OPERATORS: Final = """
    => ?. ... ??= ?? ||= &&= || && === !== == != ** **= <= + - * / % & | ^ += -= *= %= &= |= ^= = , . ? : < > ! ~
"""
_GOES_ON: Final = frozenset(_OPERATORS.split())
_WORDS: Final = """
    await case catch class const delete do else export extends finally for function if import in instanceof let new
    switch throw try typeof var void while
"""
_WORDS_THAT_GO_ON: Final = frozenset(_WORDS.split())
_HEADED: Final = frozenset(("if", "for", "while", "with", "catch", "switch"))
_NAMED: Final = frozenset(("class", "extends", "interface", "enum", "namespace"))
_BETWEEN: Final = frozenset(("as", "satisfies"))


def is_complete(text: str) -> bool:
    """False while a bracket, template or comment is open, or an operator, a `.` or a head such as `if (x)` waits for
    what follows. A text that is wrong is complete: nothing that follows could mend it, and running it tells the error.
    """
    opened: list[int] = []
    tokens: list[Token] = []
    heads: set[int] = set()  # indexes of the bracket that ends a head, or a `try`, which needs more
    choices = 0  # `?` outside of brackets that wait for their `:`
    for token in tokenize(text):
        if token.kind == "comment":
            if not token.closed:
                return False
            continue
        tokens.append(token)
        if token.closes:
            if not opened or not _fit(tokens[opened[-1]], token):
                return True
            if _is_head(tokens, opened.pop()):
                heads.add(len(tokens) - 1)
        if token.opens:
            opened.append(len(tokens) - 1)
        elif not token.closed:
            return token.kind != "template" and not token.text.endswith("\\\n")
        elif not opened and token.kind == "punctuation":
            choices = _choices(choices, token.text)
    if opened or not tokens:
        return not opened
    if choices or len(tokens) - 1 in heads:
        return False
    last = tokens[-1]
    if last.kind == "name":
        return not _name_goes_on(tokens)
    if last.kind != "punctuation":
        return True
    if last.text == ">" and _count(tokens, "<") >= _count(tokens, ">"):
        return True  # the end of a type: `as Doc<"user">`
    if last.text == "!" and len(tokens) > 1 and (tokens[-2].kind == "name" or tokens[-2].closes):
        return True
    return last.text not in _GOES_ON


def _choices(waiting: int, text: str) -> int:
    if text == "?":
        return waiting + 1
    if text == ":":
        return max(0, waiting - 1)
    return 0 if text == ";" else waiting


def _name_goes_on(tokens: list[Token]) -> bool:
    """Whether the name at the end waits for what follows it."""
    last, before = tokens[-1].text, tokens[-2] if len(tokens) > 1 else None
    if before is None:
        return last in _WORDS_THAT_GO_ON
    if before.text in (".", "?."):
        return False
    if last in _BETWEEN:
        return before.closes or before.kind not in ("punctuation", "regex")
    if last == "const" and before.text in ("as", "<"):
        return False
    return last in _WORDS_THAT_GO_ON or (before.text in _NAMED and before.kind == "name")


def _count(tokens: list[Token], text: str) -> int:
    return sum(token.text == text for token in tokens)


def _fit(opening: Token, closing: Token) -> bool:
    if closing.kind == "template":
        return opening.kind == "template"
    return opening.text == _PARTNER[closing.text]


def _is_head(tokens: list[Token], opening: int) -> bool:
    """Whether the bracket ends what needs a statement or block behind it: `if (x)`, `function f()`, `try {}`."""
    before = opening - 1
    if tokens[opening].text == "{":
        return before >= 0 and tokens[before].text == "try" and not _is_member(tokens, before)
    if tokens[opening].text != "(":
        return False
    if before >= 0 and tokens[before].text == "await":  # for await (...)
        before -= 1
    if before >= 0 and _is_function(tokens, before):
        return True
    if before < 0 or tokens[before].text not in _HEADED or _is_member(tokens, before):
        return False
    return not (tokens[before].text == "while" and before > 0 and tokens[before - 1].text == "}")


def _is_function(tokens: list[Token], before: int) -> bool:
    """Whether what stands before a `(` is `function`, `function*`, or that with a name."""
    for index in range(before, max(before - 3, -1), -1):
        if tokens[index].text == "function":
            return not _is_member(tokens, index)
        if tokens[index].kind != "name" and tokens[index].text != "*":
            return False
    return False


def _is_member(tokens: list[Token], index: int) -> bool:
    return index > 0 and tokens[index - 1].text in (".", "?.")

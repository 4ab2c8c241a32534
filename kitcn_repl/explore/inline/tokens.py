"""JavaScript and TypeScript as tokens, however unfinished the text is.

For what must work while somebody types: completion, and whether Enter ends a query. The grammar (`syntax`) is for texts
that are whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

Kind = Literal["name", "number", "string", "template", "regex", "punctuation", "comment"]


class Token(NamedTuple):
    """`text` is as written, from `start` to `end` in characters. `closed` is False for a string, template, comment or
    regular expression that lacks its end.

    A template with substitutions comes in pieces, `` `a${ ``, `}b${` and `` }c` ``, with the tokens of the expressions
    between them: each piece that ends in `${` opens a bracket, and each that starts with `}` closes one.
    """

    kind: Kind
    text: str
    start: int
    end: int
    closed: bool = True

    @property
    def opens(self) -> bool:
        if self.kind == "punctuation":
            return self.text in ("(", "[", "{")
        return self.kind == "template" and self.closed and self.text.endswith("${")

    @property
    def closes(self) -> bool:
        if self.kind == "punctuation":
            return self.text in (")", "]", "}")
        return self.kind == "template" and self.text.startswith("}")

    @property
    def content(self) -> str:
        """What stands between the quotes of a string, or of a template without substitutions; as written."""
        return self.text[1:-1] if self.closed else self.text[1:]


_TOKEN: Final = re.compile(
    r"""
      (?P<name>(?:[^\W\d]|[$#@]|\\u[0-9A-Fa-f]{4})(?:[\w$\u200c\u200d]|\\u[0-9A-Fa-f]{4})*)
    | (?P<number>0[xXoObB][\w]*|(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d*)?n?)
    | (?P<string>"(?:[^"\\\n\r]|\\(?:\r\n|[\s\S]))*"?|'(?:[^'\\\n\r]|\\(?:\r\n|[\s\S]))*'?)
    | (?P<comment>//[^\n\r\u2028\u2029]*|/\*[\s\S]*?(?:\*/|\Z))
    | (?P<punctuation>=>|\?\.(?!\d)|\.\.\.|\?\?=|\?\?|\|\|=|&&=|\|\||&&|===|!==|==|!=|\*\*=?|<=|\+\+|--|[-+*%&|^]=
        |[()\[\]{},.;:?<>=!+\-*%&|^~])
    """,
    re.VERBOSE,
)
_SPACE: Final = re.compile(r"[\s\ufeff]+")
_TEMPLATE: Final = re.compile(r"(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)?")
_REGEX: Final = re.compile(r"/(?:[^/\\\[\n\r]|\\[^\n\r]|\[(?:[^\]\\\n\r]|\\[^\n\r])*\]?)*(?:/[A-Za-z]*)?")
_WORDS: Final = "await case delete do else extends in instanceof new of return throw typeof void yield"
_BEFORE_OPERAND: Final = frozenset(_WORDS.split())


def tokenize(text: str) -> Iterator[Token]:
    """Every token in order; whatever is none is left out."""
    position, size = 0, len(text)
    previous: Token | None = None
    depth: list[int] = []  # for each open template: how many brackets `{` are open in its substitution
    while position < size:
        space = _SPACE.match(text, position)
        if space is not None:
            position = space.end()
            continue
        token = _token(text, position, previous, bool(depth) and depth[-1] == 0)
        if token is None:
            position += 1
            continue
        if token.kind == "template":
            if token.text.startswith("}"):
                depth.pop()
            if token.opens:
                depth.append(0)
        elif depth and token.kind == "punctuation":
            depth[-1] += {"{": 1, "}": -1}.get(token.text, 0)
        yield token
        position = token.end
        if token.kind != "comment":
            previous = token


def _token(text: str, position: int, previous: Token | None, ends_substitution: bool) -> Token | None:
    first = text[position]
    if first == "`" or (first == "}" and ends_substitution):
        match = _TEMPLATE.match(text, position + 1)
        assert match is not None
        written = text[position : match.end()]
        # `position + 1`: a lone backtick is a beginning, and no end.
        closed = match.end() > position + 1 and written.endswith(("`", "${"))
        return Token("template", written, position, match.end(), closed)
    if first == "/" and not text.startswith(("//", "/*"), position):
        if _ends_operand(previous):
            return Token("punctuation", "/", position, position + 1)
        match = _REGEX.match(text, position)
        assert match is not None
        return Token("regex", match[0], position, match.end(), re.search(r"/[A-Za-z]*\Z", match[0][1:]) is not None)
    match = _TOKEN.match(text, position)
    if match is None:
        return None
    kind: Kind = match.lastgroup  # type: ignore[assignment]
    written = match[0]
    closed = True
    if kind == "string":
        closed = len(written) > 1 and written[-1] == written[0] and not _is_escaped(written, len(written) - 1)
    elif kind == "comment":
        closed = written.startswith("//") or (len(written) > 3 and written.endswith("*/"))
    return Token(kind, written, position, match.end(), closed)


def _is_escaped(text: str, at: int) -> bool:
    backslashes = 0
    while at - backslashes - 1 >= 0 and text[at - backslashes - 1] == "\\":
        backslashes += 1
    return backslashes % 2 == 1


def _ends_operand(token: Token | None) -> bool:
    """Whether a `/` behind this token divides."""
    if token is None:
        return False
    if token.kind == "punctuation":
        return token.text in (")", "]", "}", "++", "--")
    if token.kind == "name":
        return token.text not in _BEFORE_OPERAND
    return not token.opens

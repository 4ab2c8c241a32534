"""A magic's line as words, and Python's expressions among them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.errors import UsageError
from kitcn_repl.magic.splitting import split_line
from kitcn_repl.magic.variables import arguments, with_expressions, with_variables


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("", []),
        ("  data   user ", ["data", "user"]),
        ("--where 'age >= 18'", ["--where", "age >= 18"]),
        ('--where "name = \\"Ada\\""', ["--where", 'name = "Ada"']),
        ("run users:list '{limit: 2}'", ["run", "users:list", "{limit: 2}"]),
        ("run users:list {limit: 2}", ["run", "users:list", "{limit: 2}"]),
        ("x=[1, 'a b'] y", ["x=[1, 'a b']", "y"]),
        ("a'b c'd", ["ab cd"]),
        ("''", [""]),
        ("C:\\folder", ["C:\\folder"]),
    ],
    ids=range(10),
)
def test_words(line: str, texts: list[str]) -> None:
    assert [word.text for word in split_line(line)] == texts


@pytest.mark.parametrize("line", ["'a", 'x="', "f(1", "[1)", "{"])
def test_what_is_not_closed(line: str) -> None:
    with pytest.raises(UsageError, match="is not closed"):
        split_line(line)


@given(st.lists(st.text(st.characters(exclude_characters="\\'\"")).filter(bool), max_size=4))
def test_quoted_words_come_back(words: list[str]) -> None:
    assert [word.text for word in split_line(" ".join(f"'{word}'" for word in words))] == words


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('--arg name="Ada L"', {"name": "Ada L"}),
        ("--arg 'm=n * 2'", {"m": 6}),
        ("--arg m=n*2 --arg n", {"m": 6, "n": 3}),
        ("--arg=m=[n, {'k': 'v w'}]", {"m": [3, {"k": "v w"}]}),
        ("--arg m=dict(a=1, b='x y')", {"m": {"a": 1, "b": "x y"}}),
        ("--arg m=n==3", {"m": True}),
    ],
    ids=range(6),
)
def test_expressions_keep_their_quotes(line: str, expected: dict[str, object]) -> None:
    texts = with_expressions(split_line(line), "--arg")
    given = [text for flag, text in zip(texts[::2], texts[1::2], strict=True) if flag == "--arg"]
    assert arguments(given, lambda text: eval(text, {"n": 3})) == expected


def test_a_variable_is_one_word_whatever_is_in_it() -> None:
    names = {"text": "a b --prod", "n": 3, "document": {"_id": "js7"}}

    def evaluate(text: str) -> object:
        return eval(text, dict(names))

    line = "get {text} {n} {document['_id']} '{text}' {limit} {limit: 2} x{n}"
    assert with_variables(split_line(line), evaluate) == [
        "get", "a b --prod", "3", "js7", "{text}", "{limit}", "{limit: 2}", "x{n}",
    ]  # fmt: skip
    for word in ("{document}", "{None}", "{1/0}", "{'-x'}", "{True}"):
        with pytest.raises(UsageError):
            with_variables(split_line(word), evaluate)

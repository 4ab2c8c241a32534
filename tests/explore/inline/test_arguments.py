"""Arguments reach the query as constants with the values they had."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.inline import compile_query
from kitcn_repl.explore.inline.arguments import constants
from kitcn_repl.explore.inline.envelope import unwrap
from kitcn_repl.values import JsonValue, Value
from kitcn_repl.values.codec import decode, encode
from tests.explore.inline.genuine import run_modules
from tests.values.strategies import VALUES


def has_proto(value: object) -> bool:
    if isinstance(value, dict):
        return "__proto__" in value or any(map(has_proto, value.values()))
    return isinstance(value, list) and any(map(has_proto, value))


@settings(deadline=None, max_examples=8)
@given(st.lists(VALUES, min_size=20, max_size=60))
def test_every_value_arrives(values: list[Value]) -> None:
    # The genuine encoder itself loses fields called __proto__; the test below looks at those.
    encoded = [encode(value) for value in values if not has_proto(value)]
    modules = [compile_query("x", args={"x": value}).module.source for value in encoded]
    assert all(module.isascii() for module in modules)
    for sent, outcome in zip(encoded, run_modules(modules), strict=True):
        assert outcome.error is None
        assert numbers(unwrap(outcome.value)[0]) == numbers(sent)


def numbers(value: JsonValue) -> JsonValue:
    """Every number as a float: JavaScript writes integral ones without a point, and may round their last digits."""
    if isinstance(value, list):
        return [numbers(item) for item in value]
    if isinstance(value, dict):
        if value.keys() == {"$float"} and math.isnan(float(str(decode(value)))):
            return "NaN"  # JavaScript has only one
        return {key: numbers(item) for key, item in value.items()}
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


HOSTILE = [
    "</script>",
    "'; throw 1; '",
    '"; throw 1; "',
    "`${x}`",
    "*/ throw 1 /*",
    "\u2028throw 1",
    "\\",
    "\n",
    "\ud800",
    "a\0b",
]


def test_text_stays_text() -> None:
    outcomes = run_modules([compile_query("[x, x.length]", args={"x": text}).module.source for text in HOSTILE])
    found = [outcome.value for outcome in outcomes]
    assert [unwrap(value)[0] for value in found] == [[text, len(text)] for text in HOSTILE]


def test_names_of_fields_stay_names() -> None:
    text = "[Object.keys(x), Object.getPrototypeOf(x) === Object.prototype, x['__proto__']]"
    value: JsonValue = {"__proto__": {"a": 1}, "constructor": 2, "a b": 3, "": 4}
    [outcome] = run_modules([compile_query(text, args={"x": value}).module.source])
    assert unwrap(outcome.value)[0] == [["__proto__", "constructor", "a b", ""], True, {"a": 1}]


def test_in_every_form() -> None:
    texts = ["limit + 1", "const a = limit; a + 1", "return limit + 1", "export default query(async () => limit + 1)"]
    for text, outcome in zip(
        texts, run_modules([compile_query(text, args={"limit": 4}).module.source for text in texts]), strict=True
    ):
        assert (text, unwrap(outcome.value)[0]) == (text, 5)


def test_undefined_and_many() -> None:
    assert constants({}) == ""
    assert (
        constants({"a": {"$undefined": None}, "$b": [True], "ü": -1.5}) == "const a = undefined, $b = [true], ü = -1.5;"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a b", "is not a JavaScript identifier"),
        ("", "is not a JavaScript identifier"),
        ("1a", "is not a JavaScript identifier"),
        ("a-b", "is not a JavaScript identifier"),
        ("a;throw 1", "is not a JavaScript identifier"),
        ("class", "is a reserved word"),
        ("await", "is a reserved word"),
        ("ctx", "already means something"),
        ("query", "already means something"),
        ("undefined", "already means something"),
        ("__kitcnQuery", "already means something"),
    ],
)
def test_names_that_cannot_be(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        compile_query("1", args={name: 1})


@pytest.mark.parametrize(
    "text",
    [
        "const limit = 5; limit",
        "const { a: { limit } } = ctx; limit",
        "function limit() {}\nlimit()",
        "export const limit = 1; export default query(() => limit)",
    ],
)
def test_a_name_that_the_query_declares(text: str) -> None:
    with pytest.raises(UsageError, match=r'^Line 1: the query declares "limit", which is also an argument'):
        compile_query(text, args={"limit": 1})


def test_a_name_in_an_inner_scope_is_fine() -> None:
    [outcome] = run_modules([compile_query("[1].map((limit) => limit)", args={"limit": 7}).module.source])
    assert unwrap(outcome.value)[0] == [1]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"$integer": "AA=="}, "Argument x.a needs 8 bytes"),
        ({"$integer": "!"}, "Argument x.a has base64"),
        ({"$set": []}, r"Argument x.a is no Convex value: \$set"),
        ({"$b": 1, "c": 2}, r'Argument x.a has a field "\$b"'),
        (10**400, "Argument x.a is too large"),
    ],
)
def test_values_that_cannot_be(value: JsonValue, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        compile_query("1", args={"x": {"a": value}})


def test_a_value_that_is_too_deep() -> None:
    value: JsonValue = []
    for _ in range(3000):
        value = [value]
    with pytest.raises(UsageError, match="nested more than 64"):
        compile_query("1", args={"x": value})

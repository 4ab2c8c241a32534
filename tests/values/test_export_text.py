from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.values import Int64, JsonValue, Value, encode
from kitcn_repl.values.export import dump_text, encoded_document, export_to_encoded_text
from kitcn_repl.values.order import encode_key
from tests.values.strategies import FIELD_NAMES, VALUES

DOCUMENTS = st.dictionaries(FIELD_NAMES, VALUES, max_size=5)


def export_text(value: Value, comma: str = ",", colon: str = ":") -> str:
    """The export encoding of offline-formats.md 1, written down independently."""
    if isinstance(value, Int64):
        return str(int(value))
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    if isinstance(value, list):
        return f"[{comma.join(export_text(item, comma, colon) for item in value)}]"
    if isinstance(value, dict):
        pairs = [json.dumps(key) + colon + export_text(item, comma, colon) for key, item in value.items()]
        return f"{{{comma.join(pairs)}}}"
    return json.dumps(encode(value), ensure_ascii=False)


@given(DOCUMENTS, st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " :\n")]))
def test_means_the_same(document: dict[str, Value], spacing: tuple[str, str]) -> None:
    line = export_text(document, *spacing)
    text = export_to_encoded_text(line)
    assert encode_key(json.loads(text)) == encode_key(encode(document))
    assert encoded_document(text) == encode(document)
    assert export_to_encoded_text(line.encode()) == text
    assert export_to_encoded_text(text) == text or "$" in text


INFINITY = {"$float": "AAAAAAAA8H8="}
NEGATIVE_INFINITY = {"$float": "AAAAAAAA8P8="}


@pytest.mark.parametrize(
    "line",
    [
        '{"_id":"x","a":1.0,"b":-0.0,"c":1e16,"d":[1.5,true,null],"e":{}}',
        '{"a":"at 10, or at 20] or","b":{"$bytes":"YQ=="}}',
        '{"date":"2024-01-05","phone":"+1-555-0100"}\n',
    ],
)
def test_unchanged_lines_are_not_rewritten(line: str) -> None:
    assert export_to_encoded_text(line) is line


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('{"a":1}', '{"a":{"$integer":"AQAAAAAAAAA="}}'),
        ('{"a": [ -1 , 2.0 ]}', '{"a":[{"$integer":"//////////8="},2.0]}'),
        ('{"a":9223372036854775807}', '{"a":{"$integer":"/////////38="}}'),
        ('{"a":9223372036854775808}', '{"a":9.223372036854776e+18}'),
        ('{"a":-9223372036854775809}', '{"a":-9.223372036854776e+18}'),
        ('{"a":-0}', '{"a":-0.0}'),
        ('{"a":{"$float":"AAAAAAAA8D8="}}', '{"a":1.0}'),
        ('{"a":{"\\u0024float":"AAAAAAAA8D8="}}', '{"a":1.0}'),
        ('{"a":{"$float":"AAAAAAAAAIA="}}', '{"a":{"$float":"AAAAAAAAAIA="}}'),
        ('{"a":{"$float":"AQAAAAAA8H8="},"b":1}', '{"a":{"$float":"AQAAAAAA8H8="},"b":{"$integer":"AQAAAAAAAAA="}}'),
        ('{"a":{"$integer":"AQAAAAAAAAA="}}', '{"a":{"$integer":"AQAAAAAAAAA="}}'),
        ('{"a":"é, :5, \\" ","b":0}', '{"a":"é, :5, \\" ","b":{"$integer":"AAAAAAAAAAA="}}'),
        ('{"a":"\\ud800","b":0}', '{"a":"\\ud800","b":{"$integer":"AAAAAAAAAAA="}}'),
    ],
)
def test_rewritten_lines(line: str, text: str) -> None:
    assert export_to_encoded_text(line) == text


@pytest.mark.parametrize("line", ['{"a":1,', '{"a":1,"b":NaN}', '{"a":1}}', '{"a":{"$float":"x"}}', b'{"a":"\xff"}'])
def test_malformed_lines(line: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        export_to_encoded_text(line)


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ('{"a":-0.0,"b":0.0}', {"a": {"$float": "AAAAAAAAAIA="}, "b": 0.0}),
        ('{"a":[ -0 , -0e5,-0.5,-5]}', {"a": [{"$float": "AAAAAAAAAIA="}] * 2 + [-0.5, -5]}),
        ('{"a":"x:-0,"}', {"a": "x:-0,"}),
        ('{"a":[1e999,-1E+999,5,1.5,2e3,1e-400]}', {"a": [INFINITY, NEGATIVE_INFINITY, 5, 1.5, 2000.0, 0.0]}),
        (f'{{"a":{"9" * 400},"b":"e999"}}', {"a": INFINITY, "b": "e999"}),
        (f'{{"a":{"9" * 300}e20}}', {"a": INFINITY}),
        ('{"a":-1E+999}', {"a": NEGATIVE_INFINITY}),
        ('{"a":-1.0}', {"a": -1.0}),
    ],
)
def test_minus_zero_on_the_wire(text: str, document: JsonValue) -> None:
    assert encoded_document(text) == document
    assert "-0.0" not in json.dumps(encoded_document(text))


@st.composite
def number_tokens(draw: st.DrawFn) -> str:
    digits = draw(st.sampled_from((1, 2, 40, 198, 199, 200, 201, 307, 308, 309, 330)))
    fraction = draw(st.sampled_from(("", ".0", ".5", "." + "3" * 30)))
    exponent = draw(
        st.sampled_from(("", "e9", "E+99", "e100", "E108", "e+109", "e308", "e309", "E309", "e0005", "e+00309"))
    )
    return draw(st.sampled_from(("", "-"))) + draw(st.sampled_from("189")) * digits + fraction + exponent


@given(
    st.lists(number_tokens(), min_size=1, max_size=3),
    st.integers(0, 41),
    st.sampled_from(("", " ", "\n")),
)
def test_numbers_beyond_doubles_are_found_wherever_they_stand(tokens: list[str], offset: int, space: str) -> None:
    text = f'{{"a":"{"x" * offset}","b":[{",".join(f"{space}{token}{space}" for token in tokens)}],"c":{tokens[0]}}}'
    document = encoded_document(text)
    found = document["b"]
    assert isinstance(found, list)
    for token, value in zip([*tokens, tokens[0]], [*found, document["c"]], strict=True):
        if math.isfinite(float(token)):
            assert isinstance(value, (int, float))
            assert float(value) == float(token)
        else:
            assert value == (NEGATIVE_INFINITY if token.startswith("-") else INFINITY)


@given(st.lists(st.integers(-3, 3), max_size=3), st.integers(-(2**63), 2**63 - 1), st.sampled_from(("", " ", "\t")))
def test_integers_are_found_wherever_they_stand(numbers: list[int], number: int, space: str) -> None:
    inside = ",".join(f"{space}{each}{space}" for each in numbers)
    text = f'{{"a":[{inside}],"b":{{"c":{space}{number}{space}}},"d":[1.5,{number}]}}'
    whole = [encode(Int64(each)) for each in numbers]
    expected = {"a": whole, "b": {"c": encode(Int64(number))}, "d": [1.5, encode(Int64(number))]}
    assert json.loads(export_to_encoded_text(text)) == expected


def test_dumped_text_is_utf8() -> None:
    assert dump_text({"a": "é"}) == '{"a":"é"}'
    assert dump_text({"a": "\ud800é"}) == '{"a":"\\ud800\\u00e9"}'

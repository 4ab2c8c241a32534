"""The fast checks and the legacy decoder against slow and independent ones."""

from __future__ import annotations

import json
import math
import re
import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kitcn_repl.offline.snapshot.bulk_ids import all_ids_of
from kitcn_repl.offline.snapshot.legacy import decoder_for
from kitcn_repl.offline.snapshot.shape_text import ShapeTextError, parse_shape
from kitcn_repl.offline.snapshot.squeeze import may_have_integers, may_have_odd_numbers, squeeze
from kitcn_repl.values import JsonValue
from kitcn_repl.values.forms import base64_of
from kitcn_repl.values.ids import IdError, decode_id, encode_id

numbers = st.sampled_from([1, 29, 127, 128, 540, 10001, 16383, 16384, 2097151, 2097152, 268435456, 2**32 - 1])
internals = st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=20)


@settings(deadline=None)
@given(numbers, internals)
def test_well_formed_ids_of_a_table_pass(number: int, internals: list[bytes]) -> None:
    assert all_ids_of(number, [encode_id(number, internal) for internal in internals])


@settings(deadline=None, max_examples=80)
@given(numbers, internals, st.data())
def test_one_wrong_character_is_noticed(number: int, internals: list[bytes], data: st.DataObject) -> None:
    ids = [encode_id(number, internal) for internal in internals]
    victim = data.draw(st.integers(0, len(ids) - 1))
    place = data.draw(st.integers(0, len(ids[victim]) - 1))
    char = data.draw(st.sampled_from("0123456789abcdefghjkmnpqrstvwxyzilouA_-+ ☃\ud800"))
    ids[victim] = ids[victim][:place] + char + ids[victim][place + 1 :]
    try:
        expected = decode_id(ids[victim]).table_number == number
    except IdError:
        expected = False
    assert all_ids_of(number, ids) is expected


@pytest.mark.parametrize("text", ["", "x", "j57000820c20a1g7104gm2rc1m70ynr80", "j57000820c20a1g7104gm2rc1m70ynr"])
def test_ids_of_another_length_are_noticed(text: str) -> None:
    assert not all_ids_of(10001, [encode_id(10001, bytes(16)), text])


def test_ids_of_another_table_are_noticed() -> None:
    assert not all_ids_of(10001, [encode_id(10001, bytes(16)), encode_id(10002, bytes(16))])
    assert all_ids_of(10001, [])


json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(alphabet='0123456789,:[]{}" NaIfitye.-x☃', max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)
separators = st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " :\r")])


@settings(deadline=None, max_examples=100)
@given(st.lists(json_values, min_size=1, max_size=5), separators)
@example([{"a": [5]}], (",", ":"))
@example([{"a": [[]]}, {"a": -5}], (",", ":"))
def test_squeezing_overlooks_no_token(values: list[JsonValue], separators: tuple[str, str]) -> None:
    found: list[str] = []
    lines = [json.dumps({"v": value}, ensure_ascii=False, separators=separators) for value in values]
    for line in lines:
        json.loads(line, parse_int=found.append, parse_constant=found.append)
    text = "\n".join(lines)
    squeezed = squeeze(text.encode())
    if any(re.fullmatch("-?[0-9]+", token) for token in found):
        assert may_have_integers(squeezed, text)
    if any("N" in token or "I" in token for token in found):
        assert may_have_odd_numbers(squeezed)


def test_squeezing_is_of_use() -> None:
    text = '{"_creationTime":1.7e12,"a":[],"b":{},"d":[1.5,-0.0],"e":"1, 2 and 3; (x)","n":null,"t":[true,false]}'
    assert not may_have_integers(squeeze(text.encode()), text)
    assert not may_have_odd_numbers(squeeze(text.encode()))


SCALARS = ["never", "null", "int64", "float64", "-inf", "inf", "-0", "NaN", "normalfloat64", "boolean", "field_name"]
SCALARS += ["string", "bytes", "unknown", "id<10001>"]
shapes = st.recursive(
    st.sampled_from(SCALARS) | st.just('"literal"'),
    lambda inner: st.one_of(
        inner.map("array<{}>".format),
        inner.map("record<field_name, {}>".format),
        st.dictionaries(st.sampled_from(["a", "b", "_id"]), inner, max_size=3).map(
            lambda fields: "{" + ", ".join(f'"{name}": {shape}' for name, shape in fields.items()) + "}"
        ),
        st.lists(inner.filter(lambda shape: " | " not in shape or shape[-1] in ">}"), min_size=2, max_size=3).map(
            " | ".join
        ),
    ),
    max_leaves=8,
)


@given(shapes)
def test_shapes_as_exports_write_them_parse(shape: str) -> None:
    assert parse_shape(shape)


@pytest.mark.parametrize(
    "text", ["", " ", "int", "{", '{"a"}', '{"a": }', "array<>", "record<string>", "int64 |", '"a', "id<>", "int64x"]
)
def test_other_texts_are_no_shapes(text: str) -> None:
    with pytest.raises(ShapeTextError):
        parse_shape(text)


def test_a_comma_before_the_end_of_an_object_is_tolerated() -> None:
    assert len(parse_shape('{"a"?: int64, } | null')) == 2


legacy_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.sampled_from(["1", "-7", "NaN", "Infinity", "aGk=", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=100)
@given(shapes, legacy_values)
def test_the_legacy_decoder_agrees_with_a_simple_one(shape: str, value: JsonValue) -> None:
    decoder = decoder_for(parse_shape(shape))
    try:
        expected = simple_decode(value, simple_parse(shape))
    except ValueError:
        with pytest.raises(ValueError, match=r"."):
            decoder.decode(value)
    else:
        assert decoder.decode(value) == expected
        assert not decoder.faithful or expected == value


def test_every_nan_keeps_its_payload() -> None:
    bits = base64_of(struct.pack("<Q", 0xFFF8_0000_0000_1234))
    assert decoder_for(parse_shape("float64")).decode("NaN", {"$float64NaN": bits}) == {"$float": bits}


Node = tuple[str, object]


def simple_parse(text: str) -> list[Node]:
    """Independent of ours: turns a shape into nested lists by way of Python's own parser."""
    source = re.sub(r'"(\w+)": ', r'"\1": , ', text)
    tokens = re.findall(r'"\w+": |"\w+"|id<\d+>|array<|record<|[-\w]+|[{}>|,]', source)
    position = 0

    def take() -> str:
        nonlocal position
        position += 1
        return str(tokens[position - 1])

    def union() -> list[Node]:
        nonlocal position
        found = [one()]
        while position < len(tokens) and tokens[position] == "|":
            position += 1
            found.append(one())
        return found

    def one() -> Node:
        nonlocal position
        token = take()
        if token == "{":
            fields = {}
            while tokens[position] != "}":
                if tokens[position] == ",":
                    position += 1
                    continue
                name = take().split('"')[1]
                assert take() == ","
                fields[name] = union()
            position += 1
            return "object", fields
        if token == "array<":
            inner = union()
            assert take() == ">"
            return "array", inner
        if token == "record<":
            union()
            assert take() == ","
            inner = union()
            assert take() == ">"
            return "record", inner
        return ("string" if token[0] == '"' or token.startswith("id<") else token), None

    return union()


def simple_decode(value: JsonValue, union: list[Node]) -> JsonValue:
    def below(kind: str, key: str | None = None) -> list[Node]:
        found: list[Node] = []
        for name, inner in union:
            if name == "unknown":
                found.append((name, inner))
            elif name == kind and isinstance(inner, list):
                found += inner
            elif name == kind and isinstance(inner, dict) and key in inner:
                found += inner[key]
        return found

    if isinstance(value, list):
        return [simple_decode(item, below("array")) for item in value]
    if isinstance(value, dict):
        return {
            key: simple_decode(item, below("object", key) + [node for node in below("record") if node[0] != "unknown"])
            for key, item in value.items()
        }
    if not isinstance(value, str):
        return value
    readings: set[str] = set()
    for name, _ in union:
        readings |= {
            "int64": {"int64"}, "inf": {"inf"}, "-inf": {"inf"}, "NaN": {"nan", "inf"}, "float64": {"nan", "inf"},
            "bytes": {"bytes"}, "string": {"str"}, "field_name": {"str"},
            "unknown": {"str", "inf", "nan", "int64", "bytes"},
        }.get(name, set())  # fmt: skip
    if readings == {"int64"}:
        return {"$integer": base64_of(struct.pack("<q", int(value)))}
    if readings == {"inf"}:
        if value not in ("Infinity", "-Infinity"):
            raise ValueError(value)
        return {"$float": base64_of(struct.pack("<d", math.inf if value == "Infinity" else -math.inf))}
    if readings == {"bytes"}:
        if re.fullmatch("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", value) is None:
            raise ValueError(value)
        return {"$bytes": value}
    return value

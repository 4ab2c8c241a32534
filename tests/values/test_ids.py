from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.values.ids import (
    MAX_TABLE_NUMBER,
    DocumentId,
    IdError,
    decode_id,
    encode_id,
    is_id,
    legacy_internal_id,
    normalize_id,
)

TABLE_NUMBERS = st.integers(1, MAX_TABLE_NUMBER) | st.sampled_from([1, 127, 128, 16383, 16384, 10001, MAX_TABLE_NUMBER])
INTERNAL_IDS = st.binary(min_size=16, max_size=16)
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"

VECTORS = [
    (540, "7c75fb4a61fb003ca5a2086f49134d1a", "kg27rxfv99gzp01wmph0gvt92d6hnvy6"),
    (10001, "000102030405060708090a0b0c0d0e0f", "j57000820c20a1g7104gm2rc1m70ynr8"),
    (1, "00" * 16, "0400000000000000000000000000248"),
    (MAX_TABLE_NUMBER, "ff" * 16, "zzzzzzrfzzzzzzzzzzzzzzzzzzzzzzzzzzxjj"),
]


@pytest.mark.parametrize(("number", "internal", "text"), VECTORS)
def test_vectors(number: int, internal: str, text: str) -> None:
    assert encode_id(number, bytes.fromhex(internal)) == text
    assert decode_id(text) == DocumentId(number, bytes.fromhex(internal))
    assert str(decode_id(text)) == text


def test_creation_day() -> None:
    assert decode_id(encode_id(10001, bytes(14) + b"\x4f\xba")).creation_day == 20410


@given(TABLE_NUMBERS, INTERNAL_IDS)
def test_round_trip(number: int, internal: bytes) -> None:
    text = encode_id(number, internal)
    assert 31 <= len(text) <= 37
    assert decode_id(text) == DocumentId(number, internal)


@given(INTERNAL_IDS, INTERNAL_IDS)
def test_ids_of_a_table_sort_by_internal_id(one: bytes, other: bytes) -> None:
    assert (encode_id(10001, one) < encode_id(10001, other)) == (one < other)


@given(st.text(ALPHABET, min_size=31, max_size=37) | st.text(max_size=40))
def test_whatever_decodes_is_the_only_spelling(text: str) -> None:
    try:
        decoded = decode_id(text)
    except IdError:
        return
    assert encode_id(decoded.table_number, decoded.internal) == text


@given(TABLE_NUMBERS, INTERNAL_IDS, st.data())
def test_no_near_miss_decodes(number: int, internal: bytes, data: st.DataObject) -> None:
    text = encode_id(number, internal)
    position = data.draw(st.integers(0, len(text) - 1))
    char = data.draw(st.sampled_from(ALPHABET + "ilou-_ A").filter(lambda char: char != text[position]))
    changed = text[:position] + char + text[position + 1 :]
    if is_id(changed):  # a changed checksum may fit another table number or internal id, never the same
        assert decode_id(changed) != DocumentId(number, internal)


def base32(data: bytes) -> str:
    chars = -(-len(data) * 8 // 5)
    number = int.from_bytes(data, "big") << (chars * 5 - len(data) * 8)
    return "".join(ALPHABET[number >> 5 * shift & 31] for shift in reversed(range(chars)))


def with_checksum(body: bytes) -> str:
    low = high = 0
    for byte in body:
        low = (low + byte) % 256
        high = (high + low) % 256
    return base32(body + bytes([low, high]))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("abc", "Invalid ID length 3"),
        ("", "Invalid ID length 0"),
        ("é", "Invalid ID length 2"),
        ("\ud800", "Invalid ID length 3"),
        ("j" * 38, "Invalid ID length 38"),
        ("j57000820c20a1g7104gm2rc1m70ynrI", "ID wasn't valid base32"),
        ("J57000820C20A1G7104GM2RC1M70YNR8", "ID wasn't valid base32"),
        ("j57000820c20a1g7104gm2rc1m70ynr8 ", "ID wasn't valid base32"),
        ("j57000820c20a1g7104gm2rc_1m70ynr8", "ID wasn't valid base32"),
        ("+57000820c20a1g7104gm2rc1m70ynr8", "ID wasn't valid base32"),
        ("j57000820c20a1g7104gm2rc1m70ynr\uff18", "ID wasn't valid base32"),
        ("j57000820c20a1g7104gm2rc1m70ynr9", "Invalid ID version 2391 (expected 2135)"),
        (with_checksum(b"\0" + bytes(16)), "Invalid table number"),
        (with_checksum(b"\x81\0" + bytes(16)), "Invalid table number"),
        (with_checksum(b"\xff\xff\xff\xff\x1f" + bytes(16)), "Invalid table number"),
        (with_checksum(b"\xff\xff\xff\xff\xff" + bytes(16)), "Invalid table number"),
        (with_checksum(b"\x80\x80\x01" + bytes(14)), "Invalid ID length 31"),
        (with_checksum(b"\x01" + bytes(16))[:-1] + "9", "ID wasn't valid base32"),
        (with_checksum(b"\x91\x4e" + bytes(16)) + "0", "Invalid ID length 33"),
        (with_checksum(b"\x91\x4e" + bytes(16)) + "00", "Invalid ID length 34"),
    ],
)
def test_error_texts(text: str, reason: str) -> None:
    with pytest.raises(IdError) as caught:
        decode_id(text)
    assert str(caught.value) == f"Unable to decode ID: {reason}"
    assert not is_id(text)


def test_ids_that_cannot_be_encoded() -> None:
    with pytest.raises(ValueError, match="table number 0"):
        encode_id(0, bytes(16))
    with pytest.raises(ValueError, match="table number 4294967296"):
        encode_id(2**32, bytes(16))
    with pytest.raises(ValueError, match="16 bytes, not 15"):
        encode_id(1, bytes(15))


def test_normalize() -> None:
    text = encode_id(10001, bytes(range(16)))
    assert normalize_id(text, 10001) == text
    assert normalize_id(text, 10002) is None
    assert normalize_id("nonsense", 10001) is None
    assert normalize_id("", 10001) is None
    assert normalize_id("é" * 22, 10001) is None


def test_normalize_takes_the_base64_form() -> None:
    assert legacy_internal_id("AAECAwQFBgcICQoLDA0ODw") == bytes(range(16))
    assert legacy_internal_id("-_8AAAAAAAAAAAAAAAAAAA") == b"\xfb\xff" + bytes(14)
    assert normalize_id("AAECAwQFBgcICQoLDA0ODw", 10001) == encode_id(10001, bytes(range(16)))
    for wrong in [
        "AAECAwQFBgcICQoLDA0ODx",
        "+/8AAAAAAAAAAAAAAAAAAA",
        "AAECAwQFBgcICQoLDA0OD",
        "AAECAwQFBgcICQoLDA0O==",
    ]:
        assert legacy_internal_id(wrong) is None


def base62(data: bytes) -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    number = int.from_bytes(b"\1" + data, "big")
    text = ""
    while number:
        number, digit = divmod(number, 62)
        text += digits[digit]
    return text


def test_normalize_takes_the_base62_form() -> None:
    assert base62(b"\xde\xad\xbe\xef") == "JsoUl8"  # the vector of the library that wrote them
    internal = legacy_internal_id(base62(bytes(15) + b"\x4a\x01"))
    assert internal is not None
    assert internal[14:] == b"\x4a\x01"
    assert legacy_internal_id(base62(bytes(16))) is None
    assert legacy_internal_id(base62(bytes(18))) is None
    assert legacy_internal_id("a" * 1000) is None
    assert legacy_internal_id("user_2abcdefghijklmnopqrs") is None


def test_known_strings_that_are_no_ids() -> None:
    assert not is_id("10000;users")  # an id of convex-test
    assert not is_id("3f2504e0-4f89-11d3-9a0c-0305e82c3301")
    assert not is_id("3f2504e04f8911d39a0c0305e82c3301")

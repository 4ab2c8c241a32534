"""Document ids against a second implementation, in JavaScript, written from the description of their format.

No npm package has Convex's own; whatever its backend refuses must be refused, so most cases are near misses.
"""

from __future__ import annotations

import string
from pathlib import Path
from random import Random
from typing import Any

from kitcn_repl.values.ids import MAX_TABLE_NUMBER, DocumentId, IdError, decode_id, encode_id, is_id, normalize_id
from tests.support.node import run_module
from tests.support.suites import Cases

COUNT = 10_000
EXHAUSTED = 14
"""Ids of which every single-character corruption is tried: two of each length, a thousand corruptions each."""

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
NEARLY = "ilou-_ =+.A\0é０\ud800"
SECOND = (Path(__file__).parent / "ids.mjs").read_text()
BORDERS = [1, 127, 128, 540, 10001, 16383, 16384, 2**21 - 1, 2**21, 2**28 - 1, 2**28, 2**31, MAX_TABLE_NUMBER]


def second(judge: str, cases: list[Any]) -> list[Any]:
    told: list[Any] = run_module(SECOND, {"judge": judge, "cases": cases})
    return told


def ours(text: str) -> list[Any] | None:
    try:
        found = decode_id(text)
    except IdError:
        return None
    return [found.table_number, found.internal.hex()]


def some_number(rng: Random) -> int:
    return rng.choice([rng.choice(BORDERS), rng.randint(1, MAX_TABLE_NUMBER), rng.randint(10_001, 10_100)])


def some_internal(rng: Random) -> bytes:
    return rng.choice([rng.randbytes(16), rng.randbytes(16), bytes(16), b"\xff" * 16])


def test_ids_of_both(cases: Cases) -> None:
    drawn = [(some_number(cases.random), some_internal(cases.random)) for _ in range(COUNT)]
    texts = second("encode", [(number, internal.hex()) for number, internal in drawn])
    for (number, internal), text in zip(drawn, texts, strict=True):
        case = f"--seed {cases.seed}: table {number}, internal id {internal.hex()}"
        assert encode_id(number, internal) == text, case
        assert decode_id(text) == DocumentId(number, internal), case
    assert {len(text) for text in texts} == {31, 32, 34, 36, 37}
    cases.passed(COUNT, "ids written and read as by the second implementation")


def test_every_change_of_one_character_is_refused(cases: Cases) -> None:
    texts = [encode_id(number, cases.random.randbytes(16)) for number in (1, 127, *BORDERS, MAX_TABLE_NUMBER)]
    count = 0
    for text in texts[:EXHAUSTED]:
        for at in range(len(text)):
            for char in {*ALPHABET, *NEARLY} - {text[at]}:
                changed = text[:at] + char + text[at + 1 :]
                assert not is_id(changed), f"--seed {cases.seed}: {changed!r}, from {text}"
                count += 1
    assert count > COUNT
    cases.passed(count, "ids with one wrong character, all refused")


def test_near_misses(cases: Cases) -> None:
    drawn = [near_miss(cases.random) for _ in range(COUNT)]
    found = list(map(ours, drawn))
    for text, one, other in zip(drawn, found, second("decode", drawn), strict=True):
        assert one == other, f"--seed {cases.seed}: {text!r}"
    taken = sum(each is not None for each in found)
    assert COUNT / 20 < taken < COUNT / 2
    cases.passed(COUNT, f"near misses: the same {taken:,} taken, with the same meaning, the others refused")


def test_normalizing(cases: Cases) -> None:
    drawn = [(older_form(cases.random), some_number(cases.random)) for _ in range(COUNT)]
    found = [normalize_id(text, number) for text, number in drawn]
    for (text, number), one, other in zip(drawn, found, second("normalize", drawn), strict=True):
        assert one == other, f"--seed {cases.seed}: {text!r} in table {number}"
    taken = sum(each is not None for each in found)
    assert COUNT / 4 < taken < COUNT * 3 / 4
    cases.passed(COUNT, f"texts normalized as by the second implementation, {taken:,} of them ids")


def near_miss(rng: Random) -> str:
    """Two edits at once, or bytes that no encoder would choose below a checksum that fits."""
    if rng.random() < 0.6:
        groups = rng.choice(
            [
                [rng.randrange(128)],
                [rng.randrange(128, 256), rng.randrange(4)],
                [rng.randrange(128, 256)] * rng.randrange(1, 6) + [rng.randrange(32)],
                [0x80] * rng.randrange(5) + [0],
                [0xFF] * 4 + [rng.choice([0x0F, 0x10, 0x1F, 0x7F, 0x8F])],
            ]
        )
        body = bytes(groups) + rng.randbytes(rng.choice([16, 16, 16, 16, 15, 17]))
        low = sum(body) % 256
        high = sum(byte * (len(body) - at) for at, byte in enumerate(body)) % 256
        wrong = rng.choice([0, 0, 0, 1])
        return base32(body + bytes([low, (high + wrong) % 256]), rng.choice([0, 0, 0, 0, 1]))
    chars = list(encode_id(some_number(rng), some_internal(rng)))
    for _ in range(2):
        at = rng.randrange(len(chars))
        match rng.randrange(5):
            case 0:
                chars[at] = rng.choice(ALPHABET)
            case 1:
                chars[at] = rng.choice(NEARLY + string.ascii_uppercase)
            case 2:
                chars.pop(at)
            case 3:
                chars.insert(at, rng.choice(ALPHABET + NEARLY))
            case _:
                other = rng.randrange(len(chars))
                chars[at], chars[other] = chars[other], chars[at]
    return "".join(chars)


def base32(data: bytes, rest: int) -> str:
    """`rest` is what the bits that are left over hold."""
    chars = -(-len(data) * 8 // 5)
    spare = chars * 5 - len(data) * 8
    number = int.from_bytes(data, "big") << spare | (rest if spare else 0)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(chars)))


def older_form(rng: Random) -> str:
    """Mostly ids as they were before 2023, with and without a mistake."""
    base64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    base62 = string.digits + string.ascii_letters
    text = rng.choice(
        [
            "".join(rng.choices(base64, k=21)) + rng.choice("AQgw"),
            "".join(rng.choices(base64, k=rng.choice([21, 22, 23]))),
            in_base62(b"\1" + rng.randbytes(rng.choice([17, 17, 17, 16, 18]))),
            "".join(rng.choices(base62, k=rng.randrange(22, 34))),
            near_miss(rng),
        ]
    )
    if rng.random() < 0.15:
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice("+/=-_é \n" + base62) + text[at + rng.randrange(2) :]
    return text


def in_base62(data: bytes) -> str:
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 62)
        text += digits[digit]
    return text

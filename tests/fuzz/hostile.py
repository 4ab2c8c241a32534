"""Hostile pieces, and ways to do harm to bytes, texts and JSON; all drawn from one source of random numbers."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

TEXTS = (
    "", " ", "\x1b[31mred", "\x1b]0;title\x07", "\x9b2J", "a\nError: false", "\r\n", "\0", "\u202egnp", "\u2028",
    "\x7f", "[bold red]markup[/]", "<script>alert(1)</script>", "&amp;", "`code`", "| cell |", "../../etc/passwd",
    "/etc/passwd", "C:\\x", "__proto__", "constructor", "$integer", "_id", "é", "日本語", "👩‍👩‍👧", "e\u0301", "\ufeff",
    "\ud800", "a\udfffb", "NaN", "null", "true", "-0", "1e999", "9" * 400, "x" * 3000, "'", '"', "\\", "${x}", "%s%n",
    "{}", "a.b", "a:b", "a/b:c", "2026-13-45T99:99:99Z", "=cmd|' /C calc'!A0",
)  # fmt: skip
NUMBERS: tuple[int | float, ...] = (
    0, -0.0, 1, -1, 0.5, 2**31, -(2**31) - 1, 2**32, 2**53, 2**63, -(2**63) - 1, 2**64, 10**30, 10**400, 1e308, -1e308,
    5e-324, 253402300800, 1e11, 1e17, float("inf"), float("-inf"), float("nan"),
)  # fmt: skip
INTEGERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)


def text(random: Random) -> str:
    if random.random() < 0.8:
        return random.choice(TEXTS)
    return "".join(
        chr(random.choice((random.randrange(128), random.randrange(0x3000)))) for _ in range(random.randrange(20))
    )


def value(random: Random, depth: int = 3) -> Any:
    """Anything that JSON can hold, and some that only Python's takes for it."""
    kind = random.randrange(8 if depth else 5)
    if kind == 0:
        return random.choice((None, True, False))
    if kind == 1:
        return random.choice(NUMBERS)
    if kind in (2, 3):
        return text(random)
    if kind == 4:
        return random.choice(
            ([], {}, [[]], {"": None}, {"$integer": "AAAAAAAAAAA="}, {"$bytes": "?"}, {"$float": "AA=="})
        )
    if kind == 5:
        return [value(random, depth - 1) for _ in range(random.randrange(4))]
    if kind == 6:
        return {text(random): value(random, depth - 1) for _ in range(random.randrange(4))}
    return nested(random, random.choice((10, 65, 200)))


def nested(random: Random, depth: int) -> Any:
    inner: Any = 1
    for _ in range(depth):
        inner = {"a": inner} if random.random() < 0.5 else [inner]
    return inner


def mutated_json(random: Random, given: Any, times: int = 0) -> Any:
    """A copy in which some places hold something else, are gone, doubled, renamed, or swapped."""
    root = [copy.deepcopy(given)]
    for _ in range(times or random.choice((1, 1, 1, 2, 4))):
        places = list(_places(root))
        holder, key = random.choice(places)
        _harm(random, holder, key, places)
    return root[0]


def _places(root: list[Any]) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting: list[Any] = [root]
    while waiting and len(found) < 2000:
        holder = waiting.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            found.append((holder, key))
            if isinstance(holder[key], (dict, list)):
                waiting.append(holder[key])
    return found


def _harm(random: Random, holder: Any, key: Any, places: Sequence[tuple[Any, Any]]) -> None:
    kind = random.randrange(8)
    old = holder[key]
    if kind == 0 and isinstance(holder, dict):
        del holder[key]
    elif kind == 1 and isinstance(holder, dict):
        holder[text(random)] = holder.pop(key)
    elif kind == 2 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(old))
    elif kind == 3:
        other, place = random.choice(places)
        holder[key] = copy.deepcopy(other[place])
    elif kind == 4:
        holder[key] = [old] if random.random() < 0.5 else {"value": old}
    elif kind == 5 and isinstance(old, str):
        holder[key] = mutated_text(random, old)
    elif kind == 6 and isinstance(old, (int, float)):
        holder[key] = random.choice(NUMBERS)
    else:
        holder[key] = value(random)


def dumped(random: Random, given: Any) -> bytes:
    """As JSON, or as something that nearly is: other encodings, doubled keys, numbers without end, cut off."""
    written = json.dumps(given, ensure_ascii=random.random() < 0.5)
    kind = random.randrange(60)
    if kind == 0:
        written = written.replace("{", '{"a": 1, "a": 2, ', 1)
    elif kind == 1:
        written = written.replace("1", "1" * random.choice((400, 5000)), 1)
    elif kind == 2:
        written = written.replace(":", ': NaN, "x":', 1)
    elif kind == 3:
        written = "[" * random.choice((100, 100_000)) + written
    elif kind == 4:
        written = '{"a":' * 5000 + written + "}" * 5000
    elif kind == 5:
        written = written[: random.randrange(len(written) + 1)]
    elif kind == 9:
        written = written.replace("1", "1e999", 1)
    elif kind == 6:
        written = "\ufeff" + written
    elif kind == 7:
        return written.encode(random.choice(("utf-16", "utf-32", "utf-16-le")), "surrogatepass")
    elif kind == 8:
        return mutated_bytes(random, written.encode("utf-8", "surrogatepass"))
    return written.encode("utf-8", "surrogatepass")


def mutated_text(random: Random, given: str, pieces: Sequence[str] = TEXTS) -> str:
    """A few characters cut, doubled, moved, or put in."""
    for _ in range(random.choice((1, 1, 2, 4, 10))):
        at, end = sorted((random.randrange(len(given) + 1), random.randrange(len(given) + 1)))
        end = min(end, at + random.choice((1, 2, 5, 40)))
        kind = random.randrange(5)
        if kind == 0:
            given = given[:at] + given[end:]
        elif kind == 1:
            given = given[:at] + given[at:end] * 2 + given[end:]
        elif kind == 2:
            given = given[:at] + random.choice(pieces) + given[at:]
        elif kind == 3:
            given = given[:at] + random.choice(pieces) + given[end:]
        else:
            to = random.randrange(len(given) + 1)
            piece = given[at:end]
            given = given[:to] + piece + given[to:]
    return given


def mutated_bytes(random: Random, given: bytes) -> bytes:
    """Bits flipped, numbers overwritten, parts cut, doubled, or put in."""
    data = bytearray(given)
    for _ in range(random.choice((1, 1, 2, 4, 10))):
        random.choice(_HARMS)(random, data)
    return bytes(data)


def _flip(random: Random, data: bytearray) -> None:
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _overwrite(random: Random, data: bytearray) -> None:
    size = random.choice((1, 2, 4, 8))
    number = random.choice(INTEGERS) & (1 << 8 * size) - 1
    at = random.randrange(len(data) + 1)
    data[at : at + size] = number.to_bytes(size, random.choice(("little", "big")))


def _cut(random: Random, data: bytearray) -> None:
    at = random.randrange(len(data) + 1)
    del data[at : at + random.choice((1, 4, 16, 100))]


def _double(random: Random, data: bytearray) -> None:
    at = random.randrange(len(data) + 1)
    data[at:at] = data[at : at + random.choice((1, 4, 16, 100))]


def _put(random: Random, data: bytearray) -> None:
    at = random.randrange(len(data) + 1)
    data[at:at] = random.choice(
        (bytes(4), b"\xff" * 4, random.randbytes(random.randrange(1, 9)), text(random).encode("utf-8", "replace"))
    )


def _end(random: Random, data: bytearray) -> None:
    if random.random() < 0.3:
        del data[random.randrange(len(data) + 1) :]


_HARMS: tuple[Callable[[Random, bytearray], None], ...] = (
    _flip,
    _flip,
    _overwrite,
    _overwrite,
    _cut,
    _double,
    _put,
    _end,
)

"""Our texts and values against npm `convex/values` and the genuine CLI's printer; ten thousand of them are in
`tests/slow/differential`."""

from __future__ import annotations

import random
import struct

from kitcn_repl.values.javascript import number_text
from tests.support.node import run_module
from tests.values.genuine import as_sent, differences, judged
from tests.values.random_values import random_encoded, random_float

TEXTS_OF_NUMBERS = """
import { readFileSync } from "node:fs";
const numbers = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(numbers.map((hex) => String(Buffer.from(hex, "hex").readDoubleBE()))));
"""


def test_values() -> None:
    rng = random.Random(8)
    cases = as_sent([random_encoded(rng) for _ in range(500)])
    found = zip(cases, judged("decode", cases), strict=True)
    assert [(encoded, wrong) for encoded, verdict in found if (wrong := differences(encoded, verdict))] == []


def test_numbers() -> None:
    rng = random.Random(8)
    numbers = [random_float(rng) for _ in range(5_000)]
    genuine = run_module(TEXTS_OF_NUMBERS, [struct.pack(">d", number).hex() for number in numbers])
    assert [number_text(number) for number in numbers] == genuine

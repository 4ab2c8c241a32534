"""Our texts and values against npm `convex/values` and the genuine CLI's printer, in one node process per test.

Each run draws new values; the seed is printed, and KITCN_SEED repeats a run.
"""

from __future__ import annotations

import json
import os
import random
import struct

import pytest

from kitcn_repl.values import Int64, Value, decode, encode
from kitcn_repl.values.javascript import display, number_text, stringify
from tests.support.node import node_modules, run_module
from tests.values.strategies import random_encoded, random_float

CASES = 4000

# Texts: JSON.stringify twice, `convex data`'s printer (not exported, hence cut out of its file), and what was decoded.
TEXTS_OF_VALUES = """
import { readFileSync } from "node:fs";
import { convexToJson, jsonToConvex } from "convex/values";

const printer = readFileSync("node_modules/convex/dist/esm/cli/lib/data.js", "utf8");
const start = printer.indexOf("function stringify(value)");
if (start < 0) throw new Error("the printer of `convex data` has moved");
const Base64 = { fromByteArray: (bytes) => Buffer.from(bytes).toString("base64") };
const display = new Function("Base64", printer.slice(start) + "\\nreturn stringify;")(Base64);

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const bits = (number) => { const b = Buffer.alloc(8); b.writeDoubleBE(number); return hex(b); };
function described(value) {
  if (value === null) return "null";
  if (typeof value === "bigint") return ["int64", value.toString()];
  if (typeof value === "number") return ["float64", bits(value)];
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return ["string", value];
  if (value instanceof ArrayBuffer) return ["bytes", hex(new Uint8Array(value))];
  if (Array.isArray(value)) return ["array", ...value.map(described)];
  return ["object", ...Object.keys(value).sort().map((key) => [key, described(value[key])])];
}

const cases = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map((encoded) => {
  const value = jsonToConvex(encoded);
  const again = convexToJson(value);
  return {
    compact: JSON.stringify(again, null),
    indented: JSON.stringify(again, null, 2),
    displayed: display(value),
    described: described(value),
  };
})));
"""

TEXTS_OF_NUMBERS = """
import { readFileSync } from "node:fs";
const numbers = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(numbers.map((hex) => String(Buffer.from(hex, "hex").readDoubleBE()))));
"""


@pytest.fixture
def rng() -> random.Random:
    seed = int(os.environ.get("KITCN_SEED") or random.SystemRandom().getrandbits(32))
    print(f"KITCN_SEED={seed}")
    return random.Random(seed)


def described(value: Value) -> object:
    match value:
        case None | bool():
            return {None: "null", True: "true", False: "false"}[value]
        case Int64():
            return ["int64", str(value)]
        case float():
            return ["float64", struct.pack(">d", value).hex()]
        case str():
            return ["string", value]
        case bytes():
            return ["bytes", value.hex()]
        case list():
            return ["array", *map(described, value)]
        case dict():
            # JavaScript's decoder loses this one: it sets the prototype.
            return ["object", *([key, described(value[key])] for key in sorted(value) if key != "__proto__")]
    raise TypeError(value)


def test_values(rng: random.Random) -> None:
    node_modules()
    # By way of text, since both JSON readers join halves of a surrogate pair that met.
    cases = json.loads(json.dumps([random_encoded(rng) for _ in range(CASES)]))
    genuine = run_module(TEXTS_OF_VALUES, cases)
    assert len(genuine) == CASES
    for encoded, expected in zip(cases, genuine, strict=True):
        assert stringify(encoded) == expected["compact"]
        assert stringify(encoded, 2) == expected["indented"]
        assert display(encoded) == expected["displayed"]
        value = decode(encoded)
        assert described(value) == expected["described"]
        assert stringify(encode(value)) == expected["compact"]


def test_numbers(rng: random.Random) -> None:
    numbers = [random_float(rng) for _ in range(5 * CASES)]
    genuine = run_module(TEXTS_OF_NUMBERS, [struct.pack(">d", number).hex() for number in numbers])
    assert [number_text(number) for number in numbers] == genuine

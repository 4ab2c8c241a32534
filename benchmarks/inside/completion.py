"""Prints the seconds of three completions of inline queries."""

from __future__ import annotations

import json
import time
from statistics import median

from kitcn_repl.explore.completion import FieldWord, TableWord, Words, complete

ASKED = (
    ('await ctx.db.query("tab', 60),
    ('await ctx.db.query("table007").filter((q) => q.eq(q.field("fie', 12),
    (
        'const a = await ctx.db.query("table007").collect();\nconst b = await ctx.db.query("table008").take(10);\n'
        "return b.map((one) => one.fie",
        12,
    ),
)
fields = {f"field{number:02}": FieldWord(f"field{number:02}", {"type": "string"}) for number in range(12)}
tables = {f"table{number:03}": TableWord(f"table{number:03}", fields) for number in range(60)}
words = Words(lambda: tables)


def seconds(text: str, expected: int) -> float:
    times = []
    for _ in range(30):
        began = time.perf_counter()
        found = complete(text, len(text), words)
        times.append(time.perf_counter() - began)
        assert len(found) == expected, (text, len(found))
    return median(times)


print(json.dumps([seconds(*one) for one in ASKED]))

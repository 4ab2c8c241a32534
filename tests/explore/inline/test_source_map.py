"""Places in the generated module lead back to the user's own line and column, however a consumer counts."""

from __future__ import annotations

import bisect
import json
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kitcn_repl.explore.inline import CompiledQuery, compile_query
from kitcn_repl.explore.inline.source_map import split_lines, vlq
from tests.support.node import node

# `here()` marks the place that a stack frame must name.
TEXTS = [
    "here()",
    "  here();",
    "[1].map((x) => here(x)).length",
    "\n\n  here()\n",
    "[\n  1,\n  here(2),\n]",
    "const a = 1; here(a)",
    "const a = 1; /* 😀 */ [a,\n   here(a)]",
    "const a: Map<string, number> = new Map(); const b = a as any;  b.x; (here() as number)",
    "const a = 1\nconst b = '😀' + here()\na",
    "const a = 1\n\n  a + here()\n  + 1",
    "if (true) {\n\treturn here();\n}",
    "function f(x: number) {\r\n  return here()\r\n}\r\nf(1)",
    "const t = `\n\n`;\nhere()",
    "const s = '\u2028'; here()",
    "type A = {\n  a: number\n}\nlet x: A; here()",
    "export default query({\n  handler: async (ctx: any) => {\n    return await here();\n  },\n});",
    "export default query(async () => here());",
]


def expected(text: str) -> tuple[int, int]:
    before = split_lines(text[: text.index("here(")])
    return len(before), len(before[-1].encode("utf-16-le")) // 2 + 1


def lookup(source_map: str, line: int, column: int) -> tuple[int, int] | None:
    """The segment at or before a place: rows and columns as the caller counts them."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    places: list[tuple[int, int]] = []
    targets: list[tuple[int, int]] = []
    to_line = to_column = 0
    for row, segments in enumerate(json.loads(source_map)["mappings"].split(";")):
        at = 0
        for segment in filter(None, segments.split(",")):
            numbers: list[int] = []
            shift = number = 0
            for digit in map(digits.index, segment):
                number |= (digit & 31) << shift
                shift += 5
                if not digit & 32:
                    numbers.append(-(number >> 1) if number & 1 else number >> 1)
                    shift = number = 0
            at += numbers[0]
            to_line += numbers[2]
            to_column += numbers[3]
            places.append((row, at))
            targets.append((to_line, to_column))
    assert places == sorted(set(places))
    index = bisect.bisect_right(places, (line, column)) - 1
    return targets[index] if index >= 0 else None


def place_in_module(query: CompiledQuery) -> tuple[int, int]:
    return expected(query.module.source)


@pytest.mark.parametrize("text", TEXTS)
def test_as_convex_reads_it(text: str) -> None:
    """Convex's backend looks up V8's numbers as they are, and prints what it finds as it is."""
    query = compile_query(text, args={"limit": 5})
    line, column = place_in_module(query)
    assert lookup(query.module.source_map or "", line, column) == expected(text)


@pytest.mark.parametrize("text", TEXTS)
def test_as_the_specification_reads_it(text: str) -> None:
    query = compile_query(text)
    line, column = place_in_module(query)
    found = lookup(query.module.source_map or "", line - 1, column - 1)
    assert found is not None
    assert (found[0] + 1, found[1] + 1) == expected(text)


@pytest.mark.parametrize("text", TEXTS)
def test_positions_of_the_module_itself(text: str) -> None:
    """What servers say in the module's own numbers, as for syntax errors."""
    query = compile_query(text, args={"limit": 5})
    assert query.position(*place_in_module(query)) == expected(text)


def test_what_lies_around_the_text() -> None:
    query = compile_query("const a = 1;\na.b")
    assert query.position(1, 10) is None
    end = query.module.source.count("\n")
    assert query.position(end, 1) == (2, 4)


def test_stack_frames_in_node(tmp_path: Path) -> None:
    """Node maps frames by itself: the same that a source map's other consumers do."""
    lines: list[str] = []
    for number, text in enumerate(TEXTS):
        query = compile_query(text, measure=False)
        source = query.module.source.replace(
            'import { query, internalQuery } from "convex:/_system/repl/wrappers.js";',
            "const query = (q) => q; const here = () => { throw new Error() };",
        )
        (tmp_path / f"q{number}.map").write_text(query.module.source_map or "")
        (tmp_path / f"q{number}.mjs").write_text(f"{source}\n//# sourceMappingURL=q{number}.map\n", encoding="utf-8")
        lines.append(
            f"await import('./q{number}.mjs').then(async ({{default: q}}) => {{"
            " try { await (q.handler ?? q)({}) } catch (error) { console.log(error.stack.split('\\n')[2]) } });"
        )
    main = tmp_path / "main.mjs"
    main.write_text("\n".join(lines))
    command = [node(), "--enable-source-maps", str(main)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    places = [re.search(r"query:(\d+):(\d+)", line) for line in done.stdout.splitlines()]
    found = [(int(place[1]), int(place[2])) if place else None for place in places]
    assert found == [expected(text) for text in TEXTS]


def test_the_text_is_in_the_map() -> None:
    text = "const a = 1\na as any"
    decoded = json.loads(compile_query(text).module.source_map or "")
    assert (decoded["version"], decoded["sources"], decoded["sourcesContent"]) == (3, ["query"], [text])


def test_vlq() -> None:
    assert [vlq(number) for number in (0, 1, -1, 15, 16, -16, 123456)] == ["A", "C", "D", "e", "gB", "hB", "gkxH"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", " ", "\n", "; ", "(b)", "😀", "\u2028", "\r\n", "'x'"]), min_size=1))
def test_every_text_gets_a_map_in_order(parts: list[str]) -> None:
    text = "x" + "".join(parts)
    query = compile_query(text)
    lookup(query.module.source_map or "", 1, 1)

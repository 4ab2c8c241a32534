"""Projects whose `schema.ts` nobody would write: real sources cut and mixed, token soup, circles, odd encodings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from kitcn_repl.errors import KitcnError
from kitcn_repl.render.schema_json import json_text, schema_json
from kitcn_repl.render.schema_overview import draw_overview
from kitcn_repl.render.style import Style
from kitcn_repl.schema.source import read_source
from tests.fuzz import hostile
from tests.fuzz.harness import Family
from tests.fuzz.oracle import SECRET, assert_safe_to_show, clear_line

_LONGEST = 300

CORPUS = Path(__file__).parents[1] / "schema" / "corpus"
_SIGNS = (*"{}()[]`'.,;=<>\n\0é!?:&|+-*/%", "${", "=>", "...", "?.", "/*", "//", "\ufeff", "\u2028", "\x1b[31m")
_WORDS = (
    " const ",
    " export default ",
    " import ",
    " function ",
    " if ",
    " for ",
    " while (true) ",
    " return ",
    " null ",
    " r ",
    " text()",
    " await ",
    " class ",
    " new ",
    " yield ",
    " as const ",
    " enum ",
    " import * as x from './schema'; ",
    " export * from './schema'; ",
    "defineSchema(",
    "convexTable(",
    "v.union(",
    ".index(",
    "'__proto__'",
    "Object.fromEntries(",
    "[...",
    "x ??= ",
    "1e999",
    "0n ** 99999n",
    "'a'.repeat(1e9)",
    "Array(1e9)",
    "[].concat",
    ".flatMap(",
    "`${`",
    "/(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')",
    SECRET,
)
_LARGE = (
    lambda n: (
        "export default defineSchema({ t: defineTable({ a: v.union("
        + ",".join(f"v.literal('{i}')" for i in range(n))
        + ") }) });"
    ),
    lambda n: "const a = " + "(" * n + "1" + ")" * n + ";",
    lambda n: "const a = " + "[" * n + "]" * n + ";",
    lambda n: (
        "let a = v.string();\n" + "a = v.array(a);\n" * n + "export default defineSchema({ t: defineTable({ a }) });"
    ),
    lambda n: "x" + ".y" * n + ";",
    lambda n: "const f = (x) => f(f(x));\n" * min(n, 2) + "export default defineSchema({ t: f(1) });",
    lambda n: "type T = " + "A<" * n + ">" * n + ";",
    lambda n: "`${" * min(n, 400) + "}`" * min(n, 400),
    lambda n: "const a = 1" + " + 1" * n + ";",
    lambda n: "if (a) {" * n + "}" * n,
    lambda n: "export * from './schema';\n" * n,
    lambda n: "let s = 'a'; for (let i = 0; i < 60; i++) s += s;\nexport default defineSchema({ [s]: 1 });",
    lambda n: "const o = {}; o.o = o; export default defineSchema({ t: defineTable(v.object(o)) });",
    lambda n: "/*" * n,
)


@dataclass(frozen=True)
class Project:
    """Files by path; `schema` is the one to read."""

    files: dict[str, bytes]
    schema: str


@cache
def _corpus() -> tuple[tuple[str, dict[str, str]], ...]:
    """Real projects with their schema's path."""
    found = []
    for folder in sorted(CORPUS.iterdir()):
        files = {
            path.relative_to(folder).as_posix(): path.read_text()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != "expected.json"
        }
        schema = next((name for name in files if name.endswith("schema.ts")), None)
        if schema is not None:
            found.append((schema, files))
    return tuple(found)


def make(random: Random) -> Project:
    schema, texts = random.choice(_corpus())
    files = {name: text.encode() for name, text in texts.items()}
    kind = random.randrange(16)
    if kind == 0:
        files[schema] = "".join(random.choices((*_SIGNS, *_WORDS), k=random.randrange(1, 80))).encode(
            "utf-8", "replace"
        )
    elif kind == 1:
        text = random.choice(_LARGE)(random.choice((10, 100, 1000)))
        files[schema] = (text + "\n" + (texts[schema] if random.random() < 0.5 else "")).encode()
    elif kind == 2:
        files[schema] = _encoded(random, texts[schema])
    elif kind == 3:
        first, second = random.choice(list(files)), random.choice(list(files))
        files[first], files[second] = files[second], files[first]
        files["loop.ts"] = (
            b"export * from './loop'; export { a } from './loop'; import { b } from './loop'; export const a = b;"
        )
        files[schema] += b"\nimport * as loop from '../loop'; import * as me from './schema'; me.default; loop.a;"
    elif kind == 4:
        parts = texts[schema].replace("(", " ( ").replace(".", " . ").split(" ")
        for _ in range(random.randrange(1, 12)):
            one, other = random.randrange(len(parts)), random.randrange(len(parts))
            parts[one], parts[other] = parts[other], parts[one]
        files[schema] = " ".join(parts).encode()
    else:
        name = random.choice([schema, schema, *files])
        files[name] = hostile.mutated_text(random, texts[name], (*_SIGNS, *_WORDS)).encode("utf-8", "surrogatepass")
    return Project(files, schema)


def _encoded(random: Random, text: str) -> bytes:
    kind = random.randrange(6)
    if kind == 0:
        return text.encode(random.choice(("utf-16", "utf-32", "utf-16-be")))
    if kind == 1:
        return b"\xef\xbb\xbf" + text.encode()
    if kind == 2:
        return hostile.mutated_bytes(random, text.encode())
    if kind == 3:
        return text.replace("\n", random.choice(("\r", "\r\n", "\u2028", "\0"))).encode()
    if kind == 4:
        return text.replace("a", "\ud800", 3).encode("utf-8", "surrogatepass")
    return random.choice((b"", b"\0" * 5000, b"\xff\xfe", random.randbytes(3000)))


def check(case: Project, folder: Path) -> str:
    for name, content in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    try:
        schema = read_source(folder / case.schema, root=folder)
    except KitcnError as error:
        clear_line(error, folder=folder)
        return "refused"
    for place in [told.place for told in schema.problems] + [told.place for told in schema.dynamic]:
        text = case.files.get(place.file, b"")
        assert 0 <= place.line <= text.count(b"\n") + text.count(b"\r") + 2, f"{place} is not in the file"
    for problem in schema.problems:
        assert len(problem.message) <= _LONGEST and "\n" not in problem.message, f"not one line: {problem.message!r}"
    if sum(map(len, case.files.values())) % 4 == 0:
        json.loads(json_text(schema_json(schema)))
        shown = draw_overview(schema, Style(False), 80, everything=True)
        assert_safe_to_show("\n".join(shown.lines))
    return "read" if schema.tables else "refused"


FAMILY = Family(
    "schema.ts", make, check, lambda case: b"\n".join(case.files.values()), lambda size: (64 << 20) + 400 * size
)

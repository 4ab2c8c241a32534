"""The query that finds: plain JavaScript that one can read, keep, and run elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Final

from kitcn_repl.deployment.models import IndexInfo
from kitcn_repl.explore.finding.access import choose
from kitcn_repl.explore.finding.predicates import member, predicate
from kitcn_repl.explore.finding.request import Level, Load
from kitcn_repl.explore.finding.where import Condition
from kitcn_repl.explore.following.questions import Route, Step, route
from kitcn_repl.explore.following.ways import Way, ways
from kitcn_repl.explore.inline.arguments import literal
from kitcn_repl.explore.knowledge import Knowledge

_STATE: Final = """const SCAN = 4096, LOOK = 20000, budget = { documents: 30000, queries: 4000, bytes: 15000000 };
const notes = new Set(), scans = new Map(), lookups = new Map(), gets = new Map();"""
"""Looks for relations end after SCAN documents, the look for the documents themselves after LOOK. Below Convex's limits
the budget leaves room for the largest document, 1 MiB."""
_HELPER: Final = re.compile(r"^// (\w+): ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Script:
    """`text` is an inline query; `ignored` says which filters of relations it does not apply."""

    text: str
    ignored: tuple[str, ...] = ()


def write_script(level: Level, knowledge: Knowledge, indexes: Sequence[IndexInfo]) -> Script:
    """One query for the level and all that is loaded with it. `indexes` are the deployment's."""
    writer = _Writer(knowledge, indexes)
    body = "\n\n".join([writer.top(level), *reversed(writer.functions)])
    return Script(f"{_STATE}\n{body}\n\n{_helpers(body)}", tuple(writer.ignored))


@dataclass(slots=True)
class _Writer:
    knowledge: Knowledge
    indexes: Sequence[IndexInfo]
    functions: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    ignored: dict[str, None] = field(default_factory=dict)

    def top(self, level: Level) -> str:
        walk = choose(level, self.indexes)
        query = f"ctx.db.query({json.dumps(level.table)})"
        if walk.index is not None:
            steps = "".join(f".{op}({json.dumps(name)}, {literal(value, name)})" for op, name, value in walk.steps)
            query += f".withIndex({json.dumps(walk.index)}" + (f", (q) => q{steps})" if steps else ")")
        fits = _arguments(_function(self.tests(level.where, level.table)))
        limit = "LOOK" if walk.sorts else str(level.limit)
        lines = [
            f"const found = await list({json.dumps(level.table)},"
            f' {query}.order("{walk.direction}"), {limit}{fits or ", undefined"}, LOOK);',
            *(_sorting(level) if walk.sorts else []),
            f"const rows = found.documents.slice(0, {level.limit}).map((row) => ({{ ...row }}));",
            *self.finishing(level),
            "const more = found.more || found.documents.length > rows.length;",
            "return { documents: rows, more, cut: found.cut, notes: [...notes] };",
        ]
        return "\n".join(lines)

    def finishing(self, level: Level) -> list[str]:
        """Statements that load the relations of `rows` and drop what is not wanted."""
        lines = [f"await {self.loading(level.table, load)}(rows);" for load in level.loads]
        if level.columns is not None:
            named = [*level.columns, *(() if level.drops else (load.name for load in level.loads))]
            unwanted = f"{'' if level.drops else '!'}{json.dumps(named)}.includes(name)"
            lines += [
                "for (const row of rows) {",
                f"  for (const name of Object.keys(row)) if ({unwanted}) delete row[name];",
                "}",
            ]
        return lines

    def loading(self, table: str, load: Load) -> str:
        """Writes the function that loads a relation for some documents; returns its name."""
        name = self._free(f"load_{load.name}")
        level, way = load.level, load.way
        planned = route(self.knowledge.schema, way)
        direction = self._pushed(level, planned)
        most = "SCAN" if level.order and direction is None else str(level.limit + (0 if load.is_one else 1))
        tests = [*self.narrowing(way), *self.tests(level.where, level.table)]
        place = f"parent[{json.dumps(load.name)}]"
        is_populated = load.name in way.start_fields  # the document takes the place of its id, if it is there
        one = f"own[0] ?? {place} ?? null" if is_populated else "own[0] ?? null"
        lines = [
            f"// {table}.{load.name}: {_described(way, planned)}",
            f"async function {name}(parents) {{",
            "  const rows = [];",
            "  for (const parent of parents) {",
            *(f"    {line}" for line in _following(way, planned, most, tests, direction)),
            *([f"    related.sort({_order(level)});"] if level.order else []),
            f"    const own = first({json.dumps(f'{table}.{load.name}')}, related, {level.limit});",
            f"    {place} = {one if load.is_one else 'own'};",
            "    rows.push(...own);",
            "  }",
            *(f"  {line}" for line in self.finishing(level)),
            "}",
        ]
        self.functions.append("\n".join(lines))
        if way.ignored is not None:
            self.ignored[f"The filter of {table}.{load.name} is not applied: {way.ignored}"] = None
        return name

    def exists(self, table: str, relation: str, where: Condition | None) -> str:
        """Writes the function that tells whether a document has related ones; returns its name."""
        name = self._free(f"has_{relation}")
        way = {way.label: way for way in ways(self.knowledge.schema, self.knowledge.edges, table)}[relation]
        planned = route(self.knowledge.schema, way)
        tests = [*self.narrowing(way), *self.tests(where, way.end)]
        lines = [
            f"// {table}.{relation}: {_described(way, planned)}",
            f"async function {name}(parent) {{",
            *(f"  {line}" for line in _following(way, planned, "1", tests, None)),
            "  return related.length > 0;",
            "}",
        ]
        self.functions.append("\n".join(lines))
        return name

    def tests(self, where: Condition | None, table: str) -> list[str]:
        if where is None:
            return []
        return [predicate(where, lambda relation, inner: self.exists(table, relation, inner))]

    def narrowing(self, way: Way) -> list[str]:
        """The relation's own condition."""
        found = []
        for name, value in way.conditions:
            place = member("row", name)
            found.append(f"({place} ?? null) === null" if value is None else f"same({place}, {literal(value, name)})")
        return found

    def _pushed(self, level: Level, planned: Route) -> str | None:
        """The direction in which an index gives the wanted order by itself: behind all of its fields, by time."""
        last = planned.then or planned.first
        if len(level.order) != 1 or level.order[0][0] != "_creationTime" or last.access.kind != "index":
            return None
        table = self.knowledge.schema.tables.get(last.table)
        fields = {index.name: index.fields for index in table.indexes} if table is not None else {}
        whole = len(fields.get(last.access.index or "", ())) == len(last.access.prefix)
        return level.order[0][1] if whole else None

    def _free(self, wanted: str) -> str:
        base = re.sub(r"\W", "_", wanted, flags=re.ASCII)
        name, number = base, 1
        while name in self.names:
            number += 1
            name = f"{base}_{number}"
        self.names.add(name)
        return name


def _following(way: Way, planned: Route, most: str, tests: Sequence[str], direction: str | None) -> list[str]:
    """Statements that leave the documents of a way from `parent` in `related`."""
    start = json.dumps(list(way.start_fields))
    if planned.then is None:
        return [f"const related = await along([parent], {start}, {_step(planned.first, most, tests, direction)});"]
    return [
        f"const joins = await along([parent], {start}, {_step(planned.first, 'SCAN', (), None)});",
        f"const related = await along(joins, {json.dumps(list(planned.pick))},"
        f" {_step(planned.then, most, tests, direction)});",
    ]


def _step(step: Step, most: str, tests: Sequence[str], direction: str | None) -> str:
    """A function from a key to the documents that have it."""
    fields, table = step.fields, json.dumps(step.table)
    reader = "ctx.db.system" if step.table.startswith("_") else "ctx.db"
    if step.access.kind == "scan":
        found = f"await lookup({table}, {json.dumps(list(fields))}, key)"
        rest: list[int] = []
    else:
        rest = [place for place in range(len(fields)) if place not in step.access.prefix]
        found = f"await one({reader}, {table}, key[{step.access.prefix[0]}])"
    others = [
        f"keys(row, [{json.dumps(fields[place])}]).some(([value]) => same(value, key[{place}]))" for place in rest
    ]
    fits = _function([*others, *tests])
    if step.access.kind == "index":
        equal = "".join(f".eq({json.dumps(fields[place])}, key[{place}])" for place in step.access.prefix)
        query = f"{reader}.query({table}).withIndex({json.dumps(step.access.index)}, (q) => q{equal})"
        order = "" if direction is None else f'.order("{direction}")'
        return f"async (key) => (await list({table}, {query}{order}, {most}{_arguments(fits)})).documents"
    return f"async (key) => {f'fitting({found}, {fits})' if fits else found}"


def _function(tests: Sequence[str]) -> str:
    """Of a document `row`; empty if there is nothing to test."""
    if not tests:
        return ""
    text = tests[0] if len(tests) == 1 else " && ".join(f"({test})" for test in tests)
    return f"{'async ' if 'await ' in text else ''}(row) => {text}"


def _arguments(function: str) -> str:
    return f", {function}" if function else ""


def _sorting(level: Level) -> list[str]:
    return [
        'if (found.cut) notes.add("The order is only among the documents that were looked through.");',
        f"found.documents.sort({_order(level)});",
    ]


def _order(level: Level) -> str:
    terms = [
        f"compare({member('a', name)}, {member('b', name)})"
        if direction == "asc"
        else f"compare({member('b', name)}, {member('a', name)})"
        for name, direction in level.order
    ]
    return f"(a, b) => {' || '.join(terms)}"


def _described(way: Way, planned: Route) -> str:
    ends = ", ".join(
        f"{way.end}.{end} = {way.start}.{start}" for start, end in zip(way.start_fields, way.end_fields, strict=False)
    )
    if way.junction is not None:
        ends = f"through {way.junction.table} to {way.end}"
    said = [
        {"id": "by id", "scan": f"a look through {step.table}"}.get(step.access.kind, f"by index {step.access.index}")
        for step in planned.steps
    ]
    return f"{ends}, {', then '.join(said)}".replace("\n", " ")


@lru_cache(maxsize=1)
def _all_helpers() -> dict[str, str]:
    text = files("kitcn_repl.explore.finding").joinpath("helpers.js").read_text(encoding="utf-8")
    parts = re.split(r"(?m)^(?=// \w+: )", text)
    return {match[1]: part.strip() for part in parts if (match := _HELPER.match(part)) is not None}


def _helpers(body: str) -> str:
    """The helpers that the text calls, and those that they call."""
    known = _all_helpers()
    wanted: dict[str, None] = {}
    waiting = [body]
    while waiting:
        text = waiting.pop()
        for name in known:
            if name not in wanted and re.search(rf"\b{name}\b", text):
                wanted[name] = None
                waiting.append(known[name])
    return "\n\n".join(known[name] for name in known if name in wanted)

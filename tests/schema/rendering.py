"""Schemas made up at random, and the many ways in which one may be written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from kitcn_repl.schema.model import Schema
from kitcn_repl.schema.source.reader import read_source
from tests.schema.dressing import dress, imported

NAMES = (
    "aggregateIndex", "arrayOf", "bigint", "boolean", "bytes", "convexTable", "custom", "date", "defineSchema", "id",
    "index", "integer", "json", "number", "objectOf", "rankIndex", "searchIndex", "text", "textEnum", "timestamp",
    "unionOf", "unique", "uniqueIndex", "vector", "vectorIndex",
)  # fmt: skip
V = "import { v } from 'convex/values';\n"


@dataclass(frozen=True, slots=True)
class Column:
    """`target` is the number of the table whose field `to` is referred to, with `options`."""

    name: str
    builder: str
    modifiers: tuple[str, ...] = ()
    target: int | None = None
    to: str = "id"
    options: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """`call.method(fields)tail`; in the tail `{t}` is the name of the table's parameter."""

    call: str
    fields: tuple[str, ...]
    method: str = "on"
    tail: str = ""

    def text(self, t: str) -> str:
        arguments = ", ".join(f"{t}.{name}" for name in self.fields)
        return f"{self.call}.{self.method}({arguments}){self.tail.replace('{t}', t)}"


@dataclass(frozen=True, slots=True)
class Relation:
    table: int
    name: str
    cardinality: str
    target: int
    from_field: str
    to_field: str
    alias: str | None = None
    explicit: bool = True


@dataclass(slots=True)
class Abstract:
    """Tables by number, called `table0`, `table1`, ..."""

    columns: list[list[Column]] = field(default_factory=list)
    indexes: list[list[Index]] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)


class Style:
    """One way of writing. `pick` and `shuffle` decide; `plain` ones always take the first and leave the order."""

    def __init__(self, pick: Callable[[Sequence[str]], str], shuffle: Callable[[Sequence[str]], list[str]]) -> None:
        self.pick = pick
        self.shuffle = shuffle
        self.files: dict[str, str] = {}
        self._counter = 0

    @classmethod
    def plain(cls) -> Style:
        return cls(lambda options: options[0], list)

    @classmethod
    def random(cls, random: Random) -> Style:
        return cls(random.choice, lambda items: random.sample(items, len(items)))

    def name(self, stem: str) -> str:
        self._counter += 1
        return f"{stem}{self._counter}"


def render(abstract: Abstract, style: Style) -> dict[str, str]:
    """Files of a project by path; the schema is `convex/schema.ts`."""
    layout = style.pick(["one file", "file per table", "default", "index", "alias", "renamed"])
    variables = [style.pick([f"table{at}", f"table{at}Table", f"t_{at}"]) for at in range(len(abstract.columns))]
    texts = [_table(abstract, style, at, variables) for at in range(len(abstract.columns))]
    imports = ""
    if layout == "one file":
        declared = "".join(texts)
    else:
        declared = ""
        names = []
        for at, text in enumerate(texts):
            needed = [v for other, v in enumerate(variables) if other != at and f"{v}." in text]
            default = layout == "default"
            head = "".join(f"import {v if default else f'{{ {v} }}'} from './{v}';\n" for v in needed)
            if default:
                exported = f"{text}export default {variables[at]};\n"
            else:
                exported = text.replace("\nconst " + variables[at], "\nexport const " + variables[at])
            style.files[f"convex/tables/{variables[at]}.ts"] = _file(style, head, exported)
            names.append(variables[at])
        if layout == "file per table":
            imports = "".join(f"import {{ {name} as {name} }} from './tables/{name}';\n" for name in names)
        elif layout == "default":
            imports = "".join(f"import {name} from './tables/{name}';\n" for name in names)
        elif layout == "renamed":
            style.files["convex/tables/index.ts"] = "".join(
                f"export {{ {name} as $a{at} }} from './{name}';\n" for at, name in enumerate(names)
            )
            style.files["convex/all.ts"] = "import * as tables from './tables';\nexport { tables };\n"
            parts = ", ".join(f"$a{at}: {name}" for at, name in enumerate(names))
            declared = f"const {{ {parts} }} = all;\n"
            imports = "import { tables as all } from './all';\n"
        else:
            style.files["convex/tables/index.ts"] = "".join(
                style.pick([f"export {{ {name} }} from './{name}';\n", f"export * from './{name}';\n"])
                for name in names
            )
            where = "./tables" if layout == "index" else "@/tables"
            style.files["tsconfig.json"] = '{"compilerOptions": {"paths": {"@/*": ["./convex/*"]}}}'
            imports = f"import {{ {', '.join(names)} }} from '{where}';\n"
    registered = _registered(style, variables)
    style.files["convex/schema.ts"] = _file(style, imports, declared + registered + _schema(abstract, style))
    return {name: dress(text, style.pick) if name.endswith(".ts") else text for name, text in style.files.items()}


def _file(style: Style, imports: str, code: str) -> str:
    head, rewritten = imported(NAMES, "kitcn/orm", style.pick)
    typed = "import type { AnyColumn } from 'kitcn/orm';\n" if "AnyColumn" in code else ""
    return typed + head + (V if "v." in code else "") + imports + rewritten(code)


def _column(style: Style, column: Column, variables: list[str]) -> str:
    modifiers = list(column.modifiers)
    if column.target is not None:
        arrow = style.pick(["()", "(): AnyColumn"])
        options = f", {column.options}" if column.options else ""
        modifiers.append(f".references({arrow} => {variables[column.target]}.{column.to}{options})")
    return column.builder + "".join(style.shuffle(modifiers))


def _table(abstract: Abstract, style: Style, at: int, variables: list[str]) -> str:
    before: list[str] = []
    entries: list[str] = []
    for column in abstract.columns[at]:
        code = _column(style, column, variables)
        match style.pick(["inline", "factory", "spread", "constant", "computed", "modified"]):
            case "factory":
                name = style.name("column")
                before.append(
                    style.pick([f"const {name} = () => {code};\n", f"function {name}() {{\n  return {code};\n}}\n"])
                )
                entries.append(f"{column.name}: {name}()")
            case "spread":
                name = style.name("part")
                before.append(f"const {name} = {{ {column.name}: {code} }}{style.pick(['', ' as const'])};\n")
                entries.append(f"...{name}")
            case "constant":
                name = style.name("KEY")
                before.append(f"const {name} = '{column.name}';\n")
                entries.append(f"[{name}]: {code}")
            case "computed":
                entries.append(f"...({{ {column.name}: {code} }} satisfies Record<string, unknown>)")
            case "modified" if ".notNull()" in column.modifiers:
                name = style.name("made")
                before.append(f"const {name} = <T,>(column: T) => column;\n")
                less = replace(column, modifiers=tuple(each for each in column.modifiers if each != ".notNull()"))
                entries.append(f"'{column.name}': {name}({_column(style, less, variables)}).notNull()")
            case _:
                entries.append(f"{style.pick([column.name, repr(column.name)])}: {code}")
    parameter = style.pick(["t", variables[at], "table"])
    extra = _extra(abstract.indexes[at], style, parameter, before)
    variable = variables[at]
    body = ",\n  ".join(entries)
    name = style.pick([f"'table{at}'", f'"table{at}"', f"`table{at}`"])
    return "".join(before) + f"\nconst {variable} = convexTable({name}, {{\n  {body}\n}}{extra});\n"


def _extra(indexes: list[Index], style: Style, parameter: str, before: list[str]) -> str:
    if not indexes:
        return style.pick(["", f", ({parameter}) => []"])
    calls = [each.text(parameter) for each in indexes]
    match style.pick(["array", "object", "block", "helper", "spread"]):
        case "object":
            body = ", ".join(f"entry{at}: {call}" for at, call in enumerate(calls))
            return f", ({parameter}) => ({{ {body} }})"
        case "block":
            return f", ({parameter}) => {{\n  const all = [{', '.join(calls)}];\n  return all;\n}}"
        case "helper":
            name = style.name("extras")
            before.append(f"const {name} = ({parameter}: any) => [{', '.join(calls)}];\n")
            return f", {name}"
        case "spread":
            name = style.name("some")
            before.append(f"function {name}({parameter}: any) {{ return [{calls[0]}] as const; }}\n")
            rest = "".join(f", {call}" for call in calls[1:])
            return f", ({parameter}) => [...{name}({parameter}){rest}]"
        case _:
            return f", ({parameter}) => [{', '.join(calls)}]"


def _registered(style: Style, variables: list[str]) -> str:
    parts = []
    before = ""
    for at, variable in enumerate(variables):
        if variable == f"table{at}":
            parts.append(style.pick([variable, f"{variable}: {variable}"]))
        elif style.pick(["entry", "spread"]) == "spread":
            name = style.name("group")
            before += f"const {name} = {{ table{at}: {variable} }};\n"
            parts.append(f"...{name}")
        else:
            parts.append(f"table{at}: {variable}")
    match style.pick(["literal", "const", "assign", "loop", "entries"]):
        case "const":
            return before + f"const tables = {{ {', '.join(parts)} }} as const;\n"
        case "assign":
            objects = ", ".join(f"{{ {part} }}" for part in parts)
            return before + f"const tables = Object.assign({{}}, {objects});\n"
        case "loop":
            made = (
                f"for (const [name, table] of Object.entries({{ {', '.join(parts)} }})) {{ tables[name] = table; }}\n"
            )
            return before + f"const tables: any = {{}};\n{made}"
        case "entries":
            pairs = ", ".join(f"['table{at}', {variable}]" for at, variable in enumerate(variables))
            return before + f"const tables = Object.fromEntries([{pairs}]);\n"
        case _:
            return before + f"const tables = {{ {', '.join(parts)} }};\n"


def _schema(abstract: Abstract, style: Style) -> str:
    by_table: dict[int, list[str]] = {}
    for each in abstract.relations:
        parts = []
        if each.explicit:
            parts += [f"from: r.table{each.table}.{each.from_field}", f"to: r.table{each.target}.{each.to_field}"]
        if each.alias:
            parts.append(f"alias: '{each.alias}'")
        config = f"{{ {', '.join(style.shuffle(parts))} }}" if parts else ""
        call = style.pick([f"r.{each.cardinality}.table{each.target}", f"r.{each.cardinality}['table{each.target}']"])
        by_table.setdefault(each.table, []).append(f"{each.name}: {call}({config})")
    if not by_table:
        return style.pick(
            [
                "export default defineSchema(tables);\n",
                "const schema = defineSchema(tables);\nexport { schema as default };\n",
            ]
        )
    entries = {f"table{at}": f"{{ {', '.join(some)} }}" for at, some in by_table.items()}
    before = ""
    match style.pick(["inline", "function", "spread", "body", "file"]):
        case "function":
            before = f"function relate(r: any) {{\n  return {_object(entries)};\n}}\n"
            callback = "relate"
        case "spread":
            parts = []
            for key, value in entries.items():
                name = style.name("relations")
                before += f"const {name} = (r: any) => ({{ {key}: {value} }});\n"
                parts.append(f"...{name}(r)")
            callback = f"(r) => ({{ {', '.join(parts)} }})"
        case "body":
            callback = f"(r: any) => {{\n  const relations = {_object(entries)};\n  return relations;\n}}"
        case "file":
            style.files["convex/relations.ts"] = f"export default (r: any) => ({_object(entries)});\n"
            before = "import relate from './relations';\n"
            callback = style.pick(["relate", "(r) => ({ ...relate(r) })"])
        case _:
            callback = f"(r) => ({_object(entries)})"
    chain = style.pick(["direct", "statements"])
    if chain == "direct":
        return f"{before}export default defineSchema(tables).relations({callback});\n"
    statements = f"const base = defineSchema(tables);\nconst schema = base.relations({callback});\n"
    return f"{before}{statements}export default schema;\n"


def _object(entries: dict[str, str]) -> str:
    return "{\n  " + ",\n  ".join(f"{key}: {value}" for key, value in entries.items()) + "\n}"


def read_files(files: dict[str, str]) -> Schema:
    """What is read of a project with these files."""
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        return read_source(Path(folder, "convex", "schema.ts"), root=Path(folder))


def without_places(value: Any) -> Any:
    """A schema as plain data, without what differs between two ways of writing it; the order of names is kept."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: without_places(getattr(value, each.name))
            for each in fields(value)
            if each.name not in ("place", "files")
        }
    if isinstance(value, dict):
        return [(key, without_places(each)) for key, each in value.items()]
    if isinstance(value, (tuple, list)):
        return [without_places(each) for each in value]
    return value

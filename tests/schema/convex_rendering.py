"""Random schemas in Convex's own words, written down in many ways, some of which only running them would tell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random

from tests.schema.dressing import dress, imported

TABLES = ["users", "messages", "things"]
ENVIRONMENT = "EXTRA"
"""The variable that dynamic schemas ask for."""


@dataclass
class Written:
    """`files` by path. `environment` is what the program finds there; `dynamic` tells that it asks."""

    files: dict[str, str]
    environment: dict[str, str]
    dynamic: bool


@dataclass
class ConvexWriter:
    """Draws a schema and writes it down at the same time: what it means is for the genuine code to say."""

    random: Random
    dynamic: bool
    before: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    counter: int = 0

    def write(self) -> Written:
        names = self.random.sample(TABLES, self.random.randrange(1, 4))
        entries = [self._table(name) for name in names]
        if self._asks(0.3):
            body = self.random.choice(
                ["{ late: defineTable({ a: v.string() }) }", f"{{ {names[0]}: defineTable({{ other: v.any() }}) }}"]
            )
            entries.append(f"...(process.env.{ENVIRONMENT} ? {body} : {{}})")
        options = self.random.choice(["", "", ", { schemaValidation: true }", ", { strictTableNameTypes: false }"])
        code = f"{''.join(self.before)}export default defineSchema({{ {', '.join(entries)} }}{options});\n"
        self.files["convex/schema.ts"] = self._with_imports(code)
        pick = self.random.choice
        files = {name: dress(text, pick) for name, text in self.files.items()}
        # No name that is taken: an unknown name counts as another one, or nothing at all could be told of an object.
        environment = {ENVIRONMENT: "other"} if self.random.random() < 0.5 else {}
        return Written(files, environment, any("process.env" in text for text in files.values()))

    def _with_imports(self, code: str) -> str:
        pick = self.random.choice
        head, rewritten = imported(("defineSchema", "defineTable"), "convex/server", pick)
        code = rewritten(code)
        name = pick(["v", "v", "$v", "values.v"])
        code = re.sub(r"(?:(?<=\.\.\.)|(?<![\w$.'\"`/]))v\.", f"{name}.", code)
        how = {"v": "{ v }", "$v": "{ v as $v }", "values.v": "* as values"}[name]
        wanted = [file for file in self.files if f"${file[7:-3]}" in code]
        parts = "".join(f"import {{ ${file[7:-3]} }} from './{file[7:-3]}';\n" for file in wanted)
        return f"{head}import {how} from 'convex/values';\n{parts}{code}"

    def _table(self, name: str) -> str:
        fields = self._fields(2)
        kind = self.random.choice(["fields", "fields", "fields", "object", "union", "any", "variable"])
        match kind:
            case "object":
                definition = f"defineTable(v.object({fields}))"
            case "union":
                definition = f"defineTable(v.union(v.object({fields}), v.object({self._fields(1)})))"
            case "any":
                definition = "defineTable(v.any())"
            case "variable":
                self.counter += 1
                self.before.append(f"const fields{self.counter} = {fields};\n")
                definition = f"defineTable(fields{self.counter})"
            case _:
                definition = f"defineTable({fields})"
        definition += "".join(self._index(number) for number in range(self.random.randrange(4)))
        match self.random.choice(["inline", "inline", "variable", "file", "function"]):
            case "variable":
                self.counter += 1
                self.before.append(f"const table{self.counter} = {definition};\n")
                return f"{name}: table{self.counter}"
            case "file" if not re.search(r"fields\d|part\d|make\d|KEY\d", definition):
                self.counter += 1
                stem = f"file{self.counter}"
                self.files[f"convex/{stem}.ts"] = self._with_imports(f"export const ${stem} = {definition};\n")
                return f"{name}: ${stem}"
            case "function":
                self.counter += 1
                self.before.append(f"function build{self.counter}() {{\n  return {definition};\n}}\n")
                return f"{name}: build{self.counter}()"
            case _:
                return f"{name}: {definition}"

    def _fields(self, depth: int) -> str:
        """An object of validators; `a`, a string, is always among them, so that indexes have something to be on."""
        entries = ["a: v.string()", "e: v.array(v.number())"]
        for name in self.random.sample(["b", "c", "d", "long_name", "x1"], self.random.randrange(5)):
            entries.append(self._field(name, depth))
        if self._asks(0.3):
            entries.insert(self.random.randrange(2, len(entries) + 1), self._unknown_field())
        return f"{{ {', '.join(entries)} }}"

    def _unknown_field(self) -> str:
        condition = f"process.env.{ENVIRONMENT}"
        return self.random.choice(
            [
                f"...({condition} ? {{ extra: v.string() }} : {{}})",
                f"...({condition} && {{ extra: v.string() }})",
                f"...({condition} ? {{ a: v.optional(v.string()) }} : {{}})",
                f"y: {condition} ? v.string() : v.number()",
                f"y: v.optional({condition} ? v.string() : v.number())",
                f"[{condition} ?? 'z']: v.any()",
                f"y: v.union(v.null(), v.literal({condition} ?? 'none'))",
                f"y: v.id({condition} ? 'users' : 'things')",
            ]
        )

    def _field(self, name: str, depth: int) -> str:
        code = self._validator(depth)
        if self.random.random() < 0.3:
            code = self.random.choice([f"v.optional({code})", f"{code}.optional()"])
        match self.random.choice(["plain", "plain", "quoted", "spread", "constant", "helper"]):
            case "quoted":
                return f"'{name}': {code}"
            case "spread":
                self.counter += 1
                self.before.append(f"const part{self.counter} = {{ {name}: {code} }};\n")
                return f"...part{self.counter}"
            case "constant":
                self.counter += 1
                self.before.append(f"const KEY{self.counter} = '{name}' as const;\n")
                return f"[KEY{self.counter}]: {code}"
            case "helper":
                self.counter += 1
                self.before.append(f"const make{self.counter} = (flag = true) => {code};\n")
                return f"{name}: make{self.counter}()"
            case _:
                return f"{name}: {code}"

    def _validator(self, depth: int) -> str:
        pick = self.random.choice
        scalar = pick(
            [
                "v.string()", "v.number()", "v.float64()", "v.int64()", "v.bigint()", "v.boolean()", "v.bytes()",
                "v.null()", "v.any()", "v.id('users')", "v.id('_storage')", "v.literal('x')", "v.literal(5)",
                "v.literal(-0.5)", "v.literal(true)", "v.literal(7n)",
            ]
        )  # fmt: skip
        if depth == 0 or self.random.random() < 0.4:
            return scalar
        inner = [self._validator(depth - 1) for _ in range(2)]
        return pick(
            [
                f"v.array({inner[0]})",
                f"v.union({inner[0]}, {inner[1]})",
                f"v.union({inner[0]}, v.union({inner[1]}, v.null()))",
                f"v.nullable({inner[0]})",
                f"v.record(v.string(), {inner[0]})",
                f"v.record(v.id('users'), {inner[0]})",
                f"v.object({{ k: {inner[0]}, o: v.optional({inner[1]}) }})",
                f"v.object({{ k: {inner[0]}, o: {inner[1]} }}).partial()",
                f"v.object({{ k: {inner[0]}, o: {inner[1]} }}).omit('o')",
                f"v.object({{ k: {inner[0]} }}).extend({{ o: {inner[1]} }})",
                f"v.object({{ ...v.object({{ k: {inner[0]} }}).fields, o: {inner[1]} }})",
                "v.union(...['p', 'q', 'r'].map((each) => v.literal(each)))",
                "v.union(...(['p', 'q'] as const).map(v.literal))",
                f"({inner[0]} satisfies unknown)",
                f"({inner[0]} as any)",
            ]
        )

    def _index(self, number: int) -> str:
        fields = self.random.choice(["['a']", "['a', 'e']", "['a'] as const", "['b', 'a']"])
        name = f"'by{number}'"
        if self._asks(0.2):
            name = f"process.env.{ENVIRONMENT} ?? {name}"
        return self.random.choice(
            [
                f".index({name}, {fields.replace(' as const', '')})",
                f".index({name}, {{ fields: {fields} }})",
                f".index({name}, {{ fields: {fields}, staged: true }})",
                f".searchIndex({name}, {{ searchField: 'a' }})",
                f".searchIndex({name}, {{ searchField: 'a', staged: true }})",
                f".searchIndex({name}, {{ searchField: 'a', filterFields: ['e', 'b.k'], staged: false }})",
                f".vectorIndex({name}, {{ vectorField: 'e', dimensions: 3 }})",
                f".vectorIndex({name}, {{ vectorField: 'e', dimensions: 1536, filterFields: ['a'], staged: true }})",
            ]
        )

    def _asks(self, chance: float) -> bool:
        return self.dynamic and self.random.random() < chance

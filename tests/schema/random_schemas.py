"""Random kitcn schemas, and what must be read from any way of writing one down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

from kitcn_repl.schema.model import Schema
from kitcn_repl.values import JsonObject, JsonValue
from tests.schema.rendering import Abstract, Column, Index, Relation
from tests.schema.vocabulary.builders import BUILDERS
from tests.schema.vocabulary.reading import STRING, id_of, nullable

OPTIONS = ["", "{ onDelete: 'cascade' }", "{ onDelete: 'set null', onUpdate: 'cascade' }"]
_BUILDERS = [code for code in BUILDERS if "'user'" not in code and "'name'" not in code and "'embedding'" not in code]


_FIXED = [Column("label", "text()", (".notNull()",)), Column("size", "integer()"), Column("wide", "vector(3)")]


def random_abstract(random: Random) -> Abstract:
    """Up to four tables; their relations are such as kitcn takes."""
    count = random.randrange(1, 5)
    abstract = Abstract()
    for _ in range(count):
        columns = [*_FIXED, *_columns(random)]
        for target in random.sample(range(count), min(count, random.randrange(4))):
            columns.append(_reference(random, target))
        abstract.columns.append(columns)
        abstract.indexes.append(_indexes(random, [column.name for column in columns if column.name != "wide"]))
    for at, columns in enumerate(abstract.columns):
        for column in columns:
            # kitcn refuses relations in a circle whose fields may not be null
            if not column.name.startswith("to") or column.modifiers or random.random() < 0.5:
                continue
            target = int(column.name[2:])
            alias = f"{at}-{target}"
            abstract.relations.append(Relation(at, f"one{target}", "one", target, column.name, column.to, alias))
            if random.random() < 0.5:
                explicit = random.random() < 0.5
                abstract.relations.append(
                    Relation(target, f"many{at}", "many", at, column.to, column.name, alias, explicit)
                )
    abstract.relations.sort(key=lambda each: each.table)
    return abstract


def _columns(random: Random) -> Iterator[Column]:
    for number in range(random.randrange(5)):
        builder = random.choice(_BUILDERS)
        chosen = random.sample([".notNull()", ".unique()", ".$type<any>()"], random.randrange(3))
        if builder == "text()" and random.random() < 0.5:
            chosen.append(".default('x')")
        yield Column(f"field{number}", builder, tuple(sorted(chosen)))


def _reference(random: Random, target: int) -> Column:
    kind = random.choice(["id", "id references", "text references", "label"])
    builder = f"id('table{target}')" if kind.startswith("id") else "text()"
    refers = None if kind == "id" else target
    options = random.choice(OPTIONS) if refers is not None else ""
    to = "label" if kind == "label" else "id"
    modifiers: tuple[str, ...] = random.choice([(), (".notNull()",)])
    return Column(f"to{target}", builder, modifiers, refers, to, options)


def _indexes(random: Random, names: list[str]) -> list[Index]:
    found = []
    for number in range(random.randrange(4)):
        fields = tuple(random.sample(names, random.randrange(1, min(3, len(names)) + 1)))
        kind = random.choice(["index", "index", "uniqueIndex", "unique", "search", "vector", "aggregate", "rank"])
        match kind:
            case "search":
                tail = random.choice(["", ".filter({t}.label)", ".staged()"])
                found.append(Index(f"searchIndex('s{number}')", ("label",), tail=tail))
            case "vector":
                tail = ".dimensions(3)" + random.choice(["", ".filter({t}.label)"])
                found.append(Index(f"vectorIndex('v{number}')", ("wide",), tail=tail))
            case "aggregate":
                tail = random.choice(["", ".count({t}.label)", ".min({t}.label).max({t}.label)"])
                found.append(Index(f"aggregateIndex('a{number}')", fields, tail=tail))
            case "rank":
                tail = random.choice(
                    [".orderBy({t}.size)", ".orderBy({ column: {t}.size, direction: 'desc' }).sum({t}.size)"]
                )
                found.append(Index(f"rankIndex('r{number}')", fields, "partitionBy", tail))
            case _:
                found.append(Index(f"{kind}('{kind[0]}{number}')", fields))
    return found


def expected(abstract: Abstract) -> JsonObject:
    """The facts of a schema, told from what it was made of; as `facts` tells them of what was read."""
    tables: JsonObject = {f"table{at}": _table(abstract, at) for at in range(len(abstract.columns))}
    return {"tables": tables, "relations": [_relation(abstract, each) for each in abstract.relations]}


def facts(schema: Schema) -> JsonObject:
    """What a read schema says, without places, in plain JSON."""
    tables: JsonObject = {}
    for name, table in schema.tables.items():
        assert table.fields is not None
        tables[name] = {
            "fields": {
                each.name: [each.validator, each.optional, each.kind, each.not_null, each.unique, each.default]
                for each in table.fields.values()
            },
            "indexes": {
                each.name: [each.kind, list(each.fields), list(each.filter_fields), each.dimensions, each.staged]
                for each in table.indexes
            },
            "unique": {each.name: list(each.fields) for each in table.unique},
            "references": {
                ",".join(each.columns): [each.target, list(each.target_columns), each.on_delete, each.on_update]
                for each in table.foreign_keys
            },
            "aggregates": {
                each.name: [list(each.fields), list(each.count), list(each.min), list(each.max)]
                for each in table.aggregate_indexes
            },
            "ranks": {
                each.name: [list(each.partition_by), [list(pair) for pair in each.order_by], each.sum]
                for each in table.rank_indexes
            },
        }
    relations: list[JsonValue] = [
        [
            each.source, each.name, each.cardinality, each.target, list(each.from_fields), list(each.to_fields),
            each.alias, each.inverse,
        ]
        for each in schema.relations
    ]  # fmt: skip
    return {"tables": tables, "relations": relations}


def without_part(abstract: Abstract) -> Iterator[Abstract]:
    """The same without one relation, index, column or last table."""
    for at in range(len(abstract.relations)):
        relations = [each for place, each in enumerate(abstract.relations) if place != at]
        # Fields told by the other side need that side.
        named = {each.alias for each in relations if each.cardinality == "one"}
        kept = [each for each in relations if each.explicit or each.alias in named]
        yield Abstract(abstract.columns, abstract.indexes, kept)
    last = len(abstract.columns) - 1
    if last and not abstract.relations:
        columns = [[each for each in columns if f"{last}" not in each.name[2:]] for columns in abstract.columns[:-1]]
        names = [{each.name for each in some} for some in columns]
        kept_indexes = [
            [each for each in some if names[at].issuperset(each.fields)]
            for at, some in enumerate(abstract.indexes[:-1])
        ]
        yield Abstract(columns, kept_indexes, [])
    for at, indexes in enumerate(abstract.indexes):
        for place in range(len(indexes)):
            fewer = [*abstract.indexes]
            fewer[at] = [*indexes[:place], *indexes[place + 1 :]]
            yield replace(abstract, indexes=fewer)
    used = {(each.table, each.from_field) for each in abstract.relations}
    used |= {(each.target, each.to_field) for each in abstract.relations}
    for at, some in enumerate(abstract.columns):
        used |= {(at, name) for index in abstract.indexes[at] for name in index.fields}
        for place, column in enumerate(some):
            if (at, column.name) not in used and column not in _FIXED:
                columns = [*abstract.columns]
                columns[at] = [*some[:place], *some[place + 1 :]]
                yield replace(abstract, columns=columns)


def _table(abstract: Abstract, at: int) -> dict[str, Any]:
    columns, indexes = abstract.columns[at], abstract.indexes[at]
    name = f"table{at}"
    by_kind: dict[str, list[Index]] = {}
    for each in indexes:
        by_kind.setdefault(each.call.partition("(")[0], []).append(each)
    unique: dict[str, Any] = {
        f"{name}_{column.name}_unique": [column.name] for column in columns if ".unique()" in column.modifiers
    }
    unique |= {_name(each): list(each.fields) for kind in ("uniqueIndex", "unique") for each in by_kind.get(kind, ())}
    plain = {_name(each): list(each.fields) for each in by_kind.get("index", ())}
    return {
        "fields": {column.name: _field(column, [column.name] in unique.values()) for column in columns},
        "indexes": {
            **{key: ["database", fields, [], None, False] for key, fields in {**unique, **plain}.items()},
            **{
                _name(each): [
                    "search", ["label"], ["label"] if "filter" in each.tail else [], None, "staged" in each.tail
                ]
                for each in by_kind.get("searchIndex", ())
            },
            **{
                _name(each): ["vector", ["wide"], ["label"] if "filter" in each.tail else [], 3, False]
                for each in by_kind.get("vectorIndex", ())
            },
        },
        "unique": unique,
        "references": {
            column.name: [f"table{column.name[2:]}", ["_id" if column.to == "id" else column.to], *_actions(column)]
            for column in columns
            if column.name.startswith("to")
        },
        "aggregates": {
            _name(each): [list(each.fields), *(["label"] if f".{part}(" in each.tail else [] for part in _METRICS)]
            for each in by_kind.get("aggregateIndex", ())
        },
        "ranks": {
            _name(each): [
                list(each.fields),
                [["size", "desc" if "desc" in each.tail else "asc"]],
                "size" if "sum" in each.tail else None,
            ]
            for each in by_kind.get("rankIndex", ())
        },
    }  # fmt: skip


_METRICS = ("count", "min", "max")


def _name(index: Index) -> str:
    return index.call.split("'")[1]


def _field(column: Column, unique: bool) -> list[JsonValue]:
    if column.builder.startswith("id("):
        validator, kind = id_of(column.builder.split("'")[1]), "id"
    else:
        validator, kind = BUILDERS.get(column.builder, (STRING, "text"))
    required = ".notNull()" in column.modifiers
    default = '"x"' if ".default('x')" in column.modifiers else None
    return [validator if required else nullable(validator), not required, kind, required, unique, default]


def _actions(column: Column) -> list[JsonValue]:
    on_delete = "cascade" if "onDelete: 'cascade'" in column.options else None
    if "set null" in column.options:
        return ["set null", "cascade"]
    return [on_delete, None]


def _relation(abstract: Abstract, relation: Relation) -> list[Any]:
    inverse = next(
        (
            each.name
            for each in abstract.relations
            if each.alias == relation.alias and each.cardinality != relation.cardinality
        ),
        None,
    )
    fields = [["_id" if name == "id" else name] for name in (relation.from_field, relation.to_field)]
    return [
        f"table{relation.table}", relation.name, relation.cardinality, f"table{relation.target}", *fields,
        relation.alias, inverse,
    ]  # fmt: skip

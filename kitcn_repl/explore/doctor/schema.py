"""Schema rules: what the source declares, and how its parts fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kitcn_repl.explore.doctor.model import Finding
from kitcn_repl.explore.doctor.rules import finding
from kitcn_repl.explore.following.access import index_line
from kitcn_repl.schema.model import Place, Relation, Schema, Table

_CREATED = ("createdAt", "_creationTime")


def created_at_in_indexes(schema: Schema) -> Iterator[Finding]:
    """kitcn only: in a schema of Convex's own `createdAt` is a field like any other."""
    for table in schema.tables.values():
        for kind, name, fields, place in _index_like(table):
            for field in fields:
                if field == "_creationTime" or (field == "createdAt" and schema.dialect == "kitcn"):
                    yield finding(
                        "createdat-in-index",
                        f"{kind} {name} of {table.name} has {field}.",
                        "Leave it out (every index is ordered by creation time at its end), or index updatedAt or a"
                        " date of your own.",
                        place=place or table.place,
                        table=table.name,
                    )


def keys_that_differ_from_names(schema: Schema) -> Iterator[Finding]:
    for table in schema.tables.values():
        if table.declared_name is not None and table.declared_name != table.name:
            yield finding(
                "key-differs-from-name",
                f"Table {table.declared_name} is registered as {table.name}.",
                f'Call both the same: convexTable("{table.name}", ...).',
                place=table.place,
                table=table.name,
            )


def wrong_source(schema: Schema) -> Iterator[Finding]:
    for problem in schema.problems:
        if "cannot use 'createdAt'" in problem.message:
            continue  # `created_at_in_indexes` tells it, with its fix.
        yield finding("schema-problem", problem.message, "Correct the source.", place=problem.place)
    for dynamic in schema.dynamic:
        what = f"{dynamic.what}: {dynamic.why}"
        yield finding("schema-dynamic", what, "Write it out if the tools should know it.", place=dynamic.place)


def triggers_on_themselves(schema: Schema) -> Iterator[Finding]:
    for table in schema.tables.values():
        for trigger in table.triggers:
            if table.name in trigger.writes:
                yield finding(
                    "trigger-rewrites-own-table",
                    f"The {trigger.event} trigger of {table.name} writes {table.name}.",
                    "Return the changed data from a before trigger, or move the work into a mutation.",
                    place=trigger.place or table.place,
                    table=table.name,
                )


def unindexed_foreign_keys(schema: Schema) -> Iterator[Finding]:
    for table in schema.tables.values():
        for key in table.foreign_keys:
            if key.columns and not _has_index(table, key.columns):
                yield finding(
                    "foreign-key-unindexed",
                    f"{table.name}.{', '.join(key.columns)} refers to {key.target}, and no index begins with it.",
                    f"Add {index_line(schema, table.name, key.columns)}.",
                    place=key.place or table.place,
                    table=table.name,
                )


def unindexed_relations(schema: Schema) -> Iterator[Finding]:
    """Fields that loading a relation looks up, unless a foreign key's finding says it already."""
    told = {(table.name, key.columns) for table in schema.tables.values() for key in table.foreign_keys}
    for relation in schema.relations:
        looked_up = [(relation.target, relation.to_fields)]
        if relation.through is not None:
            looked_up.append((relation.through.table, relation.through.from_fields))
        for name, fields in looked_up:
            table = schema.tables.get(name)
            if table is None or not fields or "_id" in fields or (name, fields) in told or _has_index(table, fields):
                continue
            told.add((name, fields))
            way = f"{relation.source}.{relation.name}"
            yield finding(
                "relation-unindexed",
                f"{way} looks {name} up by {', '.join(fields)}, and no index begins with it.",
                f"Add {index_line(schema, name, fields)}.",
                place=relation.place or table.place,
                table=name,
            )


def relations_without_inverse(schema: Schema) -> Iterator[Finding]:
    for relation in schema.relations:
        if relation.inverse is None:
            yield finding(
                "relation-without-inverse",
                f"{relation.source}.{relation.name} leads to {relation.target}, and nothing leads back.",
                f"Add to {relation.target}: {_inverse_line(schema.tables, relation)}.",
                place=relation.place,
                table=relation.source,
            )


def _inverse_line(tables: Mapping[str, Table], relation: Relation) -> str:
    if relation.through is not None:
        return f"a r.many.{relation.source}(...) through {relation.through.table}"
    kind = "many" if relation.cardinality == "one" else "one"
    source, target = relation.source, relation.target
    if relation.cardinality == "one" and any(rule.fields == relation.from_fields for rule in tables[source].unique):
        kind = "one"
    from_text = ", ".join(f"r.{target}.{_public(field)}" for field in relation.to_fields)
    to_text = ", ".join(f"r.{source}.{_public(field)}" for field in relation.from_fields)
    several = len(relation.from_fields) > 1
    alias = f", alias: '{relation.alias}'" if relation.alias else ""
    columns = f"from: [{from_text}], to: [{to_text}]" if several else f"from: {from_text}, to: {to_text}"
    return f"r.{kind}.{source}({{ {columns}{alias} }})"


def _public(field: str) -> str:
    return {"_id": "id", "_creationTime": "createdAt"}.get(field, field)


def _has_index(table: Table, fields: tuple[str, ...]) -> bool:
    """Whether an index begins with these fields, in any order; a unique rule is deployed as an index."""
    indexes = [index.fields for index in table.indexes if index.kind == "database"]
    indexes += [rule.fields for rule in table.unique]
    return any(set(index[: len(fields)]) == set(fields) for index in indexes)


def _index_like(table: Table) -> Iterator[tuple[str, str, tuple[str, ...], Place | None]]:
    for index in table.indexes:
        kind = {"database": "Index", "search": "Search index", "vector": "Vector index"}[index.kind]
        yield kind, index.name, (*index.fields, *index.filter_fields), index.place
    names = {index.name for index in table.indexes}
    for rule in table.unique:
        if rule.name not in names:
            yield "Unique rule", rule.name, rule.fields, rule.place
    for metric in table.aggregate_indexes:
        fields = (*metric.fields, *metric.count, *metric.sum, *metric.avg, *metric.min, *metric.max)
        yield "Aggregate index", metric.name, tuple(dict.fromkeys(fields)), metric.place
    for rank in table.rank_indexes:
        order = tuple(field for field, _direction in rank.order_by)
        yield "Rank index", rank.name, tuple(dict.fromkeys((*rank.partition_by, *order))), rank.place

"""A schema as JSON, and its fields as rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from kitcn_repl.schema.model import (
    AggregateIndex,
    Check,
    Dynamic,
    Field,
    ForeignKey,
    Index,
    Place,
    Policy,
    Problem,
    RankIndex,
    Schema,
    Table,
    Trigger,
    Unique,
)
from kitcn_repl.schema.validators import describe
from kitcn_repl.values import JsonObject, JsonValue

_MAX_SAFE_INTEGER = 2**53

FIELD_COLUMNS = (
    "table", "field", "type", "optional", "column", "mode", "notNull", "default", "onUpdate", "unique", "values",
    "references", "cases", "origins", "place",
)  # fmt: skip


def json_text(value: JsonValue, indent: int | None = 2) -> str:
    """JSON whose keys stay in their order. Numbers are written as JavaScript does, `1` for 1.0; half a surrogate pair,
    which no encoding takes, is escaped.
    """
    value = _whole(value)
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent)
    return text


def _whole(value: JsonValue) -> JsonValue:
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) <= _MAX_SAFE_INTEGER else value
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value


def schema_json(schema: Schema) -> JsonObject:
    """`{tables: {name: ...}, dynamic: [...], problems: [...], ...}`, in the order in which tables are registered."""
    return {
        "tables": {name: table_json(table) for name, table in schema.tables.items()},
        "dynamic": [_dynamic(dynamic) for dynamic in schema.dynamic],
        "problems": [_problem(problem) for problem in schema.problems],
        "dialect": schema.dialect,
        "component": schema.component,
        "strict": schema.strict,
        "schemaValidation": schema.validates,
        "defaults": dict(schema.defaults),
        "files": list(schema.files),
    }


def table_json(table: Table) -> JsonObject:
    """A table. `document` is the validator of documents that are no plain object."""
    kinds: dict[str, list[JsonValue]] = {"database": [], "search": [], "vector": []}
    for index in table.indexes:
        kinds[index.kind].append(_index(index))
    described: JsonObject = {
        "fields": {name: _field(field) for name, field in (table.fields or {}).items()},
        "indexes": kinds["database"],
        "searchIndexes": kinds["search"],
        "vectorIndexes": kinds["vector"],
        "unique": [_unique(unique) for unique in table.unique],
        "aggregateIndexes": [_aggregate(index) for index in table.aggregate_indexes],
        "rankIndexes": [_rank(index) for index in table.rank_indexes],
        "foreignKeys": [_foreign_key(key) for key in table.foreign_keys],
        "checks": [_check(check) for check in table.checks],
        "rls": {"enabled": table.rls.enabled, "policies": [_policy(policy) for policy in table.rls.policies]},
        "triggers": [_trigger(trigger) for trigger in table.triggers],
        "deletion": None if table.deletion is None else {"mode": table.deletion, "delayMs": table.deletion_delay},
        "discriminator": None,
        "owner": table.owner,
        "plugin": table.plugin,
        "declaredName": table.declared_name,
        "open": table.open,
        "document": table.document,
        "count": table.count,
        "origins": list(table.origins),
        **_place(table.place),
    }
    if table.discriminator is not None:
        rule = table.discriminator
        described["discriminator"] = {
            "field": rule.field,
            "alias": rule.alias,
            "cases": {case: list(fields) for case, fields in rule.cases.items()},
            "required": {case: list(fields) for case, fields in rule.required.items()},
        }
    return described


def field_rows(schema: Schema) -> Iterator[JsonObject]:
    """A row per field, for CSV and Markdown; a fact that a field does not have is left out."""
    for table in schema.tables.values():
        for field in (table.fields or {}).values():
            row: JsonObject = {
                "table": table.name,
                "field": field.name,
                "type": describe(field.validator),
                "optional": field.optional,
                "column": field.kind,
                "mode": field.mode,
                "notNull": field.not_null if field.kind is not None else None,
                "default": field.default,
                "onUpdate": field.on_update or None,
                "unique": field.unique or None,
                "values": ", ".join(field.values),
                "references": field.references,
                "cases": ", ".join(field.cases),
                "origins": ", ".join(field.origins),
                "place": None if field.place is None else str(field.place),
            }
            yield {name: value for name, value in row.items() if value not in (None, "")}


def _place(place: Place | None) -> JsonObject:
    return {} if place is None else {"place": str(place)}


def _dynamic(dynamic: Dynamic) -> JsonObject:
    where: JsonObject = {"file": dynamic.place.file, "line": dynamic.place.line}
    return {"what": dynamic.what, "why": dynamic.why, **where}


def _problem(problem: Problem) -> JsonObject:
    where: JsonObject = {"file": problem.place.file, "line": problem.place.line}
    return {"message": problem.message, **where}


def _field(field: Field) -> JsonObject:
    return {
        "type": describe(field.validator),
        "validator": field.validator,
        **({"hasGaps": True} if field.has_gaps else {}),
        "optional": field.optional,
        "column": field.kind,
        "mode": field.mode,
        "notNull": field.not_null,
        "default": field.default,
        "onUpdate": field.on_update,
        "unique": field.unique,
        "values": list(field.values),
        "references": field.references,
        "cases": list(field.cases),
        "origins": list(field.origins),
        **_place(field.place),
    }


def _index(index: Index) -> JsonObject:
    described: JsonObject = {"name": index.name}
    if index.kind == "database":
        described["fields"] = list(index.fields)
    else:
        described["searchField" if index.kind == "search" else "vectorField"] = next(iter(index.fields), None)
        described["filterFields"] = list(index.filter_fields)
    if index.kind == "vector":
        described["dimensions"] = index.dimensions
    return described | {
        "staged": index.staged,
        "state": index.state,
        "origins": list(index.origins),
        **_place(index.place),
    }


def _unique(unique: Unique) -> JsonObject:
    return {
        "name": unique.name,
        "fields": list(unique.fields),
        "nullsNotDistinct": unique.nulls_not_distinct,
        **_place(unique.place),
    }


def _aggregate(index: AggregateIndex) -> JsonObject:
    metrics: dict[str, Sequence[str]] = {
        "count": index.count,
        "sum": index.sum,
        "avg": index.avg,
        "min": index.min,
        "max": index.max,
    }
    return {
        "name": index.name,
        "fields": list(index.fields),
        **{name: list(fields) for name, fields in metrics.items()},
        "origins": list(index.origins),
        **_place(index.place),
    }


def _rank(index: RankIndex) -> JsonObject:
    return {
        "name": index.name,
        "partitionBy": list(index.partition_by),
        "orderBy": [{"field": field, "direction": direction} for field, direction in index.order_by],
        "sum": index.sum,
        "origins": list(index.origins),
        **_place(index.place),
    }


def _foreign_key(key: ForeignKey) -> JsonObject:
    return {
        "columns": list(key.columns),
        "target": key.target,
        "targetColumns": list(key.target_columns),
        "onDelete": key.on_delete,
        "onUpdate": key.on_update,
    }


def _check(check: Check) -> JsonObject:
    return {"name": check.name, "expression": check.expression, **_place(check.place)}


def _policy(policy: Policy) -> JsonObject:
    return {
        "name": policy.name,
        "for": policy.operation,
        "as": policy.kind,
        "to": list(policy.to),
        "using": policy.using,
        "withCheck": policy.with_check,
        **_place(policy.place),
    }


def _trigger(trigger: Trigger) -> JsonObject:
    return {"event": trigger.event, "writes": list(trigger.writes), **_place(trigger.place)}

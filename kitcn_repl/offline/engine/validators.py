"""Checks encoded values against validator JSON (deployment-api.md 8.2), with Convex's texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import IdError, decode_id
from kitcn_repl.values.javascript import display
from kitcn_repl.values.kinds import kind_of


def validate(validator: JsonValue, value: JsonValue, tables: Mapping[int, str]) -> str | None:
    """What is wrong with a value, or None; no validator takes anything. `tables` maps table numbers to names."""
    if not isinstance(validator, dict):
        return None
    return _Check(tables).problem(validator, value, "")


class _Check:
    def __init__(self, tables: Mapping[int, str]) -> None:
        self._tables = tables

    def problem(self, validator: JsonObject, value: JsonValue, path: str) -> str | None:
        kind = validator.get("type")
        if kind == "any":
            return None
        if kind == "object":
            return self._object(validator, value, path)
        if kind == "array" and isinstance(value, list):
            inner = _inner(validator.get("value"))
            return self._first(self.problem(inner, item, f"{path}[{i}]") for i, item in enumerate(value))
        if kind == "record" and _is_object(value):
            assert isinstance(value, dict)
            values = validator.get("values")
            inner = _inner(values.get("fieldType") if isinstance(values, dict) else None)
            return self._first(self.problem(inner, item, f"{path}.{key}") for key, item in value.items())
        if kind == "union":
            if any(self.problem(member, value, path) is None for member in _members(validator)):
                return None
        elif kind == "literal":
            literal = validator.get("value")
            if value == literal and isinstance(value, bool) == isinstance(literal, bool):
                return None
        elif kind == "id":
            return self._id(validator, value, path)
        elif isinstance(kind, str) and kind == kind_of(value):
            return None
        return _mismatch(validator, value, path)

    def _first(self, problems: Iterable[str | None]) -> str | None:
        return next((problem for problem in problems if problem is not None), None)

    def _object(self, validator: JsonObject, value: JsonValue, path: str) -> str | None:
        if not _is_object(value):
            return _mismatch(validator, value, path)
        assert isinstance(value, dict)
        fields = validator.get("value")
        fields = fields if isinstance(fields, dict) else {}
        for name, field in fields.items():
            facts = _inner(field)
            if name not in value:
                if not facts.get("optional"):
                    return (
                        f"Object is missing the required field `{name}`. Consider wrapping the field validator in "
                        "`v.optional(...)` if this is expected.\n"
                        f"{_path(path)}Object: {display(value)}\nValidator: {describe(validator)}"
                    )
                continue
            problem = self.problem(_inner(facts.get("fieldType")), value[name], f"{path}.{name}")
            if problem is not None:
                return problem
        for name in value:
            if name not in fields:
                return (
                    f"Object contains extra field `{name}` that is not in the validator.\n"
                    f"{_path(path)}Object: {display(value)}\nValidator: {describe(validator)}"
                )
        return None

    def _id(self, validator: JsonObject, value: JsonValue, path: str) -> str | None:
        wanted = validator.get("tableName")
        try:
            number = decode_id(value).table_number if isinstance(value, str) else None
        except IdError:
            number = None
        if number is None:
            return _mismatch(validator, value, path)
        found = self._tables.get(number)
        if found is None or found == wanted:
            return None
        return (
            f'Found ID "{value}" from table `{found}`, which does not match the table name in validator '
            f'`v.id("{wanted}")`.\n{_path(path)}'.rstrip("\n")
        )


def _inner(validator: JsonValue) -> JsonObject:
    return validator if isinstance(validator, dict) else {"type": "any"}


def _members(union: JsonObject) -> list[JsonObject]:
    members = union.get("value")
    return [_inner(member) for member in members] if isinstance(members, list) else []


def _is_object(value: JsonValue) -> bool:
    return kind_of(value) == "object"


def _path(path: str) -> str:
    return f"Path: {path}\n" if path else ""


def _mismatch(validator: JsonObject, value: JsonValue, path: str) -> str:
    return f"Value does not match validator.\n{_path(path)}Value: {display(value)}\nValidator: {describe(validator)}"


def describe(validator: JsonObject) -> str:
    """The validator as its author wrote it: `v.object({name: v.string()})`."""
    kind = validator.get("type")
    inner = validator.get("value")
    if kind == "number":
        return "v.float64()"
    if kind == "bigint":
        return "v.int64()"
    if kind == "id":
        return f'v.id("{validator.get("tableName")}")'
    if kind == "literal":
        return f"v.literal({display(inner)})"
    if kind == "array":
        return f"v.array({describe(_inner(inner))})"
    if kind == "union":
        return f"v.union({', '.join(map(describe, _members(validator)))})"
    if kind == "record":
        values = _inner(validator.get("values"))
        return f"v.record({describe(_inner(validator.get('keys')))}, {describe(_inner(values.get('fieldType')))})"
    if kind == "object":
        fields = inner if isinstance(inner, dict) else {}
        return f"v.object({{{', '.join(f'{name}: {_describe_field(field)}' for name, field in fields.items())}}})"
    return f"v.{kind}()"


def _describe_field(field: JsonValue) -> str:
    facts = _inner(field)
    text = describe(_inner(facts.get("fieldType")))
    return f"v.optional({text})" if facts.get("optional") else text

"""The arguments of a function as fields that people fill in, made from its validator."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.arguments import argument_validator, problems
from kitcn_repl.explore.calling import parse_value
from kitcn_repl.explore.crpc_dates import encode_dates
from kitcn_repl.explore.json5 import Json5Error, parse
from kitcn_repl.schema.validators import alternatives, describe, fields_of
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.javascript import display

Kind = Literal["text", "id", "number", "int64", "choice", "json"]
_SAME_AS = {"float64": "number", "int64": "bigint", "commitTs": "bigint"}
_KINDS: Mapping[str, Kind] = {"string": "text", "id": "id", "number": "number", "bigint": "int64"}
_WHOLE = re.compile(r"[-+]?\d+\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?\Z")


class FieldError(UsageError):
    """What was typed into a field is no value for it; nothing was sent."""


@dataclass(frozen=True, slots=True)
class ArgumentField:
    """One argument. `kind` says how it is written:

    - `text`, `id`: as it is; a text in double quotes is read as JSON, so `""` is the empty one;
    - `number`: digits, or a date (ISO 8601), which becomes milliseconds; `int64`: digits, with or without `n`;
    - `choice`: one of `choices`, each as it is written and its value;
    - `json`: JSON5, with `5n` and `{"$date": "2026-03-02"}`.

    Nothing leaves the argument out. `null` is null where that is allowed.
    """

    name: str
    kind: Kind
    validator: JsonObject
    optional: bool
    nullable: bool
    table: str | None = None
    choices: tuple[tuple[str, JsonValue], ...] = ()

    @property
    def type_text(self) -> str:
        """`id<user>`, `string | null`, `{a: number}`."""
        return describe(self.validator)


def argument_fields(args: JsonValue) -> list[ArgumentField] | None:
    """None where the function takes any arguments: there is no form, only JSON."""
    validator = argument_validator(args)
    if validator is None:
        return None
    return [_field(name, field) for name, field in fields_of(validator).items()]


def _field(name: str, field: JsonObject) -> ArgumentField:
    validator = field.get("fieldType")
    validator = validator if isinstance(validator, dict) else {"type": "any"}
    members = alternatives(validator)
    nullable = any(each.get("type") == "null" for each in members)
    members = [each for each in members if each.get("type") != "null"]
    kind, table, choices = _kind(members, nullable=nullable)
    return ArgumentField(name, kind, validator, field.get("optional") is True, nullable, table, choices)


def _kind(members: list[JsonObject], *, nullable: bool) -> tuple[Kind, str | None, tuple[tuple[str, JsonValue], ...]]:
    null: tuple[tuple[str, JsonValue], ...] = (("null", None),) if nullable else ()
    types = {str(each.get("type")) for each in members}
    if members and types <= {"literal", "boolean"}:
        values: list[JsonValue] = []
        for each in members:
            values += [True, False] if each.get("type") == "boolean" else [each.get("value")]
        return "choice", None, (*((_written(value), value) for value in values), *null)
    if not members and nullable:
        return "choice", None, null
    if len(members) == 1:
        kind = _KINDS.get(_SAME_AS.get(*types, *types))
        if kind is not None:
            table = members[0].get("tableName")
            return kind, str(table) if kind == "id" else None, ()
    return "json", None, ()


def _written(value: JsonValue) -> str:
    return value if isinstance(value, str) else display(value)


def read_field(field: ArgumentField, text: str) -> JsonValue:
    """The encoded value of what was typed, which is not empty. Raises FieldError."""
    stripped = text.strip()
    if field.nullable and stripped == "null":
        return None
    try:
        match field.kind:
            case "choice":
                for written, value in field.choices:
                    if written == stripped:
                        return value
                raise FieldError(f"is one of {', '.join(written for written, _ in field.choices)}")
            case "text":
                return _text(text)
            case "id":
                return _text(stripped)
            case "int64" if _WHOLE.match(stripped):
                return parse_value(f"{int(stripped)}n", field.name)
            case "number" if _DATE.match(stripped):
                date = encode_dates({"$date": stripped})
                return date.get("v") if isinstance(date, dict) else None
        return parse_value(stripped, field.name)
    except FieldError:
        raise
    except (UsageError, ValueError) as error:
        raise FieldError(_said(error)) from None


def _text(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            value = parse(text)
        except Json5Error:
            return text
        if isinstance(value, str):
            return value
    return text


def _said(error: Exception) -> str:
    """What is wrong, without repeating the text that stands there already."""
    message = error.message if isinstance(error, UsageError) else str(error)
    return f"is no JSON: {message.rpartition(': ')[2]}" if message.startswith("Failed to parse") else message


def mistake(field: ArgumentField, value: JsonValue, tables: Mapping[int, str]) -> str | None:
    """What is wrong with an encoded value as this argument, in a line; None if nothing is. `tables` by number."""
    validator: JsonObject = {
        "type": "object",
        "value": {field.name: {"fieldType": field.validator, "optional": field.optional}},
    }
    found = problems(validator, {field.name: value}, tables)
    if not found:
        return None
    first = found[0]
    return first.text if first.path == field.name else str(first)


def written(field: ArgumentField, value: JsonValue) -> str:
    """An encoded value as one would type it: what `read_field` reads back."""
    if value is None and field.nullable:
        return "null"
    if field.kind == "choice":
        return next((text for text, choice in field.choices if choice == value and type(choice) is type(value)), "")
    if field.kind in ("text", "id") and isinstance(value, str):
        is_plain = value and not (field.nullable and value.strip() == "null") and _text(value) == value
        return value if is_plain else json.dumps(value, ensure_ascii=False)
    return display(value) if field.kind == "int64" else json.dumps(value, ensure_ascii=False)

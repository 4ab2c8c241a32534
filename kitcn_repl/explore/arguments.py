"""Whether arguments fit a function's validator, told so that people can mend them before anything is sent.

Never stricter than the server: what is not understood passes, and the server has the last word.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kitcn_repl.explore.crpc_dates import date_in, iso_text
from kitcn_repl.explore.suggestions import nearest
from kitcn_repl.schema.validators import alternatives, describe, fields_of
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import IdError, decode_id
from kitcn_repl.values.javascript import display, number_text
from kitcn_repl.values.kinds import kind_of

_MOST_DEEP = 64
_LONGEST_VALUE = 60
_LONGEST_KINDS = 120
_NAMES = {
    "number": "a number",
    "bigint": "an int64",
    "string": "a string",
    "boolean": "true or false",
    "null": "null",
    "bytes": "bytes",
    "array": "a list",
    "object": "an object",
    "record": "an object",
}
_SAME_AS = {"float64": "number", "int64": "bigint", "commitTs": "bigint"}


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` is a field as JavaScript writes it (`filter.tags[2]`), or empty for the arguments themselves."""

    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path or 'the arguments'} {self.text}"


def argument_validator(args: JsonValue) -> JsonObject | None:
    """The validator of a function's specification, which some servers send as JSON text; None where all passes."""
    if isinstance(args, str):
        try:
            args = json.loads(args)
        except ValueError:
            return None
    return args if isinstance(args, dict) and args.get("type") == "object" else None


def takes_ids(validator: JsonValue) -> bool:
    """Whether a validator asks for ids, so that knowing the tables' numbers helps."""
    if isinstance(validator, dict):
        return validator.get("type") == "id" or any(map(takes_ids, validator.values()))
    return isinstance(validator, list) and any(map(takes_ids, validator))


def problems(validator: JsonObject, value: JsonValue, tables: Mapping[int, str]) -> list[Problem]:
    """What is wrong with an encoded value, in the order of its fields. `tables` maps table numbers to names."""
    return list(_Check(tables).problems(validator, value, "", 0))


class _Check:
    def __init__(self, tables: Mapping[int, str]) -> None:
        self._tables = tables

    def problems(self, validator: JsonValue, value: JsonValue, path: str, depth: int) -> Iterator[Problem]:
        if not isinstance(validator, dict) or depth > _MOST_DEEP:
            return
        kind = _SAME_AS.get(str(validator.get("type")), validator.get("type"))
        inner = validator.get("value")
        match kind:
            case "object" if _is_object(value):
                yield from self._object(validator, _as_object(value), path, depth)
            case "array" if isinstance(value, list):
                for index, item in enumerate(value):
                    yield from self.problems(inner, item, f"{path}[{index}]", depth + 1)
            case "record" if _is_object(value):
                yield from self._record(validator, _as_object(value), path, depth)
            case "union":
                yield from self._union(validator, value, path, depth)
            case "literal":
                if not _same(value, inner):
                    yield _mismatch(validator, value, path)
            case "id":
                yield from self._id(validator, value, path)
            case "number" | "bigint" | "string" | "boolean" | "null" | "bytes":
                if kind != kind_of(value):
                    yield _mismatch(validator, value, path)
            case "object" | "array" | "record":
                yield _mismatch(validator, value, path)

    def _object(self, validator: JsonObject, value: JsonObject, path: str, depth: int) -> Iterator[Problem]:
        fields = fields_of(validator)
        missing = [name for name in fields if name not in value and fields[name].get("optional") is not True]
        for name, item in value.items():
            if name in fields:
                yield from self.problems(fields[name].get("fieldType"), item, _joined(path, name), depth + 1)
                continue
            near = nearest(name, missing) or nearest(name, [field for field in fields if field not in value])
            if near in missing:
                missing.remove(near)
            yield Problem(_joined(path, name), f"is not a field there{f' (did you mean {near}?)' if near else ''}")
        for name in missing:
            wanted = fields[name].get("fieldType")
            yield Problem(_joined(path, name), f"is missing: it must be {expected(wanted)}")

    def _record(self, validator: JsonObject, value: JsonObject, path: str, depth: int) -> Iterator[Problem]:
        values = validator.get("values")
        for name, item in value.items():
            if any(self.problems(validator.get("keys"), name, "", depth + 1)):
                yield Problem(path, f"has the key {_short(name)}, but its keys must be {expected(validator['keys'])}")
            if isinstance(values, dict):
                yield from self.problems(values.get("fieldType"), item, _joined(path, name), depth + 1)

    def _union(self, validator: JsonObject, value: JsonValue, path: str, depth: int) -> Iterator[Problem]:
        members = alternatives(validator)
        found = [list(self.problems(member, value, path, depth + 1)) for member in members]
        if not all(found):
            return
        # Of alternatives that are made as the value is, tell what the likeliest one lacks.
        alike = [
            (self._distance(member, value), index)
            for index, member in enumerate(members)
            if member.get("type") in ("object", "record", "array") and (member["type"] == "array") == _is_list(value)
        ]
        if alike and (_is_list(value) or _is_object(value)):
            yield from found[min(alike)[1]]
        else:
            yield _mismatch(validator, value, path)

    def _distance(self, member: JsonObject, value: JsonValue) -> tuple[int, int]:
        """How far an alternative is from a value: first by the fields that must have one certain value."""
        fields = fields_of(member)
        given = value if isinstance(value, dict) else {}
        certain = [name for name, field in fields.items() if _type(field.get("fieldType")) == "literal"]
        wrong = [name for name in certain if any(self.problems(fields[name]["fieldType"], given.get(name), "", 0))]
        return len(wrong), len(list(self.problems(member, value, "", 0)))

    def _id(self, validator: JsonObject, value: JsonValue, path: str) -> Iterator[Problem]:
        try:
            number = decode_id(value).table_number if isinstance(value, str) else None
        except IdError:
            number = None
        if number is None:
            yield _mismatch(validator, value, path)
            return
        found = self._tables.get(number)
        if found is not None and found != validator.get("tableName"):
            yield Problem(path, f"must be {expected(validator)}, not one of {found} ({_short(value)})")


def expected(validator: JsonValue) -> str:
    """What a validator takes, in a few words."""
    if not isinstance(validator, dict):
        return "any value"
    match _SAME_AS.get(str(validator.get("type")), validator.get("type")):
        case "id":
            return f"an id of {validator.get('tableName')}"
        case "literal":
            return display(validator.get("value"))
        case "union":
            members = alternatives(validator)
            if all(member.get("type") == "literal" for member in members):
                return _cut(f"one of {', '.join(expected(member) for member in members)}", _LONGEST_KINDS)
            if all(member.get("type") in ("null", "literal") or _is_plain(member) for member in members):
                return _cut(" or ".join(map(expected, members)), _LONGEST_KINDS)
            return _cut(describe(validator), _LONGEST_KINDS)
        case str(kind):
            return _NAMES.get(kind, "any value")
    return "any value"


def _is_plain(validator: JsonObject) -> bool:
    return validator.get("type") not in ("object", "array", "record")


def _mismatch(validator: JsonObject, value: JsonValue, path: str) -> Problem:
    advice = _advice(validator, value)
    return Problem(path, f"must be {expected(validator)}, not {_came(value)}{f' ({advice})' if advice else ''}")


def _advice(validator: JsonObject, value: JsonValue) -> str:
    """How to write what was probably meant."""
    members = alternatives(validator)
    kinds = {_SAME_AS.get(str(member.get("type")), member.get("type")) for member in members}
    time = date_in(value)
    if time is not None:
        return f"in milliseconds it is {number_text(time)}" if "number" in kinds else ""
    if isinstance(value, str):
        texts = [str(member["value"]) for member in members if isinstance(member.get("value"), str)]
        near = nearest(value, texts) if kinds <= {"literal", "null"} else None
        if near is not None:
            return f"did you mean {display(near)}?"
        if kinds & {"number", "bigint"} and _is_number(value):
            return f"write {value}{'' if 'number' in kinds else 'n'}"
        if ("boolean" in kinds and value in ("true", "false")) or ("null" in kinds and value == "null"):
            return "write it without quotes"
    elif isinstance(value, float) and value.is_integer() and "bigint" in kinds:
        return f"write {number_text(value)}n"
    elif kind_of(value) == "bigint" and "number" in kinds:
        return "write it without the n"
    elif isinstance(value, int | float) and not isinstance(value, bool) and "string" in kinds:
        return "write it in quotes"
    return ""


def _came(value: JsonValue) -> str:
    time = date_in(value)
    if time is not None:
        return f"the date {iso_text(time)}"
    if isinstance(value, list):
        return f"the list {_short(value)}"
    match kind_of(value):
        case "string":
            return f"the string {_short(value)}"
        case "bigint":
            return f"the int64 {_short(value)}"
        case "object":
            return f"the object {_short(value)}"
    return _short(value)


def _type(validator: JsonValue) -> JsonValue:
    return validator.get("type") if isinstance(validator, dict) else None


def _is_object(value: JsonValue) -> bool:
    return kind_of(value) == "object"


def _is_list(value: JsonValue) -> bool:
    return isinstance(value, list)


def _as_object(value: JsonValue) -> JsonObject:
    assert isinstance(value, dict)
    return value


def _same(value: JsonValue, literal: JsonValue) -> bool:
    return value == literal and isinstance(value, bool) == isinstance(literal, bool)


def _is_number(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdecimal() and text.isascii()


def _joined(path: str, name: str) -> str:
    if not (name.isascii() and name.replace("$", "_").isidentifier()):
        return f"{path}[{display(name)}]"
    return f"{path}.{name}" if path else name


def _short(value: JsonValue) -> str:
    return _cut(display(value), _LONGEST_VALUE)


def _cut(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"

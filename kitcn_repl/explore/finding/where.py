"""Conditions of kitcn's ORM as a tree, checked and with values as they are stored (kitcn.md 5.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.suggestions import nearest
from kitcn_repl.explore.terms import date_milliseconds, holds
from kitcn_repl.schema.model import Table
from kitcn_repl.schema.validators import alternatives
from kitcn_repl.values import JsonValue
from kitcn_repl.values.codec import Int64, encode
from kitcn_repl.values.kinds import kind_of

ORM_NAMES: Final = {"id": "_id", "createdAt": "_creationTime"}
_SYSTEM = ("_id", "_creationTime")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ONE_VALUE: Final = ("eq", "ne", "gt", "gte", "lt", "lte")
_TWO = ("between", "notBetween")
_SEVERAL = ("in", "notIn", "arrayContains", "arrayContained", "arrayOverlaps")
_NONE = ("isNull", "isNotNull")
_TEXT = ("like", "ilike", "notLike", "notIlike", "startsWith", "endsWith", "contains")
OPERATORS: Final = (*ONE_VALUE, *_TWO, *_SEVERAL, *_NONE, *_TEXT)
_JOINING = ("AND", "OR", "NOT")
_ORDERED = ("gt", "gte", "lt", "lte", *_TWO)


@dataclass(frozen=True, slots=True)
class Compare:
    """`field` is a dotted path; `values` are encoded, as many as the operator takes."""

    field: str
    operator: str
    values: tuple[JsonValue, ...] = ()


@dataclass(frozen=True, slots=True)
class Join:
    kind: Literal["and", "or", "not"]
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Exists:
    """At least one document of the relation fits, or with no condition is there."""

    relation: str
    where: Condition | None


Condition = Compare | Join | Exists


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a table's conditions may use. `relations` are by name, with the names at their other end."""

    table: Table | None
    name: str
    relations: Mapping[str, tuple[str, Callable[[], Names]]]

    def field(self, name: str, path: str) -> str:
        """The stored name of a field; kitcn's `id` and `createdAt` are the system fields. Raises UsageError."""
        fields = None if self.table is None else self.table.fields
        if name in ORM_NAMES and (name == "createdAt" or fields is None or name not in fields):
            return ORM_NAMES[name]
        if name in _SYSTEM or self.table is None or fields is None or self.table.open:
            return name
        if name.partition(".")[0] not in fields:
            raise UsageError(f"{path}: {no_such('field', name, [*fields, *_SYSTEM, *self.relations], of=self.name)}")
        return name

    def stored(self, field: str, value: object, path: str) -> JsonValue:
        """The encoded value: dates become what the field stores, ints int64 where it holds those. Raises UsageError."""
        known = None if self.table is None or self.table.fields is None else self.table.fields.get(field)
        types = (
            set()
            if known is None or known.validator is None
            else {each.get("type") for each in alternatives(known.validator)}
        )
        if isinstance(value, datetime):
            moment = value if value.tzinfo is not None else value.replace(tzinfo=UTC)  # as dates in texts
            return _milliseconds(moment)
        if isinstance(value, date):
            if types & {"string"}:
                return value.isoformat()
            return _milliseconds(datetime(value.year, value.month, value.day, tzinfo=UTC))
        if type(value) is int and "bigint" in types | ({"bigint"} if "int64" in types else set()):
            value = Int64(value)
        if isinstance(value, str) and holds(field, None if self.table is None else self.table.fields) == "numbers":
            milliseconds = date_milliseconds(value)
            if milliseconds is not None:
                return float(milliseconds)
        try:
            return encode(value)
        except ValueError as error:
            raise UsageError(f"{path}: {error}.") from None


def _milliseconds(moment: datetime) -> float:
    return (moment - _EPOCH) / timedelta(milliseconds=1)


def no_such(what: str, name: str, names: Sequence[str], *, of: str | None = None) -> str:
    near = nearest(name, list(names))
    where = "" if of is None else f' in "{of}"'
    return f'there is no {what} "{name}"{where}' + (
        f'; did you mean "{near}"?' if near else f". There are: {_listed(names)}."
    )


def _listed(names: Sequence[str]) -> str:
    some = ", ".join(names[:12])
    return f"{some}, ..." if len(names) > 12 else some or "none"


def read_where(where: object, names: Names, path: str) -> Condition:
    """Raises UsageError with the path of what is wrong."""
    if not isinstance(where, Mapping):
        raise UsageError(f"{path} is {{field: value}} or {{field: {{operator: value}}}}, not {where!r}.")
    parts: list[Condition] = []
    for key, value in where.items():
        name = str(key)
        here = f"{path}.{name}"
        if name in _JOINING:
            parts.append(_joined(name, value, here, lambda part, at: read_where(part, names, at)))
        elif name in names.relations and not _is_field(name, names):
            parts.append(_exists(name, value, names, here))
        else:
            parts.append(_on_field(names.field(name, path), value, names, here))
    return parts[0] if len(parts) == 1 else Join("and", tuple(parts))


def _is_field(name: str, names: Names) -> bool:
    return names.table is not None and names.table.fields is not None and name in names.table.fields


def _exists(name: str, value: object, names: Names, path: str) -> Condition:
    if value is True or value is False:
        exists = Exists(name, None)
        return exists if value else Join("not", (exists,))
    _, other = names.relations[name]
    return Exists(name, read_where(value, other(), path))


def _joined(name: str, value: object, path: str, read: Callable[[object, str], Condition]) -> Condition:
    if name == "NOT":
        return Join("not", (read(value, path),))
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise UsageError(f"{path} is a list of conditions.")
    return Join("and" if name == "AND" else "or", tuple(read(part, f"{path}[{at}]") for at, part in enumerate(value)))


def _on_field(field: str, value: object, names: Names, path: str) -> Condition:
    if not isinstance(value, Mapping):
        return _compare(field, "eq", value, names, path)
    if not value:
        raise UsageError(f"{path} has no operator; it is one of {', '.join(OPERATORS)}.")
    parts: list[Condition] = []
    for key, operand in value.items():
        name = str(key)
        if name in _JOINING:
            parts.append(_joined(name, operand, f"{path}.{name}", lambda part, at: _on_field(field, part, names, at)))
        elif name in OPERATORS:
            parts.append(_compare(field, name, operand, names, f"{path}.{name}"))
        else:
            raise UsageError(f"{path}: {no_such('operator', name, OPERATORS)}")
    return parts[0] if len(parts) == 1 else Join("and", tuple(parts))


def _compare(field: str, operator: str, operand: object, names: Names, path: str) -> Condition:
    if operator in _NONE:
        if not isinstance(operand, bool):
            raise UsageError(f"{path} is True or False.")
        return Compare(field, operator if operand else _NONE[1 - _NONE.index(operator)])
    if operator in _TEXT and not isinstance(operand, str):
        raise UsageError(f"{path} takes a text, not {operand!r}.")
    if operator in _SEVERAL or operator in _TWO:
        if not isinstance(operand, Sequence) or isinstance(operand, str | bytes):
            raise UsageError(f"{path} takes a list of values.")
        if operator in _TWO and len(operand) != 2:
            raise UsageError(f"{path} takes two values, the least and the greatest.")
        values = tuple(names.stored(field, each, f"{path}[{at}]") for at, each in enumerate(operand))
    else:
        values = (names.stored(field, operand, path),)
    if operator in _ORDERED and any(kind_of(value) not in ("number", "bigint", "string") for value in values):
        raise UsageError(f"{path} compares numbers and texts, not {operand!r}.")
    return Compare(field, operator, values)

"""What could come next in a condition that somebody types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from kitcn_repl.deployment.models import IndexInfo
from kitcn_repl.schema.validators import alternatives, describe
from kitcn_repl.values import JsonValue
from kitcn_repl.values.javascript import stringify

if TYPE_CHECKING:
    from kitcn_repl.schema.model import Field

OPERATOR_WORDS = {
    "=": "equals",
    "!=": "is another",
    "<": "is less",
    "<=": "at most",
    ">": "is greater",
    ">=": "at least",
}
SYSTEM_FIELDS = ("_id", "_creationTime")
_PARTS = re.compile(r"\s*(?P<field>[^\s=!<>]*)(?P<gap>\s*)(?P<sign>[=!<>]*)(?P<space>\s*)(?P<value>.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Suggested:
    """`text` is the whole condition if it is taken, `label` what is new in it."""

    label: str
    text: str
    kind: Literal["field", "operator", "value"]
    detail: str = ""


def suggest(
    text: str,
    fields: Mapping[str, Field],
    indexes: Sequence[IndexInfo] = (),
    seen: Mapping[str, Sequence[JsonValue]] = MappingProxyType({}),
) -> list[Suggested]:
    """Fields, then operators, then values that a field can have.

    `indexes` are those of the table, `seen` are fields found in documents, with some of their values.
    """
    parts = _PARTS.match(text)
    if parts is None:
        return []
    name, sign, value = parts["field"], parts["sign"], parts["value"]
    names = [*dict.fromkeys([*fields, *seen, *SYSTEM_FIELDS])]
    if sign and name:
        if sign in OPERATOR_WORDS:
            return list(_values(name, sign, value, fields.get(name), seen.get(name, ())))
        return list(_operators(name, sign))
    if parts["gap"] and name:
        return list(_operators(name, ""))
    found = list(_fields(name, names, fields, indexes))
    if any(each.label == name for each in found):
        return [*_operators(name, ""), *(each for each in found if each.label != name)]
    return found


def _fields(
    typed: str, names: Sequence[str], fields: Mapping[str, Field], indexes: Sequence[IndexInfo]
) -> Iterator[Suggested]:
    low = typed.lower()
    ranked = sorted(
        (name for name in names if low in name.lower()),
        key=lambda name: (not name.lower().startswith(low), names.index(name)),
    )
    leading = {index.fields[0]: index.name for index in reversed(indexes) if index.kind == "database" and index.fields}
    leading |= {"_id": "by_id", "_creationTime": "by_creation_time"}
    for name in ranked:
        known = fields.get(name)
        kind = known.kind if known is not None and known.kind is not None else None
        if kind is None and known is not None and known.validator is not None:
            kind = describe(known.validator)[:30]
        index = f"index {leading[name]}" if name in leading else ""
        yield Suggested(name, f"{name} ", "field", "  ".join(part for part in (kind, index) if part))


def _operators(name: str, sign: str) -> Iterator[Suggested]:
    for operator, words in OPERATOR_WORDS.items():
        if operator.startswith(sign):
            yield Suggested(operator, f"{name} {operator} ", "operator", words)


def _values(name: str, sign: str, typed: str, field: Field | None, seen: Sequence[JsonValue]) -> Iterator[Suggested]:
    found = [stringify(value, None) for value in seen]
    if field is not None:
        found += [stringify(value, None) for value in field.values]
        for each in alternatives(field.validator) if field.validator is not None else ():
            kind = each.get("type")
            if kind == "literal":
                found.append(stringify(each.get("value"), None))
            elif kind == "boolean":
                found += ["true", "false"]
            elif kind == "null":
                found.append("null")
        if field.optional:
            found.append("undefined")
    low = typed.strip().strip('"').lower()
    for text in dict.fromkeys(found):
        if text.strip('"').lower().startswith(low):
            yield Suggested(text, f"{name} {sign} {text}", "value")

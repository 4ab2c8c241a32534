"""Conditions as people write them, in the terms of what a table stores: dates for numbers, names that exist."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from kitcn_repl.deployment.models import FieldFilter, PageRequest
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.suggestions import nearest
from kitcn_repl.schema.validators import alternatives
from kitcn_repl.values import JsonObject

if TYPE_CHECKING:
    from kitcn_repl.schema.model import Field, Schema, Table

_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9:]{4,5})?)?\Z"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS = frozenset({"number", "float64"})
_SYSTEM = ("_id", "_creationTime")
_ORM_NAMES = {"id": "_id", "createdAt": "_creationTime"}


@dataclass(frozen=True, slots=True)
class Terms:
    """`request` is ready to be planned; `read_as` says, a line each, which dates became numbers.

    `unknown` has a line for each field that the table does not declare, `doubts` one for each date that stayed text
    because nothing tells what the field holds: both are reasons why nothing matches.
    """

    request: PageRequest
    read_as: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def has_dates(filters: Sequence[FieldFilter]) -> bool:
    """Whether a condition compares with what could be a date."""
    return any(_milliseconds(condition) is not None for condition in filters)


async def stored_terms(deployment: Deployment, request: PageRequest, source: Schema | None = None) -> Terms:
    """The request's conditions in the light of the deployed schema, or of `source` where there is none.

    A date stands for its milliseconds (UTC unless it says otherwise) where the field holds numbers and no text.
    """
    if not request.filters:
        return Terms(request)
    table = await _table(deployment, request, source)
    fields = None if table is None else table.fields
    filters, read_as, doubts = [], [], []
    for condition in request.filters:
        moment = _milliseconds(condition)
        kinds = holds(condition.field, fields)
        if moment is not None and kinds == "numbers":
            read_as.append(f"{condition.field}: {condition.value} is read as {moment}")
            condition = replace(condition, value=moment)
        elif moment is not None and kinds is None:
            doubts.append(f"{condition.field} was compared with a text; if it holds times, write {moment}.")
        filters.append(condition)
    named = dict.fromkeys(condition.field for condition in filters)
    unknown = []
    if table is not None and fields is not None and not table.open:
        unknown = [_unknown(name, request.table, fields) for name in named if not _is(name, fields)]
    return Terms(replace(request, filters=tuple(filters)), tuple(read_as), tuple(unknown), tuple(doubts))


async def _table(deployment: Deployment, request: PageRequest, source: Schema | None) -> Table | None:
    document: JsonObject | None = await deployment.schema(request.component)
    from kitcn_repl.schema.deployed import declared_tables

    table = declared_tables(document or {}).get(request.table)
    return source.tables.get(request.table) if table is None and source is not None else table


def _is(name: str, fields: Mapping[str, Field]) -> bool:
    return name in _SYSTEM or name.partition(".")[0] in fields


def _unknown(name: str, table: str, fields: Mapping[str, Field]) -> str:
    near = _ORM_NAMES.get(name) or nearest(name, [*fields, *_SYSTEM])
    return f'Table "{table}" has no field "{name}"' + (f'; did you mean "{near}"?' if near else ".")


def holds(name: str, fields: Mapping[str, Field] | None) -> Literal["numbers", "others"] | None:
    """What a field may hold besides null; None if that is not known."""
    if name == "_creationTime":
        return "numbers"
    field = None if fields is None else fields.get(name)
    if field is None or field.validator is None:
        return None
    kinds = {each.get("type") for each in alternatives(field.validator)}
    if "any" in kinds:
        return None
    return "numbers" if kinds & _NUMBERS and kinds <= _NUMBERS | {"null"} else "others"


def _milliseconds(condition: FieldFilter) -> int | float | None:
    return date_milliseconds(condition.value) if isinstance(condition.value, str) else None


def date_milliseconds(text: str) -> int | float | None:
    """Since 1970, of an ISO date or time (UTC unless it says otherwise); None for any other text."""
    if not _DATE.match(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    since = (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)) - _EPOCH
    whole, rest = divmod(since, timedelta(milliseconds=1))
    return whole if not rest else since / timedelta(milliseconds=1)

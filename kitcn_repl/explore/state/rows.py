"""Rows of kitcn's own tables, a bounded number of them."""

from __future__ import annotations

from dataclasses import dataclass

from kitcn_repl.deployment.models import ROOT_COMPONENT, Order, PageRequest
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.data import Reading
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.codec import Int64, decode


@dataclass(frozen=True, slots=True)
class StateRows:
    """`more` tells that the table holds further ones."""

    rows: list[JsonObject]
    more: bool = False


async def state_rows(
    deployment: Deployment,
    table: str,
    limit: int,
    *,
    tables: frozenset[str],
    order: Order = "desc",
    component: str = ROOT_COMPONENT,
) -> StateRows | None:
    """The newest rows, None where the deployment has no such table. `tables` are the names of those that it has."""
    if table not in tables and not table.startswith("_"):
        return None
    if table not in tables:
        # A system table is in no list, and reading it needs none of the checks that come with a list.
        page = await deployment.page(PageRequest(table, limit=limit + 1, order=order, component=component))
        return StateRows(page.documents[:limit], len(page.documents) > limit or not page.is_done)
    reading = Reading(deployment, PageRequest(table, order=order, component=component), limit)
    rows = [row async for page in reading.pages() for row in page]
    return StateRows(rows, reading.more)


def text(row: JsonObject, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def optional_text(row: JsonObject, name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) else None


def number(row: JsonObject, name: str) -> float | None:
    """A number, int64 or float64; None for anything else."""
    return number_of(row.get(name))


def number_of(value: JsonValue) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, dict):
        try:
            decoded = decode(value)
        except ValueError:
            return None
        if isinstance(decoded, Int64 | int | float) and not isinstance(decoded, bool):
            return float(decoded)
    return None


def texts(row: JsonObject, name: str) -> tuple[str, ...]:
    value = row.get(name)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

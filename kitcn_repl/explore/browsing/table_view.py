"""What somebody wants to see of a table, and how it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kitcn_repl.deployment.models import ROOT_COMPONENT, FieldFilter, IndexInfo, Order, PageRequest
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.deployment.together import ending
from kitcn_repl.explore.browsing.ordering import Ordering, ordering
from kitcn_repl.explore.browsing.table_rows import TableRows
from kitcn_repl.explore.conditions import parse_condition
from kitcn_repl.explore.planning import BY_CREATION_TIME, Plan, plan
from kitcn_repl.explore.terms import Terms, stored_terms


@dataclass(frozen=True, slots=True)
class TableView:
    """Documents of `table` that meet the conditions (`field op value`), by creation time or in the order of `index`."""

    table: str
    conditions: tuple[str, ...] = ()
    order: Order = "desc"
    index: str | None = None
    component: str = ROOT_COMPONENT

    @property
    def request(self) -> PageRequest:
        """Raises UsageError for a condition that is none."""
        filters = tuple(parse_condition(text) for text in self.conditions)
        return PageRequest(self.table, order=self.order, index=self.index, filters=filters, component=self.component)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A view as it is read: `plan` says how, `terms` how its conditions were understood."""

    view: TableView
    plan: Plan
    terms: Terms
    ordering: Ordering

    @property
    def request(self) -> PageRequest:
        return self.plan.request

    @property
    def is_scan(self) -> bool:
        """Whether documents are looked at that do not match."""
        return bool(self.request.filters) and not self.request.bounds

    def rows(self, deployment: Deployment) -> TableRows:
        return TableRows(deployment, self.request, self.ordering)


async def prepare(deployment: Deployment, view: TableView) -> Prepared:
    """Plan a view. One without conditions and index costs no request.

    Raises UsageError for a condition that is none, DeploymentError.
    """
    request = view.request
    if not request.filters and request.index is None:
        return Prepared(view, Plan(request), Terms(request), _ordering(request, ()))
    understanding = asyncio.ensure_future(stored_terms(deployment, request))
    listing = asyncio.ensure_future(deployment.indexes(view.component))
    async with ending(understanding, listing):
        terms, indexes = await asyncio.gather(understanding, listing)
    planned = plan(terms.request, indexes)
    return Prepared(view, planned, terms, _ordering(planned.request, indexes))


def _ordering(request: PageRequest, indexes: Sequence[IndexInfo]) -> Ordering:
    fields = next((one.fields for one in indexes if one.table == request.table and one.name == request.index), ())
    return ordering(request.index, fields, descending=request.order == "desc")


@dataclass(frozen=True, slots=True)
class SortChoice:
    """A way to order a table: `index` is None for creation time."""

    index: str | None
    fields: tuple[str, ...]
    order: Order


def sort_choices(table: str, indexes: Sequence[IndexInfo]) -> list[SortChoice]:
    """Every order in which a table can be read, newest first first."""
    usable = [
        index
        for index in indexes
        if index.table == table and index.kind == "database" and not index.staged and index.state == "done"
    ]
    fields: Mapping[str | None, tuple[str, ...]] = {None: ("_creationTime",)} | {
        index.name: index.fields for index in usable if index.name != BY_CREATION_TIME
    }
    orders: tuple[Order, Order] = ("desc", "asc")
    return [
        SortChoice(name, names, order)
        for name, names in fields.items()
        for order in (orders if name is None else reversed(orders))
    ]


def sort_by(field: str, choices: Sequence[SortChoice], view: TableView) -> SortChoice | None:
    """The order that begins with a field, the other way round if it is in force; None where no index gives it."""
    fitting = [choice for choice in choices if choice.fields[:1] == (field,)]
    fitting.sort(key=lambda choice: (len(choice.fields), choice.index or ""))
    for choice in fitting:
        if choice.index == view.index and choice.order != view.order:
            return choice
    return fitting[0] if fitting else None


def conditions_text(filters: Sequence[FieldFilter]) -> str:
    """The fields that conditions are on."""
    return ", ".join(dict.fromkeys(condition.field for condition in filters))

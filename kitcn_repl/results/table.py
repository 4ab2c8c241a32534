"""A table as something to ask: `deployment.table("user").where("role = admin").order("desc").take(10)`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

from kitcn_repl.deployment.models import FieldFilter, Order, PageRequest
from kitcn_repl.errors import UsageError
from kitcn_repl.results.arguments import encoded_argument
from kitcn_repl.results.documents import Document, wait
from kitcn_repl.results.result import Result

if TYPE_CHECKING:
    from kitcn_repl.explore.data import PlannedReading
    from kitcn_repl.results.origin import Origin
    from kitcn_repl.values import JsonObject

_PAGE = 100
_READ_AT_MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """The documents of a table that meet some conditions, in an order. Nothing is read until somebody asks for them.

    Conditions and order make a new table, so parts can be kept and used again. They go onto an index where one serves.
    Whoever reads may raise a DeploymentError, and KitcnError for a table or index that is not there.
    """

    origin: Origin
    request: PageRequest

    @property
    def name(self) -> str:
        """The table's own name."""
        return self.request.table

    def where(self, *conditions: str, **equal: object) -> Table:
        """`where("age >= 18", "name != root", role="admin")`: all of them must hold. A date stands for its time where
        the field holds numbers; `undefined` for a missing field. Raises UsageError for what is no condition.
        """
        from kitcn_repl.explore.conditions import parse_condition

        for condition in conditions:
            if not isinstance(condition, str):
                raise UsageError(f"A condition is a text such as 'age >= 18', not {type(condition).__name__}.")
        filters = [parse_condition(condition) for condition in conditions]
        filters += [FieldFilter(name, "eq", encoded_argument(name, value)) for name, value in equal.items()]
        return replace(self, request=replace(self.request, filters=(*self.request.filters, *filters)))

    def order(self, order: Order, *, index: str | None = None) -> Table:
        """`asc` or `desc`, by creation time or by an index. Raises UsageError for another order."""
        if order not in ("asc", "desc"):
            raise UsageError(f"order is 'asc' or 'desc', not {order!r}.")
        return replace(self, request=replace(self.request, order=order, index=index))

    def take(self, limit: int) -> Result:
        """The first `limit` documents; a notice says which index was used, and whether there are more.

        Raises UsageError for a limit that is no number of documents.
        """
        return wait(self.origin)(lambda: self.take_async(limit))

    def first(self) -> Document | None:
        """The first document, None if there is none."""
        found = self.take(1)
        return found[0] if found else None

    def all(self) -> Iterator[Document]:
        """Every document, one after another, fetched in pages as they are needed. A table may be larger than memory."""
        pages = self._pages(_READ_AT_MOST)
        try:
            while (page := wait(self.origin)(lambda: anext(pages, None))) is not None:
                for document in page:
                    yield Document(document, self.origin)
        finally:
            wait(self.origin)(pages.aclose)  # type: ignore[attr-defined]

    def __iter__(self) -> Iterator[Document]:
        return self.all()

    def count(self) -> int | None:
        """The number of all documents of the table, as the deployment keeps it; None where it keeps none.

        Raises UsageError with conditions: counting those that meet them would read all of the table.
        """
        if self.request.filters:
            raise UsageError(
                "Only whole tables are counted: what meets conditions would have to be read.",
                hint="len(table.take(1000)) counts up to a limit.",
            )
        workspace = self.origin.workspace
        tables = wait(self.origin)(lambda: workspace.deployment.tables(workspace.component))
        counts = {table.name: table.count for table in tables}
        if self.name not in counts:
            from kitcn_repl.explore.data import UnknownTableError
            from kitcn_repl.explore.suggestions import no_such_table

            raise UnknownTableError(no_such_table(self.name, list(counts)))
        return counts[self.name]

    def __repr__(self) -> str:
        from kitcn_repl.values.javascript import stringify

        conditions = [f"{each.field} {each.op} {stringify(each.value)}" for each in self.request.filters]
        where = f" where {' and '.join(conditions)}" if conditions else ""
        by = f" by {self.request.index}" if self.request.index else ""
        return f"<table {self.name}{where}, {self.request.order}{by}>"

    async def take_async(self, limit: int) -> Result:
        """As `take`, for code with an event loop."""
        _check(limit)
        started = perf_counter()
        reading, said = await self._reading(limit)
        documents: list[JsonObject] = []
        async for page in reading.pages():
            documents += page
        if reading.more:
            said.append(f"The first {limit:,}; there are more.")
        return Result(list(documents), elapsed=perf_counter() - started, notices=said, origin=self.origin)

    async def _pages(self, limit: int) -> AsyncIterator[list[JsonObject]]:
        reading, _ = await self._reading(limit)
        async for page in reading.pages():
            yield page

    async def _reading(self, limit: int) -> tuple[PlannedReading, list[str]]:
        """The way to the documents, and what there is to say of it."""
        from kitcn_repl.explore.data import PlannedReading, plan_reading
        from kitcn_repl.explore.terms import stored_terms

        workspace = self.origin.workspace
        terms = await stored_terms(workspace.deployment, self.request)
        planned = await plan_reading(workspace.deployment, terms.request)
        said = [*terms.read_as, *terms.unknown, *terms.doubts]
        if self.request.filters:
            said.append(f"index {planned.index}" if planned.index is not None else "no index serves: a scan")
        return PlannedReading(workspace.deployment, planned, terms.request, limit), said


def _check(limit: object) -> None:
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
        raise UsageError(f"A number of documents is needed, not {limit!r}.")

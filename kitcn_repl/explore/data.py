"""Reading a table: as many documents as were asked for, whatever the size of the server's pages, planned or not."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from kitcn_repl.deployment.errors import DeploymentError, RequestRejectedError
from kitcn_repl.deployment.models import Page, PageRequest
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.planning import Plan, plan
from kitcn_repl.explore.suggestions import index_hint, no_such_table
from kitcn_repl.values import JsonObject
from kitcn_repl.values.order import encode_key

_SORTED_AT_MOST = 1024

# Those that a query may read; a list of tables leaves them out, and they exist before they hold anything.
SYSTEM_TABLES = ("_storage", "_scheduled_functions")


@dataclass(frozen=True, slots=True)
class Rows:
    """Documents in order; `more` tells whether the table holds further ones that match."""

    documents: list[JsonObject]
    more: bool


class UnknownTableError(KitcnError):
    """The deployment has no such table."""


class Reading:
    """A walk over the first `limit` documents that match, in pages as the server cuts them.

    Afterwards `found` is their number, and `more` tells whether the table holds further ones; one document beyond the
    limit is read to know that.
    """

    def __init__(self, deployment: Deployment, request: PageRequest, limit: int) -> None:
        self._deployment = deployment
        self._request = request
        self._limit = limit
        self.found = 0
        self.more = False

    async def pages(self) -> AsyncIterator[list[JsonObject]]:
        """Raises UnknownTableError for a table that does not exist, which costs a request only if nothing was found."""
        cursor: str | None = None
        while True:
            wanted = self._limit - self.found
            page = await self._page(replace(self._request, limit=wanted + 1, cursor=cursor))
            self.more = len(page.documents) > wanted
            documents = page.documents[:wanted]
            self.found += len(documents)
            if documents:
                yield documents
            if page.is_done or self.more:
                break
            cursor = page.cursor
        if not self.found:
            await _require_table(self._deployment, self._request.table, self._request.component)

    async def _page(self, request: PageRequest) -> Page:
        try:
            return await self._deployment.page(request)
        except RequestRejectedError as error:
            if request.index is not None and "not found" in error.message:
                # A hint must not hide the error that it is for.
                with contextlib.suppress(DeploymentError):
                    error.hint = await index_hint(self._deployment, request.table, request.index, request.component)
            raise


class PlannedReading:
    """The same documents in the same order as a `Reading` of the request that was planned, by way of the plan's index.

    Where the index has another order than creation time, its whole range is read and put in order. A range of more than
    `_SORTED_AT_MOST` documents is not: then the table is read by creation time after all, and `gave_up` is True.
    """

    def __init__(self, deployment: Deployment, plan: Plan, request: PageRequest, limit: int) -> None:
        self._deployment = deployment
        self._plan = plan
        self._request = request
        self._limit = limit
        self.found = 0
        self.more = False
        self.gave_up = False

    async def pages(self) -> AsyncIterator[list[JsonObject]]:
        """As `Reading.pages`."""
        request = self._plan.request
        if self._request.index is None and not self._plan.keeps_order:
            documents = await self._sorted()
            if documents is not None:
                self.more = len(documents) > self._limit
                self.found = min(len(documents), self._limit)
                if documents:
                    yield documents[: self._limit]
                else:
                    await _require_table(self._deployment, request.table, request.component)
                return
            self.gave_up = True
            request = self._request
        reading = Reading(self._deployment, request, self._limit)
        async for page in reading.pages():
            self.found, self.more = reading.found, reading.more
            yield page

    async def _sorted(self) -> list[JsonObject] | None:
        """All documents of the range by creation time, None if they are too many."""
        most = max(self._limit, _SORTED_AT_MOST)
        reading = Reading(self._deployment, self._plan.request, most)
        documents = [document async for page in reading.pages() for document in page]
        if reading.more:
            return None
        documents.sort(key=_by_creation, reverse=self._request.order == "desc")
        return documents


def _by_creation(document: JsonObject) -> tuple[bytes, bytes]:
    return encode_key(document.get("_creationTime")), encode_key(document.get("_id"))


async def plan_reading(deployment: Deployment, request: PageRequest) -> Plan:
    """Plan the request's filters onto the indexes that the deployment has; without any it stays as it is."""
    if not request.filters:
        return Plan(request, request.index)
    return plan(request, await deployment.indexes(request.component))


async def read_rows(deployment: Deployment, request: PageRequest, limit: int) -> Rows:
    """The documents of a `Reading`, all at once."""
    reading = Reading(deployment, request, limit)
    documents = [document async for page in reading.pages() for document in page]
    return Rows(documents, reading.more)


async def _require_table(deployment: Deployment, table: str, component: str) -> None:
    if table in SYSTEM_TABLES:
        return
    names = [info.name for info in await deployment.tables(component)]
    if table not in names:
        raise UnknownTableError(no_such_table(table, [*names, *SYSTEM_TABLES]))

"""Reading a table: as many documents as were asked for, whatever the size of the server's pages."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from kitcn_repl.deployment.errors import DeploymentError, RequestRejectedError
from kitcn_repl.deployment.models import Page, PageRequest
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.suggestions import index_hint, no_such_table
from kitcn_repl.values import JsonObject

# Those that a query may read; a list of tables leaves them out, and they exist before they hold anything.
_SYSTEM_TABLES = ("_storage", "_scheduled_functions")


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


async def read_rows(deployment: Deployment, request: PageRequest, limit: int) -> Rows:
    """The documents of a `Reading`, all at once."""
    reading = Reading(deployment, request, limit)
    documents = [document async for page in reading.pages() for document in page]
    return Rows(documents, reading.more)


async def _require_table(deployment: Deployment, table: str, component: str) -> None:
    if table in _SYSTEM_TABLES:
        return
    names = [info.name for info in await deployment.tables(component)]
    if table not in names:
        raise UnknownTableError(no_such_table(table, [*names, *_SYSTEM_TABLES]))

"""Reading a table: as many documents as were asked for, whatever the size of the server's pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from kitcn_repl.deployment.models import PageRequest
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import KitcnError
from kitcn_repl.values import JsonObject


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
            page = await self._deployment.page(replace(self._request, limit=wanted + 1, cursor=cursor))
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


async def read_rows(deployment: Deployment, request: PageRequest, limit: int) -> Rows:
    """The documents of a `Reading`, all at once."""
    reading = Reading(deployment, request, limit)
    documents = [document async for page in reading.pages() for document in page]
    return Rows(documents, reading.more)


async def _require_table(deployment: Deployment, table: str, component: str) -> None:
    if table.startswith("_"):
        return
    names = [info.name for info in await deployment.tables(component)]
    if table in names:
        return
    import difflib

    near = difflib.get_close_matches(table, names, n=1)
    suggestion = f" Did you mean {near[0]!r}?" if near else f" Tables: {', '.join(names)}." if names else ""
    where = f" in component {component!r}" if component else ""
    raise UnknownTableError(f"There is no table {table!r}{where}.{suggestion}")

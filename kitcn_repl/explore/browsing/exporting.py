"""All rows of a view, however many."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.browsing.reading import read_page
from kitcn_repl.explore.browsing.table_view import Prepared
from kitcn_repl.values import JsonObject

_PAGE = 500


async def all_pages(deployment: Deployment, prepared: Prepared) -> AsyncGenerator[list[JsonObject], None]:
    """The documents in the view's order, page by page; an empty page tells that something was read. Raises
    DeploymentError."""
    request = replace(prepared.request, limit=_PAGE, cursor=None)
    while True:
        page = await read_page(deployment, request)
        yield page.documents
        if page.is_done:
            return
        request = replace(request, cursor=page.cursor)

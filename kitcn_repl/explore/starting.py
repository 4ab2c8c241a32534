"""What somebody means who names a table or a document's id to begin with."""

from __future__ import annotations

from dataclasses import dataclass

from kitcn_repl.deployment.models import ROOT_COMPONENT
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.documents import find_document
from kitcn_repl.explore.suggestions import no_such_table
from kitcn_repl.values import is_id


@dataclass(frozen=True, slots=True)
class Start:
    """A table, or a document of it."""

    table: str
    component: str
    document_id: str | None = None


async def find_start(deployment: Deployment, text: str, component: str = ROOT_COMPONENT) -> Start:
    """`text` is an id if it reads as one, wherever its document is, else a table of the component.

    Raises KitcnError for what is not there, with the nearest name, and DeploymentError.
    """
    if is_id(text):
        found = await find_document(deployment, text, component or None)
        return Start(found.table, found.component, text)
    mapping = (await deployment.table_mapping(component)).values()
    if text in mapping:
        return Start(text, component)
    tables = [table.name for table in await deployment.tables(component)]
    if text in tables:
        return Start(text, component)
    raise KitcnError(no_such_table(text, tables), hint=f"There are {', '.join(tables[:8])}." if tables else None)

"""A document from nothing but its id."""

from __future__ import annotations

from dataclasses import dataclass

from kitcn_repl.deployment.models import ROOT_COMPONENT
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import KitcnError
from kitcn_repl.values import JsonObject
from kitcn_repl.values.ids import decode_id


@dataclass(frozen=True, slots=True)
class FoundDocument:
    document: JsonObject
    table: str
    component: str


async def find_document(deployment: Deployment, document_id: str, component: str | None = None) -> FoundDocument:
    """The document and the table it is in.

    Table numbers are a component's own, so without `component` the app is asked first and then each component. Raises
    IdError for a text that is no id, KitcnError when there is no such document.
    """
    number = decode_id(document_id).table_number
    table = None
    for path in [ROOT_COMPONENT] if component is None else [component]:
        found, table = await _look(deployment, document_id, number, path)
        if found is not None:
            return found
    if component is None:
        for mounted in await deployment.components():
            if mounted.path != ROOT_COMPONENT:
                found, _ = await _look(deployment, document_id, number, mounted.path)
                if found is not None:
                    return found
    if table is None:
        raise KitcnError(
            f"No document has the id {document_id}: it belongs to table number {number}, which is not a table here."
        )
    raise KitcnError(f"No document has the id {document_id} in table {table!r}; it may have been deleted.")


async def _look(
    deployment: Deployment, document_id: str, number: int, component: str
) -> tuple[FoundDocument | None, str | None]:
    """The document in this component, and the name of its table there, as far as there are such."""
    table = (await deployment.table_mapping(component)).get(number)
    if table is None:
        return None, None
    document = await deployment.get(document_id, component)
    return (None if document is None else FoundDocument(document, table, component)), table

"""An open document, with all that is known around it, and the rows that show it in each form."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kitcn_repl.deployment.models import ROOT_COMPONENT
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.documents import find_document
from kitcn_repl.explore.hydration import iso_time
from kitcn_repl.explore.knowledge import Knowledge
from kitcn_repl.explore.workspace import Workspace
from kitcn_repl.render.quantity import byte_size, counted
from kitcn_repl.render.secrets import MASK, is_credential, redacted
from kitcn_repl.render.summary import label
from kitcn_repl.render.text import visible
from kitcn_repl.schema.model import Table
from kitcn_repl.values import JsonObject
from kitcn_repl.values.ids import IdError, decode_id
from kitcn_tui.document.header import Form, Heading
from kitcn_tui.document.neighbours import Neighbours
from kitcn_tui.document.nodes import Light, Node, measure, top
from kitcn_tui.document.orm import orm_nodes
from kitcn_tui.outline.prose import prose
from kitcn_tui.outline.rows import BLANK, Look, Row, told
from kitcn_tui.places import DocumentPlace

_SHOWN = 60
"""Characters of what is no id."""

_LISTED = 40
"""Names of fields that a document does not have."""


@dataclass(slots=True)
class Opened:
    """`unfolded` and `at` are how somebody left it: paths of nodes, and where the cursor was."""

    document: JsonObject
    table: str
    component: str = ROOT_COMPONENT
    knowledge: Knowledge | None = None
    around: Neighbours | None = None
    light: Light = field(default_factory=Light)
    absent: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    unfolded: list[str] = field(default_factory=list)
    at: str | None = None

    @property
    def document_id(self) -> str:
        return str(self.document.get("_id"))

    @property
    def known_table(self) -> Table | None:
        return None if self.knowledge is None else self.knowledge.schema.tables.get(self.table)

    @property
    def shown(self) -> JsonObject:
        """The document, its credentials masked unless they are to be seen."""
        if self.light.reveals:
            return self.document
        return {
            name: MASK if is_credential(self.document, name, self.table) else redacted(value)
            for name, value in self.document.items()
        }

    @property
    def heading(self) -> Heading:
        facts = []
        if self.component != ROOT_COMPONENT:
            facts.append(f"component {visible(self.component)}")
        created = self.document.get("_creationTime")
        if isinstance(created, int | float):
            text = iso_time(int(created) // 1000 * 1000)
            facts.append("created " + (text or "?").replace("T", " ").replace("Z", " UTC"))
        size = self.light.sizes.get(id(self.document))
        if size is not None:
            facts.append(byte_size(size))
        facts.append(counted(len(self.document), "field"))
        name = label(self.document, self.table, self.known_table)
        return Heading(visible(self.table), self.document_id, name if len(self.document) > 2 else "", tuple(facts))

    async def measure(self) -> None:
        """Weigh its parts; for a large document that takes longer than a frame."""
        self.light.table = self.table
        self.light.sizes = await asyncio.to_thread(measure, self.document)

    def foresee(self, knowledge: Knowledge) -> None:
        """Show its fields already as they will be shown when all is learnt, so that nothing moves then."""
        table = knowledge.schema.tables.get(self.table)
        self.light.table = self.table
        self.light.fields = (table.fields if table is not None else None) or {}
        self.light.tables = knowledge.tables

    async def learn(self, knowledge: Knowledge, elsewhere: Mapping[int, str]) -> None:
        """See it in the light of what is known of its table. `elsewhere` are the app's tables, for a component's."""
        from kitcn_repl.explore.conformance import misfits, missing

        table = knowledge.schema.tables.get(self.table)
        found = await asyncio.to_thread(misfits, self.document, table, knowledge.tables)
        light = self.light
        light.fields = (table.fields if table is not None else None) or {}
        light.tables, light.elsewhere, light.misfits = knowledge.tables, elsewhere, found
        self.lacking = tuple(missing(self.document, table))
        self.absent = tuple(name for name in light.fields if name not in self.document and name not in self.lacking)
        self.knowledge = knowledge

    def nodes(self, form: Form, width: int) -> list[Row]:
        """The rows of the tree, stored fields or the ORM's. `width` is that of the remarks beneath."""
        if form == "orm":
            rows: list[Row] = [*orm_nodes(self.document, self.table, self.light, self.around)]
            if self.knowledge is not None and (self.knowledge.source is None):
                rows += [BLANK, told("No schema source is read: which numbers are dates is not known.")]
            return rows
        rows = [*self._stored()]
        if self.lacking or self.absent:
            rows.append(BLANK)
        if self.lacking:
            rows += _absent("⚠ missing though required", self.lacking, width, "warning")
        if self.absent:
            rows += _absent("not set", self.absent, width, "muted")
        return rows

    def _stored(self) -> list[Node]:
        document, fields = self.document, self.light.fields
        names: list[str] = [name for name in ("_id", "_creationTime") if name in document]
        names += [name for name in fields if name in document]
        names += sorted(name for name in document if name not in fields and name not in names)
        return top(
            [(name, document[name], fields.get(name), None) for name in dict.fromkeys(names)],
            self.light,
            lambda name: is_credential(document, name, self.table),
        )


def _absent(what: str, names: tuple[str, ...], width: int, look: Look) -> Iterator[Row]:
    """Fields that the table knows and the document does not have."""
    listed = ", ".join(visible(name) for name in names[:_LISTED])
    more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
    yield from prose(f"{what}: {listed}{more}", width - 2, look, indent=2, hanging=4)


async def find(workspace: Workspace, place: DocumentPlace) -> Opened:
    """The document of a place, asked for with as few requests as there can be. Raises KitcnError."""
    document_id = place.document_id or ""
    try:
        decode_id(document_id)
    except IdError as error:
        shown = visible(document_id[:_SHOWN]) + ("…" if len(document_id) > _SHOWN else "")
        raise KitcnError(f"“{shown}” is no document id: {error}.") from None
    if place.table is not None:
        document = await workspace.deployment.get(document_id, workspace.component)
        if document is not None:
            return Opened(document, place.table, workspace.component)
    component = None if workspace.component == ROOT_COMPONENT else workspace.component
    found = await find_document(workspace.deployment, document_id, component)
    return Opened(found.document, found.table, found.component)

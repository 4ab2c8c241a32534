"""The Document tab, and what one can do in it."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.binding import BindingType

from kitcn_tui.actions import bindings
from kitcn_tui.document.actions import ACTIONS
from kitcn_tui.document.asking import AskForId
from kitcn_tui.document.header import FORMS, Form, FormName
from kitcn_tui.document.neighbours import FETCHED, MOST_SHOWN, Path
from kitcn_tui.document.nodes import Node
from kitcn_tui.document.page import DocumentPage
from kitcn_tui.document.relations import DocumentRow, MoreRow, PathRow, whole_list
from kitcn_tui.document.spellings import spellings
from kitcn_tui.outline.outline import Outline
from kitcn_tui.places import DocumentPlace, SchemaPlace, TablePlace
from kitcn_tui.widgets.copy_as import copy_one_of


class DocumentView(DocumentPage):
    """The page with its keys."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIONS)]

    # Enter, and clicks

    def on_outline_pressed(self, message: Outline.Pressed) -> None:
        message.stop()
        row = message.row
        if message.press == "fold":
            self.action_fold()
        elif isinstance(row, Node):
            self._follow_node(row)
        elif isinstance(row, PathRow):
            self._enter(row.path)
        elif isinstance(row, DocumentRow):
            self.go(DocumentPlace(row.document_id, row.path.way.end))
        elif isinstance(row, MoreRow):
            self.action_more()
        else:
            self.fields.fold_or_unfold()

    def _follow_node(self, node: Node) -> None:
        link = node.link
        if link is None:
            if node.is_masked:
                self.notify("A credential; x shows it.")
            self.fields.fold_or_unfold()
            return
        document_id, table = link
        if self.opened is not None and document_id == self.opened.document_id:
            self.action_relations()
        elif table is None:
            self.notify("This id belongs to no table of this deployment.", severity="warning")
        elif document_id in node.light.dangling:
            self.notify(f"There is no such document in {table}; it may have been deleted.", severity="warning")
        else:
            self.go(DocumentPlace(document_id, None if node.leads_out else table))

    def _enter(self, path: Path) -> None:
        """One document at the end of a way is where to go; several are shown or hidden; a scan begins."""
        related = path.related
        if path.progress in ("offered", "failed"):
            self._scan([path])
        elif related is not None and path.way.edge.cardinality == "one" and path.way.direction == "forward":
            if related.documents:
                self.go(DocumentPlace(str(related.documents[0].get("_id")), path.way.end))
        else:
            self._toggle(path)

    def _scan(self, paths: list[Path], limit: int = FETCHED) -> None:
        if self.opened is not None:
            self.run_worker(self.follow(self.opened, paths, limit), group="scan")

    def _toggle(self, path: Path) -> None:
        path.is_open = not path.is_open
        self.show_around(path.key)

    def on_form_name_chosen(self, message: FormName.Chosen) -> None:
        self._choose(message.form)

    def _choose(self, form: Form) -> None:
        self.keep()
        opened = self.opened
        self.form = form
        if opened is not None:
            self.show(at=opened.at, unfolded=opened.unfolded)

    def on_ask_for_id_answered(self, message: AskForId.Answered) -> None:
        self.go(DocumentPlace(message.document_id))

    def on_ask_for_id_dropped(self) -> None:
        self.take_focus()

    def on_failure_retry(self) -> None:
        if self.opened is None:
            self.open_place()
        else:
            self.ask()

    # Actions

    def action_follow(self) -> None:
        (self.pane.outline if self.is_in_pane else self.fields).action_press()

    def action_relations(self) -> None:
        (self.fields if self.is_in_pane else self.pane.outline).focus()

    def action_list_in_data(self) -> None:
        path = self.pane.path
        if path is None or self.opened is None:
            self.notify("Move to a relation first; r goes there.")
            return
        place = whole_list(path, self.opened.document)
        if place is None:
            self.notify("No filter on one table says which documents these are.", severity="warning")
        else:
            self.go(place)

    def action_open_by_id(self) -> None:
        self.query_one(AskForId).ask()

    def action_next_form(self) -> None:
        self._choose(FORMS[(FORMS.index(self.form) + 1) % len(FORMS)])

    def action_reveal(self) -> None:
        self.reveals = not self.reveals
        self.show(at=self.at)

    def action_fold(self) -> None:
        if not self.is_in_pane:
            self.fields.fold_or_unfold()
        elif (path := self.pane.path) is not None:
            self._toggle(path)

    def action_open(self) -> None:
        if not self.is_in_pane:
            self.fields.unfold()
        elif (path := self.pane.path) is not None and not path.is_open:
            self._toggle(path)

    def action_close(self) -> None:
        if not self.is_in_pane:
            self.fields.fold()
        elif (path := self.pane.path) is not None and path.is_open:
            self._toggle(path)

    def action_unfold_all(self) -> None:
        if not self.is_in_pane and not self.fields.unfold_all():
            self.notify("That is a lot: the rest stays folded.")

    def action_more(self) -> None:
        path = self.pane.path
        if path is None or path.related is None:
            return
        if path.shown >= MOST_SHOWN:
            self.action_list_in_data()
            return
        path.shown = MOST_SHOWN
        self._scan([path], MOST_SHOWN)

    def action_in_data(self) -> None:
        if self.opened is not None:
            self.go(TablePlace(self.opened.table, document_id=self.opened.document_id))

    def action_in_schema(self) -> None:
        if self.opened is not None:
            self.go(SchemaPlace(self.opened.table))

    def action_copy_id(self) -> None:
        if self.opened is not None:
            self.app.copy_to_clipboard(self.opened.document_id)
            self.notify("Copied the id.")

    @work(group="copy", exclusive=True)
    async def action_copy(self) -> None:
        if self.opened is not None:
            node = None if self.is_in_pane else self.fields.node
            await copy_one_of(self, spellings(self.opened, node, self.workspace.target))

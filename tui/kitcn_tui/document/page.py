"""What the Document tab shows, and how it comes there."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from kitcn_repl.deployment.models import ROOT_COMPONENT
from kitcn_repl.errors import ExitCode, KitcnError
from kitcn_repl.explore.following import Follower
from kitcn_repl.explore.workspace import Workspace
from kitcn_tui.document.asking import AskForId
from kitcn_tui.document.header import Form, Header
from kitcn_tui.document.json_lines import json_lines
from kitcn_tui.document.neighbours import FETCHED, Path, look_around
from kitcn_tui.document.note import note
from kitcn_tui.document.opened import Opened, find
from kitcn_tui.document.relations import RelationsPane
from kitcn_tui.document.seen import seen
from kitcn_tui.document.tree import DocumentTree
from kitcn_tui.outline.outline import Outline
from kitcn_tui.outline.rows import told
from kitcn_tui.places import DocumentPlace, Place
from kitcn_tui.views.view import View
from kitcn_tui.widgets.failure import Failure, Nothing

_KEPT = 64
_NARROW = 88
_EMPTY = "No document is open.\n\nEnter on a row in Data opens it here; i opens one by its id."
ARROWS = ("→", "←")


class DocumentPage(View):
    """One document: its values as a tree, and beside it what it refers to and what refers to it.

    A place's `field` is the path of a value; with an arrow in front, `→owner` or `←sessions`, it is a relation,
    and an arrow alone is the first relation in that direction.
    """

    TAB = "document"
    DEFAULT_CSS = """
    DocumentPage {
        & > #document-body { layout: horizontal; height: 1fr; }
        & #document-values { width: 1fr; }
        & #document-note { height: auto; max-height: 3; padding: 0 3; color: $text-muted; background: $surface; }
        & RelationsPane { width: 33%; min-width: 30; border-left: vkey $foreground 15%; }
        &.-narrow > #document-body { layout: vertical; }
        &.-narrow #document-values { width: 1fr; height: 3fr; }
        &.-narrow #document-note { max-height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        &.-narrow RelationsPane { width: 1fr; height: 2fr; border-left: none; border-top: hkey $foreground 15%; }
        & > #document-instead { display: none; height: 1fr; }
        &.-instead > Header, &.-instead > #document-body { display: none; }
        &.-instead > #document-instead { display: block; }
    }
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.opened: Opened | None = None
        self.form: Form = "stored"
        self.reveals = False
        self._place = DocumentPlace()
        self._kept: OrderedDict[str, Opened] = OrderedDict()
        self._components: dict[str, Workspace] = {workspace.component: workspace}
        self._is_complete = True
        self._was_left = False

    def compose(self) -> ComposeResult:
        yield AskForId()
        yield Header()
        with Container(id="document-body"):
            with Vertical(id="document-values"):
                yield DocumentTree(id="document-tree")
                yield Static("", id="document-note", markup=False)
            yield RelationsPane()
        yield Vertical(id="document-instead")

    @property
    def fields(self) -> DocumentTree:
        return self.query_one("#document-tree", DocumentTree)

    @property
    def pane(self) -> RelationsPane:
        return self.query_one(RelationsPane)

    @property
    def is_in_pane(self) -> bool:
        """Whether keys go to the relations."""
        return self.pane.outline.has_focus

    def on_mount(self) -> None:
        self.open_place()

    def on_resize(self) -> None:
        self.lay_out()
        self.call_after_refresh(self.show_again)

    def lay_out(self) -> None:
        """The relations stand beside the values, or beneath them where that would be too narrow."""
        self.set_class(0 < self.size.width < _NARROW, "-narrow")

    # Going, and coming back

    def visit(self, place: Place) -> None:
        assert isinstance(place, DocumentPlace)
        if place.document_id is None and self.opened is not None:
            return
        self.keep()
        self._place = place
        if self.is_mounted and self.query(DocumentTree):
            self.open_place()

    def here(self) -> Place:
        opened = self.opened
        return self._place if opened is None else DocumentPlace(opened.document_id, opened.table, self.at)

    @property
    def at(self) -> str | None:
        """Where the cursor is, as a place's `field`."""
        if self.is_in_pane:
            return self.pane.here
        return self.fields.node.path if self.fields.node is not None else None

    def leave(self) -> None:
        self._was_left = not self._is_complete
        self.workers.cancel_group(self, "document")
        self.workers.cancel_group(self, "scan")

    def on_show(self) -> None:
        if self._was_left:
            self.ask()

    def take_focus(self) -> None:
        failures = self.query("#document-instead Failure")
        if self.has_class("-instead"):
            if failures:
                failures.first().focus()
            return
        is_relation = (self._place.field or "").startswith(ARROWS)
        (self.pane.outline if is_relation else self.fields).focus()

    def keep(self) -> None:
        """Remember how the present document is left."""
        if (opened := self.opened) is not None and self.form != "json":
            opened.unfolded, opened.at = self.fields.opened, self.at

    def open_place(self) -> None:
        """Show at once what is remembered of the place's document, and ask for it."""
        document_id = self._place.document_id
        if document_id is None:
            self.run_worker(self._put(Nothing(_EMPTY)), group="instead", exclusive=True)
            return
        # An empty state that is still on its way would hide the document, and take the keys from it.
        self.workers.cancel_group(self, "instead")
        kept = self._kept.get(document_id)
        if kept is None and (found := seen(self.workspace).get(document_id)) is not None:
            kept = Opened(found.document, found.table, found.component)
            known = [one.knowledge for one in self._kept.values() if one.component == found.component]
            if known and known[-1] is not None:
                kept.foresee(known[-1])
        self.opened = kept
        self.set_class(False, "-instead")
        if kept is not None:
            self.show(at=self._place.field or kept.at, unfolded=kept.unfolded)
        else:
            self.query_one(Header).wait(document_id)
            self.fields.show([told("Loading …")])
            self.pane.say("")
            self._update_note()
        self.ask()

    # Asking

    def ask(self) -> None:
        """Ask the deployment for the place's document and what is around it."""
        self._is_complete = self._was_left = False
        self.run_worker(self._load(self._place), group="document", exclusive=True)

    async def _load(self, place: DocumentPlace) -> None:
        shown = self.opened
        try:
            opened = await find(self.workspace, place)
        except KitcnError as error:
            if shown is None or error.exit_code is not ExitCode.NOT_REACHED:
                seen(self.workspace).forget(place.document_id or "")
                self.opened = None
                await self._fail(error)
            else:
                await self.pane.fail(error)
            return
        if shown is not None and shown.document == opened.document and shown.component == opened.component:
            opened = shown
        elif shown is not None:
            opened.unfolded = shown.unfolded
        if not opened.light.sizes:
            await opened.measure()
        self.opened = opened
        self._remember(opened)
        if place.table != opened.table:
            # now the shell can say where we are
            self.go(DocumentPlace(opened.document_id, opened.table, place.field), replacing=True)
        self.show(at=place.field if shown is None else self.at)
        try:
            await self._look_around(opened)
        except KitcnError as error:
            await self.pane.fail(error)
            return
        self._is_complete = True

    async def _look_around(self, opened: Opened) -> None:
        """Learn what is known of the table, and follow what can be followed without a scan worth asking about."""
        if opened.component not in self._components:
            self._components[opened.component] = self.workspace.in_component(opened.component)
        knowledge = await self._components[opened.component].knowledge()
        self.query_one(AskForId).tables = knowledge.tables
        if opened.knowledge is not knowledge:
            elsewhere = {} if opened.component == ROOT_COMPONENT else await self.workspace.deployment.table_mapping()
            await opened.learn(knowledge, elsewhere)
            self.show(at=self.at or self._place.field)
        if opened.around is None or opened.around.knowledge is not knowledge:
            follower = Follower(self.workspace.deployment, knowledge)
            opened.around = look_around(follower, knowledge, opened.document, opened.table)
            self.show_around(self._place.field)
        await self.pane.recover()
        await self.follow(opened, opened.around.at_once())

    async def follow(self, opened: Opened, paths: list[Path], limit: int = FETCHED) -> None:
        """Read what these ways lead to, all with one question. What was found before stays until there is an answer."""
        around = opened.around
        if not paths or around is None:
            return
        before = [path.progress for path in paths]
        for path in paths:
            path.progress = "loading"
        self.show_around()
        follower = Follower(self.workspace.deployment, around.knowledge)
        try:
            following = await follower.related([opened.document], along=[path.way for path in paths], limit=limit)
        except KitcnError as error:
            for path in paths:
                path.progress, path.error = "failed", error
            self.show_around()
            if error.exit_code is ExitCode.NOT_REACHED:
                await self.pane.fail(error)
            return
        except asyncio.CancelledError:
            for path, progress in zip(paths, before, strict=True):
                path.progress = progress
            raise
        around.found(paths, following.related[0])
        for path in paths:
            if path.related is not None:
                seen(self.workspace).remember(path.way.end, path.related.documents, opened.component)
        opened.light.labels, opened.light.dangling = around.labels, around.dangling
        if self.opened is opened:
            self.show_around()
            if self.form == "orm":
                self.show(at=self.at)
            else:
                self.fields.refresh()

    def _remember(self, opened: Opened) -> None:
        self._kept[opened.document_id] = opened
        self._kept.move_to_end(opened.document_id)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        seen(self.workspace).remember(opened.table, [opened.document], opened.component)

    def action_reload(self) -> None:
        if (opened := self.opened) is not None:
            self._place = DocumentPlace(opened.document_id, opened.table, self.at)
            if opened.around is not None:
                opened.around.asked_at = None
        if self._place.document_id is not None:
            self.ask()

    # Showing

    async def _put(self, widget: Nothing | Failure) -> None:
        place = self.query_one("#document-instead")
        await place.remove_children()
        await place.mount(widget)
        self.set_class(True, "-instead")

    async def _fail(self, error: KitcnError) -> None:
        had_keys = self.has_focus_within or self.screen.focused is None
        failure = Failure(error)
        await self._put(failure)
        if had_keys and self.is_on_screen:
            failure.focus()

    def show(self, *, at: str | None = None, unfolded: list[str] | None = None) -> None:
        """The open document, with the cursor at `at`."""
        opened = self.opened
        if opened is None:
            return
        self.set_class(False, "-instead")
        self.lay_out()
        opened.light.reveals = self.reveals
        self.query_one(Header).show(opened.heading, self.form)
        in_tree = at if at is not None and not at.startswith(ARROWS) else None
        if self.form == "json":
            self.run_worker(self._show_json(opened), group="json", exclusive=True)
        else:
            paths = self.fields.opened if unfolded is None else unfolded
            self.fields.show_nodes(opened.nodes(self.form, self.fields.room), paths, in_tree)
            self._update_note()
        self.show_around(at if in_tree is None else None)

    def show_again(self) -> None:
        """After something of how it is shown has changed."""
        if self.form != "json":
            self.show(at=self.at)

    async def _show_json(self, opened: Opened) -> None:
        lines = await asyncio.to_thread(lambda: json_lines(opened.shown))
        if self.opened is opened and self.form == "json":
            self.fields.show(lines)
            self._update_note()

    def _update_note(self) -> None:
        node = self.fields.node
        self.query_one("#document-note", Static).update(Content("" if node is None else note(node)))

    def show_around(self, at: str | None = None) -> None:
        opened = self.opened
        if opened is None:
            return
        if opened.around is None:
            self.pane.say("Looking for relations …")
        else:
            self.pane.show(opened.around, at)

    def on_outline_moved(self, message: Outline.Moved) -> None:
        message.stop()
        if message.outline is self.pane.outline:
            self.pane.update_note()
        else:
            self._update_note()

"""The Query tab: buffers, each with its editor and what it answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitcn_repl.errors import KitcnError
from kitcn_tui.places import DocumentPlace, Place, QueryPlace
from kitcn_tui.query.actions import bindings_of
from kitcn_tui.query.buffer_bar import BufferBar
from kitcn_tui.query.editor.widget import Editor
from kitcn_tui.query.open_buffers import OpenBuffers
from kitcn_tui.query.page import Page
from kitcn_tui.query.recalling import Recalling
from kitcn_tui.query.result.pane import ResultPane
from kitcn_tui.results.followed import Followed

if TYPE_CHECKING:
    from kitcn_repl.explore.completion import Words
    from kitcn_repl.explore.knowledge import Knowledge
    from kitcn_repl.explore.workspace import Workspace

_LAYOUTS = ("below", "beside", "only-editor", "only-result")
_LAYOUT = "query.layout"
_WIDE = 150
"""From here on the result stands beside the editor, if nobody chose otherwise."""


class QueryView(OpenBuffers):
    """Runs what is in the buffers, and shows what it answers."""

    TAB = "query"
    BINDINGS = bindings_of("query")
    DEFAULT_CSS = """
    QueryView #pages { height: 1fr; }
    QueryView.beside Page { layout: horizontal; }
    QueryView.beside Page .editor-side { width: 2fr; height: 1fr; }
    QueryView.beside Page ResultPane { width: 3fr; height: 1fr; border-left: vkey $panel; }
    QueryView.only-editor Page ResultPane { display: none; }
    QueryView.only-result Page .editor-side { display: none; }
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.recalling = Recalling(self)
        self._knowledge: Knowledge | None = None
        self._words: Words | None = None
        self._wanted: str | None = None
        self._layout: str | None = None

    async def on_mount(self) -> None:
        layout = self.memory.get(_LAYOUT)
        self._layout = layout if isinstance(layout, str) and layout in _LAYOUTS else None
        self._lay_out()
        await self.begin()
        self.run_worker(self._learn(), group="words", exclusive=True)
        if self._wanted is not None:
            self.visit(QueryPlace(self._wanted))

    def on_unmount(self) -> None:
        self.recalling.close()

    async def _learn(self) -> None:
        """Names for completion, and tables that ids belong to. Without them it is still an editor."""
        try:
            self._knowledge = await self.workspace.knowledge()
        except KitcnError:
            return
        from kitcn_repl.explore.completion import Words
        from kitcn_repl.explore.functions import display_path

        self._words = Words.of(self._knowledge)
        for page in self.query(Page):
            self._teach(page)
        try:
            specs = await self.workspace.deployment.function_spec(self.workspace.component)
        except KitcnError:
            return
        paths = [display_path(spec.identifier) for spec in specs if spec.function_type == "Query" and spec.identifier]
        self._words = Words.of(self._knowledge, functions=paths)
        for page in self.query(Page):
            page.words = self._words

    def page_made(self, page: Page) -> None:
        self._teach(page)

    def _teach(self, page: Page) -> None:
        if self._knowledge is not None and self._words is not None:
            page.learn(self._knowledge, self._words)

    # -- places

    def visit(self, place: Place) -> None:
        if not isinstance(place, QueryPlace) or place.text is None:
            return
        if not self._is_ready:
            self._wanted = place.text
            return
        self._wanted = None
        self.open_text(place.text)

    def here(self) -> Place:
        return QueryPlace()

    def action_reload(self) -> None:
        """Ask again what was asked last, and what the tables are."""
        self.workspace.forget()
        self.run_worker(self._learn(), group="words", exclusive=True)
        outcome = self.page.result.outcome
        if outcome is not None:
            self.page.ask(outcome.asked)

    def on_followed(self, message: Followed) -> None:
        message.stop()
        table = self.page.result.table_of(message.document_id)
        self.go(DocumentPlace(message.document_id, table))

    # -- saved queries, and those of before

    def on_buffer_bar_rename_wanted(self, message: BufferBar.RenameWanted) -> None:
        message.stop()
        self.action_rename()

    def action_rename(self) -> None:
        self.recalling.rename()

    def action_save(self) -> None:
        self.recalling.save()

    def action_saved(self) -> None:
        self.recalling.pick_saved()

    def action_history(self) -> None:
        self.recalling.pick_past()

    # -- running

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done before the buffers are there; ctrl+c means something else where nothing runs."""
        if not self._is_ready:
            return action == "reload"
        return action != "cancel" or self.page.is_running

    def action_run(self) -> None:
        self.page.run_text()

    def action_run_statement(self) -> None:
        self.page.run_statement()

    def action_cancel(self) -> None:
        self.page.cancel()

    def on_page_started(self, message: Page.Started) -> None:
        message.stop()
        if self.present_layout == "only-editor":
            self._use("below")  # who runs wants to see what comes
        self._name_them()

    def on_page_ended(self, message: Page.Ended) -> None:
        message.stop()
        self._name_them()
        self.recalling.remember(message.outcome)

    def on_editor_escaped(self, message: Editor.Escaped) -> None:
        message.stop()
        if not self.page.cancel():
            self._to_result()

    def on_result_pane_left(self, message: ResultPane.Left) -> None:
        message.stop()
        if not self.page.cancel():
            self._to_editor()

    def on_editor_interrupted(self, message: Editor.Interrupted) -> None:
        message.stop()
        self.page.cancel()

    # -- layout

    @property
    def present_layout(self) -> str:
        return self._layout or ("beside" if self.size.width >= _WIDE else "below")

    def on_resize(self) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        for one in _LAYOUTS:
            self.set_class(one == self.present_layout, one)

    def _use(self, layout: str) -> None:
        self._layout = layout
        self._lay_out()
        self.memory.set(_LAYOUT, layout)

    def action_layout(self) -> None:
        self._use(_LAYOUTS[(_LAYOUTS.index(self.present_layout) + 1) % len(_LAYOUTS)])
        if self._layout == "only-result":
            self._to_result()
        else:
            self._to_editor()

    def action_switch_pane(self) -> None:
        page = self.page
        if page.editor.has_focus:
            self._to_result()
        else:
            self._to_editor()

    def _to_result(self) -> None:
        if self.present_layout == "only-editor":
            self._use("only-result")
        self.page.result.take_focus()

    def _to_editor(self) -> None:
        if self.present_layout == "only-result":
            self._use("only-editor")
        self.page.editor.focus()

    def action_next_form(self) -> None:
        self.page.result.action_next_form()

    def action_edit_outside(self) -> None:
        from kitcn_tui.query.outside import edit_outside

        text = edit_outside(self.app, self.workspace.surroundings.variables, self.page.editor.text)
        if text is not None and text != self.page.editor.text:
            editor = self.page.editor
            editor.replace(text, (0, 0), editor.document.end, maintain_selection_offset=False)

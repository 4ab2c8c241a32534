"""What the Query tab has open: a buffer each, with a page for those that were looked at."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.timer import Timer
from textual.widgets import ContentSwitcher, TextArea

from kitcn_repl.explore.workspace import Workspace
from kitcn_repl.project.state_folder import project_state_folder
from kitcn_tui.query.buffer_bar import BufferBar
from kitcn_tui.query.buffers import Buffer, Buffers, BufferStore
from kitcn_tui.query.page import Page
from kitcn_tui.views.view import View

_SAVE_AFTER = 1.0


class OpenBuffers(View):
    """Opens, shows, names and closes buffers, and keeps them between runs of the application."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        surroundings = workspace.surroundings
        self._store = BufferStore(project_state_folder(surroundings.variables, surroundings.cwd))
        self.buffers = Buffers()
        self._saving: Timer | None = None
        self._is_ready = False

    def compose(self) -> ComposeResult:
        yield BufferBar()
        yield ContentSwitcher(id="pages")

    def on_unmount(self) -> None:
        if self._is_ready:
            self._save()

    def leave(self) -> None:
        if self._is_ready:
            self._save()

    def page_made(self, page: Page) -> None:
        """A buffer is looked at for the first time."""

    async def begin(self) -> None:
        """Bring back what was open."""
        self.buffers = self._store.load()
        await self._show()
        self._is_ready = True

    @property
    def page(self) -> Page:
        """The one that is shown, which for a moment may still be another one than the current buffer's."""
        shown = self.query_one("#pages", ContentSwitcher).visible_content
        return shown if isinstance(shown, Page) else self.query(Page).first()

    async def _show(self) -> None:
        """Show the current buffer, whose page is made when it is first looked at."""
        buffer = self.buffers.current
        switcher = self.query_one("#pages", ContentSwitcher)
        had_focus = self.has_focus_within
        key = f"page-{buffer.key}"
        if not switcher.query(f"#{key}"):
            page = Page(self.workspace, buffer.text, id=key)
            await switcher.mount(page)
            page.editor.move_cursor(buffer.cursor)
            self.page_made(page)
        switcher.current = key
        self._name_them()
        if had_focus or self.screen.focused is None:
            self.page.editor.focus()

    def _name_them(self) -> None:
        running = frozenset(page.key for page in self.query(Page) if page.is_running)
        self.query_one(BufferBar).show(self.buffers.all, self.buffers.active, running)

    def open_text(self, text: str, name: str | None = None, saved: str | None = None, *, runs: bool = False) -> None:
        """Show a text: in the buffer that has it already, in an empty one, or in a new one. It `runs` once it is there,
        and not what is shown until then."""
        has_it = next((buffer for buffer in self.buffers.all if buffer.text.strip() == text.strip()), None)
        if has_it is not None and text.strip() and (name is None or has_it.name == name):
            self.buffers.show(has_it)
        elif not self.buffers.current.text.strip() and self.buffers.current.saved is None:
            buffer = self.buffers.current
            buffer.saved = saved
            buffer.name = self.buffers.unique(name) if name and name != buffer.name else buffer.name
            self.page.editor.text = text
        else:
            self.buffers.open(text, name, saved)
        self.run_worker(self._show_and_focus(runs=runs), group="show")
        self._save_soon()

    async def _show_and_focus(self, *, runs: bool = False) -> None:
        await self._show()
        if self.display:  # else somebody is elsewhere already, and typing there
            self.page.editor.focus()
        if runs:
            self.page.run_text()

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        editor = message.text_area
        page = next((page for page in self.query(Page) if page.editor is editor), None)
        buffer = next((one for one in self.buffers.all if page is not None and one.key == page.key), None)
        if buffer is None:
            return
        was_changed = buffer.is_changed
        buffer.text = message.text_area.text
        if buffer.is_changed != was_changed:
            self._name_them()
        self._save_soon()

    def _save_soon(self) -> None:
        if self._saving is not None:
            self._saving.stop()
        self._saving = self.set_timer(_SAVE_AFTER, self._save)

    def _save(self) -> None:
        for page in self.query(Page):
            buffer = next((one for one in self.buffers.all if one.key == page.key), None)
            if buffer is not None:
                buffer.cursor = page.editor.cursor_location
        try:
            self._store.save(self.buffers)
        except OSError as error:
            reason = f"Open queries cannot be kept: {error.strerror or error}"
            self.notify(reason, severity="warning", markup=False)

    # What one can do

    async def action_new(self) -> None:
        self.buffers.open()
        await self._show_and_focus()

    async def action_close(self) -> None:
        page = self.page
        page.cancel()
        buffer = self.buffers.close()
        await self._show_and_focus()
        await page.remove()
        self._save_soon()
        if buffer.text.strip():
            self.notify(f"{buffer.name} is closed; “Reopen the query closed last” brings it back.", markup=False)

    async def action_reopen(self) -> None:
        if self.buffers.reopen() is None:
            self.notify("No query was closed.")
            return
        await self._show_and_focus()
        self._save_soon()

    async def action_next(self) -> None:
        self.buffers.step(1)
        await self._show_and_focus()

    async def action_previous(self) -> None:
        self.buffers.step(-1)
        await self._show_and_focus()

    async def on_buffer_bar_picked(self, message: BufferBar.Picked) -> None:
        message.stop()
        if message.place is None:
            await self.action_new()
        else:
            self.buffers.active = message.place
            await self._show_and_focus()

    def rename(self, buffer: Buffer, name: str, saved: str | None = None) -> None:
        if name != buffer.name:
            buffer.name = self.buffers.unique(name)
        if saved is not None:
            buffer.saved = saved
        self._name_them()
        self._save_soon()

"""Saved queries and the history: picking from them, and keeping them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from kitcn_repl.errors import KitcnError
from kitcn_tui.query.naming import Naming
from kitcn_tui.query.picker import Item, Picked, Picker
from kitcn_tui.query.result.outcome import Outcome

if TYPE_CHECKING:
    from kitcn_repl.explore.recall import QueryHistory, SavedQueries
    from kitcn_tui.query.view import QueryView

_RECENT = 500
_NO_PAST = "No query was run yet. What runs here, or in the REPL, is kept for this project."
_NO_SAVED = "No query is saved yet. ctrl+s saves the one in the editor."


class Recalling:
    """What a view does with the project's saved queries and its history. Files are opened when they are needed."""

    def __init__(self, view: QueryView) -> None:
        self._view = view
        self._opened: QueryHistory | None = None

    @property
    def _history(self) -> QueryHistory:
        if self._opened is None:
            from kitcn_repl.explore.recall import QueryHistory, recall_folder

            self._opened = QueryHistory(recall_folder(self._view.workspace.surroundings))
        return self._opened

    @property
    def _saved(self) -> SavedQueries:
        from kitcn_repl.explore.recall import saved_queries

        return saved_queries(self._view.workspace.surroundings)

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()

    # -- history

    def remember(self, outcome: Outcome) -> None:
        """Keep what was run. Another process may be writing: nobody waits for it."""
        asked, failed = outcome.asked.written, outcome.error is not None
        label, history = self._view.workspace.target.label, self._history

        async def add() -> None:
            await asyncio.to_thread(history.add, asked, deployment=label, failed=failed)

        self._view.app.run_worker(add(), group="recall")

    def pick_past(self) -> None:
        items = [
            Item(str(place), _in_one_line(past.text), past.text, past.deployment.partition(" (")[0], past.failed)
            for place, past in enumerate(self._history.recent(_RECENT))
        ]
        self._view.app.push_screen(Picker("History", items, empty=_NO_PAST), self._past_picked)

    def _past_picked(self, picked: Picked | None) -> None:
        if picked is not None:
            self._open(picked)

    # -- saved queries

    def pick_saved(self) -> None:
        items = [Item(one.name, one.name, one.text, _in_one_line(one.text)) for one in self._saved.all()]
        self._view.app.push_screen(Picker("Saved queries", items, empty=_NO_SAVED, may_change=True), self._saved_picked)

    def _saved_picked(self, picked: Picked | None) -> None:
        if picked is None:
            return
        name = picked.item.key
        if picked.what == "remove":
            self._try(lambda: self._saved.remove(name))
            self.pick_saved()
        elif picked.what == "rename":
            self._view.app.push_screen(Naming("Rename the saved query", name), lambda new: self._renamed(name, new))
        else:
            self._open(picked, name)

    def _renamed(self, old: str, new: str | None) -> None:
        if new is not None and new != old:
            self._try(lambda: self._saved.rename(old, new))
        self.pick_saved()

    def _open(self, picked: Picked, name: str | None = None) -> None:
        self._view.open_text(
            picked.item.text, name, None if name is None else picked.item.text, runs=picked.what == "run"
        )

    def save(self) -> None:
        buffer = self._view.buffers.current
        if not buffer.text.strip():
            self._view.notify("There is nothing to save: write a query first.", severity="warning")
        elif buffer.saved is not None:
            self._save_as(buffer.name)
        else:
            self._view.app.push_screen(Naming("Save this query as", buffer.name), self._save_as)

    def _save_as(self, name: str | None) -> None:
        buffer = self._view.buffers.current
        if name is None:
            return
        if self._try(lambda: self._saved.save(name, buffer.text)):
            self._view.rename(buffer, name, buffer.text)
            self._view.notify(f"Saved as {name}.", markup=False)

    def rename(self) -> None:
        """Another name for the buffer, and for the saved query that it is."""
        buffer = self._view.buffers.current
        self._view.app.push_screen(Naming("Rename this query", buffer.name), self._rename_buffer)

    def _rename_buffer(self, name: str | None) -> None:
        buffer = self._view.buffers.current
        if name is None or name == buffer.name:
            return
        if buffer.saved is None or self._try(lambda: self._saved.rename(buffer.name, name)):
            self._view.rename(buffer, name)

    def _try(self, change: Callable[[], object]) -> bool:
        try:
            change()
        except KitcnError as error:
            self._view.notify(error.message, severity="error", markup=False)
            return False
        return True


def _in_one_line(text: str) -> str:
    """What tells a query from others: its text without the lines that are comments."""
    lines = [line.strip() for line in text[:2_000].splitlines() if line.strip()]
    return " ".join([line for line in lines if not line.startswith("//")] or lines)

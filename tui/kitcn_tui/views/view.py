"""What the tabs have in common."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from kitcn_tui.places import Place
from kitcn_tui.state.memory import Drawer

if TYPE_CHECKING:
    from kitcn_repl.explore.workspace import Workspace


class Go(Message):
    """Somebody wants to be elsewhere; the shell shows it, and remembers where we were.

    `replacing` is for a place that only says more exactly where we are: nothing is visited, and no trace is left of
    where we were.
    """

    def __init__(self, place: Place, *, replacing: bool = False) -> None:
        super().__init__()
        self.place = place
        self.replacing = replacing


class Settled(Message):
    """A view shows what was asked for, or why it cannot: now what is less urgent may be done."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view


class View(Vertical):
    """The content of one tab. It lives as long as its workspace: after a switch there is a new one.

    A view asks in workers (`self.run_worker(..., group=..., exclusive=True)`), never in a handler: nothing may block,
    and what nobody waits for any more is cancelled. It shows a failure itself (`widgets.failure.Failure`).
    """

    TAB: ClassVar[str]
    SETTLES: ClassVar[bool] = False
    """Whether the view says `Settled` itself; of others the shell believes it when they have been drawn."""
    DEFAULT_CSS = """
    View { height: 1fr; }
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(id=f"view-{self.TAB}")
        self.workspace = workspace
        self.memory = Drawer()
        self.drawn = asyncio.Event()
        """Set by the shell when the view was first drawn: what only makes the picture better waits for that."""
        self._had_focus: Widget | None = None

    def visit(self, place: Place) -> None:
        """Show the place; called when the view is mounted, and each time that somebody goes there or comes back."""

    def here(self) -> Place:
        """Where we are, exactly enough to come back."""
        raise NotImplementedError

    def leave(self) -> None:
        """Another tab is shown now: stop what only somebody who looks needs."""

    def action_reload(self) -> None:
        """Ask again for what is shown, keeping place."""

    def put_instead(self, widget: Widget | None, body: Widget) -> None:
        """Show a `Failure` or `Nothing` in place of the body; None is the body itself. The keys stay with the view."""
        self.query("View > Failure, View > Nothing").remove()
        body.display = widget is None
        if widget is not None:
            had_focus = self.has_focus_within
            self.mount(widget)
            if had_focus and widget.can_focus:
                widget.focus()

    def go(self, place: Place, *, replacing: bool = False) -> None:
        self.post_message(Go(place, replacing=replacing))

    def take_focus(self) -> None:
        """The keys come here now: to what had them last, else to the first that takes them."""
        last = self._had_focus
        if last is not None and last.is_attached and last.focusable and last.display:
            last.focus(scroll_visible=False)
            return
        first = next((one for one in self.query("*") if one.focusable and one.display), None)
        if first is not None:
            first.focus(scroll_visible=False)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._had_focus = event.widget

"""The application: what is one for all deployments. The shell around the views is its main screen (`shell.main`)."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from textual import events
from textual.actions import ActionParseResult
from textual.app import App
from textual.binding import BindingType
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.screen import Screen
from textual.worker import WorkerFailed

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.workspace import Surroundings, Workspace
from kitcn_repl.targets.target import TargetFlags
from kitcn_tui.actions import bindings
from kitcn_tui.frames import FrameTimer
from kitcn_tui.places import Place
from kitcn_tui.shell.actions import APP
from kitcn_tui.shell.desk import Desk
from kitcn_tui.shell.main import Main
from kitcn_tui.shell.sidebar import Sidebar
from kitcn_tui.shell.typing import Typing
from kitcn_tui.state.memory import Memory
from kitcn_tui.themes.ours import DEFAULT, OURS, table_variables
from kitcn_tui.views.view import View
from kitcn_tui.widgets.failure import Failure

_REMEMBERED = 40
"""Actions that a report tells of."""
_SAVE_EVERY = 5.0
_STARTED = 1.5
"""Seconds after which there is something to look at, or a server is slow."""
_WITH_A_DIALOG = frozenset({"help_quit", "quit", "frames"})


class KitcnApp(App[None], inherit_bindings=False):
    """One workspace at a time. `start` is a table's name or a document's id."""

    TITLE = "kitcn"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(APP)]

    def __init__(
        self, flags: TargetFlags, surroundings: Surroundings, *, start: str | None = None, component: str = ""
    ) -> None:
        super().__init__()
        self.surroundings = surroundings
        self.memory = Memory(surroundings.variables, surroundings.cwd)
        self.frames = FrameTimer()
        self.typing = Typing(self, super().on_event)
        self.main = Main()
        self.desk = Desk(self.main, surroundings, self.memory, flags)
        self.crash: BaseException | None = None
        self.done: deque[str] = deque(maxlen=_REMEMBERED)
        self.own_keys: Mapping[str, str] = {}
        self._start = start
        self._component = component
        for theme in OURS:
            self.register_theme(theme)
        chosen = self.memory.own.get("theme")
        self.theme = chosen if isinstance(chosen, str) and chosen in self.available_themes else DEFAULT

    @property
    def workspace(self) -> Workspace | None:
        """The open one; None while there is none."""
        return self.main.workspace

    @property
    def active_view(self) -> View | None:
        return self.main.active_view

    async def show(self, place: Place) -> None:
        await self.main.show(place)

    def get_default_screen(self) -> Screen[None]:
        return self.main

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return table_variables(dark=self.current_theme.dark)

    def on_mount(self) -> None:
        asyncio.get_running_loop().set_exception_handler(self._on_orphan)
        if not self.is_headless:
            self._end_by_signals()
        self._use_keymap()
        for problem in self.memory.problems:
            self.notify(problem, severity="warning", markup=False)
        self.set_interval(_SAVE_EVERY, self._save)
        # Back from the shell (ctrl+z, fg): the terminal has forgotten the picture.
        self.app_resume_signal.subscribe(self, lambda _: self.screen.refresh())
        self.theme_changed_signal.subscribe(self, lambda theme: self.memory.own.set("theme", theme.name))

    def on_main_ready(self) -> None:
        self.set_timer(_STARTED, _collect_garbage)
        self.desk.open(self.desk.flags, start=self._start, component=self._component)

    def on_failure_retry(self, message: Failure.Retry) -> None:
        """Only those come here that no view has taken: the deployment could not be opened, or not where it should."""
        if self.workspace is None:
            self.desk.open(self.desk.flags)
        elif self.main.active_view is None:
            self.desk.open(self.desk.flags, start=self._start, component=self._component)

    async def on_sidebar_component_chosen(self, message: Sidebar.ComponentChosen) -> None:
        await self.desk.look_into(message.component)

    # Actions ---------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A dialog takes the keys of what lies below it."""
        if self.screen is not self.main and action not in _WITH_A_DIALOG and hasattr(type(self), f"action_{action}"):
            return False
        if action == "back":
            return self.main.navigation.can_go_back
        if action == "forward":
            return self.main.navigation.can_go_forward
        return True

    async def action_tab(self, tab: str) -> None:
        await self.main.go_tab(tab)

    async def action_back(self) -> None:
        await self.main.go_back()

    async def action_forward(self) -> None:
        await self.main.go_forward()

    def action_reload(self) -> None:
        if self.workspace is None:
            self.desk.open(self.desk.flags)
        else:
            self.main.reload()

    def action_sidebar(self) -> None:
        self.main.toggle_sidebar()

    def action_find_table(self) -> None:
        self.main.find_table()

    def action_help(self) -> None:
        from kitcn_tui.shell.dialogs import open_help

        open_help(self)

    def action_palette(self) -> None:
        from kitcn_tui.shell.dialogs import open_palette

        open_palette(self)

    def action_theme(self) -> None:
        from kitcn_tui.shell.dialogs import open_themes

        open_themes(self)

    def action_jump(self) -> None:
        from kitcn_tui.shell.dialogs import open_jump

        open_jump(self)

    def action_switch(self) -> None:
        from kitcn_tui.shell.dialogs import open_switch

        open_switch(self)

    def action_create_deployment(self) -> None:
        from kitcn_tui.shell.dialogs import open_create

        open_create(self)

    def action_switch_back(self) -> None:
        if self.desk.before is None:
            self.notify("There is no deployment to go back to yet.", severity="warning")
        else:
            self.desk.switch(self.desk.before)

    def action_frames(self) -> None:
        self.notify(str(self.frames.times()), title="Frames", timeout=12, markup=False)

    def action_help_quit(self) -> None:
        self.notify("ctrl+q quits", timeout=3)

    # Keys and memory -------------------------------------------------------------------------------------------------

    def _use_keymap(self) -> None:
        from kitcn_tui.shell.keymap import keymap_path, read_keymap

        path = keymap_path(self.surroundings.variables)
        if path.exists():
            keymap = read_keymap(path)
            self.own_keys = keymap.keys
            self.set_keymap(dict(keymap.keys))
            for problem in keymap.problems:
                self.notify(problem, title="Keymap", severity="warning", timeout=10, markup=False)

    def _save(self) -> None:
        with suppress(OSError):
            self.memory.save()

    # Frames, the end, and reports ------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent) and not isinstance(event, events.MouseMove):
            self.frames.input(event.time)
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self.typing.put(event)
        else:
            await super().on_event(event)

    def post_display_hook(self) -> None:
        self.frames.shown()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        # Parameters may hold what somebody looks at.
        name = action.partition("(")[0] if isinstance(action, str) else action[1]
        self.done.append(f"{type(default_namespace or self).__name__}.{name}")
        return await super().run_action(action, default_namespace, namespaces)

    def _end_by_signals(self) -> None:
        """Whoever ends us finds the terminal as it was."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._end, 128 + number)

    def _end(self, code: int) -> None:
        self.exit(return_code=code)

    def _handle_exception(self, error: Exception) -> None:
        cause = error.error if isinstance(error, WorkerFailed) else error
        if self._exit or not self.is_running or (isinstance(cause, NoMatches) and is_of_removed(cause)):
            return  # what still loads meets widgets that are gone
        if self.crash is None:
            self.crash = cause
        super()._handle_exception(error)

    def _on_orphan(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What a task or a callback raised that nobody waits for: a defect like any other, unless it only tells of a
        connection that broke. It may be the collector of garbage that finds it, in any thread."""
        error = context.get("exception")
        if isinstance(error, Exception) and not isinstance(error, OSError | KitcnError):
            loop.call_soon_threadsafe(self._handle_exception, error)

    def _fatal_error(self) -> None:
        # Textual's own prints a traceback with the values of all variables; `launch` writes a report instead.
        self._close_messages_no_wait()

    async def on_unmount(self) -> None:
        self.frames.stop()
        self.typing.stop()
        self._save()
        await self.desk.close()


def is_of_removed(error: NoMatches) -> bool:
    """Whether somebody looked for a widget in a view that is being removed: no defect, only too late."""
    frame = error.__traceback__
    while frame is not None:
        node = frame.tb_frame.f_locals.get("self")
        if isinstance(node, DOMNode) and (node._pruning or not node.is_attached):
            return True
        frame = frame.tb_next
    return False


def _collect_garbage() -> None:
    """From now on again (`launch`), but never among what stays to the end."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()

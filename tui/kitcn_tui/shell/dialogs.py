"""The dialogs that lie over the shell, and what becomes of their answers. Imported when the first is opened."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.deployments.entries import entry_of_target
from kitcn_repl.explore.deployments.reachable import Reachable
from kitcn_repl.explore.workspace import Workspace
from kitcn_repl.targets.target import TargetFlags
from kitcn_tui.actions import Action
from kitcn_tui.places import Place
from kitcn_tui.shell.help import Help
from kitcn_tui.shell.jump import Goal, Jump
from kitcn_tui.shell.palette import Command, Palette, Themes, action_commands, function_commands, table_commands
from kitcn_tui.shell.switching.create import Create
from kitcn_tui.shell.switching.switch import Switch
from kitcn_tui.shell.table import actions_here, scope_title, target_of
from kitcn_tui.themes.ours import OURS

if TYPE_CHECKING:
    from kitcn_tui.app import KitcnApp


def open_help(app: KitcnApp) -> None:
    def perform(action: Action | None) -> None:
        if action is None:
            return
        node = target_of(action, app.main)
        if node is None:
            app.notify(f"{action.title}: not from here.", severity="warning", markup=False)
        else:
            app.call_next(app.run_action, action.method, node)

    app.push_screen(Help(), perform)


def open_palette(app: KitcnApp) -> None:
    def perform(command: Command | None) -> None:
        if command is None:
            return
        if isinstance(command.what, Place):
            app.call_next(app.main.go, command.what)
        else:
            action, node = command.what
            app.call_next(app.run_action, action.method, node)

    commands = action_commands(actions_here(app.main), app.own_keys, scope_title)
    palette = Palette([*commands, *table_commands(app.main.sidebar.tables)])
    app.push_screen(palette, perform)
    if app.workspace is not None:
        app.run_worker(_add_functions(app.workspace, palette), group="palette", exclusive=True)


async def _add_functions(workspace: Workspace, palette: Palette) -> None:
    with suppress(KitcnError):
        specs = await workspace.deployment.function_spec(workspace.component)
        palette.add(
            function_commands((spec.identifier or f"{spec.method} {spec.path}", spec.function_type) for spec in specs)
        )


def open_themes(app: KitcnApp) -> None:
    ours = {theme.name: "kitcn" for theme in OURS}
    others = {name: "" for name in sorted(app.available_themes) if name not in ours}
    app.push_screen(Themes(ours | others, app.theme))


def open_jump(app: KitcnApp) -> None:
    def jump(goal: Goal | None) -> None:
        if goal is not None and goal.widget is not None:
            goal.widget.focus()
        elif goal is not None and goal.tab is not None:
            app.call_next(app.main.go_tab, goal.tab)

    app.push_screen(Jump(app.main), jump)


def open_switch(app: KitcnApp) -> None:
    desk = app.desk
    open_now = None if desk.opened is None else Reachable(entry_of_target(desk.opened.target), desk.flags)
    app.push_screen(Switch(app.surroundings, desk.flags, open_now), lambda flags: _switch(app, flags))


def open_create(app: KitcnApp) -> None:
    app.push_screen(Create(app.surroundings), lambda flags: _switch(app, flags))


def _switch(app: KitcnApp, flags: TargetFlags | None) -> None:
    if flags is not None:
        app.desk.switch(flags)

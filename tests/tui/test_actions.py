"""The one table of actions: each of them can be done, and is found in the palette, where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kitcn_tui.actions import Action, shown_keys
from kitcn_tui.places import DocumentPlace, Place, TablePlace
from kitcn_tui.shell.palette import action_commands
from kitcn_tui.shell.sidebar import Sidebar
from kitcn_tui.shell.table import actions_here, all_actions, scope_title
from kitcn_tui.views.tabs import TABS
from textual.binding import Binding
from textual.widget import Widget

from kitcn_repl.deployment.models import PageRequest
from tests.tui.support import running, screen_text, until


def test_names_are_unique_and_titles_short() -> None:
    actions = all_actions()
    assert len({action.name for action in actions}) == len(actions)
    for action in actions:
        assert action.title[0].isupper(), action
        assert len(action.title) <= 60, action
        assert not action.title.endswith("."), action


def test_no_key_does_two_things_in_one_scope() -> None:
    taken: dict[tuple[str, str], Action] = {}
    for action in all_actions():
        for key in shown_keys(action.keys):
            before = taken.setdefault((action.scope, key), action)
            assert before is action, f"{key} is {before.name} and {action.name}"


async def test_every_action_can_be_done_where_it_belongs(tmp_path: Path) -> None:
    """On every tab, with the sidebar and the view focused in turn, the palette offers what is done there."""
    found: set[str] = set()
    async with running(tmp_path, start="user") as (app, pilot):
        await until(pilot, lambda: app.active_view is not None and "row 1 of 60" in screen_text(app), "the first rows")
        assert app.workspace is not None
        page = await app.workspace.deployment.page(PageRequest("user", limit=1))
        places: list[Place] = [tab.start for tab in TABS]
        places[0] = TablePlace("user")
        places[1] = DocumentPlace(str(page.documents[0]["_id"]), "user")
        for place in places:
            await app.main.go(place)
            await pilot.pause()
            for action, node in actions_here(app.main):
                method = f"action_{action.method.partition('(')[0]}"
                assert callable(getattr(node, method, None)), f"{type(node).__name__} has no {method}"
                found.add(action.name)
            titles = {command.title for command in action_commands(actions_here(app.main), {}, scope_title)}
            own = [action for action in all_actions() if action.scope == place.tab and action.palette]
            assert [action.name for action in own if action.title not in titles] == [], place.tab
        app.main.query_one(Sidebar).focus_list()
        found |= {action.name for action, _ in actions_here(app.main)}
    rest = [action for action in all_actions() if action.name not in found]
    assert [action.name for action in rest if action.palette] == []
    for action in rest:  # keys of what is there only while a query has a result
        owners = [kind for kind in _kinds(Widget) if action.name in _own_names(kind)]
        assert owners, action.name
        assert all(callable(getattr(kind, f"action_{action.method}", None)) for kind in owners), action.name


def _kinds(kind: type[Widget]) -> Iterator[type[Widget]]:
    for one in kind.__subclasses__():
        yield one
        yield from _kinds(one)


def _own_names(kind: type[Widget]) -> set[str | None]:
    return {binding.id for binding in kind.__dict__.get("BINDINGS", ()) if isinstance(binding, Binding)}

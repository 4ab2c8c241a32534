"""The shell around the views, by keys and by mouse."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from kitcn_tui.places import DocumentPlace, SchemaPlace, TablePlace
from kitcn_tui.shell.bar import Bar
from kitcn_tui.shell.footer import KeyLine
from kitcn_tui.shell.help import Help
from kitcn_tui.shell.jump import Jump
from kitcn_tui.shell.palette import CommandLine, Palette, Themes
from kitcn_tui.shell.sidebar import Sidebar
from kitcn_tui.shell.tab_bar import TabBar
from kitcn_tui.shell.table_list import TableLine, TableList
from kitcn_tui.views.tabs import TABS
from kitcn_tui.views.view import View
from textual import events

from kitcn_repl.deployment.models import PageRequest
from kitcn_repl.targets.target import TargetFlags
from tests.support.snapshots import snapshot_entries, users, write_snapshot
from tests.tui.support import LARGE, SMALL, is_uncovered, running, screen_text, until


def tables(sidebar: Sidebar) -> list[str]:
    return [row.name for row in sidebar.query_one(TableList).rows if isinstance(row, TableLine)]


async def test_it_opens_at_the_first_table_of_ones_own_and_remembers_the_last(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.active_view is not None, "the first view")
        assert list(app.main.bar.trail) == ["project"]
        await app.main.go(TablePlace("session"))
        assert list(app.main.bar.trail) == ["project", "session"]
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.active_view is not None, "the first view")
        assert list(app.main.bar.trail) == ["session"]
        await app.main.go_tab("schema")
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.active_view is not None, "the first view")
        assert app.main.here() == SchemaPlace("session")


async def test_a_table_by_typing(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        sidebar = app.main.query_one(Sidebar)
        await until(pilot, lambda: tables(sidebar) == ["project", "typeZoo"], "the tables")
        await pilot.press("ctrl+t", *"ses")
        assert tables(sidebar)[0] == "session", "folded tables are found, too"
        await pilot.press("enter")
        bar = app.main.query_one(Bar)
        await until(pilot, lambda: bar.trail[-1] == "session", "going there")
        assert sidebar.current == "session"
        await pilot.press("ctrl+t", *"zzzz")
        assert "No table fits." in screen_text(app)
        await pilot.press("enter", "escape", "escape")
        assert not app.main.is_typing
        assert bar.trail[-1] == "session"


async def test_the_sidebar_by_keys(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        sidebar = app.main.query_one(Sidebar)
        await until(pilot, lambda: app.active_view is not None and "rateLimiter" in screen_text(app), "all of it")
        sidebar.focus_list()
        await pilot.press("g", "j", "j", "enter")
        assert "session" in tables(sidebar), "auth is unfolded"
        await pilot.press("z")
        assert tables(sidebar) == ["project", "typeZoo"]
        width = sidebar.outer_size.width
        await pilot.press("right_square_bracket", "right_square_bracket", "left_square_bracket")
        await pilot.pause()
        assert sidebar.outer_size.width == width + 2
        await pilot.press("g", "s")
        await until(pilot, lambda: app.main.here() == SchemaPlace("project"), "the table's schema")
        await pilot.press("ctrl+b")
        assert not sidebar.display
    async with running(tmp_path) as (app, pilot):
        await pilot.pause()
        sidebar = app.main.query_one(Sidebar)
        await until(pilot, lambda: app.active_view is not None and not sidebar.display, "what is remembered")
        await pilot.press("ctrl+b")
        await pilot.pause()
        assert sidebar.outer_size.width == width + 2


async def test_the_table_of_a_folded_group_is_marked_and_sizes_are_told(tmp_path: Path) -> None:
    async with running(tmp_path, start="user") as (app, pilot):
        sidebar = app.main.query_one(Sidebar)
        await until(pilot, lambda: tables(sidebar) == ["project", "typeZoo", "user"], "the tables")
        text = screen_text(app)
        assert "5 tables" in text
        await until(pilot, lambda: "›   ▪ user" in screen_text(app), "the mark")
        await app.main.go(TablePlace("project"))
        await until(pilot, lambda: tables(sidebar) == ["project", "typeZoo"], "the group folded again")
        assert "140  23 KiB" in screen_text(app)


async def test_every_view_is_told_its_size(tmp_path: Path) -> None:
    """Textual forgets to tell widgets whose region somebody asked for before they were laid out."""
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.active_view is not None, "the first view")
        told: set[str] = set()
        for tab in TABS[1:]:
            kind = tab.load()

            def note(self: View, event: events.Resize, tab: str = tab.name) -> None:
                told.add(tab)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(kind, "_on_resize", note, raising=False)
                await app.main.go_tab(tab.name)
                await until(pilot, lambda name=tab.name: name in told, f"telling {tab.name}")  # type: ignore[misc]


async def test_a_component_and_back_to_the_app(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        sidebar = app.main.query_one(Sidebar)
        await until(pilot, lambda: "rateLimiter" in screen_text(app), "the components")
        place = next(at for at, line in enumerate(screen_text(app).splitlines()) if "rateLimiter" in line)
        await pilot.click(offset=(6, place))
        bar = app.main.query_one(Bar)
        await until(pilot, lambda: bar.component == "rateLimiter", "the component")
        assert "demo  / rateLimiter" in screen_text(app).splitlines()[0]
        await until(pilot, lambda: bool(tables(sidebar)) and "project" not in tables(sidebar), "its tables")
        sidebar.post_message(Sidebar.ComponentChosen(""))
        await until(pilot, lambda: tables(sidebar) == ["project", "typeZoo"], "the app's tables again")


async def test_everything_by_mouse(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        sidebar = app.main.query_one(Sidebar)
        await until(pilot, lambda: tables(sidebar) == ["project", "typeZoo"], "the tables")
        bar = app.main.query_one(Bar)
        await pilot.click(TableList, offset=(6, 1))
        await until(pilot, lambda: bar.trail == ("project", "typeZoo"), "a table by a click")
        text = screen_text(app).splitlines()[1]
        await pilot.click(TabBar, offset=(text.index("Schema"), 0))
        await until(pilot, lambda: app.main.query_one(TabBar).current == "schema", "a tab by a click")
        first = screen_text(app).splitlines()[0]
        await pilot.click(Bar, offset=(first.index("project"), 0))
        await until(pilot, lambda: bar.trail == ("project",), "two steps back by a click")
        await pilot.mouse_down(Sidebar, offset=(27, 5))
        await pilot.hover(Sidebar, offset=(20, 5))
        await pilot.mouse_up(Sidebar, offset=(20, 5))
        await until(pilot, lambda: sidebar.outer_size.width == 21, "narrower by dragging")
        last = screen_text(app).splitlines()[-1]
        await pilot.click(KeyLine, offset=(last.index("palette"), 0))
        await until(pilot, lambda: isinstance(app.screen, Palette), "the palette by a click")
        await pilot.click(offset=(1, 30))
        await until(pilot, lambda: is_uncovered(app), "closing it by a click beside it")


async def test_back_and_forward(tmp_path: Path) -> None:
    async with running(tmp_path, start="user") as (app, pilot):
        bar = app.main.query_one(Bar)
        await until(pilot, lambda: bar.trail == ("user",), "the table")
        for digit in ("3", "4"):
            await pilot.press(digit)
        await until(pilot, lambda: app.main.query_one(TabBar).current == "relations", "the tab")
        await pilot.press("alt+left", "alt+left")
        await until(pilot, lambda: bar.trail == ("user",), "where it began")
        await pilot.press("alt+left")
        assert bar.trail == ("user",)
        await pilot.press("alt+right", "alt+right", "alt+right")
        await until(pilot, lambda: app.main.query_one(TabBar).current == "relations", "forward again")


async def test_every_tab_by_its_digit(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.active_view is not None, "the first view")
        for number, tab in reversed(list(enumerate(TABS, 1))):
            app.main.set_focus(None)
            await pilot.press(str(number))
            await until(pilot, lambda name=tab.name: app.main.query_one(TabBar).current == name, tab.title)  # type: ignore[misc]
            assert app.active_view is not None
            assert tab.name == app.active_view.TAB


@pytest.mark.parametrize("start", ["usr", "no such table at all"])
async def test_an_unknown_table_is_told_with_the_nearest(tmp_path: Path, start: str) -> None:
    async with running(tmp_path, start=start) as (app, pilot):
        await until(pilot, lambda: f'There is no table "{start}"' in screen_text(app), "the failure")
        assert ('did you mean "user"?' in screen_text(app)) == (start == "usr")
        await pilot.press("1")
        await app.main.go(TablePlace("user"))
        await until(pilot, lambda: "There is no table" not in screen_text(app), "the table")


async def test_it_opens_at_a_document_of_any_component(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.workspace is not None and "row 1 of" in screen_text(app), "the first rows")
        assert app.workspace is not None
        deployment = app.workspace.deployment
        page = await deployment.page(PageRequest("user", limit=1))
        own = str(page.documents[0]["_id"])
        table = (await deployment.tables("rateLimiter"))[0].name
        page = await deployment.page(PageRequest(table, limit=1, component="rateLimiter"))
        other = str(page.documents[0]["_id"]) if page.documents else None
    async with running(tmp_path, start=own) as (app, pilot):
        await until(pilot, lambda: isinstance(app.main.here(), DocumentPlace), "the document")
        here = app.main.here()
        assert isinstance(here, DocumentPlace)
        assert here.document_id == own
    if other is not None:
        async with running(tmp_path, start=other) as (app, pilot):
            await until(pilot, lambda: app.main.query_one(Bar).component == "rateLimiter", "its component")


async def test_the_palette_does_what_it_lists(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        bar = app.main.query_one(Bar)
        await until(pilot, lambda: bar.trail == ("project",), "the first view")
        await pilot.press("ctrl+p", *"sess")
        assert isinstance(app.screen, Palette)
        row = app.screen.listing.row
        assert isinstance(row, CommandLine)
        assert row.command.title == "session"
        await pilot.press("enter")
        await until(pilot, lambda: bar.trail[-1] == "session", "the table")
        await pilot.press("ctrl+p", *"hide the side", "enter")
        await until(pilot, lambda: not app.main.query_one(Sidebar).display, "the action")
        await pilot.press("ctrl+p", "ctrl+p")
        assert is_uncovered(app)
        await pilot.press("ctrl+p", *"nothing is called this")
        assert "Nothing of that name." in screen_text(app)


async def test_help_lists_all_actions_and_does_them(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.active_view is not None, "the first view")
        await pilot.press("f1")
        assert isinstance(app.screen, Help)
        await pilot.press(*"show or hide the side")
        assert "ctrl+b" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: not app.main.query_one(Sidebar).display, "the action")
        app.main.set_focus(None)
        await pilot.press("question_mark", "f1")
        assert is_uncovered(app)


async def test_jumping(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.active_view is not None, "the first view")
        app.main.set_focus(None)
        await pilot.press("ctrl+o")
        jump = app.screen
        assert isinstance(jump, Jump)
        goal = next(goal for goal in jump._goals if isinstance(goal.widget, TableList))
        await pilot.press(goal.key)
        assert isinstance(app.main.focused, TableList)
        await pilot.press("ctrl+o", "3")
        await until(pilot, lambda: app.main.query_one(TabBar).current == "schema", "a tab")
        await pilot.press("ctrl+o", "f9")
        assert is_uncovered(app)


async def test_themes_are_tried_kept_and_remembered(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.active_view is not None, "the first view")
        assert app.theme == "kitcn-dark"
        app.action_theme()
        await pilot.pause()
        assert isinstance(app.screen, Themes)
        await pilot.press("down")
        await until(pilot, lambda: app.theme == "kitcn-light", "trying it")
        await pilot.press("escape")
        assert app.theme == "kitcn-dark"
        app.action_theme()
        await pilot.pause()
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.theme == "kitcn-light", "keeping it")
    async with running(tmp_path) as (app, pilot):
        await pilot.pause()
        assert app.theme == "kitcn-light"


async def test_small_screens_show_the_sidebar_while_it_is_used(tmp_path: Path) -> None:
    async with running(tmp_path, size=SMALL) as (app, pilot):
        sidebar = app.main.query_one(Sidebar)
        await until(pilot, lambda: app.active_view is not None, "the first view")
        assert not sidebar.display
        await pilot.press("ctrl+t", *"zoo", "enter")
        await until(pilot, lambda: app.main.query_one(Bar).trail[-1] == "typeZoo", "the table")
        assert not sidebar.display
        await pilot.press("ctrl+b")
        assert sidebar.display
        assert isinstance(app.main.focused, TableList)
        await pilot.press("escape")
        assert not sidebar.display
        await pilot.resize_terminal(*LARGE)
        await until(pilot, lambda: sidebar.display, "room for it")


async def test_a_snapshot_shows_how_far_its_import_is(tmp_path: Path) -> None:
    from kitcn_tui.shell.opening import Opening

    from kitcn_repl.offline.snapshot import ImportProgress

    path = tmp_path / "backup.zip"
    write_snapshot(path, snapshot_entries({"users": users(3)}))
    async with running(tmp_path, flags=TargetFlags(snapshot=str(path))) as (app, pilot):
        await until(pilot, lambda: "users" in screen_text(app), "its table")
        await app.main.opening()
        await until(pilot, lambda: bool(app.main.query(Opening)), "a word of patience")
        app.main.query_one(Opening).progress = ImportProgress(3 << 20, 12 << 20, 41_000, "users")
        await until(pilot, lambda: "25%" in screen_text(app), "the progress")
        assert "3 MiB of 12 MiB, 41,000 documents" in screen_text(app)


async def test_a_snapshot_that_is_none_can_be_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    async with running(tmp_path, flags=TargetFlags(snapshot=str(path))) as (app, pilot):
        await until(pilot, lambda: "enter or r tries again" in screen_text(app), "the failure")
        write_snapshot(path, snapshot_entries({"users": users(3)}))
        await pilot.press("enter")
        await until(pilot, lambda: "users" in screen_text(app), "its table")


async def test_frames_are_measured(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: not app._batch_count and "row 1 of" in screen_text(app), "the first picture")
        app.main.query_one(Sidebar).focus_list()
        app.frames.reset()
        for _ in range(5):
            await pilot.press("j", "k")
        times = app.frames.times()
        assert times.frames >= 5
        assert 0 < times.p50 <= times.p99 <= times.worst < 5_000
        assert "frames: half within" in str(times)


async def test_another_deployment_while_every_tab_still_loads(tmp_path: Path) -> None:
    """What comes too late for its view is nobody's defect."""
    async with running(tmp_path) as (app, pilot):
        await until(pilot, lambda: app.active_view is not None, "the first view")
        for tab in TABS:
            await app.main.go_tab(tab.name)
            app.desk.open(TargetFlags(demo=True))
            await asyncio.sleep(0.02)  # the pilot would wait for widgets that are going
        await until(pilot, lambda: app.workspace is not None and app.active_view is not None, "the last one")
        await app.main.go(TablePlace("project"))
        await until(pilot, lambda: "row 1 of 140" in screen_text(app), "its rows")

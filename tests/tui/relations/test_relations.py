"""The Relations tab: what it shows, and where its keys lead."""

from __future__ import annotations

from pathlib import Path

import pytest
from kitcn_tui.places import RelationsPlace, SchemaPlace, TablePlace
from kitcn_tui.relations.heading import GraphHeading
from textual.widgets import Input

from kitcn_repl.targets.target import TargetFlags
from tests.tui.relations.support import project_of_sixty, shown, view_of
from tests.tui.support import LARGE, SMALL, WIDE, check_picture, running, screen_text, until


@pytest.mark.parametrize("size", [SMALL, WIDE, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_pictures(tmp_path: Path, size: tuple[int, int]) -> None:
    async with running(tmp_path, size=size) as (app, pilot):
        await shown(app, pilot, "user")
        await check_picture(app, f"relations-{size[0]}x{size[1]}")
        await pilot.press("tab", "tab")
        await pilot.pause()
        await check_picture(app, f"relations-picked-{size[0]}x{size[1]}")


async def test_a_picked_relation_stays_so_in_a_new_picture(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await shown(app, pilot, "user")
        await pilot.press("tab", "tab")
        before, picked = view.graph.picture, view.ties.picked
        assert before is not None
        assert picked is not None
        await pilot.resize_terminal(90, 30)
        await until(pilot, lambda: view.graph.picture is not before, "another picture")
        await pilot.pause()
        assert view.graph.picture is not None
        assert view.ties.picked is not None
        assert view.graph.picture.graph.ties[view.ties.picked] == before.graph.ties[picked]
        assert "▌ ← session" in screen_text(app)


async def test_walking_along_relations(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await shown(app, pilot, "project")
        await pilot.press("space")
        assert view.selected == "user"
        assert view.ties.picked is not None
        await pilot.press("space")
        assert view.selected == "project"
        await pilot.press("escape")
        assert view.ties.picked is None
        await pilot.press("left")
        assert view.selected == "user"
        await pilot.press("tab", "tab")
        assert "user ⇄ sessions" in screen_text(app)
        await pilot.press("space")
        assert view.selected == "session"
        await pilot.press("shift+tab")
        picked = view.graph.picture.graph.ties[view.ties.picked or 0] if view.graph.picture else None
        assert picked is not None
        assert picked.fields == ("impersonatedBy",)
        await pilot.press("j")
        assert view.selected == "account"


async def test_enter_opens_the_table_and_back_comes_back(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await shown(app, pilot, "project")
        await pilot.press("j")
        assert view.selected == "session"
        await pilot.press("enter")
        await until(pilot, lambda: app.main.here() == TablePlace("session") or _is_data(app), "the documents")
        await pilot.press("backspace")
        await until(pilot, lambda: app.main.active_view is view, "the graph")
        assert app.main.here() == RelationsPlace("session")
        await pilot.press("s")
        await until(pilot, lambda: app.main.here() == SchemaPlace("session"), "the schema")


def _is_data(app: object) -> bool:
    place = app.main.here()  # type: ignore[attr-defined]
    return isinstance(place, TablePlace) and place.table == "session"


async def test_finding_a_table(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await shown(app, pilot, "project")
        await pilot.press("slash", "t", "z")
        await until(pilot, lambda: view.selected == "typeZoo", "the best match")
        await pilot.press("escape")
        await until(pilot, lambda: view.selected == "project", "where it was")
        await pilot.press("slash", "a", "c", "c", "enter")
        await until(pilot, lambda: view.selected == "account" and view.graph.has_focus, "staying there")
        await pilot.press("slash", "x", "q")
        await until(pilot, lambda: "no such table" in screen_text(app), "telling so")
        assert view.selected == "account"


async def test_the_mouse_selects_opens_picks_and_pans(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await shown(app, pilot, "project")
        graph = view.graph
        assert graph.picture is not None
        box = graph.picture.layout.boxes["account"]
        at = (box.x + graph._origin().x + 3, box.y + graph._origin().y + 1)
        await pilot.click(graph, offset=at)
        assert view.selected == "account"
        await pilot.click(graph, offset=(at[0], at[1] + 2))
        await until(pilot, lambda: view.ties.picked is not None, "the field's relation")
        await pilot.click(view.ties, offset=(8, 0))
        await until(pilot, lambda: view.ties.cursor == 0, "the first relation")
        await pilot.click(graph, offset=at, times=2)
        await until(pilot, lambda: isinstance(app.main.here(), TablePlace), "the documents")


async def test_toggles_leave_out_and_bring_back(tmp_path: Path) -> None:
    async with running(tmp_path, size=LARGE) as (app, pilot):
        view = await shown(app, pilot, "user")
        assert "accountId" in screen_text(app)
        await pilot.press("d")
        await until(pilot, lambda: "accountId" not in screen_text(app), "without what only data tells")
        await pilot.press("a")
        await until(pilot, lambda: "jwks" not in _graph(app), "without the auth library's own tables")
        assert "4 auth tables" in screen_text(app)
        await pilot.press("a", "d")
        await until(pilot, lambda: "jwks" in _graph(app) and "accountId" in _graph(app), "all of it again")
        assert view.selected == "user"
        await pilot.press("e")
        await until(pilot, lambda: "← 5" not in screen_text(app), "without the list")


async def test_the_shell_follows_and_toggles_are_remembered(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await shown(app, pilot, "project")
        await pilot.press("j")
        await until(pilot, lambda: app.main.bar.trail[-1:] == ("relations session",), "the line at the top")
        assert app.main.sidebar.current == "session"
        await pilot.press("k", "j", "6")
        await until(pilot, lambda: app.main.active_view is not view, "another tab, which stays")
        assert app.main.bar.trail[-1] != "relations session"
        await pilot.press("escape", "4")
        await until(pilot, lambda: app.main.active_view is view and view.has_focus_within, "the graph again")
        await pilot.press("a", "d", "e")
        await until(pilot, lambda: "jwks" not in _graph(app), "without the auth library's own tables")
    async with running(tmp_path) as (app, pilot):
        view = await shown(app, pilot)
        assert "jwks" not in _graph(app)
        assert "accountId" not in _graph(app)
        assert not view.ties.is_on_screen
        await pilot.press("e", "a")
        await until(pilot, lambda: "jwks" in _graph(app) and view.ties.is_on_screen, "both again")


def _graph(app: object) -> str:
    picture = view_of(app).graph.picture  # type: ignore[arg-type]
    assert picture is not None
    return str([(name, entry.rows) for name, entry in picture.graph.entries.items()])


async def test_the_diagram_can_be_copied(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        await shown(app, pilot, "user")
        await pilot.press("y")
        assert app.clipboard.startswith("erDiagram")
        assert "project" in app.clipboard


async def test_sixty_tables(tmp_path: Path) -> None:
    """Hubs are folded, a part is shown alone, the picture is moved."""
    project_of_sixty(tmp_path)
    async with running(tmp_path, flags=TargetFlags(snapshot=str(snapshot(tmp_path)))) as (app, pilot):
        view = await shown(app, pilot, "task")
        heading = str(view.query_one(GraphHeading).render())
        assert "59 tables" in heading
        assert "draws the lines to" in heading
        await check_picture(app, "relations-sixty-120x36")
        before = view.graph.scroll_offset
        await pilot.press("H", "K")
        assert view.graph.scroll_offset != before
        await pilot.press("g")
        at = view.graph.scroll_offset
        await pilot.mouse_down(view.graph, offset=(50, 10))
        await pilot.hover(view.graph, offset=(40, 7))
        await pilot.mouse_up(view.graph, offset=(40, 7))
        assert view.graph.scroll_offset - at == (10, 3)
        await pilot.press("f")
        await until(pilot, lambda: "around task" in screen_text(app), "the tables around task")
        await check_picture(app, "relations-around-120x36")
        await pilot.press("f")
        await until(pilot, lambda: "2 relations away" in screen_text(app), "two relations away")
        await pilot.press("escape")
        await until(pilot, lambda: "59 tables" in screen_text(app), "all tables")
        assert view.selected == "task"
        await pilot.press("u")
        await until(pilot, lambda: "folds the lines" in screen_text(app), "all lines")
        await pilot.press("f", "slash")
        view.query_one(Input).value = "couponred"
        await pilot.press("enter")
        await until(pilot, lambda: view.selected == "couponRedemption", "a table that was not around")


def snapshot(folder: Path) -> Path:
    """A snapshot without any document."""
    from zipfile import ZipFile

    path = folder / "empty.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("_tables/documents.jsonl", '{"name": "user", "id": 10001}\n')
        archive.writestr("user/documents.jsonl", "")
    return path

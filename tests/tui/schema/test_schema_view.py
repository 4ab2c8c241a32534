"""The Schema tab in the running application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from kitcn_tui.app import KitcnApp
from kitcn_tui.places import Place, RelationsPlace, SchemaPlace, TablePlace
from kitcn_tui.schema.tables import TableRow
from kitcn_tui.schema.view import SchemaView
from kitcn_tui.views.view import Go
from kitcn_tui.widgets.failure import Failure
from textual.pilot import Pilot
from textual.widgets import Input

from kitcn_repl.deployment.errors import UnreachableError
from kitcn_repl.explore.workspace import Workspace
from kitcn_repl.offline.demo.dataset import demo_dataset
from kitcn_repl.targets.target import TargetFlags
from tests.support.projects import SCHEMA, write_project
from tests.support.served import served
from tests.tui.support import LARGE, SMALL, WIDE, check_picture, running, screen_text, until

PROJECT = "jd7618m61qye37p198xjwfyv7n81wamc"

DIFFERENT = SCHEMA.replace(
    "(t) => [index('userId').on(t.userId)]",
    "(t) => [index('userId').on(t.userId), index('by_expiry').on(t.expiresAt), ...more(t)]",
)


def view(app: Any) -> SchemaView:
    return cast(SchemaView, app.query_one(SchemaView))


@asynccontextmanager
async def schema(
    cwd: Path, table: str | None = None, *, size: tuple[int, int] = WIDE, flags: TargetFlags | None = None
) -> AsyncIterator[tuple[KitcnApp, Pilot[Any]]]:
    """The application, at the schema."""
    async with running(cwd, start=PROJECT, size=size, flags=flags) as (app, pilot):
        await until(pilot, lambda: "Warehouse sync 10" in screen_text(app), "the document")
        await visit(pilot, SchemaPlace(table))
        await until(pilot, lambda: bool(view(app).tables.rows) and view(app)._known is not None, "the schema")
        await pilot.pause()
        yield app, pilot


async def visit(pilot: Pilot[Any], place: Place) -> None:
    from kitcn_tui.document.view import DocumentView

    pilot.app.query_one(DocumentView).post_message(Go(place))
    await until(pilot, lambda: bool(pilot.app.query(SchemaView)), "the tab")
    await until(pilot, lambda: pilot.app.query_one(SchemaView).here() == place, "the place")


@pytest.fixture
def differing(tmp_path: Path) -> Iterator[TargetFlags]:
    """The demo, served, seen from a project whose schema says something else."""
    write_project(tmp_path, {"convex/functions/schema.ts": DIFFERENT})
    with served(demo_dataset()) as server:
        yield TargetFlags(url=server.url, admin_key=server.admin_key)


def went(shown: SchemaView, monkeypatch: pytest.MonkeyPatch) -> list[Place]:
    places: list[Place] = []
    monkeypatch.setattr(shown, "go", lambda place, replacing=False: places.append(place))
    return places


@pytest.mark.parametrize("size", [SMALL, WIDE, LARGE], ids=["80x24", "120x36", "200x60"])
async def test_pictures(tmp_path: Path, size: tuple[int, int]) -> None:
    name = f"{size[0]}x{size[1]}"
    async with schema(tmp_path, size=size) as (app, pilot):
        await check_picture(app, f"schema-{name}")
        await visit(pilot, SchemaPlace("session"))
        await pilot.press("down")
        await pilot.pause()
        await check_picture(app, f"schema-session-{name}")


async def test_tables_of_others_are_folded(tmp_path: Path) -> None:
    async with schema(tmp_path) as (app, pilot):
        names = [row.table.name for row in view(app).tables.rows if isinstance(row, TableRow)]
        assert names == ["project", "typeZoo"]
        await pilot.press("end", "enter")
        names = [row.table.name for row in view(app).tables.rows if isinstance(row, TableRow)]
        assert names == ["project", "typeZoo", "user", "session", "account", "verification", "jwks"]
        await pilot.press("space")
        assert sum(isinstance(row, TableRow) for row in view(app).tables.rows) == 2


async def test_from_table_to_table_by_its_references(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with schema(tmp_path) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: view(app).here() == SchemaPlace("project"), "the table")
        await pilot.press("down")
        assert "enter goes to user" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: view(app).here() == SchemaPlace("user"), "the reference's table")
        await pilot.press("backspace")
        await until(pilot, lambda: view(app).here() == SchemaPlace("project"), "the table before")
        places = went(view(app), monkeypatch)
        await pilot.press("d", "r", "a")
        assert places == [TablePlace("project"), RelationsPlace("project"), SchemaPlace()]
        await pilot.press("right_square_bracket")
        assert view(app).here() == SchemaPlace("typeZoo")
        await pilot.press("left_square_bracket", "left_square_bracket")
        assert view(app).here() == SchemaPlace("jwks")


async def test_with_room_the_list_stands_beside_the_table(tmp_path: Path) -> None:
    async with schema(tmp_path, "project", size=LARGE) as (app, pilot):
        shown = view(app)
        shown.tables.focus()
        await pilot.press("down")
        await pilot.pause()
        assert shown.here() == SchemaPlace("typeZoo")
        assert "by_embedding" in screen_text(app)
        await pilot.press("enter")
        assert shown.facts.has_focus
        await pilot.resize_terminal(*SMALL)
        await until(pilot, lambda: shown.has_class("-detail") and not shown.has_class("-both"), "one of them")
        await until(pilot, lambda: "by_embedding" in screen_text(app), "the table")


async def test_the_filter(tmp_path: Path) -> None:
    async with schema(tmp_path) as (app, pilot):
        await pilot.press("slash", *"expiresAt")
        await pilot.pause()
        names = [row.table.name for row in view(app).tables.rows if isinstance(row, TableRow)]
        assert names == ["session", "account", "verification"]
        assert "expiresAt" in screen_text(app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: view(app).here() == SchemaPlace("session"), "the table")
        text = screen_text(app)
        assert "expiresAt" in text
        assert "ipAddress" not in text
        await pilot.press("slash", "escape")
        await pilot.pause()
        assert "ipAddress" in screen_text(app)
        view(app).query_one(Input).value = "[bold]"
        await pilot.pause()
        assert "Nothing in session fits “[bold]”." in screen_text(app)


async def test_source_against_deployment(tmp_path: Path, differing: TargetFlags) -> None:
    async with schema(tmp_path, flags=differing) as (app, pilot):
        text = screen_text(app)
        assert "≠ project" in text
        assert "Source and deployment differ: " in text

        assert "schema.ts:21  the indexes of session: “more” is not known here" in text
        await check_picture(app, "schema-differing-120x36")
        await visit(pilot, SchemaPlace("session"))
        await pilot.pause()
        text = screen_text(app)
        assert '≠ error    Index "session.by_expiry" (expiresAt) is not in the deployment' in text
        assert "≠ by_expiry" in text
        assert "≈ ipAddress?" in text
        assert "“more” is not known here" in " ".join(row_text(app))
        await check_picture(app, "schema-session-differing-120x36")
        await pilot.press("down")
        assert "Queries that use it fail: Index session.by_expiry not found." in screen_text(app)
        await pilot.press("enter")
        assert getattr(view(app).facts.row, "member", None) == "by_expiry"
        await pilot.press("n")
        await until(pilot, lambda: view(app).here() == SchemaPlace("account"), "the next table that differs")


def row_text(app: Any) -> list[str]:
    """All of the description, as far as it is not on the screen either."""
    return ["".join(span.text for span in row.left(100)) for row in view(app).facts.rows]


async def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    async with schema(tmp_path) as (app, pilot):
        view(app).go(SchemaPlace("usr"))
        await until(pilot, lambda: bool(app.query(Failure)), "the failure")
        assert app.query_one(Failure).error.message == 'There is no table "usr"; did you mean "user"?'
        await pilot.press("backspace")
        await until(pilot, lambda: "ownerId_updatedAt" in screen_text(app), "the list")


async def test_a_deployment_that_cannot_be_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with schema(tmp_path) as (app, pilot):
        workspace: Workspace = view(app).workspace
        known = workspace.knowledge
        is_dead = True

        async def knowledge() -> Any:
            if is_dead:
                raise UnreachableError("Cannot reach the deployment.")
            return await known()

        monkeypatch.setattr(workspace, "knowledge", knowledge)
        view(app).action_reload()
        await until(pilot, lambda: bool(app.query(Failure)), "the failure")
        is_dead = False
        await pilot.press("enter")
        await until(pilot, lambda: not view(app).has_class("-instead"), "the schema again")
        assert "ownerId_updatedAt" in screen_text(app)


async def test_copying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with schema(tmp_path, "session") as (app, pilot):
        copied: list[str] = []
        monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
        await pilot.press("y", *"place in", "enter")
        await until(pilot, lambda: len(copied) == 1, "the place")
        await pilot.press("y", *"json", "enter")
        await until(pilot, lambda: len(copied) == 2, "the JSON")
        await pilot.press("down", "y", "enter")
        await until(pilot, lambda: len(copied) == 3, "the name")
        assert copied[0] == "schema.ts:31"
        assert '"name": "session"' in copied[1]
        assert copied[2] == "userId"

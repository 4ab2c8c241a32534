"""Switching between deployments, and making new ones, against a stand-in for Convex's management service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from kitcn_tui.app import KitcnApp
from kitcn_tui.shell.bar import Bar
from kitcn_tui.shell.switching.create import Create
from kitcn_tui.shell.switching.switch import DeploymentLine, Switch
from textual.pilot import Pilot
from textual.widgets import Select

from kitcn_repl.targets.target import TargetFlags
from tests.cli.workplace import At, at_work
from tests.support.control_plane import slow, status
from tests.support.snapshots import snapshot_entries, users, write_snapshot
from tests.tui.support import is_uncovered, running, screen_text, until


@pytest.fixture
def at(tmp_path: Path) -> Iterator[At]:
    with at_work(tmp_path) as place:
        yield place


@pytest.fixture
def logged_out(tmp_path: Path) -> Iterator[At]:
    with at_work(tmp_path, token=None, env_local=None) as place:
        yield place


@asynccontextmanager
async def started(
    at: At, flags: TargetFlags | None = None, size: tuple[int, int] = (120, 36)
) -> AsyncIterator[tuple[KitcnApp, Pilot[Any]]]:
    async with running(at.folder, flags=flags or TargetFlags(), variables=at.place.variables(), size=size) as (
        app,
        pilot,
    ):
        await until(pilot, lambda: app.workspace is not None and "140" in screen_text(app), "the tables")
        yield app, pilot


def names(switch: Switch) -> list[str]:
    return [row.reachable.entry.name for row in switch.listing.rows if isinstance(row, DeploymentLine)]


async def opened(app: KitcnApp, pilot: Pilot[Any]) -> Switch:
    """The list, with all that the service says."""
    await pilot.press("ctrl+d")
    switch = app.screen
    assert isinstance(switch, Switch)
    await until(pilot, lambda: switch._reach.is_complete, "all answers")
    await pilot.pause()
    return switch


async def test_every_deployment_by_typing_and_back_again(at: At) -> None:
    async with started(at) as (app, pilot):
        bar = app.main.query_one(Bar)
        assert bar.target is not None
        assert bar.target.name == "happy-otter-101"
        before = app.active_view
        switch = await opened(app, pilot)
        listed = names(switch)
        assert {"happy-otter-101", "brave-cat-103", "merry-hen-201", "wise-owl-301", "demo"} <= set(listed)
        text = screen_text(app)
        assert "open, selected here" in text
        assert "PROD" in text
        assert "acme:chess" in text

        await pilot.press(*"brave", "enter")
        await until(pilot, lambda: bar.target is not None and bar.target.name == "brave-cat-103", "opening prod")
        await until(pilot, lambda: "140" in screen_text(app), "its tables")
        assert bar.has_class("prod")
        assert "PROD" in screen_text(app).splitlines()[0]
        assert app.active_view is not before, "views are of one deployment"
        assert app.workspace is not None

        app.main.set_focus(None)
        await pilot.press("minus")
        await until(pilot, lambda: bar.target is not None and bar.target.name == "happy-otter-101", "going back")
        assert not bar.has_class("prod")
        assert "CONVEX_DEPLOYMENT in .env.local" in screen_text(app).splitlines()[0], "why it is this one"
        await until(pilot, lambda: app.workspace is not None, "it")
        await pilot.press("minus")
        await until(pilot, lambda: bar.target is not None and bar.target.name == "brave-cat-103", "and once more")


async def test_the_tab_and_the_table_stay(at: At) -> None:
    async with started(at) as (app, pilot):
        await app.main.go_tab("schema")
        switch = await opened(app, pilot)
        assert switch is app.screen
        await pilot.press(*"quick", "enter")
        bar = app.main.query_one(Bar)
        await until(pilot, lambda: bar.target is not None and bar.target.name == "quick-fox-102", "opening it")
        await until(pilot, lambda: app.active_view is not None, "its view")
        assert app.active_view is not None
        assert app.active_view.TAB == "schema"


async def test_what_is_here_is_listed_while_the_service_is_slow(at: At) -> None:
    write_snapshot(at.folder / "backup.zip", snapshot_entries({"users": users(3)}))
    (at.folder / "other.zip").write_bytes(b"PK no zip at all")
    (at.folder / "data.sqlite3").write_bytes(b"")
    async with started(at, TargetFlags(demo=True)) as (app, pilot):
        at.plane.fail("/", slow(20))
        await pilot.press("ctrl+d")
        switch = app.screen
        assert isinstance(switch, Switch)
        await until(pilot, lambda: "backup.zip" in names(switch), "what is on this machine")
        assert {"demo", "backup.zip", "data.sqlite3"} <= set(names(switch))
        assert "other.zip" not in names(switch)
        await until(pilot, lambda: "asking Convex" in screen_text(app), "what is still to come")
        await pilot.press(*"backup", "enter")
        await until(pilot, lambda: app.workspace is not None and app.workspace.target.kind == "snapshot", "opening it")
        await until(pilot, lambda: "users" in screen_text(app), "its table")


async def test_a_service_that_fails_says_why(at: At) -> None:
    async with started(at, TargetFlags(demo=True)) as (app, pilot):
        at.plane.fail("/", status(403))
        switch = await opened(app, pilot)
        assert "demo" in names(switch)
        assert "Not all are shown" in screen_text(app)


async def test_who_is_not_logged_in_is_told_how(logged_out: At) -> None:
    async with started(logged_out, TargetFlags(demo=True)) as (app, pilot):
        await opened(app, pilot)
        await until(pilot, lambda: "kitcn login" in screen_text(app), "the hint")
        await pilot.press("f2")
        await until(pilot, lambda: "Creating a deployment needs a login" in screen_text(app), "the reason")
        await pilot.press("ctrl+s")
        assert isinstance(app.screen, Create)
        await pilot.press("escape", "escape")
        assert is_uncovered(app)


async def test_escape_and_nothing_found_change_nothing(at: At) -> None:
    async with started(at) as (app, pilot):
        workspace = app.workspace
        switch = await opened(app, pilot)
        await pilot.press(*"zzzzqqq")
        assert names(switch) == []
        assert "No deployment of that name." in screen_text(app)
        await pilot.press("enter")
        assert app.screen is switch
        await pilot.press("escape")
        assert is_uncovered(app)
        assert app.workspace is workspace


async def test_creating_asks_first(at: At) -> None:
    async with started(at) as (app, pilot):
        await opened(app, pilot)
        await pilot.press("f2")
        await until(pilot, lambda: "in acme:chess" in screen_text(app), "the project")
        await pilot.press(*"no good", "enter")
        assert "cannot be a reference" in screen_text(app)
        await pilot.press("ctrl+u", *"dev/new-one", "enter")
        assert "This makes the dev deployment dev/new-one in acme:chess." in screen_text(app)
        await pilot.press("n")
        assert not any(one.reference == "dev/new-one" for one in at.world.deployments)
        await pilot.press("ctrl+s", "y")
        await until(pilot, lambda: is_uncovered(app), "making it")
        (made,) = [one for one in at.world.deployments if one.reference == "dev/new-one"]
        bar = app.main.query_one(Bar)
        await until(pilot, lambda: bar.target is not None and bar.target.name == made.name, "opening it")
        await until(pilot, lambda: "140" in screen_text(app), "its tables")


async def test_a_prod_deployment_has_to_be_typed(at: At) -> None:
    async with started(at) as (app, pilot):
        app.action_create_deployment()
        await until(pilot, lambda: "in acme:chess" in screen_text(app), "the project")
        app.screen.query_one("#type", Select).value = "prod"
        await pilot.press(*"big-one", "enter")
        assert "Type acme:chess to go on" in screen_text(app)
        await pilot.press("y", "enter")
        assert not any(one.reference == "big-one" for one in at.world.deployments)
        await pilot.press("ctrl+u", *"acme:chess", "enter")
        await until(pilot, lambda: any(one.reference == "big-one" for one in at.world.deployments), "making it")


async def test_a_deployment_that_is_not_there_can_be_tried_again(at: At) -> None:
    flags = TargetFlags(deployment="calm-cow-999")
    async with running(at.folder, flags=flags, variables=at.place.variables()) as (app, pilot):
        await until(pilot, lambda: "There is no deployment calm-cow-999" in screen_text(app), "the failure")
        await pilot.press("ctrl+d", *"calm-cow")
        switch = app.screen
        assert isinstance(switch, Switch)
        await until(pilot, lambda: names(switch) == ["calm-cow-104"], "the nearest", turns=4000)
        await pilot.press("enter")
        await until(pilot, lambda: app.workspace is not None and "140" in screen_text(app), "opening it")

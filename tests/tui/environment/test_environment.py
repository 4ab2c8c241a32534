"""The Environment tab against the stand-in for Convex: seen, masked, compared, and changed once."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from kitcn_tui.app import KitcnApp
from kitcn_tui.environment.change_dialog import ChangeDialog
from kitcn_tui.environment.comparison import ComparedList
from kitcn_tui.environment.matrix import Matrix
from kitcn_tui.environment.picker import SidePicker
from kitcn_tui.environment.view import EnvironmentView
from rich.console import Console
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from kitcn_repl.explore.environment.rules import LARGEST_VALUE
from kitcn_repl.targets.target import TargetFlags
from tests.cli.at_work import DEV, PROD, AtWork, at_work
from tests.support.control_plane import half_an_answer, slow, status
from tests.support.faults import FaultyServer, refuse
from tests.tui.support import LARGE, SMALL, WIDE, check_picture, running, screen_text, until

SECRET = "sk-live-PLANTED-0123456789"
KEY_FILE = "-----BEGIN KEY-----\nPLANTEDLINE==\n-----END KEY-----"
Tab = tuple[KitcnApp, Pilot[Any], EnvironmentView, Matrix]


@pytest.fixture
def work(tmp_path: Path) -> Iterator[AtWork]:
    with at_work(tmp_path) as work:
        work.variables().update(API_HOST="https://dev.example", API_KEY=SECRET, EMPTY="", KEY_FILE=KEY_FILE)
        yield work


@asynccontextmanager
async def environment(
    work: AtWork, flags: TargetFlags | None = None, size: tuple[int, int] = WIDE, *, rows: int = 5
) -> AsyncIterator[Tab]:
    variables = work.place.variables()
    async with running(work.place.folder, size=size, flags=flags or TargetFlags(), variables=variables) as (app, pilot):
        await until(pilot, lambda: "jd7618m61q" in screen_text(app), "the first table")
        await pilot.press("8")
        await until(pilot, lambda: bool(app.query(Matrix)), "the tab")
        matrix = app.query_one(Matrix)
        await until(pilot, lambda: matrix.count == rows, "the variables")
        yield app, pilot, app.query_one(EnvironmentView), matrix


def on_screen(app: KitcnApp, *values: str) -> bool:
    """Whether any of the values, or a good piece of one, can be read."""
    text = screen_text(app)
    return any(value[at : at + 8] in text for value in values for at in range(max(1, len(value) - 7)))


async def dialog(app: KitcnApp, pilot: Pilot[Any], key: str) -> ChangeDialog:
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, ChangeDialog), "the dialog")
    assert isinstance(app.screen, ChangeDialog)
    return app.screen


@pytest.mark.parametrize("size", [SMALL, WIDE, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_pictures(work: AtWork, size: tuple[int, int]) -> None:
    async with environment(work, size=size) as (app, pilot, _, _):
        await pilot.press("right")
        await pilot.pause()
        await check_picture(app, f"environment-{size[0]}x{size[1]}")
        await pilot.press("right", "right", "e", *"new", "enter")
        await until(pilot, lambda: "type acme:chess and enter" in screen_text(app), "the confirmation")
        await check_picture(app, f"environment-change-{size[0]}x{size[1]}")
        assert not on_screen(app, SECRET, KEY_FILE)


async def test_columns_say_what_is_the_same(work: AtWork) -> None:
    async with environment(work) as (app, _, _, matrix):
        text = screen_text(app)
        assert "happy-otter-101" in text
        assert "default dev" in text
        assert "default prod" in text
        host = next(row for row in text.splitlines() if "API_HOST" in row)
        assert "= ••••••••" in host
        assert host.count("≠ ••••••••") == 2
        assert "+ ••••••••" in next(row for row in text.splitlines() if "ONLY_DEV" in row)
        assert "(empty)" in next(row for row in text.splitlines() if "EMPTY" in row)
        assert matrix.names == ["API_HOST", "API_KEY", "EMPTY", "KEY_FILE", "ONLY_DEV"]


async def test_values_show_only_when_asked_and_one_at_a_time(work: AtWork) -> None:
    async with environment(work) as (app, pilot, _, _):
        assert not on_screen(app, SECRET, KEY_FILE, "https://dev.example")
        await pilot.press("down", "space")
        assert on_screen(app, SECRET)
        assert not on_screen(app, KEY_FILE, "https://dev.example")
        await pilot.press("space")
        assert not on_screen(app, SECRET)
        await pilot.press("space", "down", "down", "space")
        assert on_screen(app, SECRET, KEY_FILE)
        await pilot.press("9", "8")
        await until(pilot, lambda: "API_KEY" in screen_text(app), "the tab again")
        assert not on_screen(app, SECRET, KEY_FILE)
        await pilot.press("y")
        assert app.clipboard == "KEY_FILE"
        await pilot.press("Y")
        assert app.clipboard == KEY_FILE
        assert not on_screen(app, KEY_FILE)


async def test_a_crash_tells_no_value(work: AtWork) -> None:
    async with environment(work) as (_, _, view, matrix):
        told = io.StringIO()
        console = Console(file=told, width=400)
        for shown in (view._overview, view._around, view._revealed, matrix.overview, view, matrix):
            console.print(shown)
            console.print(repr(shown))
        assert SECRET not in told.getvalue()
        assert "PLANTEDLINE" not in told.getvalue()


async def test_a_value_is_changed_after_a_look_at_what_changes(work: AtWork) -> None:
    async with environment(work) as (app, pilot, _, _):
        await pilot.press("down")
        screen = await dialog(app, pilot, "enter")
        await pilot.press(*"typed-secret")
        assert "typed-secret" not in screen_text(app)
        assert "12 bytes" in screen_text(app)
        await pilot.press("f2")
        assert "typed-secret" in screen_text(app)
        await pilot.press("f2", "enter")
        await until(pilot, lambda: screen._step == "confirming", "the plan")
        await pilot.pause()
        assert "~ API_KEY  changed" in screen_text(app)
        assert not on_screen(app, SECRET, "typed-secret")
        assert work.changes_sent() == []
        # Whoever still presses enter has changed nothing.
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is not screen, "cancelling")
        assert work.changes_sent() == []
        assert work.variables()["API_KEY"] == SECRET

        screen = await dialog(app, pilot, "enter")
        await pilot.press(*"typed-secret", "enter")
        await until(pilot, lambda: screen._step == "confirming", "the plan again")
        await pilot.press("y")
        await until(pilot, lambda: app.screen is not screen, "the change")
        assert work.variables()["API_KEY"] == "typed-secret"
        assert work.changes_sent() == [DEV]
        await pilot.pause()
        assert not on_screen(app, "typed-secret")


async def test_a_new_variable_of_several_lines_and_the_rules(work: AtWork) -> None:
    async with environment(work) as (app, pilot, _, matrix):
        screen = await dialog(app, pilot, "n")
        await pilot.press(*"2BAD")
        await until(pilot, lambda: "cannot be the name of a variable" in screen_text(app), "the rule")
        app.screen.query_one("#change-name", Input).value = "NEW_PEM"
        await pilot.press("enter")
        assert app.focused is app.screen.query_one("#change-value")
        app.screen.query_one("#change-value", Input).value = "x" * (LARGEST_VALUE + 1)
        await until(pilot, lambda: "is too large: 8,193 of at most 8,192 bytes" in screen_text(app), "the limit")
        await pilot.press("enter")
        await until(pilot, lambda: screen._step == "asking" and "too large" in screen_text(app), "a refusal")
        app.screen.query_one("#change-value", Input).value = ""
        app.screen.query_one("#change-value").post_message(events.Paste(KEY_FILE))
        await until(pilot, lambda: "in 3 lines" in screen_text(app), "pasting")
        assert not on_screen(app, KEY_FILE)
        await pilot.press("enter")
        await until(pilot, lambda: screen._step == "confirming", "the plan")
        await pilot.press("y")
        await until(pilot, lambda: matrix.count == 6, "the new variable")
        assert work.variables()["NEW_PEM"] == KEY_FILE


async def test_defaults_of_prod_want_their_name_typed(work: AtWork) -> None:
    async with environment(work) as (app, pilot, _, _):
        await pilot.press("right", "right", "right")
        screen = await dialog(app, pilot, "x")
        await until(pilot, lambda: screen._step == "confirming", "the plan")
        await pilot.pause()
        assert "- API_HOST  removed" in screen_text(app)
        await pilot.press("y", "enter")
        assert "That is production: type acme:chess to change it." in screen_text(app)
        assert work.defaults("prod") == {"API_HOST": "https://example.com"}
        app.screen.query_one("#change-word", Input).value = "acme:chess"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is not screen, "the change")
        assert work.defaults("prod") == {}
        assert work.defaults("dev") != {}
        assert len(work.changes_sent()) == 1


async def test_prod_wants_its_name_typed(work: AtWork) -> None:
    work.variables(PROD)["API_KEY"] = SECRET
    async with environment(work, TargetFlags(prod=True), rows=3) as (app, pilot, _, _):
        await pilot.press("down")
        screen = await dialog(app, pilot, "e")
        await pilot.press(*"other", "enter")
        await until(pilot, lambda: f"type {PROD} and enter" in screen_text(app), "the confirmation")
        await pilot.press("escape")
        assert work.changes_sent() == []
        screen = await dialog(app, pilot, "e")
        await pilot.press(*"other", "enter")
        await until(pilot, lambda: screen._step == "confirming", "the plan")
        await pilot.press(*PROD, "enter")
        await until(pilot, lambda: app.screen is not screen, "the change")
        assert work.variables(PROD)["API_KEY"] == "other"


async def test_a_change_is_never_sent_twice(work: AtWork) -> None:
    async with environment(work) as (app, pilot, _, _):
        await pilot.press("right")
        screen = await dialog(app, pilot, "e")
        await pilot.press(*"other", "enter")
        await until(pilot, lambda: screen._step == "confirming", "the plan")
        work.plane.fail("/v1/projects", half_an_answer(b'{"items": ['))
        await pilot.press("y", "y", "y", "y")
        await until(pilot, lambda: screen._step == "over", "the failure")
        await pilot.pause()
        assert "Whether the change was made is not known" in screen_text(app)
        assert not on_screen(app, "https://dev.example")
        await pilot.press("y", "y")
        assert len(work.changes_sent()) == 1
        work.plane.recover()
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is not screen, "closing")


async def test_what_is_so_already_is_not_sent(work: AtWork) -> None:
    async with environment(work) as (app, pilot, _, _):
        screen = await dialog(app, pilot, "e")
        app.screen.query_one("#change-value", Input).value = "https://dev.example"
        await pilot.press("enter")
        await until(pilot, lambda: screen._step == "over", "a look")
        assert "there is nothing to change" in screen_text(app)
        await pilot.press("enter")
        assert work.changes_sent() == []


async def test_a_dotenv_file_as_a_whole(work: AtWork) -> None:
    (work.place.folder / ".env.convex").write_text("API_HOST=https://new.example\nNEW=1\nCONVEX_DEPLOYMENT=dev:x\n")
    async with environment(work) as (app, pilot, _, matrix):
        screen = await dialog(app, pilot, "i")
        await pilot.press(*"missing", "enter")
        await until(pilot, lambda: "There is no file missing." in screen_text(app), "the missing file")
        app.screen.query_one("#change-file", Input).value = ".env.convex"
        await pilot.press("enter")
        await until(pilot, lambda: screen._step == "confirming", "the plan")
        await pilot.pause()
        assert "~ API_HOST  changed" in screen_text(app)
        assert "+ NEW       new" in screen_text(app)
        await pilot.press("y")
        await until(pilot, lambda: matrix.count == 6, "the new variable")
        assert work.variables()["API_HOST"] == "https://new.example"
        assert "CONVEX_DEPLOYMENT" not in work.variables()


async def test_two_environments_side_by_side(work: AtWork) -> None:
    work.variables(PROD).update(API_HOST="https://dev.example", API_KEY="another-PLANTED", PROD_ONLY="1")
    (work.place.folder / ".env.convex").write_text(f"API_KEY={SECRET}\nCONVEX_DEPLOYMENT=dev:x\n")
    async with environment(work) as (app, pilot, _, _):
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, SidePicker), "the picker")
        await pilot.press(*"brave")
        await until(pilot, lambda: "prod · brave-cat-103" in screen_text(app), "the deployments")
        await pilot.press("enter")
        await until(pilot, lambda: "1 different · 2 only in A · 1 only in B · 1 the same" in screen_text(app), "both")
        text = screen_text(app)
        assert "B  prod · brave-cat-103" in text
        assert "API_HOST" not in text
        key = next(row for row in text.splitlines() if "API_KEY" in row)
        assert "≠ differs" in key
        assert key.count("•••••••• #") == 2
        assert not on_screen(app, SECRET, "another-PLANTED")
        await pilot.press("o")
        host = next(row for row in screen_text(app).splitlines() if "API_HOST" in row)
        marks = [word for word in host.split() if word.startswith("#")]
        assert len(marks) == 2
        assert len(set(marks)) == 1
        await pilot.press("down", "space")
        assert on_screen(app, SECRET)
        assert on_screen(app, "another-PLANTED")
        await pilot.press("s")
        await until(pilot, lambda: "A  prod · brave-cat-103" in screen_text(app), "swapped")
        assert not on_screen(app, SECRET, "another-PLANTED")

        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, SidePicker), "the picker")
        await pilot.press(*".env.convex")
        await until(pilot, lambda: "file here" in screen_text(app), "the files")
        await pilot.press("enter")
        await until(pilot, lambda: "left out: CONVEX_DEPLOYMENT" in screen_text(app), "the file")
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, SidePicker), "the picker")
        app.screen.query_one(Input).value = "default:nonsense"
        await pilot.press("enter")
        await until(pilot, lambda: "is no type of deployment" in screen_text(app), "the mistake")
        app.screen.query_one(Input).value = "default:preview"
        await pilot.press("enter")
        await until(pilot, lambda: "A  defaults of acme:chess for preview" in screen_text(app), "the defaults")
        assert isinstance(app.focused, ComparedList)
        await pilot.press("escape")
        assert isinstance(app.focused, Matrix)


async def test_the_demo_is_readonly_and_has_no_defaults(work: AtWork) -> None:
    async with environment(work, TargetFlags(demo=True), rows=4) as (app, pilot, _, _):
        text = screen_text(app)
        assert "demo is an offline deployment: its variables can only be read." in text
        assert "No defaults are shown: demo (--demo) belongs to no project of Convex's cloud." in text
        await pilot.press("e")
        await pilot.pause()
        assert not isinstance(app.screen, ChangeDialog)
        await pilot.press("space")
        assert on_screen(app, "demo-only-not-a-secret") or "••••••••" in screen_text(app)


async def test_who_is_not_logged_in_hears_how_to(work: AtWork) -> None:
    async with environment(work) as (app, pilot, _, matrix):
        (work.place.home / work.plane.config_directory / "config.json").unlink()
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "No defaults are shown" in screen_text(app), "the defaults' problem")
        assert "kitcn login" in " ".join(screen_text(app).split())
        assert matrix.count == 4


async def test_a_slow_or_dead_service_leaves_the_deployment_usable(work: AtWork) -> None:
    work.plane.fail("/v1/", status(503))
    async with environment(work, rows=4) as (app, pilot, _, matrix):
        await until(pilot, lambda: "No defaults are shown" in screen_text(app), "the defaults' problem")
        await pilot.press("down", "space")
        assert on_screen(app, SECRET)
        work.plane.recover()
        work.plane.fail("/v1/", slow(30.0))
        await pilot.press("ctrl+r", "up")
        assert matrix.cursor == 0
        assert matrix.count == 4


async def test_a_refused_deployment_explains_itself(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        server.on("*", refuse(403, "BadDeployKey", "The provided deploy key is no good"))
        flags = TargetFlags(url=server.url, admin_key=f"dev:{DEV}|planted-key")
        async with running(tmp_path, flags=flags) as (app, pilot):
            await until(pilot, lambda: bool(app.query("DataView")), "opening")
            await pilot.press("8")
            await until(pilot, lambda: bool(app.query("EnvironmentView Failure")), "the failure")
            assert "planted-key" not in screen_text(app)

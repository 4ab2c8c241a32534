"""The Functions tab: the list, calls of queries, and what is not called."""

from __future__ import annotations

from pathlib import Path

import pytest
from kitcn_tui.functions.view import FunctionsView
from kitcn_tui.places import DocumentPlace, FunctionsPlace, InsightsPlace, LogsPlace
from textual.widgets import Input

from kitcn_repl.deployment.remote import Remote
from kitcn_repl.targets.target import TargetFlags
from tests.support.served import served
from tests.support.watchable import watchable_dataset
from tests.tui.functions.support import answered, name_of, opened
from tests.tui.support import LARGE, SMALL, WIDE, check_picture, running, screen_text, until


@pytest.mark.parametrize("size", [SMALL, WIDE, LARGE], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_pictures(tmp_path: Path, size: tuple[int, int]) -> None:
    name = f"{size[0]}x{size[1]}"
    async with running(tmp_path, size=size) as (app, pilot):
        view = await opened(app, pilot, "projects:byOwner")
        await check_picture(app, f"functions-{name}")
        await pilot.press("enter", "x", "y")
        await until(pilot, lambda: "must be an id of user" in screen_text(app), "what is wrong")
        await check_picture(app, f"functions-wrong-{name}")
        await pilot.press("escape", "j")
        await until(pilot, lambda: name_of(view) == "projects:rename", "the next")
        await pilot.press("enter")
        await until(pilot, lambda: "this tool only reads" in screen_text(app), "that it is not run")
        await check_picture(app, f"functions-mutation-{name}")


async def test_running_a_query(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await opened(app, pilot, "users:list")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.focused, Input), "the form")
        await pilot.press("2", "ctrl+j")
        answer = await answered(view, pilot)
        assert isinstance(answer.value, list)
        assert len(answer.value) == 2
        assert "2 items" in screen_text(app)
        await pilot.press("f7")
        assert '"_id": "' in screen_text(app)
        await pilot.press("f7", "f7")
        await pilot.press("3", "enter")
        await until(pilot, lambda: "23 items" in screen_text(app), "more of them")
        await pilot.press("f6")
        assert app.focused is view.pane.result.body
        await pilot.press("l", "down", "enter")
        await until(pilot, lambda: isinstance(app.main.here(), DocumentPlace), "the document")
        await pilot.press("backspace")
        await until(pilot, lambda: app.main.active_view is view, "the function")
        assert "23 items" in screen_text(app), "as it was left"


async def test_arguments_of_earlier_runs_come_back(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await opened(app, pilot, "users:list")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.focused, Input), "the form")
        field = app.focused
        assert isinstance(field, Input)
        for text in ("1", "2"):
            field.value = text
            await pilot.press("ctrl+j")
            await until(pilot, lambda text=text: f"{text} item" in screen_text(app), "an answer")  # type: ignore[misc]
        field.value = "typing"
        await pilot.press("ctrl+up")
        assert field.value == "2"
        await pilot.press("ctrl+up")
        assert field.value == "1"
        await pilot.press("ctrl+up", "ctrl+down", "ctrl+down")
        assert field.value == "typing"
        await pilot.press("escape", "k", "j")
        await until(
            pilot, lambda: view.pane.form is not None and view.pane.form.typed == {"limit": "typing"}, "the draft"
        )


async def test_what_is_wrong_is_told_at_its_field_and_nothing_is_sent(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await opened(app, pilot, "projects:byOwner")
        await pilot.press("ctrl+j")
        await until(pilot, lambda: "✗ is missing" in screen_text(app), "what is missing")
        assert view.pane.result.answer is None
        assert app.focused is not None
        await pilot.press(*"jd7")
        await until(pilot, lambda: "must be an id of user" in screen_text(app), "what is wrong")
        await pilot.press("enter")
        assert view.pane.result.answer is None


async def test_a_document_of_another_table_is_refused_by_its_id(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await opened(app, pilot, "projects:byOwner")
        assert app.workspace is not None
        page = await app.workspace.deployment.tables()
        assert page
        from kitcn_repl.deployment.models import PageRequest

        project = (await app.workspace.deployment.page(PageRequest("project", limit=1))).documents[0]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.focused, Input), "the form")
        assert isinstance(app.focused, Input)
        app.focused.value = str(project["_id"])
        await until(pilot, lambda: "must be an id of user, not one of" in screen_text(app), "of which table it is")
        app.focused.value = str(project["ownerId"])
        await until(pilot, lambda: "must be an id of user" not in screen_text(app), "that it is right")
        await pilot.press("ctrl+j")
        answer = await answered(view, pilot)
        assert isinstance(answer.value, list)
        assert project["_id"] in [row["_id"] for row in answer.value if isinstance(row, dict)]


async def test_mutations_and_actions_are_never_run(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        for name, kind in (("projects:rename", "A mutation"), ("users:sendWelcome", "An action")):
            view = await opened(app, pilot, name)
            await until(pilot, lambda kind=kind: f"{kind} may write" in screen_text(app), "why")  # type: ignore[misc]
            assert view.pane.form is None
            await pilot.press("ctrl+j", "f8")
            assert not view.pane.is_running
            assert view.pane.result.answer is None


async def test_finding_folding_and_jumping(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await opened(app, pilot)
        await pilot.press("slash", *"ubyem")
        await until(pilot, lambda: name_of(view) == "users:byEmail", "the best")
        await pilot.press("enter")
        assert view.listing.has_focus
        await pilot.press("escape")
        await until(pilot, lambda: "projects" in screen_text(app), "all of them")
        await pilot.press("z")
        assert view.listing.item is None
        await pilot.press("z")
        app.main.query_one(FunctionsView).visit(FunctionsPlace("GET /health"))
        await until(pilot, lambda: "HTTP route" in screen_text(app), "the route")
        app.main.query_one(FunctionsView).visit(FunctionsPlace("users.js:list"))
        await until(pilot, lambda: name_of(view) == "users:list", "the function")
        await pilot.press("l")
        await until(pilot, lambda: app.main.here() == LogsPlace("users:list"), "its log")
        await pilot.press("backspace")
        await until(pilot, lambda: app.main.active_view is view, "the list")
        assert app.main.here() == FunctionsPlace("users:list")
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.main.here(), InsightsPlace), "its insights")


async def test_what_one_function_answered_is_not_shown_for_another(tmp_path: Path) -> None:
    with served(watchable_dataset()) as server:
        flags = TargetFlags(url=server.url, admin_key=server.admin_key)
        async with running(tmp_path, flags=flags) as (app, pilot):
            view = await opened(app, pilot, "sky:weather")
            await until(pilot, lambda: app.main.bar.trail[-1:] == ("sky:weather",), "the line at the top")
            await pilot.press("ctrl+j")
            await answered(view, pilot)
            assert '"fair"' in screen_text(app)
            view.listing.go_to("sky:who")
            await until(pilot, lambda: app.main.bar.trail[-1:] == ("sky:who",), "the other function")
            view.pane.result.start("● running")
            await pilot.pause()
            assert "● running" in screen_text(app)
            assert '"fair"' not in screen_text(app)
            assert "Logs 1" not in screen_text(app)


async def test_the_call_as_a_command(tmp_path: Path) -> None:
    async with running(tmp_path) as (app, pilot):
        view = await opened(app, pilot, "users:list")
        form = view.pane.form
        assert form is not None
        form.fill({"limit": "5", " identity": '{"subject": "me"}'})
        await pilot.press("y")
        assert app.clipboard == 'kitcn run users:list \'{"limit":5}\' --identity \'{"subject":"me"}\' --demo'


async def test_watching_a_query(tmp_path: Path) -> None:
    with served(watchable_dataset()) as server:
        flags = TargetFlags(url=server.url, admin_key=server.admin_key)
        async with running(tmp_path, flags=flags) as (app, pilot):
            view = await opened(app, pilot, "sky:weather")
            form = view.pane.form
            assert form is not None
            form.fill({" arguments": "{n: 5n}", "n": "5"})
            await pilot.press("f8")
            await until(pilot, lambda: "fair" in screen_text(app) and "◉ watching" in screen_text(app), "the weather")
            await _set_weather(server.url, server.admin_key, "rain")
            await until(pilot, lambda: '"rain"' in screen_text(app) and "change 1" in screen_text(app), "the change")
            await pilot.press("9")
            await until(pilot, lambda: app.main.active_view is not view, "another tab")
            await until(pilot, lambda: not view.pane.is_running, "the end of it: nobody looks")
            await pilot.press("6")
            await until(pilot, lambda: view.pane.is_running, "watching again")
            await pilot.press("f8")
            await until(pilot, lambda: "no longer watched" in screen_text(app), "the end")
            await until(pilot, lambda: not view.pane.is_running, "the end of the request")
            await _set_weather(server.url, server.admin_key, "storm")
            await pilot.press("ctrl+j")
            await until(pilot, lambda: "too dark" in screen_text(app), "the failure")
            await pilot.press("f7")
            await until(pilot, lambda: "looking out" in screen_text(app), "what it logged")


async def _set_weather(url: str, key: str, weather: str) -> None:
    remote = Remote(url, key)
    await remote.change_environment_variables({"WEATHER": weather})
    await remote.aclose()

"""The Document tab with a real server that is slow, or dies and comes back."""

from __future__ import annotations

from pathlib import Path

from kitcn_tui.places import DocumentPlace
from kitcn_tui.widgets.failure import Failure

from kitcn_repl.targets.target import TargetFlags
from tests.support.faults.streams import Sluice
from tests.tui.document.test_document_view import PROJECT, USER, is_complete, opened, view
from tests.tui.support import LARGE, SMALL, running, screen_text, until
from tests.tui.test_connection import KEY, Server, free_port


async def test_a_slow_server(tmp_path: Path) -> None:
    port = free_port()
    async with Sluice(port) as sluice:
        flags = TargetFlags(url=sluice.url, admin_key=KEY)
        async with Server(port), running(tmp_path, flags=flags, start=PROJECT) as (app, pilot):
            await opened(pilot, PROJECT)
            await until(pilot, lambda: view(app).has_focus_within, "the keys")
            sluice.shut()
            await pilot.press("r", "enter")
            await until(pilot, lambda: view(app).here() == DocumentPlace(USER, "user", "_id"), "the related document")
            await until(pilot, lambda: sluice.held > 0, "a question")
            # what is known shows at once, at every size, and keys are for it
            for size in (SMALL, LARGE, SMALL):
                await pilot.resize_terminal(*size)
                await pilot.pause()
                assert "quentin.fischer42@example.com" in screen_text(app)
                is_narrow = size == SMALL
                await until(pilot, lambda n=is_narrow: view(app).has_class("-narrow") == n, "the layout")  # type: ignore[misc]
            await pilot.press("down", "down")
            assert not is_complete(app, USER)
            before = sluice.given_up
            await pilot.press("3")
            await until(pilot, lambda: sluice.given_up > before, "the end of the question")
            sluice.open()
            await pilot.press("2")
            await opened(pilot, USER)
            assert view(app).at == "name"


def _to(port: int) -> TargetFlags:
    return TargetFlags(url=f"http://127.0.0.1:{port}", admin_key=KEY)


async def test_a_server_killed_and_started_again(tmp_path: Path) -> None:
    port = free_port()
    async with running(tmp_path, flags=_to(port), start=PROJECT) as (app, pilot):
        async with Server(port):
            await opened(pilot, PROJECT)
            await until(pilot, lambda: view(app).has_focus_within, "the keys")
            await pilot.press("down", "down")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: any(one.is_on_screen for one in view(app).query(Failure)), "the failure")
        assert "Warehouse sync 10" in screen_text(app)
        await until(pilot, lambda: app.main.bar.connection.state == "lost", "the shell to know of it")
        async with Server(port):
            await until(pilot, lambda: not view(app).query(Failure), "recovering by itself", turns=4000)
            await opened(pilot, PROJECT)
            assert view(app).here() == DocumentPlace(PROJECT, "project", "name")

"""The terminal application under faults of the server it shows: it says so, keeps its place, and recovers."""

from __future__ import annotations

from pathlib import Path

import pytest
from kitcn_tui.grid.grid import Grid
from kitcn_tui.widgets.failure import Failure

from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.targets.target import TargetFlags
from tests.faults.table import BRIEF, ENDLESS, KEY, check_safe
from tests.support.faults import FaultyServer, cut_in_half, every, forward, in_thread
from tests.support.served import served
from tests.tui.support import running, screen_text, until
from tests.tui.terminal import assert_restored, terminal

FAULTS = ["reset in the body", "bytes without sense", "broken JSON", "no gzip", "a guest network's page", "500",
          "429 for an hour", "a redirect", "an echo", "nested without end"]  # fmt: skip

TOLD = "not reached, trying again"


async def test_each_fault_is_told_and_got_over(tmp_path: Path) -> None:
    with served(demo_dataset(), admin_key=KEY) as deployment:
        async with FaultyServer() as way:
            good = forward(deployment.url)
            way.on("*", good)
            flags = TargetFlags(url=way.url, admin_key=KEY)
            async with running(tmp_path, flags=flags, start="project") as (app, pilot):
                await until(pilot, lambda: "Warehouse sync" in screen_text(app), "the rows", turns=4000)
                for fault in FAULTS:
                    way.on("*", BRIEF[fault])
                    await pilot.press("ctrl+r")
                    await until(pilot, lambda: bool(app.main.query(Failure)), f"{fault}: telling", turns=4000)
                    check_safe(screen_text(app))
                    way.on("*", good)
                    await pilot.press("ctrl+r")
                    await until(pilot, lambda: not app.main.query(Failure), f"{fault}: recovering", turns=8000)
                    await until(pilot, lambda: "Warehouse sync" in screen_text(app), f"{fault}: the rows", turns=8000)


async def test_a_live_view_keeps_rows_and_place(tmp_path: Path) -> None:
    with served(demo_dataset(), admin_key=KEY) as deployment:
        async with FaultyServer() as way:
            good = forward(deployment.url)
            way.on("*", good)
            flags = TargetFlags(url=way.url, admin_key=KEY)
            async with running(tmp_path, flags=flags, start="project") as (app, pilot):
                await until(pilot, lambda: "Warehouse sync" in screen_text(app), "the rows", turns=4000)
                await pilot.press("down", "down", "down", "L")
                grid = app.main.query_one(Grid)
                for fault in ("reset in the body", "500"):
                    way.on("*", BRIEF[fault])
                    await until(pilot, lambda: TOLD in screen_text(app), f"{fault}: telling", turns=4000)
                    text = screen_text(app)
                    check_safe(text)
                    assert "Warehouse sync" in text, "what was known stays"
                    way.on("*", good)
                    await until(pilot, lambda: TOLD not in screen_text(app), f"{fault}: recovering", turns=8000)
                    assert "Warehouse sync" in screen_text(app)
                    assert grid.cursor_row == 3


@pytest.mark.parametrize("fault", ENDLESS)
async def test_keys_work_while_a_server_does_not_come_to_its_end(tmp_path: Path, fault: str) -> None:
    async with FaultyServer() as server:
        server.on("*", ENDLESS[fault])
        async with running(tmp_path, flags=TargetFlags(url=server.url, admin_key=KEY)) as (app, pilot):
            await until(pilot, lambda: len(server.requests) > 0, "asking")
            await pilot.press("question_mark")
            await until(pilot, lambda: "Keys" in screen_text(app), "the help")
        await server.until(lambda: server.open_connections == 0)


def test_in_a_real_terminal_on_a_bad_way(tmp_path: Path) -> None:
    """Every third answer is cut off; the rows come all the same, and the end is orderly."""
    with served(demo_dataset(), admin_key=KEY) as deployment, in_thread(FaultyServer()) as way:
        good = forward(deployment.url)
        way.on("*", every(3, cut_in_half(good), good))
        argv = ("-m", "kitcn_repl", "tui", "project", "--url", way.url, "--admin-key", KEY)
        with terminal(tmp_path, argv) as one:
            one.until("Warehouse")
            one.press("\x11")
            assert one.end() == 0
            assert_restored(one.written)
            check_safe(one.text)

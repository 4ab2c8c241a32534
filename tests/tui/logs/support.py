"""The Logs tab in tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kitcn_tui.app import KitcnApp
from kitcn_tui.logs.lines import LogLines
from kitcn_tui.logs.view import LogsView
from textual.pilot import Pilot

from kitcn_repl.offline.log_entries import Execution, log_line
from kitcn_repl.offline.offline import Offline
from kitcn_repl.targets.target import TargetFlags
from kitcn_repl.values import JsonObject
from tests.tui.support import WIDE, running, screen_text, until

NOON = 1_772_452_800_000.0
"""The demo's present."""


def ran(number: int, text: str = "", **facts: Any) -> list[JsonObject]:
    """What an execution logs, so many milliseconds after the demo's present."""
    at = NOON + number
    lines = (log_line([text], at),) if text else ()
    name = facts.pop("name", "jobs:work")
    kind = facts.pop("kind", "Mutation")
    request = facts.pop("request", f"feed{number:012x}")
    return list(Execution(kind, name, at - 2, 2.0, request, f"e{number}", lines=lines, **facts).entries())


def log(app: KitcnApp, *entries: list[JsonObject]) -> None:
    """Let the demo log something now."""
    assert app.workspace is not None
    deployment = app.workspace.deployment
    assert isinstance(deployment, Offline)
    deployment.execution_log.add([entry for some in entries for entry in some])


@asynccontextmanager
async def logs(
    cwd: Path, size: tuple[int, int] = WIDE, flags: TargetFlags | None = None, variables: dict[str, str] | None = None
) -> AsyncIterator[tuple[KitcnApp, Pilot[Any], LogsView, LogLines]]:
    """The application with the Logs tab open, and on the demo filled."""
    async with running(cwd, size=size, flags=flags, variables=variables) as (app, pilot):
        first = "jd7618m61q" if flags is None else "9 Logs"
        await until(pilot, lambda: bool(app.query("DataView")) and first in screen_text(app), "the first table")
        await pilot.press("9")
        await until(pilot, lambda: bool(app.query(LogLines)), "the tab")
        view, lines = app.query_one(LogsView), app.query_one(LogLines)
        if flags is None:
            await until(pilot, lambda: lines.count == 989, "the demo's log")
        await pilot.pause()
        yield app, pilot, view, lines

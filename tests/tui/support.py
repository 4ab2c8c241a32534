"""The application in tests: really running, and its screen as text and as a picture."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kitcn_tui.app import KitcnApp
from textual.css.query import NoMatches
from textual.pilot import Pilot

from kitcn_repl.explore.workspace import Surroundings
from kitcn_repl.targets.target import TargetFlags

PICTURES = Path(__file__).parent / "pictures"
WIDE = (120, 36)
SMALL = (80, 24)
LARGE = (200, 60)


@asynccontextmanager
async def running(
    cwd: Path,
    *,
    flags: TargetFlags | None = None,
    start: str | None = None,
    size: tuple[int, int] = WIDE,
    variables: dict[str, str] | None = None,
) -> AsyncIterator[tuple[KitcnApp, Pilot[Any]]]:
    """The application on the demo, or on what the flags name, in a folder of the test's own."""
    surroundings = Surroundings(cwd, {**_folders(cwd), **(variables or {})})
    app = KitcnApp(flags or TargetFlags(demo=True), surroundings, start=start)
    async with app.run_test(size=size) as pilot:
        yield app, pilot


def _folders(cwd: Path) -> dict[str, str]:
    """So that a test meets nobody's caches, memories and keymaps, and leaves none."""
    names = {"KITCN_CACHE_DIR": ".cache", "KITCN_STATE_DIR": ".state", "KITCN_CONFIG_DIR": ".config"}
    return {variable: str(cwd / name) for variable, name in names.items()}


async def until(pilot: Pilot[Any], condition: Callable[[], bool], what: str, *, turns: int = 2000) -> None:
    """Let the application go on until the condition holds; fails with the screen otherwise."""
    trouble: Exception | None = None
    for _ in range(turns):
        try:
            if condition():
                return
            trouble = None
        except (KeyError, NoMatches) as error:  # a widget that is being mounted has no styles and no parts yet
            trouble = error
        await pilot.pause(0.005)
    raise AssertionError(f"{what} did not happen:\n{screen_text(pilot.app)}") from trouble


def is_uncovered(app: KitcnApp) -> bool:
    """No dialog lies over the shell."""
    return app.screen is app.main


def screen_text(app: Any) -> str:
    """What is on the screen, a line per row, without styles."""
    compositor = app.screen._compositor
    strips = compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips) + "\n"


async def check_picture(app: Any, name: str) -> None:
    """Compare the screen with `pictures/NAME.txt`, which it may take a moment to be. KITCN_UPDATE_PICTURES=1 writes it
    anew once nothing changes any more, to be looked at.
    """
    path = PICTURES / f"{name}.txt"
    if os.environ.get("KITCN_UPDATE_PICTURES"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(await _at_rest(app), encoding="utf-8")
    assert path.is_file(), f"there is no picture {path.name}; KITCN_UPDATE_PICTURES=1 makes it"
    wanted = path.read_text(encoding="utf-8")
    for _ in range(500):
        if screen_text(app) == wanted:
            return
        await asyncio.sleep(0.01)
    assert screen_text(app) == wanted


async def _at_rest(app: Any) -> str:
    text, same = screen_text(app), 0
    while same < 60:
        await asyncio.sleep(0.01)
        now = screen_text(app)
        text, same = now, same + 1 if now == text else 0
    return text

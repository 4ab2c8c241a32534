"""The application in tests: really running, and its screen as text and as a picture."""

from __future__ import annotations

import asyncio
import difflib
import os
import unicodedata
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kitcn_tui.app import KitcnApp
from textual import events
from textual._context import visible_screen_stack
from textual.css.query import NoMatches
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot

from kitcn_repl.explore.workspace import Surroundings
from kitcn_repl.targets.target import TargetFlags

PICTURES = Path(__file__).parent / "pictures"
WIDE = (120, 36)
SMALL = (80, 24)
LARGE = (200, 60)
_PATIENCE = 30.0
"""Seconds: a machine that is busy with other tests changes nothing."""
_PICTURES = 5
"""After so many nothing new comes but what moves for ever."""


@asynccontextmanager
async def running(
    cwd: Path,
    *,
    flags: TargetFlags | None = None,
    start: str | None = None,
    size: tuple[int, int] = WIDE,
    variables: dict[str, str] | None = None,
) -> AsyncIterator[tuple[KitcnApp, Typist]]:
    """The application on the demo, or on what the flags name, in a folder of the test's own."""
    surroundings = Surroundings(cwd, {**_folders(cwd), **(variables or {})})
    app = KitcnApp(flags or TargetFlags(demo=True), surroundings, start=start)
    async with app.run_test(size=size):
        yield app, Typist(app)


class Typist(Pilot[Any]):
    """Presses a key when the one before has done all that a key does at once, such as opening its dialog, moving the
    focus, showing a tab; and goes on when that can be seen. What a worker, a thread or a server does comes later:
    `until`.
    """

    def __init__(self, app: KitcnApp) -> None:
        super().__init__(app)
        self._typing = app.typing
        self._typing.patience = _PATIENCE

    async def press(self, *keys: str) -> None:
        typing, app = self._typing, self.app
        for key in keys:
            wanted = typing.delivered + 1
            app.post_message(_key_event(key))
            while typing.delivered < wanted and app.is_running:  # noqa: ASYNC110 - a turn of the loop or two
                await asyncio.sleep(0)
        await self._settled()

    async def at_once(self, *keys: str) -> None:
        """All keys before the application looks at the first: a fast typist, or a slow machine."""
        wanted = self._typing.delivered + len(keys)
        for key in keys:
            self.app.post_message(_key_event(key))
        await until(self, lambda: self._typing.delivered >= wanted, "the last key")
        await self._settled()

    async def resize_terminal(self, width: int, height: int) -> None:
        """Until every widget has its new size; Textual waits a moment for further ones."""
        await super().resize_terminal(width, height)
        await until(self, lambda: self.app.screen.size == (width, height), "the new size")
        await self._settled()

    async def pause(self, delay: float | None = None) -> None:
        if delay is None:
            await self._settled()
        else:
            await super().pause(delay)

    async def _settled(self) -> None:
        """Let everything that is under way come to the screen."""
        await self._typing.settled()
        for _ in range(_PICTURES):
            screen = self.app.screen
            if not self.app.is_running or not (screen._layout_required or screen._dirty_widgets or screen._callbacks):
                return
            screen._on_timer_update()
            await self._typing.settled()


def _key_event(key: str) -> events.Key:
    """As Textual's own pilot makes it."""
    name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
    original = REPLACED_KEYS.get(name, name)
    try:
        character: str | None = unicodedata.lookup(_get_unicode_name_from_key(original))
    except KeyError:
        character = name if len(name) == 1 else None
    return events.Key(name, character)


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
    # As Textual does: a dialog draws what lies under it, and keeps the picture of that.
    visible_screen_stack.set(app._background_screens)
    strips = app.screen._compositor.render_strips()
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
    found = screen_text(app)
    different = difflib.unified_diff(wanted.splitlines(), found.splitlines(), f"{name}.txt", "the screen", lineterm="")
    assert found == wanted, "\n".join(different)


async def _at_rest(app: Any) -> str:
    text, same = screen_text(app), 0
    while same < 60:
        await asyncio.sleep(0.01)
        now = screen_text(app)
        text, same = now, same + 1 if now == text else 0
    return text

"""What the shell looks like. No view is shown: each has pictures of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from kitcn_tui.shell.opening import Opening
from kitcn_tui.widgets.failure import Failure, Nothing

from kitcn_repl.errors import KitcnError
from tests.tui.support import LARGE, SMALL, WIDE, check_picture, running, screen_text, until


@pytest.mark.parametrize("size", [SMALL, WIDE, LARGE], ids=["80x24", "120x36", "200x60"])
async def test_the_shell(tmp_path: Path, size: tuple[int, int]) -> None:
    name = f"{size[0]}x{size[1]}"
    async with running(tmp_path, size=size) as (app, pilot):
        await until(pilot, lambda: app.active_view is not None and len(app.main.sidebar._components) > 1, "all of it")
        await app.main.stage.put(Nothing("The view stands here."))
        app.main.set_focus(None)
        await pilot.pause()
        await check_picture(app, f"shell-{name}")

        await pilot.press("ctrl+t", "s", "e")
        await pilot.pause()
        await check_picture(app, f"shell-filter-{name}")
        await pilot.press("escape", "escape")
        app.main.set_focus(None)

        await pilot.press("question_mark", *"switch")
        await check_picture(app, f"help-{name}")
        await pilot.press("escape", "ctrl+p", *"acc")
        await check_picture(app, f"palette-{name}")
        await pilot.press("escape", "ctrl+d")
        await until(pilot, lambda: "kitcn login" in screen_text(app), "the login hint")
        await check_picture(app, f"switch-{name}")
        await pilot.press("f2")
        await until(pilot, lambda: "needs a login" in screen_text(app), "the reason")
        await check_picture(app, f"create-{name}")
        await pilot.press("escape", "escape", "ctrl+o")
        await pilot.pause()
        await check_picture(app, f"jump-{name}")
        await pilot.press("escape")

        hint = "Start it with: npx convex dev"
        await app.main.stage.put(Failure(KitcnError("The deployment 狐狸 at 127.0.0.1 does not answer.", hint=hint)))
        await pilot.pause()
        await check_picture(app, f"failure-{name}")
        await app.main.stage.put(Opening())
        await pilot.pause()
        await check_picture(app, f"opening-{name}")

"""The tab where tree-sitter is not installed: still an editor, and still an answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_CODE = """
import asyncio, sys
sys.modules["tree_sitter"] = None
sys.modules["tree_sitter_typescript"] = None
from pathlib import Path
from tests.tui.query.support import knowing, open_query, run
from tests.tui.support import running, until

async def main():
    async with running(Path(sys.argv[1])) as (app, pilot):
        view = await knowing(await open_query(app, pilot), pilot)
        await pilot.press(*"ctx.db.")
        await until(pilot, lambda: view.page.popup.is_open, "completion")
        await pilot.press("escape")
        outcome = await run(view, pilot, "const n = 3; // three\\nreturn n * 14")
        print(outcome.value, outcome.error)
        outcome = await run(view, pilot, "const n = (")
        print(type(outcome.error).__name__)
        view.page.editor.text = "40 + 2"
        await pilot.pause()
        print((await run(view, pilot, key="f8")).value)
        print(type(view.page.editor._highlighter).__name__)

asyncio.run(main())
"""


def test_typing_completing_and_running(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CODE, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": "", "HOME": str(tmp_path)},
    )
    assert done.stdout.splitlines() == ["42 None", "InlineQueryError", "42", "Tokens"], done.stderr

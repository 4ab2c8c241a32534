"""Whatever a guide shows is what comes: sessions, queries, Python and notebook cells, in the order of the page."""

from __future__ import annotations

import contextlib
import io
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kitcn_tui.actions import shown_keys
from kitcn_tui.shell.table import all_actions

from kitcn_repl.offline.demo.dataset import demo_dataset
from tests.house.transcripts import (
    DOCS,
    ROOT,
    Block,
    Place,
    Session,
    blocks,
    is_repl,
    is_shell,
    shell_sessions,
    shows_repl,
    shows_shell,
    timeless,
)
from tests.magic.kernels import Ran, running_kernel
from tests.support.backend_files import write_dataset
from tests.support.snapshots import snapshot_entries, users, write_snapshot

GUIDES = sorted((DOCS / "guide").glob("*.md"))
UPDATE = os.environ.get("KITCN_UPDATE_TRANSCRIPTS") == "1"
_SHOWN = {"text", "js", "python", "screen"}
_PICTURE = re.compile(r"(<!-- picture: (\S+) -->\n```screen\n).*?^```$", re.DOTALL | re.MULTILINE)
_KEYS = re.compile(r"^\|[^|\n]*\|[^|\n]*\| `(\w+\.\w+)` \|$", re.MULTILINE)
_UNSEEN = {"console", "toml"}
"""Commands without what they print: tests/house/test_commands_in_papers.py."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A folder with a snapshot export and a local deployment's file, in UTC."""
    place = Place(tmp_path)
    for name, value in place.variables.items():
        monkeypatch.setenv(name, value)
    Path(place.variables["HOME"]).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    time.tzset()
    write_snapshot(tmp_path / "backup.zip", snapshot_entries({"user": users(25)}))
    (tmp_path / "backend").mkdir()
    write_dataset(demo_dataset(), tmp_path / "backend")
    yield place
    monkeypatch.undo()
    time.tzset()


def test_there_is_a_guide_for_every_front_door() -> None:
    assert {"command-line", "terminal-application", "shell", "notebook", "python"} <= {page.stem for page in GUIDES}


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_a_guide_shows_what_comes(page: Path, place: Place) -> None:
    text = page.read_text(encoding="utf-8")
    with contextlib.ExitStack() as stack:
        fresh = _with_keys(_with_pictures(_through(text, place, _cells(page, stack, place))))
    if UPDATE:
        page.write_text(fresh, encoding="utf-8")
    assert timeless(fresh) == timeless(text)


def _cells(page: Path, stack: contextlib.ExitStack, place: Place) -> Callable[[str], str]:
    """What runs the page's Python: a kernel for that of notebooks."""
    if page.stem == "notebook":
        kernel = stack.enter_context(running_kernel(place.folder, load=False))
        return lambda code: _told(kernel.run(code))
    names: dict[str, object] = {}

    def run(code: str) -> str:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, page.name, "exec"), names)
        return out.getvalue()

    return run


def _told(ran: Ran) -> str:
    shown = "\n".join(str(each["text/plain"]) for each in ran.shown)
    return f"{ran.text}{shown}" if ran.error is None else f"{ran.text}{ran.told}"


def _through(text: str, place: Place, python: Callable[[str], str]) -> str:
    """The page anew, with what really came in every block."""
    fresh, done = "", 0
    before: Block | None = None
    came: str | None = None
    for block in blocks(text):
        assert block.language in _SHOWN | _UNSEEN, f"```{block.language}: nothing tells whether it is true"
        is_below = before is not None and re.fullmatch(r"```\n+```text\n", text[before.end : block.start]) is not None
        if is_shell(block):
            new = shows_shell([Session(each.command, place.run(each.command)) for each in shell_sessions(block.text)])
        elif is_repl(block):
            new = shows_repl(block.text, place.repl(block.text))
        elif block.language == "text":
            assert is_below, f"nothing prints this:\n{block.text}"
            assert came is not None
            new = came.strip("\n") + "\n"
        else:
            new = block.text
        if block.language == "js":
            came = place.query(block.text)
        elif block.language == "python":
            came = python(block.text)
        else:
            came = None
        before = block
        fresh += text[done : block.start] + new
        done = block.end
    return fresh + text[done:]


def _with_pictures(text: str) -> str:
    """Screens are those that the tests of the application draw."""

    def drawn(match: re.Match[str]) -> str:
        lines = (ROOT / f"tests/tui/pictures/{match[2]}.txt").read_text(encoding="utf-8").rstrip().splitlines()
        return match[1] + "".join(f"{line.rstrip()}\n" for line in lines) + "```"

    assert text.count("```screen") == len(_PICTURE.findall(text))
    return _PICTURE.sub(drawn, text)


def _with_keys(text: str) -> str:
    """Keys and titles are those of the table of actions."""
    actions = {action.name: action for action in all_actions()}

    def told(match: re.Match[str]) -> str:
        action = actions[match[1]]
        keys = " ".join(f"`{key}`" for key in shown_keys(action.keys)) or "palette"
        return f"| {keys} | {action.title} | `{action.name}` |"

    return _KEYS.sub(told, text)


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_a_guide_shows_something(page: Path) -> None:
    assert len([block for block in blocks(page.read_text(encoding="utf-8")) if block.language in _SHOWN]) >= 2

"""In a real terminal: colours, sizes, the end, and what a defect leaves behind."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.terminal import ROOT, assert_restored, terminal

TUI = ("-m", "kitcn_repl", "tui", "--demo")
BROKEN = """
import asyncio, sys
from pathlib import Path
from kitcn_tui.launch import launch
from kitcn_tui.places import TablePlace
from kitcn_tui.views.tabs import BY_NAME, Tab
from kitcn_tui.views.view import View
from kitcn_repl.explore.workspace import Surroundings
from kitcn_repl.targets.target import TargetFlags
import os

class Broken(View):
    TAB = "data"
    def here(self):
        return TablePlace()
    def visit(self, place):
        secret = "prod:happy-otter-123|ey-a-very-secret-admin-key"
        {body}
    async def later(self):
        await asyncio.sleep(0.05)
        raise ZeroDivisionError("later")

sys.modules["broken"] = sys.modules["__main__"]
BY_NAME["data"] = Tab("Data", TablePlace(), "broken:Broken")
sys.exit(launch(TargetFlags(demo=True), Surroundings(Path.cwd(), dict(os.environ))))
"""


def test_ctrl_q_leaves_the_terminal_clean(tmp_path: Path) -> None:
    with terminal(tmp_path, TUI) as one:
        one.until("project")
        one.press("\x11")
        assert one.end() == 0
        assert_restored(one.written)
        after = one.written[one.written.rindex("\x1b[?1049l") :]
        assert "Traceback" not in after
        assert not re.search(r"[A-Za-z]{4}", re.sub(r"\x1b\[[^A-Za-z]*[A-Za-z]", "", after))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["terminated", "hung up"])
def test_a_signal_restores_the_terminal(tmp_path: Path, number: signal.Signals) -> None:
    with terminal(tmp_path, TUI) as one:
        one.until("project")
        os.kill(one.child.pid, number)
        assert one.end() == 128 + number
        assert_restored(one.written)


def test_no_color_means_none(tmp_path: Path) -> None:
    with terminal(tmp_path, TUI, {"NO_COLOR": "1"}) as one:
        one.until("project")
        one.press("\x11")
        assert one.end() == 0
    colours = set(re.findall(r"[34]8;2;(\d+;\d+;\d+)", one.written))
    assert all(len(set(colour.split(";"))) == 1 for colour in colours), "only greys"


def test_sixteen_colours_are_enough(tmp_path: Path) -> None:
    with terminal(tmp_path, TUI, {"TERM": "xterm-16color", "COLORTERM": ""}) as one:
        one.until("project")
        one.press("\x11")
        assert one.end() == 0
    assert "8;2;" not in one.written
    assert "8;5;" not in one.written


def test_resizing_while_it_starts_and_afterwards(tmp_path: Path) -> None:
    with terminal(tmp_path, TUI, size=(120, 36)) as one:
        for columns, lines in ((80, 24), (10, 3), (1, 1), (200, 60), (80, 24)):
            one.resize(columns, lines)
        one.until("Quer")
        for columns, lines in ((20, 5), (200, 60), (1, 1), (120, 36)):
            one.resize(columns, lines)
        one.until("project")
        one.press("\x11")
        assert one.end() == 0


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('raise ValueError("oops " + secret)', "ValueError: oops prod:happy-otter-123|…"),
        ("self.run_worker(self.later())", "ZeroDivisionError: later"),
        ("asyncio.get_running_loop().create_task(self.later())", "ZeroDivisionError: later"),
        ("asyncio.get_running_loop().call_soon(lambda: 1 / 0)", "ZeroDivisionError: division by zero"),
    ],
    ids=["in a handler", "in a worker", "in a task of nobody's", "in a callback"],
)
def test_a_defect_leaves_a_report_and_a_clean_terminal(tmp_path: Path, body: str, told: str) -> None:
    script = tmp_path / "broken.py"
    script.write_text(BROKEN.format(body=body))
    with terminal(tmp_path, [str(script)]) as one:
        assert one.end() == 1
        assert_restored(one.written)
    after = one.text[one.text.rindex("kitcn tui ended") :].strip()
    assert after.count("\n") == 0, "one line"
    assert told in after
    (report,) = (tmp_path / ".state" / "crashes").glob("*.txt")
    assert str(report) in after
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    text = report.read_text()
    assert "very-secret" not in text + one.written
    assert told in text
    assert "broken.py" in text
    for part in ("python ", "textual ", "What was done last", "Traceback"):
        assert part in text


def test_it_can_be_suspended_and_comes_back(tmp_path: Path) -> None:
    with terminal(tmp_path, TUI) as one:
        one.until("project")
        one.press("\x1a")
        while "\x1b[?1049l" not in one.written:
            one._read()
        _, status = os.waitpid(one.child.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        seen = len(one.written)
        os.kill(one.child.pid, signal.SIGCONT)
        while "project" not in one.written[seen:]:
            one._read()
        one.press("\x11")
        assert one.end() == 0
        assert_restored(one.written)


def _process_state(pid: int) -> str:
    status = subprocess.run(["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return status.stdout.strip()[:1]


def test_a_terminal_that_cannot_be_drawn_on_is_told_of(tmp_path: Path) -> None:
    with terminal(tmp_path, TUI, {"TERM": "dumb"}) as one:
        assert one.end() == 1
    assert "cannot draw on this terminal" in one.text


def test_it_says_that_it_needs_a_terminal() -> None:
    done = subprocess.run(
        [sys.executable, *TUI], cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert done.returncode == 1
    assert "needs a terminal" in done.stderr
    assert done.stdout == ""

"""How the grid holds up on 1,000,000 rows: frames while one jumps and pages, and memory.

    python benchmarks/grid.py [--documents N] [--presses N] [--keep FOLDER]

Makes a snapshot of N documents, imports it, and runs the application in a terminal of its own (a pty). There it opens
the table, jumps to the end and back, and holds page-down for a few hundred presses. Frames are those of the
application's own timer. Aims (issue 6): 99 % of the frames within 50 ms, memory under 120 MB. Exits with 1 if one is
missed.

What else the machine does counts too. Three more figures tell how much that is: frames without the time for which
their thread could have run but had no processor (Linux counts it), the processor time of a frame, and the frames of an
application that shows nothing but a number, right after.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.import_snapshot import build  # noqa: E402

SIZE = (120, 36)
CHILD = """
import gc, json, os, sys
from pathlib import Path
from time import perf_counter, thread_time
gc.disable()  # as kitcn_tui.launch
from kitcn_tui.frames import FrameTimer

class Timer(FrameTimer):
    def __init__(self):
        super().__init__()
        self.costs, self.own = [], []
        self._cost, self._wait, self._begin = 0.0, 0.0, 0.0

    def input(self, at):
        if self._pending is None:
            self._cost, self._wait, self._begin = thread_time(), waited(), at
        super().input(at)

    def shown(self):
        if self._pending is not None:
            self.costs.append(1000 * (thread_time() - self._cost))
            self.own.append(1000 * (perf_counter() - self._begin - (waited() - self._wait)))
        super().shown()

def waited():
    # seconds for which this thread could have run, but had no processor
    with open("/proc/self/schedstat") as statistics:
        return int(statistics.read().split()[1]) / 1e9

def told(timer, path, **more):
    times = timer.times()
    frames = {name: getattr(times, name) for name in ("frames", "p50", "p99", "worst", "lag_p99", "lag_worst")}
    for name in ("costs", "own"):
        values = sorted(getattr(timer, name)) or [0.0]
        frames |= {f"{name}_p50": values[len(values) // 2], f"{name}_p99": values[int(len(values) * 0.99)]}
    with open("/proc/self/status") as status:
        memory = next(int(line.split()[1]) / 1000 for line in status if line.startswith("VmRSS"))
    new = Path(path).with_suffix(".new")
    new.write_text(json.dumps({"frames": frames, "memory": memory, **more}))
    os.replace(new, path)
"""
GRID = """
from kitcn_tui.app import KitcnApp
from kitcn_repl.explore.workspace import Surroundings
from kitcn_repl.targets.target import TargetFlags

class Measured(KitcnApp):
    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.frames = Timer()

    def on_mount(self):
        super().on_mount()
        self.set_interval(0.2, self._tell)

    def _tell(self):
        from kitcn_tui.data.view import DataView
        from kitcn_tui.grid.grid import Grid
        grids = list(self.main.query(Grid))
        if grids:
            rows = self.main.query_one(DataView).rows
            told(
                self.frames, sys.argv[3], row=grids[0].cursor_row, there=grids[0].row is not None,
                rows=rows.total if rows else None, held=rows.held if rows else 0,
                requests=rows.requests if rows else 0,
            )

cache, snapshot = Path(sys.argv[1]), sys.argv[2]
folders = {"KITCN_CACHE_DIR": str(cache), "KITCN_STATE_DIR": str(cache / "s"), "KITCN_CONFIG_DIR": str(cache / "c")}
Measured(TargetFlags(snapshot=snapshot), Surroundings(cache, folders), start="events").run()
"""
NOTHING = """
from textual import events
from textual.app import App
from textual.widgets import Static

class Counter(App):
    def __init__(self):
        super().__init__()
        self.frames, self.pressed = Timer(), 0

    def compose(self):
        yield Static("0")

    def on_mount(self):
        self.set_interval(0.2, lambda: told(self.frames, sys.argv[3], pressed=self.pressed))

    async def on_event(self, event):
        if isinstance(event, events.Key):
            self.frames.input(event.time)
            self.pressed += 1
            self.query_one(Static).update(str(self.pressed))
        await super().on_event(event)

    def post_display_hook(self):
        self.frames.shown()

Counter().run()
"""


class Terminal:
    """A program in a pty; what it draws is read and thrown away."""

    def __init__(self, program: str, snapshot: Path, folder: Path) -> None:
        self.told = folder / "state.json"
        self.told.unlink(missing_ok=True)
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
        self.child = subprocess.Popen(
            [sys.executable, "-c", CHILD + program, str(folder), str(snapshot), str(self.told)],
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={
                **os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tui'}", "TERM": "xterm-256color",
                "COLORTERM": "truecolor", "KITCN_CACHE_DIR": str(folder),
            },
        )  # fmt: skip
        os.close(slave)
        self.master = master
        self.written = 0
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        while True:
            ready, _, _ = select.select([self.master], [], [], 1.0)
            try:
                if ready:
                    self.written += len(os.read(self.master, 65536))
            except OSError:
                return

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        self.press(b"\x11")
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def hold(self, presses: int) -> None:
        """Page-down as a keyboard repeats it."""
        for _ in range(presses):
            self.press(b"\x1b[6~")
            time.sleep(1 / 30)

    def state(self) -> dict[str, object]:
        try:
            found: dict[str, object] = json.loads(self.told.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return found

    def until(self, what: str, condition: object, patience: float = 120.0) -> dict[str, object]:
        assert callable(condition)
        end = time.monotonic() + patience
        while time.monotonic() < end:
            state = self.state()
            if state and condition(state):
                return state
            if self.child.poll() is not None:
                raise SystemExit(f"the application ended before {what}")
            time.sleep(0.02)
        raise SystemExit(f"{what} did not happen: {self.state()}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Benchmark of the grid.")
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--presses", type=int, default=400)
    parser.add_argument(
        "--keep", type=Path, help="folder to keep the snapshot and its import in, and to reuse them from"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        snapshot = folder / f"benchmark-uniform-{arguments.documents}.zip"
        if not snapshot.exists():
            build(snapshot, arguments.documents, legacy=False)
        last = arguments.documents - 1
        import_once(snapshot, folder)
        terminal = Terminal(GRID, snapshot, folder)
        with terminal:
            terminal.until("the first rows", lambda state: state["there"] and state["rows"] == last + 1)
            terminal.press(b"G")
            terminal.until("the last row", lambda state: state["row"] == last and state["there"])
            terminal.press(b"g")
            terminal.until("the first row again", lambda state: state["row"] == 0 and state["there"])
            terminal.hold(arguments.presses)
            terminal.until("the rows of the last page", lambda state: state["row"] > 100 and state["there"])
            time.sleep(0.5)
            state = terminal.state()
        terminal = Terminal(NOTHING, snapshot, folder)
        with terminal:
            terminal.until("the number", lambda state: "pressed" in state)
            terminal.hold(arguments.presses)
            time.sleep(0.5)
            floor = terminal.state()["frames"]
    frames = state["frames"]
    assert isinstance(frames, dict)
    assert isinstance(floor, dict)
    memory, reached = float(str(state["memory"])), int(str(state["row"]))
    print(f"{arguments.documents:,} documents; row {reached:,} after {arguments.presses} pages down")
    print(f"{frames['frames']:,} frames: median {frames['p50']:.1f} ms, p99 {frames['p99']:.1f} ms (aim: under 50)")
    print(f"worst frame {frames['worst']:.1f} ms; the loop was held up {frames['lag_p99']:.1f} ms (p99)")
    print(f"without waiting for a processor: median {frames['own_p50']:.1f} ms, p99 {frames['own_p99']:.1f} ms", end="")
    print(f"; processor time: median {frames['costs_p50']:.1f} ms, p99 {frames['costs_p99']:.1f} ms")
    print(
        f"an application that shows a number, right after: median {floor['p50']:.1f} ms, p99 {floor['p99']:.1f} ms,"
        f" worst {floor['worst']:.1f} ms"
    )
    print(f"memory {memory:.0f} MB (aim: under 120); {state['held']} rows held, {state['requests']} pages read")
    return 0 if float(frames["p99"]) < 50 and memory < 120 else 1


def import_once(snapshot: Path, folder: Path) -> None:
    """In a process of its own, whose memory does not count: the application is to be measured with an open table."""
    command = (
        "import sys; from pathlib import Path; from kitcn_repl.offline.snapshot import open_snapshot;"
        " open_snapshot(Path(sys.argv[1]), cache_dir=Path(sys.argv[2]))"
    )
    subprocess.run(
        [sys.executable, "-c", command, str(snapshot), str(folder)],
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


if __name__ == "__main__":
    raise SystemExit(main())

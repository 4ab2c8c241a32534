"""How soon the terminal application shows rows, beside the first frame of other applications of its kind.

    python benchmarks/first_rows.py [--rounds N] [--posting VENV] [--harlequin VENV] [--kitcn COMMAND]

Each is started in a pseudo terminal of 140 x 40 characters, as a person would; measured is the time from the start of
the process until the text is written that tells it is there: for `kitcn tui --demo` the first document's own values,
for `posting` and `harlequin` their first frame. Rounds take turns, so that what else the machine does meets all alike.
Those two are installed into folders of their own that go afterwards, unless a virtual environment that has them is
named. Aim (issue 6): at most half the time of the faster one. Exits with 1 if it takes longer.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

COLUMNS, LINES = 140, 40
PATIENCE = 30.0
MOST_PART = 0.5
ROOT = Path(__file__).resolve().parents[1]
# posting's own requirement allows tree-sitter 0.26, with which it dies (py-tree-sitter#472).
PACKAGES = {"posting": ["posting", "tree-sitter<0.26"], "harlequin": ["harlequin"]}
AS_INSTALLED = "import sys; from kitcn_repl.cli.main import console_main; sys.exit(console_main())"
"""What the script does that pip makes, as it does for the others."""
_ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=$ ]*[A-Za-z~]|\x1b[\]P][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.")


@dataclass
class Contender:
    """`shown` are texts that are all on the screen when it is there."""

    name: str
    command: Sequence[str]
    shown: Sequence[bytes]
    variables: Mapping[str, str] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)

    def measure(self, home: Path) -> None:
        self.times.append(seconds_until(self.command, self.shown, {**self.variables, "HOME": str(home)}))


def seconds_until(command: Sequence[str], shown: Sequence[bytes], variables: Mapping[str, str]) -> float:
    """From the start of the process until its terminal was sent all of these texts. Raises RuntimeError."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "KITCN_", "CONVEX_"))},
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        **variables,
    }
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    begin = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment,
        cwd=variables["HOME"],
        start_new_session=True,
    )
    os.close(slave)
    try:
        return _read_until(master, shown, begin, command)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(master)


def _read_until(master: int, shown: Sequence[bytes], begin: float, command: Sequence[str]) -> float:
    received = b""
    while (left := begin + PATIENCE - time.perf_counter()) > 0:
        if not select.select([master], [], [], left)[0]:
            break
        try:
            received += os.read(master, 1 << 16)
        except OSError:
            break
        now = time.perf_counter()
        text = _ESCAPES.sub(b"", received)
        if all(one in text for one in shown):
            return now - begin
    tail = _ESCAPES.sub(b"", received)[-2000:].decode("utf-8", "replace")
    raise RuntimeError(f"{' '.join(command)} did not show {shown!r}; the end of what it wrote:\n{tail}")


def installed(name: str, venv: Path | None, folder: Path) -> Path:
    """The program, from that environment or from a new one."""
    if venv is None:
        venv = folder / name
        print(f"installing {name} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PACKAGES[name]], check=True)
    program = venv / "bin" / name
    if not program.exists():
        raise SystemExit(f"{program} does not exist")
    return program


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--posting", type=Path, metavar="VENV")
    parser.add_argument("--harlequin", type=Path, metavar="VENV")
    parser.add_argument("--kitcn", metavar="PROGRAM", help="an installed kitcn; by default this working tree")
    arguments = parser.parse_args()
    kitcn = [arguments.kitcn] if arguments.kitcn else [sys.executable, "-c", AS_INSTALLED]
    tree = {} if arguments.kitcn else {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tui'}"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        home = folder / "home"
        home.mkdir()
        ours = Contender("kitcn tui --demo", [*kitcn, "tui", "--demo"], first_row(), tree)
        others = [
            Contender("posting", [str(installed("posting", arguments.posting, folder))], [b"Collection", b"Response"]),
            Contender(
                "harlequin", [str(installed("harlequin", arguments.harlequin, folder))], [b"Data Catalog", b"Run Query"]
            ),
        ]
        for contender in (ours, *others):
            contender.measure(home)  # fills caches
            contender.times.clear()
        for _ in range(arguments.rounds):
            for contender in (ours, *others):
                contender.measure(home)
    for contender in (ours, *others):
        least, middle = min(contender.times), statistics.median(contender.times)
        print(f"{contender.name:18} best {least:6.3f} s   median {middle:6.3f} s")
    parts = {other.name: min(ours.times) / min(other.times) for other in others}
    for other, part in parts.items():
        print(f"kitcn's first rows take {part:.2f} of the time of {other}'s first frame")
    return 0 if max(parts.values()) <= MOST_PART else 1


def first_row() -> list[bytes]:
    """What the demo's first screen shows of its newest document, and nothing else does."""
    sys.path.insert(0, str(ROOT))
    import asyncio

    from kitcn_repl.deployment.models import PageRequest
    from kitcn_repl.explore.opening import open_target
    from kitcn_repl.targets.target import Target

    async def newest() -> str:
        deployment = await open_target(Target("demo", "demo", "benchmark"))
        try:
            page = await deployment.page(PageRequest("project", limit=1))
            return str(page.documents[0]["name"])
        finally:
            await deployment.aclose()

    return [asyncio.run(newest()).encode()]


if __name__ == "__main__":
    raise SystemExit(main())

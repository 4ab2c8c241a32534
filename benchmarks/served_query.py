"""What one inline query costs on a served deployment: `kitcn run` against the genuine CLI started with node directly.

    python benchmarks/served_query.py [--runs N]

Serves the demo, then runs the same query with both in turn, each in a process of its own, and compares wall time (best
and median) and peak memory. Aims (issue 2): at most 1/4 of the time and 1/3 of the memory. Needs node, and `npm ci` in
tests/conformance. Exits with 1 if an aim is missed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GENUINE = ROOT / "tests" / "conformance" / "node_modules" / "convex" / "bin" / "main.js"
QUERIES = {
    "expression": "1 + 1",
    "read": 'await ctx.db.query("project").take(5)',
}
TIME_AIM = 1 / 4
MEMORY_AIM = 1 / 3


@dataclass
class Runs:
    """Seconds and MB of each run."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    output: bytes = b""

    def __str__(self) -> str:
        return (
            f"best {min(self.seconds) * 1000:6.0f} ms  median {statistics.median(self.seconds) * 1000:6.0f} ms  "
            f"cpu {min(self.cpu) * 1000:6.0f} ms  memory {max(self.memory):6.1f} MB"
        )


@contextmanager
def served_demo() -> Iterator[tuple[str, str]]:
    """URL and admin key of `kitcn serve --demo`."""
    command = [sys.executable, "-m", "kitcn_repl", "serve", "--demo"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip(), server.stdout.readline().strip()
        finally:
            server.terminate()


def measure(command: list[str], folder: str, environment: Mapping[str, str], runs: Runs) -> None:
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        runs.seconds.append(time.perf_counter() - began)
        process.returncode = os.waitstatus_to_exitcode(status)
        runs.cpu.append(usage.ru_utime + usage.ru_stime)
        runs.memory.append(usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024))
        output.seek(0)
        errors.seek(0)
        runs.output = output.read()
        if process.returncode != 0:
            sys.exit(f"{' '.join(command[:4])} failed: {errors.read().decode(errors='replace')}")


def compare(query: str, url: str, key: str, folder: str, runs: int) -> tuple[Runs, Runs]:
    node = shutil.which("node")
    if node is None or not GENUINE.is_file():
        sys.exit("This needs node, and `npm ci` in tests/conformance.")
    arguments = ["run", "--inline-query", query, "--url", url, "--admin-key", key]
    # The console script's own start is the same as of `-m`; both are what a shell would run.
    console = Path(sys.executable).with_name("kitcn")
    own = [str(console)] if console.is_file() else [sys.executable, "-m", "kitcn_repl"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONVEX_")}
    # As installed: with compiled modules, which a checkout may not have and must not get from here.
    compiled = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    compiled |= {"PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled"), "PYTHONPATH": str(ROOT)}
    ours, theirs = Runs(), Runs()
    for number in range(runs + 1):
        if number == 1:
            ours, theirs = Runs(), Runs()  # the first pair only warms caches
        measure([*own, *arguments], folder, compiled, ours)
        measure([node, str(GENUINE), *arguments], folder, environment, theirs)
    return ours, theirs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9, metavar="N", help="pairs of runs that count (default 9)")
    runs = parser.parse_args().runs
    missed = False
    with served_demo() as (url, key), tempfile.TemporaryDirectory() as folder:
        for name, query in QUERIES.items():
            ours, theirs = compare(query, url, key, folder, runs)
            if ours.output != theirs.output:
                sys.exit(f"The answers differ:\n{ours.output!r}\n{theirs.output!r}")
            time_ratio = min(ours.seconds) / min(theirs.seconds)
            median_ratio = statistics.median(ours.seconds) / statistics.median(theirs.seconds)
            memory_ratio = max(ours.memory) / max(theirs.memory)
            missed |= median_ratio > TIME_AIM or memory_ratio > MEMORY_AIM
            print(f"{name}: {query}\n  kitcn    {ours}\n  genuine  {theirs}")
            print(
                f"  time {time_ratio:.3f} of the genuine (median {median_ratio:.3f}; aim {TIME_AIM:.3f}), "
                f"memory {memory_ratio:.3f} (aim {MEMORY_AIM:.3f})"
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

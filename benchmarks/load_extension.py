"""What `%load_ext kitcn_repl` adds to IPython's start.

Each run is a new interpreter that starts an IPython shell, then loads the extension; the shell's own start is told
beside it. The disk's cache is warm after the first run, which is not counted. Exits with 1 if the budget is exceeded.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

BUDGET = 60.0
"""Milliseconds."""

_PROGRAM = """
import time
began = time.perf_counter()
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
started = time.perf_counter()
shell.run_line_magic("load_ext", "kitcn_repl")
loaded = time.perf_counter()
assert "kitcn" in shell.magics_manager.magics["cell"]
print((started - began) * 1000, (loaded - started) * 1000)
"""


def measure() -> tuple[float, float]:
    """Milliseconds of the shell's start, and of loading the extension."""
    with tempfile.TemporaryDirectory() as home:
        variables = os.environ | {"IPYTHONDIR": home, "PYTHONPATH": str(Path(__file__).parents[1])}
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, env=variables
        )
    start, load = done.stdout.split()[-2:]
    return float(start), float(load)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    measure()
    times = [measure() for _ in range(runs)]
    starts, loads = [start for start, _ in times], [load for _, load in times]
    print(f"IPython starts in   {min(starts):6.1f} ms (median {median(starts):.1f})")
    print(f"the extension adds  {min(loads):6.1f} ms (median {median(loads):.1f}), budget {BUDGET:.0f} ms")
    return int(min(loads) > BUDGET)


if __name__ == "__main__":
    sys.exit(main())

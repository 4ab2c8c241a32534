"""The command: which benchmarks, how, and the table at the end."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.frame.bench import Bench
from benchmarks.frame.ours import Ours
from benchmarks.frame.processes import FailedError
from benchmarks.frame.rivals import PACKAGES, CannotRunError, Rivals
from benchmarks.frame.rows import Row
from benchmarks.frame.table import FORMATS, Report


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code: 0, or 1 where an aim is missed or a benchmark fails; what cannot run is said and does not count."""
    from benchmarks.registry import NAMES

    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures kitcn against the genuine tools and the anchors, and prints one table of ratios.",
        epilog="Benchmarks: " + ", ".join(NAMES),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which ones; all if none is named")
    parser.add_argument("--format", choices=list(FORMATS), default="table")
    parser.add_argument("--quick", action="store_true", help="a smoke run on little data; its figures mean nothing")
    parser.add_argument("--turns", type=int, metavar="N", help="turns of each contender that count")
    parser.add_argument(
        "--install-contenders",
        action="store_true",
        help=f"install {', '.join(PACKAGES)} into temporary virtual environments, gone afterwards",
    )
    parser.add_argument(
        "--contender",
        action="append",
        default=[],
        type=_contender,
        metavar="NAME=VENV",
        help="a virtual environment that has it",
    )
    arguments = parser.parse_args(argv)
    for name in arguments.names:
        if name not in NAMES:
            parser.error(f"there is no benchmark {name!r}; there are {', '.join(NAMES)}")
    # Whoever ends it leaves neither folders nor servers behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="kitcn-benchmarks-") as folder:
        rivals = Rivals(Path(folder), dict(arguments.contender), install=arguments.install_contenders)
        bench = Bench(Path(folder), Ours(Path(folder)), rivals, quick=arguments.quick, turns=arguments.turns)
        report = run(arguments.names or NAMES, bench)
    sys.stdout.write(FORMATS[arguments.format](report))
    return 1 if report.aims_missed or report.failed else 0


def run(names: Sequence[str], bench: Bench) -> Report:
    """Measure those; progress goes to stderr."""
    from benchmarks.registry import measure_of

    load, began = os.getloadavg()[0], time.monotonic()
    rows: dict[str, list[Row]] = {}
    failed: list[str] = []
    for name in names:
        at = time.monotonic()
        sys.stderr.write(f"{name} ...\n")
        rows[name] = []
        try:
            for row in measure_of(name)(bench):
                rows[name].append(row)
        except CannotRunError as error:
            bench.missing.append(f"{name}: {error}")
        except FailedError as error:
            failed.append(f"{name}: {error}")
        sys.stderr.write(f"{name}: {len(rows[name])} rows in {time.monotonic() - at:.0f} s\n")
    return Report(rows, bench.missing, failed, bench.quick, (time.monotonic() - began) / 60, load)


def alone(name: str) -> int:
    """The same command for one benchmark: `python -m benchmarks.NAME`."""
    return main([name, *sys.argv[1:]])


def _contender(text: str) -> tuple[str, Path]:
    name, is_given, venv = text.partition("=")
    if not is_given or name not in PACKAGES:
        raise argparse.ArgumentTypeError(f"NAME=VENV, where NAME is one of {', '.join(PACKAGES)}")
    return name, Path(venv)

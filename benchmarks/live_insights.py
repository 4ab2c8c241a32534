"""How many log entries a second the live source of insights takes, from the text that a server sends to the history.

    python benchmarks/live_insights.py [--executions N]

Measured are pages of 1,000 entries as bytes: parsed, looked through, and stored in a history file. Beside it, what
parsing alone takes, and how much the process grows. Aim (issue 5): 20,000 entries a second. Exits with 1 if it is less.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from contextlib import closing
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kitcn_repl.explore.insights.entries import findings, times  # noqa: E402
from kitcn_repl.explore.insights.history import open_history  # noqa: E402
from tests.support.log_entries import LogStream  # noqa: E402

PAGE = 1_000
AIM = 20_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--executions", type=int, default=100_000)
    executions: int = parser.parse_args().executions
    stream = LogStream(seed=2026)
    entries = stream.entries(executions)
    number = size = 0
    parsing = working = 0.0
    early = 0
    with tempfile.TemporaryDirectory() as folder, closing(open_history(Path(folder), "benchmark")) as history:
        while page := list(islice(entries, PAGE)):
            text = json.dumps(page, separators=(",", ":")).encode()
            number, size = number + len(page), size + len(text)
            began = time.perf_counter()
            json.loads(text)
            parsed = time.perf_counter()
            received = json.loads(text)
            found, asked = times(received), history.cursor()
            assert found is not None
            stored = history.record(asked, found[1], list(findings(received)), found, len(received))
            working += time.perf_counter() - parsed
            parsing += parsed - began
            assert stored
            if not early and number >= executions // 10:
                early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        total = sum(hour.count for key, _ in history.insights() for hour in history.hours(key, 0, 1e15))
        assert total == len(stream.planted), (total, len(stream.planted))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - early) / 1024
    print(f"{number:,} entries of {size / number:.0f} bytes, {total:,} findings")
    print(f"  parsed, looked through, stored    {number / working:9,.0f} entries/s")
    print(f"  parsed alone                      {number / parsing:9,.0f} entries/s")
    print(f"  growth after the first tenth      {grown:9,.1f} MiB")
    return 0 if number / working >= AIM else 1


if __name__ == "__main__":
    sys.exit(main())

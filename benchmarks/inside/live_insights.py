"""`COUNT`: prints the seconds for so many log entries from text to history, those of parsing alone, and how much the
process grew after the first tenth (MB).
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from contextlib import closing
from itertools import islice
from pathlib import Path

from kitcn_repl.explore.insights.entries import findings, times
from kitcn_repl.explore.insights.history import open_history
from tests.support.log_entries import LogStream

PAGE = 1_000


def peak() -> float:
    """MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


count = int(sys.argv[1])
stream = LogStream(seed=2026)
entries = stream.entries(count)
seen, parsing, working, early = 0, 0.0, 0.0, 0.0
with tempfile.TemporaryDirectory() as folder, closing(open_history(Path(folder), "benchmark")) as history:
    while page := list(islice(entries, PAGE)):
        text = json.dumps(page, separators=(",", ":")).encode()
        seen += len(page)
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
        if not early and seen >= count // 10:
            early = peak()
    total = sum(hour.count for key, _ in history.insights() for hour in history.hours(key, 0, 1e15))
    assert total == len(stream.planted), (total, len(stream.planted))
print(json.dumps([working * count / seen, parsing * count / seen, peak() - early]))

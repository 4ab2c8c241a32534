"""`SOURCE`: prints the least seconds of several readings, the first of which imported what is needed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from kitcn_repl.schema.source.reader import read_source

times = []
for _ in range(6):
    began = time.perf_counter()
    schema = read_source(Path(sys.argv[1]))
    times.append(time.perf_counter() - began)
    assert schema.tables
    assert schema.relations
print(min(times[1:]))

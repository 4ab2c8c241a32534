"""`SNAPSHOT CACHE`: opens the snapshot, importing it if the cache has no import; prints seconds and documents."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from kitcn_repl.offline.snapshot import open_snapshot

began = time.perf_counter()
dataset = open_snapshot(Path(sys.argv[1]), cache_dir=Path(sys.argv[2]))
seconds = time.perf_counter() - began
print(json.dumps([seconds, dataset.store.tables("")["events"].count]))

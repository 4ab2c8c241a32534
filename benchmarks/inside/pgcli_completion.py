"""In pgcli's own environment: prints the seconds of three completions of SQL."""

from __future__ import annotations

import json
import time
from importlib import import_module
from statistics import median

from prompt_toolkit.document import Document

ASKED = (
    ("SELECT * FROM tab", 60),
    ("SELECT * FROM table007 WHERE fie", 12),
    ("SELECT a.field00, b.field01 FROM table007 a, table008 b WHERE a.field00 = b.field01 AND b.fie", 12),
)
completer = import_module("pgcli.pgcompleter").PGCompleter(smart_completion=True)
tables = [f"table{number:03}" for number in range(60)]
completer.extend_schemata(["public"])
completer.extend_relations([("public", table) for table in tables], kind="tables")
completer.extend_columns(
    [("public", table, f"field{number:02}", "text", False, None) for table in tables for number in range(12)],
    kind="tables",
)
completer.set_search_path(["public"])


def seconds(text: str, least: int) -> float:
    times = []
    for _ in range(30):
        began = time.perf_counter()
        found = list(completer.get_completions(Document(text, len(text)), None))
        times.append(time.perf_counter() - began)
        assert len(found) >= least, (text, len(found))
    return median(times)


print(json.dumps([seconds(*one) for one in ASKED]))

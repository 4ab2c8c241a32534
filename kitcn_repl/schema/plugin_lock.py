"""`plugins.lock.json` beside the functions: which tables kitcn's plugins brought (kitcn.md 7.6)."""

from __future__ import annotations

import json
from pathlib import Path

from kitcn_repl.values import JsonValue

LOCK_FILE = "plugins.lock.json"


def locked_tables(functions: Path) -> dict[str, str]:
    """The plugin of each table that the lock file names; none where there is no readable file."""
    try:
        lock: JsonValue = json.loads((functions / LOCK_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    found = {}
    for plugin, entry in _object(_object(lock).get("plugins")).items():
        for table in _object(_object(_object(entry).get("schema")).get("tables")):
            found[table] = plugin
    return found


def _object(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}

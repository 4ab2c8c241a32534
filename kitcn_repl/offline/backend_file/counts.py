"""How many documents a table holds: what the backend counted last, and what was committed since (4.3, 4.9).

Only a file without such a count, or from before revisions knew their predecessors, is counted in one pass over the log.
"""

from __future__ import annotations

import base64
import binascii
import sqlite3
from typing import Final

from kitcn_repl.offline.backend_file.layout import short_id
from kitcn_repl.offline.backend_file.revisions import Revisions

_SUMMARY: Final = "table_summary_v2"
_ALL: Final = (
    "SELECT table_id, sum(deleted = 0) FROM "
    "(SELECT table_id, id, max(ts), deleted FROM documents WHERE ts <= ? GROUP BY table_id, id) GROUP BY table_id"
)
# SQLite takes the summary apart: its shapes may be nested deeper than Python's JSON reader goes.
_SUMMARY_TIME: Final = "SELECT json_extract(json_value, '$.ts') FROM persistence_globals WHERE key = ?"
_SUMMARIES: Final = (
    "SELECT each.key, json_extract(each.value, '$.inferredTypeWithOptionalFields.numValues') "
    "FROM persistence_globals, json_each(json_value, '$.tables') AS each WHERE persistence_globals.key = ?"
)
# Of each document written after the summary: is it there now, and was it there then? Its first revision since names the
# one before, which may have been purged, but not if it is a deletion that a re-import of the same id undid.
_SINCE: Final = """
    SELECT late.table_id, sum((last.deleted = 0) - (first.prev_ts IS NOT NULL AND coalesce(before.deleted, 0) = 0))
    FROM (SELECT table_id, id, min(ts) AS first_ts, max(ts) AS last_ts FROM documents WHERE ts > ?1 AND ts <= ?2
          GROUP BY +table_id, +id) AS late
    JOIN documents AS first ON first.ts = late.first_ts AND first.table_id = late.table_id AND first.id = late.id
    JOIN documents AS last ON last.ts = late.last_ts AND last.table_id = late.table_id AND last.id = late.id
    LEFT JOIN documents AS before ON before.ts = first.prev_ts AND before.table_id = late.table_id
         AND before.id = late.id
    GROUP BY late.table_id
"""


def count_documents(revisions: Revisions) -> dict[bytes, int]:
    """Live documents by tablet; a tablet without any may be absent. Raises sqlite3.Error for damage."""
    counts = _summary(revisions) if revisions.has_previous else None
    if counts is None:
        counts = {tablet: count or 0 for tablet, count in revisions.connection.execute(_ALL, (revisions.ts,))}
    return counts


def _summary(revisions: Revisions) -> dict[bytes, int] | None:
    try:
        time = revisions.connection.execute(_SUMMARY_TIME, (_SUMMARY,)).fetchone()
        rows = revisions.connection.execute(_SUMMARIES, (_SUMMARY,)).fetchall()
    except sqlite3.OperationalError:  # no JSON, nested too deep, or an SQLite without JSON functions
        return None
    since = _nanoseconds(time[0]) if time is not None else None
    if since is None:
        return None
    counts: dict[bytes, int] = {}
    for key, number in rows:
        tablet = short_id(key)
        if tablet is None or not isinstance(number, int | float):
            return None
        counts[tablet] = int(number)
    for tablet, difference in revisions.connection.execute(_SINCE, (since, revisions.ts)):
        counts[tablet] = counts.get(tablet, 0) + (difference or 0)
    return counts if all(count >= 0 for count in counts.values()) else None


def _nanoseconds(text: object) -> int | None:
    """A time in eight bytes, little-endian, as base64."""
    if not isinstance(text, str):
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    return int.from_bytes(data, "little", signed=True) if len(data) == 8 else None

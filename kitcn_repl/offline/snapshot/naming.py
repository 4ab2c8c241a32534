"""What a snapshot's file name says: which deployment, and when (offline-formats.md 2.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

_EXPORTED: Final = re.compile(r"snapshot_(?:(?P<deployment>.+)_)?(?P<nanoseconds>[0-9]{18,19})\b.*")


class SnapshotName(NamedTuple):
    """`time` is in milliseconds since 1970: the moment of the snapshot, else when the file was last written."""

    deployment: str
    time: float

    @property
    def note(self) -> str:
        return f"snapshot of {datetime.fromtimestamp(self.time / 1000, UTC):%Y-%m-%d %H:%M} UTC"


def snapshot_name(path: Path) -> SnapshotName:
    found = _EXPORTED.fullmatch(path.stem)
    if found is None:
        return SnapshotName(path.stem, path.stat().st_mtime * 1000)
    return SnapshotName(found["deployment"] or path.stem, float(int(found["nanoseconds"]) // 1_000_000))

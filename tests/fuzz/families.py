"""All fuzzers by name."""

from __future__ import annotations

from typing import Any

from tests.fuzz import answers, backend_files, env_files, insight_rows, logs, settings, snapshots, sources, sync
from tests.fuzz.harness import Family

FAMILIES: dict[str, Family[Any]] = {
    family.name: family
    for family in (
        snapshots.FAMILY,
        snapshots.BOMBS,
        backend_files.FAMILY,
        sources.FAMILY,
        answers.FAMILY,
        logs.FAMILY,
        insight_rows.FAMILY,
        env_files.FAMILY,
        settings.FAMILY,
        sync.FAMILY,
    )
}

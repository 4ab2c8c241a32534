"""Migration history joined with the manifest of the source."""

from __future__ import annotations

from pathlib import Path

from kitcn_repl.explore.state.migrations import migration_state
from kitcn_repl.project.layout import Project, find_project
from kitcn_repl.schema.model import Place
from kitcn_repl.values import JsonObject, JsonValue
from tests.support.backend import Backend
from tests.support.projects import write_project

MIGRATION = """import {{ defineMigration }} from '../generated/migrations.gen';

export const migration = defineMigration({{
  id: '{id}',
  description: 'Fill it in',
  {extra}up: {{ table: 'user', migrateOne: async () => {{}} }},
}});
"""
FIRST, SECOND, THIRD = "20260101_000000_first", "20260201_000000_second", "20260301_000000_third"


def project(root: Path, *ids: str, extra: str = "") -> Project:
    files: dict[str, str | None] = {
        f"convex/functions/migrations/{id_}.ts": MIGRATION.format(id=id_, extra=extra) for id_ in ids
    }
    files["convex/functions/migrations/manifest.ts"] = "export const migrations = defineMigrationSet([]);\n"
    found = find_project(write_project(root, files))
    assert found is not None
    return found


def state(id_: str, *, applied: bool = True, status: str = "completed", **other: JsonValue) -> JsonObject:
    return {
        "migrationId": id_,
        "checksum": "m_0000000000000001",
        "applied": applied,
        "status": status,
        "processed": 5.0,
        "updatedAt": 3.0,
        "writeMode": "safe_bypass",
        **other,
    }


def backend(*states: JsonObject, runs: tuple[JsonObject, ...] = ()) -> Backend:
    world = Backend()
    world.add("migration_state", states)
    world.add("migration_run", runs)
    return world


async def test_history_pending_and_drift(tmp_path: Path) -> None:
    deployment = backend(
        state(FIRST, completedAt=9.0),
        state("20250101_000000_lost"),
        state(THIRD, status="failed", applied=False, lastError="boom"),
    ).offline()
    found = await migration_state(deployment, project(tmp_path, FIRST, SECOND, THIRD))
    assert found is not None
    assert found.checked
    assert {item.id: (item.applied, item.status, item.drift) for item in found.migrations} == {
        "20250101_000000_lost": (True, "completed", "missing_from_manifest"),
        FIRST: (True, "completed", None),
        SECOND: (False, "pending", None),
        THIRD: (False, "failed", None),
    }
    assert [item.id for item in found.pending] == [SECOND]
    second = found.pending[0]
    assert second.place == Place(f"convex/functions/migrations/{SECOND}.ts", 3)
    assert second.description == "Fill it in"
    assert found.notes == ("Checksums are not compared: kitcn computes them from the compiled code.",)


async def test_a_rolled_back_migration_waits_again(tmp_path: Path) -> None:
    deployment = backend(state(FIRST, applied=False, direction="down")).offline()
    found = await migration_state(deployment, project(tmp_path, FIRST))
    assert found is not None
    assert [item.id for item in found.pending] == [FIRST]


async def test_a_checksum_that_the_source_states_is_compared(tmp_path: Path) -> None:
    deployment = backend(state(FIRST)).offline()
    found = await migration_state(deployment, project(tmp_path, FIRST, extra="checksum: 'm_0000000000000002', "))
    assert found is not None
    assert [item.drift for item in found.migrations] == ["checksum_mismatch"]
    assert found.notes == ()


async def test_without_source_nothing_is_called_missing() -> None:
    run: JsonObject = {
        "runId": "mr_1_x",
        "direction": "up",
        "status": "running",
        "dryRun": False,
        "migrationIds": [FIRST, SECOND],
        "currentIndex": 1.0,
        "startedAt": 1.0,
        "cancelRequested": True,
    }
    found = await migration_state(backend(state(FIRST), runs=(run,)).offline(), None)
    assert found is not None
    assert not found.checked
    assert [item.drift for item in found.migrations] == [None]
    assert "not known" in found.notes[0]
    assert (found.runs[0].current, found.runs[0].migrations, found.runs[0].cancel_requested) == (
        1,
        (FIRST, SECOND),
        True,
    )


async def test_source_alone(tmp_path: Path) -> None:
    found = await migration_state(None, project(tmp_path, FIRST))
    assert found is not None
    assert [(item.id, item.status) for item in found.migrations] == [(FIRST, "unknown")]


async def test_a_migration_in_a_form_that_is_not_read_still_counts(tmp_path: Path) -> None:
    root = project(tmp_path).root
    (root / f"convex/functions/migrations/{FIRST}.ts").write_text("export const migration = make(ID);\n")
    found = await migration_state(None, find_project(root))
    assert found is not None
    assert [item.id for item in found.migrations] == [FIRST]


async def test_no_manifest_and_no_tables(tmp_path: Path) -> None:
    world = Backend()
    world.add("note", [{}])
    assert await migration_state(world.offline(), find_project(write_project(tmp_path))) is None

"""kitcn's migrations: what was applied, what waits, and what the source no longer knows (kitcn.md 4.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.state.model import Migration, MigrationRun, Migrations
from kitcn_repl.explore.state.rows import number, optional_text, state_rows, text, texts
from kitcn_repl.project.code import CodeFile, read_code, string_value, walk
from kitcn_repl.project.layout import Project
from kitcn_repl.schema.model import Place
from kitcn_repl.values import JsonObject

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_MIGRATIONS = 2000
_MOST_RUNS = 20
_FILE_NAME = re.compile(r"\d{8}_\d{6}_\w+\Z")


@dataclass(frozen=True, slots=True)
class DeclaredMigration:
    """A migration of the source. `checksum` only where the source states it: kitcn's own is of the compiled code."""

    id: str
    description: str | None
    checksum: str | None
    place: Place


def declared_migrations(project: Project) -> list[DeclaredMigration] | None:
    """By id, as kitcn runs them; None without a manifest, so that nothing is called missing."""
    folder = project.migrations_dir
    if not (folder / "manifest.ts").is_file():
        return None
    found: dict[str, DeclaredMigration] = {}
    for path in sorted(folder.glob("*.ts")):
        file = read_code(project, path)
        for migration in () if file is None else _migrations(file):
            found.setdefault(migration.id, migration)
        if file is not None and path.stem not in found and _FILE_NAME.match(path.stem):
            # Its id is not written out in a form that we read, but kitcn names files after ids.
            found[path.stem] = DeclaredMigration(path.stem, None, None, Place(file.name, 1))
    return [found[id_] for id_ in sorted(found)]


async def migration_state(deployment: Deployment | None, project: Project | None) -> Migrations | None:
    """History joined with the manifest; None where neither deployment nor source knows migrations."""
    declared = None if project is None else declared_migrations(project)
    rows: list[JsonObject] = []
    runs: list[JsonObject] = []
    has_tables = False
    if deployment is not None:
        tables = frozenset(info.name for info in await deployment.tables())
        states = await state_rows(deployment, "migration_state", _MOST_MIGRATIONS, tables=tables, order="asc")
        found_runs = await state_rows(deployment, "migration_run", _MOST_RUNS, tables=tables)
        has_tables = states is not None
        rows = [] if states is None else states.rows
        runs = [] if found_runs is None else found_runs.rows
    if declared is None and not has_tables:
        return None
    by_id = {text(row, "migrationId"): row for row in rows}
    manifest = {migration.id: migration for migration in declared or ()}
    unknown = "unknown" if deployment is None else "pending"
    notes = []
    if declared is None and rows:
        notes.append("No manifest was looked at, so pending and missing migrations are not known.")
    elif any(migration.checksum is None for migration in manifest.values()) and rows:
        notes.append("Checksums are not compared: kitcn computes them from the compiled code.")
    return Migrations(
        tuple(
            _migration(id_, by_id.get(id_), manifest.get(id_), unknown, has_manifest=declared is not None)
            for id_ in sorted({*by_id, *manifest})
        ),
        tuple(map(_run, runs)),
        checked=declared is not None and deployment is not None,
        notes=tuple(notes),
    )


def _migration(
    id_: str, row: JsonObject | None, declared: DeclaredMigration | None, unapplied: str, *, has_manifest: bool
) -> Migration:
    place = None if declared is None else declared.place
    description = None if declared is None else declared.description
    if row is None:
        return Migration(id_, applied=False, status=unapplied, description=description, place=place)
    applied = row.get("applied") is True
    drift = None
    if applied and has_manifest and declared is None:
        drift = "missing_from_manifest"
    elif applied and declared is not None and declared.checksum not in (None, text(row, "checksum")):
        drift = "checksum_mismatch"
    status = text(row, "status") or "unknown"
    if not applied and status in ("completed", "canceled", "noop", "dry_run"):
        # Rolled back, or never finished: kitcn would run it again.
        status = "pending" if declared is not None else status
    processed = number(row, "processed")
    return Migration(
        id_,
        applied,
        status,
        drift,
        description,
        optional_text(row, "direction"),
        None if processed is None else int(processed),
        number(row, "startedAt"),
        number(row, "completedAt"),
        optional_text(row, "lastError"),
        place,
    )


def _run(row: JsonObject) -> MigrationRun:
    current = number(row, "currentIndex")
    return MigrationRun(
        text(row, "runId"),
        text(row, "direction"),
        text(row, "status"),
        row.get("dryRun") is True,
        texts(row, "migrationIds"),
        None if current is None else int(current),
        number(row, "startedAt"),
        number(row, "completedAt"),
        row.get("cancelRequested") is True,
        optional_text(row, "lastError"),
    )


def _migrations(file: CodeFile) -> list[DeclaredMigration]:
    """Every `defineMigration({id: '...'})`."""
    found = []
    for node in walk(file.root):
        callee = node.child_by_field_name("function") if node.type == "call_expression" else None
        arguments = node.child_by_field_name("arguments") if callee is not None else None
        if callee is None or arguments is None or file.text(callee) != "defineMigration":
            continue
        facts = next((child for child in arguments.named_children if child.type == "object"), None)
        id_ = None if facts is None else _string(file, facts, "id")
        if facts is not None and id_:
            found.append(
                DeclaredMigration(
                    id_,
                    _string(file, facts, "description") or _string(file, facts, "name"),
                    _string(file, facts, "checksum"),
                    Place(file.name, file.line(node)),
                )
            )
    return found


def _string(file: CodeFile, facts: Node, key: str) -> str | None:
    for pair in facts.named_children:
        name, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if name is not None and value is not None and file.text(name).strip("'\"") == key and value.type == "string":
            return string_value(file, value)
    return None

"""Project rules about files that are missing, broken, or made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kitcn_repl.explore.doctor.model import Finding
from kitcn_repl.explore.doctor.rules import finding
from kitcn_repl.project.code import is_generated
from kitcn_repl.project.layout import Project
from kitcn_repl.schema.model import Place

_CODEGEN = "Run `kitcn dev` (or `kitcn codegen` while the backend runs)."


def broken_configuration(project: Project) -> Iterator[Finding]:
    for problem in project.problems:
        place = Place(project.relative(problem.path), problem.line)
        yield finding("config-broken", problem.problem, "Correct the file; its default was taken here.", place=place)


def missing_generated_files(project: Project) -> Iterator[Finding]:
    """kitcn's files only where the project uses kitcn; Convex's own for every project with functions."""
    if not project.functions_dir.is_dir():
        return
    convex = project.functions_dir / "_generated"
    if not any((convex / f"server{ending}").is_file() for ending in (".d.ts", ".ts", ".js")):
        fix = _CODEGEN if project.uses_kitcn else "Run `npx convex dev`."
        yield finding(
            "generated-missing", "Convex's generated files are not there.", fix, place=_place(project, convex)
        )
    if not project.uses_codegen:
        return
    server = project.generated_dir / "server.ts"
    if not server.is_file():
        yield finding(
            "generated-missing", "kitcn's generated server is not there.", _CODEGEN, place=_place(project, server)
        )
    if not project.shared_api_path.is_file():
        place = _place(project, project.shared_api_path)
        yield finding("generated-missing", "The generated client API is not there.", _CODEGEN, place=place)


def generated_by_hand(project: Project) -> Iterator[Finding]:
    if not project.uses_codegen:
        return
    orm = project.lib_dir / "orm.ts"
    if orm.is_file() and not is_generated(orm):
        yield finding(
            "generated-by-hand",
            "The ORM is attached by hand.",
            "Delete it, and import initCRPC, withOrm and the context types from the generated server.",
            place=_place(project, orm),
        )
    api = project.shared_api_path
    if api.is_file() and not is_generated(api):
        yield finding(
            "generated-by-hand",
            "The client API was not written by kitcn's codegen.",
            f"Move what is yours into another file and delete this one. {_CODEGEN}",
            place=_place(project, api),
        )


def _place(project: Project, path: Path) -> Place:
    return Place(project.relative(path), 1)

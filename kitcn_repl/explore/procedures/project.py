"""Whose source the functions of a deployment are in."""

from __future__ import annotations

from pathlib import Path

from kitcn_repl.explore.sources import SourceChoice
from kitcn_repl.project.layout import Project, SeveralProjectsError, find_project, project_at
from kitcn_repl.targets.target import Target


def project_of(choice: SourceChoice, target: Target | None, source: Path | None, cwd: Path) -> Project | None:
    """The project of the schema `source` that was located; the demo has none, though it has a schema."""
    if choice.none or (target is not None and target.kind == "demo" and choice.path is None):
        return None
    if source is None:
        # Without a schema there is nothing to read for others, but a project is one all the same.
        try:
            return find_project(cwd)
        except SeveralProjectsError:
            return None
    if source.is_dir():
        return find_project(source) or project_at(source)
    return find_project(source)

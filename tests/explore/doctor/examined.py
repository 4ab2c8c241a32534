"""The doctor's report on a project or a deployment of a test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kitcn_repl.explore.doctor.examination import examine
from kitcn_repl.explore.doctor.model import Finding, Report
from kitcn_repl.project.layout import project_at
from tests.support.backend import Backend
from tests.support.projects import write_project


async def of_project(root: Path, changes: Mapping[str, str | None] | None = None, *rules: str) -> list[Finding]:
    """Findings on the scaffold with some files changed."""
    report = await examine(None, project_at(write_project(root, changes)), rules=rules)
    return list(report.findings)


async def of_schema(root: Path, schema: str, *rules: str) -> list[Finding]:
    """Findings on the scaffold with this schema."""
    return await of_project(root, {"convex/functions/schema.ts": schema}, *rules)


async def of_backend(backend: Backend, *rules: str, root: Path | None = None, sample: int = 1000) -> Report:
    """The report on a deployment, with the project at `root` beside it."""
    deployment = backend.offline()
    try:
        project = None if root is None else project_at(root)
        return await examine(deployment, project, rules=rules, sample=sample)
    finally:
        await deployment.aclose()


def places(findings: list[Finding]) -> list[str]:
    return [str(finding.place) for finding in findings]

"""The pages under docs/ say what the tests pin."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conformance.deployment_rows import ROWS as DEPLOYMENT_ROWS
from tests.conformance.selection_rows import DIFFERENCES
from tests.conformance.test_env_commands import ROWS as ENV_ROWS

DOCS = Path(__file__).parents[2] / "docs"


def test_every_difference_in_selecting_is_told() -> None:
    page = (DOCS / "selection.md").read_text(encoding="utf-8")
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in page.partition("## On purpose")[2].splitlines()
        if line.startswith("| ") and not line.startswith("| case")
    ]
    assert rows == [
        (row.name, "this" if row.reaches else "refused", "another" if row.genuine_reaches else "refused", row.because)
        for row in DIFFERENCES
    ]


def test_every_difference_in_commands_is_told() -> None:
    page = (DOCS / "differences.md").read_text(encoding="utf-8")
    _, deployments, variables = page.split("\n## ")
    told = [line for line in deployments.splitlines() if line.startswith("| `")]
    assert told == [
        f"| `deployment {row.command}` | {row.name} | {row.because} |" for row in DEPLOYMENT_ROWS if row.because
    ]
    told = [line for line in variables.splitlines() if line.startswith("| `")]
    assert told == [
        f"| `{' '.join(row.arguments)}` | {row.genuine[0]} / {row.genuine[1]} | {row.because} |"
        for row in ENV_ROWS
        if row.genuine is not None
    ]


def test_links_between_pages_lead_somewhere() -> None:
    root = DOCS.parent
    for page in (*DOCS.glob("*.md"), *root.glob("*.md")):
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"

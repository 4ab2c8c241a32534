"""The papers say what the tests pin, and lead where they say."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.conformance.deployment_rows import ROWS as DEPLOYMENT_ROWS
from tests.conformance.selection_rows import DIFFERENCES
from tests.conformance.test_env_commands import ROWS as ENV_ROWS

DOCS = Path(__file__).parents[2] / "docs"
ROOT = DOCS.parent
_PAPER = (".md", ".ipynb")


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
    _, deployments, variables, others = page.split("\n## ")
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
    conformance = (DOCS / "conformance.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| (`.*?`) \|", others, flags=re.MULTILINE)
    assert [f"| {command} | better |" in conformance for command in told] == [True] * 3


def _papers() -> list[Path]:
    """Every page and notebook that is committed, or will be."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.md", "*.ipynb"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = listing.stdout.split("\0") if listing.returncode == 0 else []
    found = [ROOT / name for name in names if name and (ROOT / name).is_file()]
    return found or [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("notebooks/*")]


@cache
def _text(page: Path) -> str:
    """What people read: a notebook's cells of Markdown, and no blocks of code."""
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


@cache
def _anchors(page: Path) -> frozenset[str]:
    """The fragments that GitHub gives headings; those of equal ones are numbered."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"^#+ +(.+?) *$", _text(page), flags=re.MULTILINE):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return frozenset(found)


def _links(page: Path) -> list[str]:
    text = re.sub(r"`[^`\n]*`", lambda code: re.sub(r"[][()]", "·", code[0]), _text(page))
    return re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", text)


@pytest.mark.parametrize("page", _papers(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in _links(page):
        name, _, fragment = unquote(link).partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (fragment and fragment not in _anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        for link in _links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            waiting += [each for each in (target, target / "README.md") if each.suffix in _PAPER and each.is_file()]
    assert {page for page in _papers() if ROOT / "tests" not in page.parents} - seen <= {ROOT / "CHANGELOG.md"}


def test_the_documents_that_comments_cite_are_explained() -> None:
    """`deployment-api.md 9.2` in a comment or docstring has a row for its chapter."""
    page = (DOCS / "sources.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| ([\w-]+\.md \d+) \|", page, flags=re.MULTILINE))
    cited: set[str] = set()
    for folder in ("kitcn_repl", "tui", "tests", "benchmarks", "tools"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".js", ".mjs", ".ts") and "node_modules" not in path.parts:
                text = path.read_text(encoding="utf-8")
                cited |= set(re.findall(r"\b((?:deployment-api|control-plane|offline-formats|kitcn)\.md \d+)", text))
    assert cited - told == set()
    assert len(told) > 20

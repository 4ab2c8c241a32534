"""Every item of the matrix, asked from the genuine packages themselves, so that none can be forgotten."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.node import genuine_cli, node, node_modules, run_module

HERE = Path(__file__).parent

PRIVATE = frozenset(
    (
        "query.fullTableScan", "query.takeQuery", "query.startQuery", "query.closeQuery", "query.limit", "query.count",
        "range.consume", "range.export", "search.consume", "search.export",
    )
)  # fmt: skip
"""Methods that are there in JavaScript, and that the package's types give to nobody."""

DASHBOARD_QUERIES = (
    "frontend/paginatedTableDocuments", "frontend/listTableScan", "frontend/tableSize",
    "frontend/tableSize:sizeOfAllTables", "frontend/getTableMapping", "frontend/getById", "frontend/listById",
    "frontend/getSchemas", "frontend/getSchemas:schemaValidationProgress", "frontend/indexes",
    "frontend/components:list", "frontend/modules:list", "frontend/modules:listForAllComponents",
    "frontend/modules:argsValidator", "frontend/listCronJobs", "frontend/listCronJobRuns",
    "frontend/paginatedScheduledJobs", "frontend/scheduler:getArgs", "frontend/fileStorageV2:numFiles",
    "frontend/fileStorageV2:fileMetadata", "frontend/fileStorageV2:getFile", "frontend/listEnvironmentVariables",
    "frontend/listAuthProviders", "frontend/listConfiguredSinks", "frontend/getVersion", "frontend/convexCloudUrl",
    "frontend/convexSiteUrl", "frontend/deploymentState:deploymentState", "frontend/backendState:backendState",
    "frontend/deploymentEvents:lastPushEvent", "frontend/paginatedDeploymentEvents",
    "frontend/listDeploymentEventsFromTime", "frontend/latestExport", "frontend/latestExport:latestCloudExport",
    "frontend/latestExport:canExportFileStorage", "frontend/snapshotImport:list", "frontend/node:version",
)  # fmt: skip
"""Convex's dashboard is no npm package, so these are listed by hand, from its source."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that the genuine tools have. `subject` says what kind of thing, and of which command: `cli data`,
    `system query`, `selection`, `deployment`, `operator`. A command itself has no `name`."""

    subject: str
    name: str = ""
    is_hidden: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.subject, self.name

    def __str__(self) -> str:
        return f"{self.subject} {self.name}".rstrip()


@cache
def catalogue() -> tuple[Item, ...]:
    """All items, in the order of the page. Skips the test without Node or the npm packages."""
    return (*commands(), *system_queries(), *selections(), *operators())


@cache
def commands() -> tuple[Item, ...]:
    """Commands of the genuine CLI with their arguments, other names and flags, also those that its help hides."""
    done = subprocess.run(
        [node(), "--require", str(HERE / "genuine_commands.cjs"), genuine_cli(), "--version"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return tuple(item for command in json.loads(done.stdout.splitlines()[-1]) for item in _command(command))


def _command(command: Any) -> Iterator[Item]:
    subject = " ".join(["cli", *command["path"][1:]])
    if subject != "cli":
        yield Item(subject, "", command["isHidden"])
    for name in command["arguments"]:
        yield Item(subject, f"[{name}]")
    for name in command["aliases"]:
        yield Item(subject, f"as {name}")
    for option in command["options"]:
        yield Item(subject, option["name"], option["isHidden"])


@cache
def system_queries() -> tuple[Item, ...]:
    """Those that the genuine CLI's code names, those of the dashboard, and whatever we serve beyond."""
    from kitcn_repl.offline.system_queries import SERVED

    genuine = (node_modules() / "convex" / "dist" / "cli.bundle.cjs").read_text(encoding="utf-8")
    asked = {name.removesuffix(":default") for name in re.findall(r'"_system/((?:cli|frontend)/[\w:]+)"', genuine)}
    assert len(asked) > 10, "the genuine CLI's code does not name its queries any more"
    known = dict.fromkeys((*sorted(asked), *DASHBOARD_QUERIES, *SERVED))
    return tuple(Item("system query", name) for name in known)


def selections() -> tuple[Item, ...]:
    from tests.conformance import deployment_rows, selection_rows

    return (
        *(Item("selection", row.name) for row in selection_rows.ROWS),
        *(Item("deployment", row.title) for row in deployment_rows.ROWS),
    )


@cache
def operators() -> tuple[Item, ...]:
    """What a query function is given, and what can be called on it."""
    found = run_module((HERE / "genuine_operators.mjs").read_text(encoding="utf-8"), None)
    names = [f"{owner}.{name}" for owner, names in found.items() for name in names]
    groups = found.keys() - {"ctx.db.table"}
    return tuple(Item("operator", name) for name in names if name not in PRIVATE | groups)

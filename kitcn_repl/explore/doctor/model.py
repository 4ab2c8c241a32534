"""Rules and what they find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kitcn_repl.schema.model import Place

Level = Literal["error", "warning", "info"]
LEVELS: tuple[Level, ...] = ("error", "warning", "info")
Group = Literal["project", "schema", "deployment", "data"]
"""What a rule looks at: the files, the schema's source, what the deployment says, its documents."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`why` says what goes wrong otherwise. `docs` is an address where one may read on."""

    id: str
    group: Group
    level: Level
    title: str
    why: str
    docs: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found where, and its fix, of one rule.

    `level` is the rule's, but for cases that the rule's module judges otherwise. `documents` are ids of at most
    `MOST_DOCUMENTS` examples, `count` how many documents it concerns (`at_least` where looking stopped at a bound).
    """

    rule: str
    level: Level
    what: str
    fix: str
    place: Place | None = None
    table: str | None = None
    documents: tuple[str, ...] = ()
    count: int | None = None
    at_least: bool = False


MOST_DOCUMENTS = 20


@dataclass(frozen=True, slots=True)
class Skipped:
    """Rules that were not applied, and why not; `group` where these are all of it that were wanted."""

    rules: tuple[str, ...]
    why: str
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Findings in the order of levels and rules. `notes` say what was looked at only in part."""

    findings: tuple[Finding, ...]
    checked: tuple[str, ...]
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()

    def of_level(self, level: Level) -> int:
        return sum(finding.level == level for finding in self.findings)

"""What the Schema tab shows: all that is known, and where source and deployment differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kitcn_repl.explore.knowledge import Knowledge
from kitcn_repl.render.quantity import counted
from kitcn_repl.schema.differences import LEVELS, Difference, Level, differences
from kitcn_repl.schema.model import Table
from kitcn_tui.outline.rows import Look

LOOKS: Mapping[Level, Look] = {"error": "error", "warning": "warning", "info": "muted"}
SIGNS: Mapping[Level, str] = {"error": "≠", "warning": "≠", "info": "≈"}
WORDS: Mapping[Level, tuple[str, str]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "info": ("note", "notes"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """`differing` are the differences by table; there are none where one side is not known."""

    knowledge: Knowledge
    differing: Mapping[str, Sequence[Difference]] = field(default_factory=dict)

    @property
    def is_compared(self) -> bool:
        return self.knowledge.source is not None and self.knowledge.deployed is not None

    @property
    def tables(self) -> Mapping[str, Table]:
        return self.knowledge.schema.tables

    def of(self, table: str, member: str | None = None) -> list[Difference]:
        """Differences of a table, or of one field or index of it."""
        found = self.differing.get(table, ())
        return [each for each in found if member is None or each.member == member]

    def worst(self, table: str, member: str | None = None) -> Level | None:
        levels = {each.level for each in self.of(table, member)}
        return next((level for level in LEVELS if level in levels), None)

    def verdict(self, *tables: str) -> str:
        """`2 errors, 1 note` of these tables, or of all; empty where nothing differs."""
        found = [each for name, some in self.differing.items() if not tables or name in tables for each in some]
        numbers = [(level, sum(each.level == level for each in found)) for level in LEVELS]
        return ", ".join(counted(number, *WORDS[level]) for level, number in numbers if number)


def compare(knowledge: Knowledge) -> Known:
    """With the differences between source and deployment, where both are known."""
    if knowledge.source is None or knowledge.deployed is None:
        return Known(knowledge)
    differing: dict[str, list[Difference]] = {}
    for each in differences(knowledge.source, knowledge.deployed):
        differing.setdefault(each.table, []).append(each)
    return Known(knowledge, differing)

"""The tables as the sidebar lists them: the app's own first, what others brought along folded into groups."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.fuzzy import FuzzySearch

from kitcn_repl.deployment.models import TableInfo

if TYPE_CHECKING:
    from kitcn_repl.schema.model import Owner

GROUPS: Mapping[Owner, str] = {"auth": "auth", "plugin": "plugins", "kitcn-internal": "kitcn"}
"""What a group is called, in the order of the list; tables of an owner without one stand alone."""


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A table. `matches` are the positions in its name that a filter found."""

    name: str
    count: int | None
    size: int | None = None
    matches: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """A group's heading."""

    name: str
    tables: int
    is_open: bool


Entry = TableEntry | GroupEntry


def owners_by_name(names: Sequence[str]) -> dict[str, Owner]:
    """Whose tables these are, told by their names alone: what can be known before anything was asked."""
    from kitcn_repl.schema.owners import owners

    return {name: owner for name, (owner, _) in owners(dict.fromkeys(names, ())).items()}


def entries(
    tables: Sequence[TableInfo],
    owned: Mapping[str, Owner],
    unfolded: Collection[str],
    pattern: str = "",
    current: str | None = None,
) -> list[Entry]:
    """The list's lines. With a pattern: the tables that it fits, the best first, whichever group they are in.

    Of a folded group the `current` table is listed all the same.
    """
    if pattern:
        return list(_matching(tables, pattern))
    grouped: dict[str, list[TableEntry]] = {group: [] for group in GROUPS.values()}
    own: list[Entry] = []
    for table in tables:
        group = GROUPS.get(owned.get(table.name, "own"))
        (own if group is None else grouped[group]).append(TableEntry(table.name, table.count, table.size))
    for group, members in grouped.items():
        if members:
            is_open = group in unfolded
            own.append(GroupEntry(group, len(members), is_open))
            own += members if is_open else [member for member in members if member.name == current]
    return own


def _matching(tables: Sequence[TableInfo], pattern: str) -> list[TableEntry]:
    search = FuzzySearch()
    found: list[tuple[float, TableEntry]] = []
    for table in tables:
        score, matches = search.match(pattern, table.name)
        if score > 0:
            found.append((score, TableEntry(table.name, table.count, table.size, tuple(matches))))
    return [entry for _, entry in sorted(found, key=lambda one: (-one[0], one[1].name))]

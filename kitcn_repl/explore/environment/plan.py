"""What would change: worked out first and shown, then carried out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Kind = Literal["added", "changed", "removed", "same"]


@dataclass(frozen=True, slots=True)
class Change:
    """One variable before and after; None where there is none. Values are in no repr."""

    name: str
    before: str | None = field(repr=False)
    after: str | None = field(repr=False)

    @property
    def kind(self) -> Kind:
        if self.before == self.after:
            return "same"
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


@dataclass(frozen=True)
class Plan:
    """Changes in the order in which they were asked for.

    `present` is what is there now, None where the key may set variables but not see them: then everything is sent.
    """

    changes: tuple[Change, ...]
    present: Mapping[str, str] | None = field(repr=False)

    @property
    def knows_present(self) -> bool:
        return self.present is not None

    def of(self, kind: Kind) -> list[Change]:
        return [change for change in self.changes if change.kind == kind]

    @cached_property
    def sent(self) -> Mapping[str, str | None]:
        """New variables first, then changed ones, then removals, as the genuine CLI sends them."""
        if not self.knows_present:
            return {change.name: change.after for change in self.changes}
        return {change.name: change.after for kind in _SENT for change in self.changes if change.kind == kind}

    @property
    def after(self) -> Mapping[str, str]:
        """All variables once it is carried out, as far as that is known."""
        whole = {**(self.present or {}), **self.sent}
        return {name: value for name, value in whole.items() if value is not None}


_SENT: Sequence[Kind] = ("added", "changed", "removed")


def plan_setting(present: Mapping[str, str] | None, wanted: Mapping[str, str]) -> Plan:
    before = present or {}
    return Plan(tuple(Change(name, before.get(name), value) for name, value in wanted.items()), present)


def plan_removing(present: Mapping[str, str] | None, names: Iterable[str]) -> Plan:
    """A name that is not there is the `same` before and after."""
    before = present or {}
    return Plan(tuple(Change(name, before.get(name), None) for name in dict.fromkeys(names)), present)

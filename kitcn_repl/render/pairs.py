"""Edges for drawing: a relation and its inverse are one line between two tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kitcn_repl.schema.model import Edge


@dataclass(frozen=True, slots=True)
class Link:
    """An edge, and the one that leads back, if that is declared as its inverse."""

    edge: Edge
    inverse: Edge | None

    @property
    def label(self) -> str:
        names = self.edge.name if self.inverse is None else f"{self.edge.name} ⇄ {self.inverse.name}"
        return names if self.edge.through is None else f"{names} ({self.edge.through.table})"


def links(edges: Sequence[Edge]) -> list[Link]:
    """Every edge once, in order; of a pair the first one leads."""
    by_name = {(edge.source, edge.name): edge for edge in edges}
    drawn: set[tuple[str, str]] = set()
    found = []
    for edge in edges:
        if (edge.source, edge.name) in drawn:
            continue
        inverse = by_name.get((edge.target, edge.inverse)) if edge.inverse is not None else None
        if inverse is edge or (inverse is not None and (inverse.source, inverse.name) in drawn):
            inverse = None
        drawn.add((edge.source, edge.name))
        if inverse is not None:
            drawn.add((inverse.source, inverse.name))
        found.append(Link(edge, inverse))
    return found

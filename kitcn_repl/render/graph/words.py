"""A tie in words, as one sees it from one of its tables."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kitcn_repl.render.edges import origins
from kitcn_repl.render.graph.ties import Tie
from kitcn_repl.render.text import visible
from kitcn_repl.schema.model import EDGE_ORIGINS, Edge


@dataclass(frozen=True, slots=True)
class TieWords:
    """`arrow` is → for what the table refers to, ← for what refers to it, ↻ for both. All texts are safe to show.

    `cardinality` is read from the table: `n : 1`. `names` are those of declared relations, empty without any.
    """

    arrow: str
    other: str
    fields: str
    cardinality: str
    names: str
    origins: str
    place: str


def describe(tie: Tie, table: str) -> TieWords:
    holders, targets = "n" if tie.many_holders else "1", "n" if tie.many_targets else "1"
    if tie.holder == tie.target:
        arrow, other = "↻", tie.target
    elif table == tie.holder:
        arrow, other = "→", tie.target
    else:
        arrow, other = "←", tie.holder
    ends = (targets, holders) if arrow == "←" else (holders, targets)
    place = next((edge.place for edge in tie.edges if edge.place is not None), None)
    return TieWords(
        arrow,
        visible(other),
        visible(f"{', '.join(tie.fields)} → {', '.join(tie.target_fields)}"),
        " : ".join(ends),
        visible(_names(tie)),
        origins(_together(tie)),
        "" if place is None else visible(str(place)),
    )


def _names(tie: Tie) -> str:
    declared = [edge for edge in tie.edges if "relation" in edge.origins]
    direct = [edge for edge in declared if edge.through is None]
    forwards = [edge.name for edge in direct if edge.source == tie.holder and edge.from_fields == tie.fields]
    backwards = [edge.name for edge in direct if edge.name not in forwards]
    names = " ⇄ ".join(", ".join(some) for some in (forwards, backwards) if some)
    across = [f"{edge.source}.{edge.name} ⇉ {edge.target}" for edge in declared if edge.through is not None]
    return " · ".join(text for text in (names, *across) if text)


def _together(tie: Tie) -> Edge:
    """One edge that tells all origins, with their evidence."""
    told = {origin for edge in tie.edges for origin in edge.origins}
    evidence = next((edge.evidence for edge in tie.edges if edge.evidence is not None), None)
    return replace(tie.edges[0], origins=tuple(origin for origin in EDGE_ORIGINS if origin in told), evidence=evidence)

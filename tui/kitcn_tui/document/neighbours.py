"""What is around a document: the ways from it, and what was found along them so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Literal

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.following import Follower, Related, Way
from kitcn_repl.explore.following.questions import SCAN, route
from kitcn_repl.explore.knowledge import Knowledge
from kitcn_repl.values import JsonObject

Progress = Literal["waiting", "loading", "found", "offered", "failed"]

SHOWN, FETCHED, MOST_SHOWN = 5, 10, 100
"""Documents of each way that are shown at first, that are read at first, and that the pane shows at most."""

_FRESH = 30.0
"""Seconds for which coming back to a document asks for nothing again."""

_SMALL = 256
"""Documents of a table up to which looking through it costs no more than showing it would."""


@dataclass(slots=True)
class Path:
    """A way from the document. `scans` is how many documents would be looked through, 0 where an index serves."""

    way: Way
    scans: int = 0
    scanned: str | None = None
    progress: Progress = "waiting"
    related: Related | None = None
    error: KitcnError | None = None
    is_open: bool = True
    shown: int = SHOWN

    @property
    def points_here(self) -> bool:
        """Whether the others hold the id of this document, whichever side declares the relation."""
        return self.way.start_fields == ("_id",) and self.way.junction is None

    @property
    def arrow(self) -> str:
        return "←" if self.points_here else "→"

    @property
    def key(self) -> str:
        """Names it among the ways from one table."""
        return f"{self.arrow}{self.way.label}"

    @property
    def wants_a_question(self) -> bool:
        """Whether it is worth a scan is for somebody to say."""
        return self.scans > _SMALL


@dataclass(slots=True)
class Neighbours:
    """The ways from one document, forwards and backwards."""

    document: JsonObject
    table: str
    knowledge: Knowledge
    paths: list[Path] = field(default_factory=list)
    asked_at: float | None = None

    @property
    def labels(self) -> dict[str, str]:
        """What the documents that were found are called, by id."""
        from kitcn_repl.render.summary import label

        tables = self.knowledge.schema.tables
        return {
            str(document.get("_id")): label(document, path.way.end, tables.get(path.way.end))
            for path in self.paths
            if path.related is not None
            for document in path.related.documents
        }

    @property
    def dangling(self) -> frozenset[str]:
        return frozenset(each for path in self.paths if path.related is not None for each in path.related.dangling)

    def at_once(self) -> list[Path]:
        """What can be followed without asking anybody: by id, by an index, or through a small table.

        What was found a while ago is looked for again, a scan only if somebody wants all of it anew.
        """
        everything = self.asked_at is None
        is_old = self.asked_at is None or monotonic() - self.asked_at > _FRESH
        for path in self.paths:
            costs_little = not path.wants_a_question or (everything and path.related is not None)
            if costs_little and (path.progress == "failed" or (path.progress == "found" and is_old)):
                path.progress = "waiting"
        return [path for path in self.paths if path.progress == "waiting"]

    def found(self, paths: Sequence[Path], related: Sequence[Related]) -> None:
        """What these ways lead to."""
        self.asked_at = monotonic()
        for path, each in zip(paths, related, strict=True):
            path.progress, path.related, path.error = "found", each, None


def look_around(follower: Follower, knowledge: Knowledge, document: JsonObject, table: str) -> Neighbours:
    """The ways there are; nothing is read yet."""
    around = Neighbours(document, table, knowledge)
    for way in follower.ways(table):
        scanned = [step.table for step in route(knowledge.schema, way).steps if step.access.kind == "scan"]
        path = Path(way, sum(_size(knowledge, each) for each in scanned), scanned[0] if scanned else None)
        path.progress = "offered" if path.wants_a_question else "waiting"
        around.paths.append(path)
    return around


def _size(knowledge: Knowledge, table: str) -> int:
    """Documents that a scan of the table looks at, at most."""
    known = knowledge.schema.tables.get(table)
    number = known.count if known is not None else None
    return SCAN if number is None else max(1, min(SCAN, number))

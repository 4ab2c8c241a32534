"""What the graph is made of, worked out away from the screen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from kitcn_repl.explore.knowledge import Knowledge
from kitcn_repl.render.graph.picture import Picture
from kitcn_repl.render.graph.tables import Choice, Graph, graph
from kitcn_repl.schema.differences import Difference, differences


@dataclass(frozen=True, slots=True)
class Known:
    """What is known, and where source and deployment differ."""

    knowledge: Knowledge
    differing: Sequence[Difference]


async def judged(knowledge: Knowledge) -> Known:
    if knowledge.source is None or knowledge.deployed is None:
        return Known(knowledge, ())
    return Known(knowledge, await asyncio.to_thread(differences, knowledge.source, knowledge.deployed))


class _UnwantedError(Exception):
    """Nobody waits for the picture any more."""


async def drawn(known: Known, choice: Choice, width: int) -> Picture:
    """The picture, for a screen of that width. Who is cancelled while it waits ends the drawing too."""
    is_unwanted = threading.Event()

    def check() -> None:
        if is_unwanted.is_set():
            raise _UnwantedError

    def draw() -> Picture:
        knowledge = known.knowledge
        return Picture(graph(knowledge.schema, knowledge.edges, choice, known.differing), width, check)

    try:
        return await asyncio.to_thread(draw)
    finally:
        is_unwanted.set()


def diagram(shown: Graph) -> str:
    """What is shown, as Mermaid."""
    from kitcn_repl.render.mermaid import mermaid

    edges = dict.fromkeys(edge for tie in shown.ties for edge in tie.edges)
    within = [edge for edge in edges if edge.source in shown.entries and edge.target in shown.entries]
    return mermaid(within, shown.entries)

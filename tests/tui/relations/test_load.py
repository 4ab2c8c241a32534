"""The graph is worked out in a thread, as long as somebody wants it."""

from __future__ import annotations

import asyncio
import random
import threading

import pytest
from kitcn_tui.relations import load

from kitcn_repl.explore.knowledge import Knowledge
from kitcn_repl.render.graph.model import Check
from kitcn_repl.render.graph.picture import Picture
from kitcn_repl.render.graph.tables import Choice, Graph, graph
from kitcn_repl.schema.model import Edge, Schema, Table


def tangled(tables: int) -> Knowledge:
    """Each table refers to three others."""
    chosen = random.Random(3)
    names = [f"table{number:03}" for number in range(tables)]
    edges = [
        Edge(name, f"f{at}Id", "one", target, (f"f{at}Id",), ("_id",), ("validator",))
        for name in names
        for at, target in enumerate(chosen.sample(names, 3))
    ]
    return Knowledge(Schema({name: Table(name, {}) for name in names}), tuple(edges))


async def test_what_nobody_wants_any_more_is_not_drawn_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = threading.Event(), threading.Event()
    outcome: list[str] = []

    def noted(shown: Graph, width: int, check: Check) -> Picture:
        def checked() -> None:
            begun.set()
            check()

        try:
            picture = Picture(shown, width, checked)
        except BaseException as error:
            outcome.append(type(error).__name__)
            raise
        else:
            outcome.append("drawn")
            return picture
        finally:
            ended.set()

    monkeypatch.setattr(load, "Picture", noted)
    drawing = asyncio.create_task(load.drawn(load.Known(tangled(120), ()), Choice(hubs=True), 120))
    await asyncio.to_thread(begun.wait)
    drawing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drawing
    await asyncio.to_thread(ended.wait)
    assert outcome == ["_UnwantedError"]


def test_every_part_of_the_way_can_be_ended() -> None:
    """However late it is no longer wanted: the count of chances is what a whole drawing has."""
    knowledge = tangled(30)
    shown = graph(knowledge.schema, knowledge.edges, Choice(hubs=True))
    chances = 0

    def count() -> None:
        nonlocal chances
        chances += 1

    Picture(shown, 100, count)
    assert chances > len(shown.lines), "one for each line, and those before"
    for last in (1, chances // 2, chances):
        left = last

        def end() -> None:
            nonlocal left
            left -= 1
            if not left:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            Picture(shown, 100, end)

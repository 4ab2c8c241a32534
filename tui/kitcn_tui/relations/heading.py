"""The line over the graph: what is shown, what is not, and the keys that change that."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.widgets import Static

from kitcn_repl.render.graph.tables import ONLY_DEPLOYED, ONLY_SOURCE, OTHERWISE, Choice, Graph
from kitcn_repl.render.quantity import counted
from kitcn_repl.render.text import visible
from kitcn_tui.relations.load import Known

_MOST_NAMED = 3
_MEANINGS = (
    (OTHERWISE, "differs"),
    (ONLY_SOURCE, "not deployed"),
    (ONLY_DEPLOYED, "not in source"),
)


class GraphHeading(Static):
    """Quiet: one line, cut where there is no room."""

    DEFAULT_CSS = """
    GraphHeading { height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)

    def wait(self, text: str) -> None:
        self.update(Content(text))

    def show(self, graph: Graph, choice: Choice, known: Known) -> None:
        parts = [part for some in _told(graph, choice, known) for part in ("  ·  ", *some)]
        self.update(Content.assemble(*parts[1:]))


def _told(graph: Graph, choice: Choice, known: Known) -> Iterator[tuple[str | tuple[str, str], ...]]:
    key = "bold $text-primary"
    lines = counted(len(graph.lines), "line")
    if choice.around is not None:
        away = "1 relation away" if choice.depth == 1 else f"{choice.depth} relations away"
        yield (f"{counted(len(graph.entries), 'table')} around ", (visible(choice.around), "bold"), f", {away}")
        yield (("esc", key), " all tables")
    else:
        yield (f"{counted(len(graph.entries), 'table')}, {lines}",)
    if choice.hubs:
        yield (("u", key), " folds the lines to hubs")
    elif graph.hubs:
        named = ", ".join(map(visible, graph.hubs)) if len(graph.hubs) <= _MOST_NAMED else f"{len(graph.hubs)} tables"
        yield (("u", key), f" draws the lines to {named}")
    if choice.around is None:
        owners = [known.knowledge.schema.tables[name].owner for name in graph.hidden]
        auth, plugins = owners.count("auth"), len(owners) - owners.count("auth")
        if auth:
            yield (("a", key), f" shows {counted(auth, 'auth table')}")
        if plugins:
            yield (("i", key), f" shows {counted(plugins, 'internal table')}")
    marks = {mark for entry in graph.entries.values() for mark in (entry.mark, *(row.mark for row in entry.rows))}
    for mark, meaning in _MEANINGS:
        if mark in marks:
            yield ((mark, "bold $text-warning"), f" {meaning}")
    if any(tie.is_guessed for tie in graph.ties):
        yield ("╌ seen only in the data",)

"""Tables and relations as a Graphviz graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kitcn_repl.render.pairs import Link, links
from kitcn_repl.render.text import visible
from kitcn_repl.schema.model import Edge


def dot(edges: Sequence[Edge], tables: Iterable[str]) -> str:
    """A `digraph`; a relation and its inverse are one line with two heads, what only data tells is dashed."""
    return "".join(f"{line}\n" for line in _lines(edges, tables))


def _lines(edges: Sequence[Edge], tables: Iterable[str]) -> Iterator[str]:
    yield "digraph kitcn {"
    yield "    rankdir=LR;"
    yield '    node [shape=box, style=rounded, fontname="Helvetica"];'
    yield '    edge [fontname="Helvetica", fontsize=10];'
    # Graphviz keeps names that begin with % for itself, so the label does not rely on the name.
    yield from (f"    {_quoted(table)} [label={_quoted(table)}];" for table in tables)
    yield from (f"    {_line(link)};" for link in links(edges))
    yield "}"


def _line(link: Link) -> str:
    edge = link.edge
    settings = {"label": link.label, "arrowhead": _head(edge)}
    if link.inverse is not None:
        settings |= {"dir": "both", "arrowtail": _head(link.inverse)}
    if edge.origins == ("data",):
        settings["style"] = "dashed"
    described = ", ".join(f"{name}={_quoted(text)}" for name, text in settings.items())
    return f"{_quoted(edge.source)} -> {_quoted(edge.target)} [{described}]"


def _head(edge: Edge) -> str:
    return "crow" if edge.cardinality == "many" else "normal"


def _quoted(text: str) -> str:
    """A DOT string. Graphviz expands backslashes and HTML entities in labels, so neither is left bare."""
    safe = visible(text).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return f'"{safe}"'

"""Tables and relations as a Mermaid entity relationship diagram."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kitcn_repl.render.pairs import Link, links
from kitcn_repl.render.text import visible
from kitcn_repl.schema.model import Edge

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_ATTRIBUTE = re.compile(r"(?!(?i:[fpu]k)\Z)[A-Za-z_][A-Za-z0-9_-]*\Z")
_RESERVED = frozenset({
    "acctitle", "accdescr", "class", "classdef", "direction", "end", "erdiagram", "many", "md", "one", "only",
    "optionally", "style", "subgraph", "title", "to", "u", "zero",
})  # fmt: skip
"""Words that Mermaid reads as its own where the name of a table could stand."""


def mermaid(edges: Sequence[Edge], tables: Iterable[str]) -> str:
    """An `erDiagram` of the tables and what leads from one to another; a relation and its inverse are one line."""
    return "".join(f"{line}\n" for line in _lines(edges, tables))


def _lines(edges: Sequence[Edge], tables: Iterable[str]) -> Iterator[str]:
    yield "erDiagram"
    for table in tables:
        keys = dict.fromkeys(
            field for edge in edges if edge.source == table for field in edge.from_fields if field != "_id"
        )
        attributes = [field for field in keys if _ATTRIBUTE.match(field)]
        if not attributes:
            yield f"    {_entity(table)}"
            continue
        yield f"    {_entity(table)} {{"
        yield from (f"        id {field} FK" for field in attributes)
        yield "    }"
    for link in links(edges):
        ends = f"{_entity(link.edge.source)} {_crow_feet(link)} {_entity(link.edge.target)}"
        yield f"    {ends} : {_quoted(link.label)}"


def _entity(name: str) -> str:
    return name if _PLAIN.match(name) and name.lower() not in _RESERVED else _quoted(name)


def _crow_feet(link: Link) -> str:
    many_to_many = link.edge.through is not None
    target = "o{" if link.edge.cardinality == "many" else "o|" if link.edge.optional else "||"
    if many_to_many or (link.inverse.cardinality == "many" if link.inverse else link.edge.cardinality == "one"):
        source = "}o"
    else:
        source = "||" if link.inverse and not link.inverse.optional else "|o"
    return f"{source}--{target}"


def _quoted(text: str) -> str:
    """No quote, no line end, and nothing that Mermaid takes for an escape; entities bring them back in the picture."""
    escaped = "".join(
        char if char.isalnum() or char in " _-.,()/⇄" else f"#{ord(char)};" for char in visible(text) or " "
    )
    return f'"{escaped}"'

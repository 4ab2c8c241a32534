"""The documents that a document refers to and that refer to it."""

from __future__ import annotations

from collections.abc import Sequence

from kitcn_repl.explore.following.follower import Related
from kitcn_repl.render.edges import via as edge_via
from kitcn_repl.render.quantity import counted
from kitcn_repl.render.summary import summary
from kitcn_repl.render.text import visible
from kitcn_repl.render.tree import Node, Piece
from kitcn_repl.schema.model import Schema
from kitcn_repl.values import JsonObject


def related_tree(document: JsonObject, table: str, related: Sequence[Related], schema: Schema) -> Node:
    """The document, the ways from and to it, and under each the documents that were read."""
    return Node(
        [Piece(visible(table), "bold"), *_document(document, table, schema)], [_way(each, schema) for each in related]
    )


def _document(document: JsonObject, table: str, schema: Schema) -> list[Piece]:
    told = summary(document, table, schema.tables.get(table))
    return [Piece(visible(str(document.get("_id")))), Piece(told, "dim", may_be_cut=True)]


def _way(related: Related, schema: Schema) -> Node:
    way = related.way
    arrow = "→" if way.direction == "forward" else "←"
    children = [Node(_document(document, way.end, schema)) for document in related.documents]
    children += [
        Node([Piece(visible(each), "red"), Piece("does not exist; it may have been deleted", "red")])
        for each in related.dangling
    ]
    more = related.count.n - len(related.documents)
    if more > 0 and related.documents:
        children.append(Node([Piece(f"… {'' if related.count.exact else 'at least '}{more:,} more", "dim")]))
    children += [Node([Piece(visible(note), "yellow")]) for note in related.notes]
    if related.advice is not None:
        children.append(Node([Piece(f"{visible(related.advice)} would make the count exact", "yellow")]))
    style = "cyan" if way.direction == "forward" else "blue"
    return Node(
        [
            Piece(visible(way.label), style),
            Piece(f"{arrow} {visible(way.end)}"),
            Piece(count_text(related), "dim" if related.count.n == 0 else "bold"),
            Piece(visible(related.via), "dim"),
        ],
        children,
        aligned=True,
    )


def count_text(related: Related) -> str:
    """`3 documents`, `at least 4,096 documents`, `none`, `none found`."""
    if related.count.n == 0:
        return "none" if related.count.exact else "none found"
    return f"{'' if related.count.exact else 'at least '}{counted(related.count.n, 'document')}"


def related_json(related: Related) -> JsonObject:
    """A way and what it found. `exact` false means that `count` is a lower bound."""
    way = related.way
    return {
        "name": way.label,
        "direction": way.direction,
        "table": way.end,
        "from": list(way.start_fields),
        "to": list(way.end_fields),
        "through": None
        if way.junction is None
        else {"table": way.junction.table, "from": list(way.junction.entry), "to": list(way.junction.exit)},
        "origins": list(way.edge.origins),
        "count": related.count.n,
        "exact": related.count.exact,
        "via": related.via,
        "advice": related.advice,
        "dangling": list(related.dangling),
        "notes": list(related.notes),
        "documents": list(related.documents),
    }


def related_row(related: Related) -> JsonObject:
    """A way as a row, without its documents."""
    way = related.way
    row: JsonObject = {
        "name": way.label,
        "direction": way.direction,
        "table": way.end,
        "via": related.via,
        "fields": edge_via(way.edge),
        "count": related.count.n,
        "exact": related.count.exact,
    }
    return row if related.advice is None else row | {"advice": related.advice}


RELATED_COLUMNS = ("name", "direction", "table", "fields", "count", "exact", "via", "advice")

"""Relations as a tree for people and as JSON for machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kitcn_repl.render.places import Places
from kitcn_repl.render.quantity import count
from kitcn_repl.render.text import visible
from kitcn_repl.render.tree import Node, Piece
from kitcn_repl.schema.model import Edge, EdgeOrigin
from kitcn_repl.values import JsonObject, JsonValue

ORIGIN_NAMES: Mapping[EdgeOrigin, str] = {
    "relation": "relation",
    "foreign_key": "foreign key",
    "validator": "validator",
    "data": "data",
}


def edges_tree(edges: Sequence[Edge], tables: Iterable[str], places: Places) -> list[Node]:
    """A tree for each of `tables` that has a way out, and its ways under it."""
    found = []
    for table in tables:
        leaving = [edge for edge in edges if edge.source == table]
        if leaving:
            found.append(Node([Piece(visible(table), "bold")], [_forward(edge, places) for edge in leaving]))
    return found


def table_tree(edges: Sequence[Edge], table: str, places: Places) -> Node:
    """One table: its ways out, then the ways of other tables that lead to it."""
    children = [_forward(edge, places) for edge in edges if edge.source == table]
    children += [_backward(edge, places) for edge in edges if edge.target == table and edge.source != table]
    return Node([Piece(visible(table), "bold")], children)


def _forward(edge: Edge, places: Places) -> Node:
    pieces = [Piece(visible(edge.name), "cyan"), Piece(f"→ {_target(edge)}"), Piece(via(edge)), _place(edge, places)]
    return Node(pieces, details=_facts(edge), aligned=True)


def _backward(edge: Edge, places: Places) -> Node:
    name = visible(f"{edge.source}.{edge.name}")
    pieces = [Piece(name, "blue"), Piece(f"← {edge.cardinality}"), Piece(via(edge)), _place(edge, places)]
    return Node(pieces, details=_facts(edge), aligned=True)


def _target(edge: Edge) -> str:
    is_required = not edge.optional and edge.cardinality == "one" and "relation" in edge.origins
    needed = ", required" if is_required else ""
    return f"{edge.cardinality} {visible(edge.target)}{needed}"


def _place(edge: Edge, places: Places) -> Piece:
    return Piece(places.text(edge.place), "dim")


def _facts(edge: Edge) -> list[Piece]:
    named = [f"alias {visible(edge.alias)}"] if edge.alias else []
    if edge.inverse:
        named.append(f"inverse {visible(f'{edge.target}.{edge.inverse}')}")
    return [
        Piece(" · ".join(named), "dim"),
        Piece(origins(edge), "yellow" if edge.origins == ("data",) else "green"),
    ]


def via(edge: Edge) -> str:
    """`ownerId → _id`, `_id → membership(userId, teamId) → _id`."""
    ends = visible(_fields(edge.from_fields)), visible(_fields(edge.to_fields))
    if edge.through is None:
        return " → ".join(ends)
    through = edge.through
    fields = f"{_fields(through.from_fields)}, {_fields(through.to_fields)}"
    return f"{ends[0]} → {visible(f'{through.table}({fields})')} → {ends[1]}"


def origins(edge: Edge) -> str:
    """`relation, foreign key, data 45 of 66`."""
    names = []
    for origin in edge.origins:
        name = ORIGIN_NAMES[origin]
        if origin == "data" and edge.evidence is not None:
            name = f"{name} {count(edge.evidence.matching)} of {count(edge.evidence.sampled)}"
        names.append(name)
    return ", ".join(names)


def edge_json(edge: Edge) -> JsonObject:
    """The edge as issue and scripts know it; `evidence` and `place` only where there are such."""
    through: JsonValue = None
    if edge.through is not None:
        through = {
            "table": edge.through.table,
            "from": list(edge.through.from_fields),
            "to": list(edge.through.to_fields),
        }
    described: JsonObject = {
        "source": edge.source,
        "name": edge.name,
        "cardinality": edge.cardinality,
        "target": edge.target,
        "from": list(edge.from_fields),
        "to": list(edge.to_fields),
        "through": through,
        "alias": edge.alias,
        "inverse": edge.inverse,
        "origins": list(edge.origins),
        "optional": edge.optional,
    }
    if edge.evidence is not None:
        described["evidence"] = {"matching": edge.evidence.matching, "sampled": edge.evidence.sampled}
    if edge.place is not None:
        described["place"] = str(edge.place)
    return described


def edge_row(edge: Edge) -> JsonObject:
    """The edge as a row of CSV or Markdown: lists become text."""
    row: JsonObject = {
        "source": edge.source,
        "name": edge.name,
        "cardinality": edge.cardinality,
        "target": edge.target,
        "from": _fields(edge.from_fields),
        "to": _fields(edge.to_fields),
        "origins": ", ".join(edge.origins),
    }
    if edge.through is not None:
        row["through"] = edge.through.table
        row["throughFrom"] = _fields(edge.through.from_fields)
        row["throughTo"] = _fields(edge.through.to_fields)
    if edge.evidence is not None:
        row["matching"], row["sampled"] = edge.evidence.matching, edge.evidence.sampled
    texts = {"alias": edge.alias, "inverse": edge.inverse, "place": None if edge.place is None else str(edge.place)}
    return row | {name: text for name, text in texts.items() if text is not None}


EDGE_COLUMNS = (
    "source", "name", "cardinality", "target", "from", "to", "through", "throughFrom", "throughTo", "alias", "inverse",
    "origins", "matching", "sampled", "place",
)  # fmt: skip


def _fields(fields: Sequence[str]) -> str:
    return ", ".join(fields)

"""The document as the row that kitcn's ORM makes of it, its relations one level deep."""

from __future__ import annotations

from collections.abc import Iterator

from kitcn_repl.explore.orm_rows import orm_json, orm_row
from kitcn_repl.render.secrets import is_credential
from kitcn_repl.render.text import visible
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_tui.document.neighbours import Neighbours, Path
from kitcn_tui.document.nodes import Columns, Light, Node, columns_of, top
from kitcn_tui.outline.rows import Span

_LABELLED = 3


class RelationNode(Node):
    """What `with: {name: true}` would add: the row at the other end, or rows."""

    __slots__ = ("path_",)

    def __init__(self, path: Path, stored: JsonValue, light: Light, columns: Columns) -> None:
        super().__init__(path.way.label, stored, light, columns=columns)
        self.path_ = path

    @property
    def type_text(self) -> str:
        return f"{self.path_.way.edge.cardinality} {visible(self.path_.way.end)}"

    def _value(self) -> Iterator[Span]:
        path = self.path_
        if path.related is None:
            yield Span("not loaded" if path.progress != "offered" else "not loaded: no index serves", "muted")
            return
        total = path.related.count
        if isinstance(self.stored, list) and (total.n > len(self.stored) or not total.exact):
            yield Span(f"first {len(self.stored):,} of {total}  ", "muted")
        labels = [self.light.labels.get(str(each.get("_id"))) for each in path.related.documents[:_LABELLED]]
        if self.children is not None or not any(labels):
            yield from super()._value()
            return
        if isinstance(self.stored, list):
            yield Span(f"[{len(self.stored):,}] ")
        yield Span(" | ".join(label for label in labels if label), "muted")


def orm_nodes(document: JsonObject, table: str, light: Light, around: Neighbours | None) -> list[Node]:
    """The fields of the row, then its declared relations, as far as they are loaded."""
    row = orm_row(document, light.fields)
    first = [name for name in ("id", "createdAt") if name in row]
    names = [*first, *(name for name in light.fields if name in row), *sorted(row)]
    nodes = top(
        [(name, row[name].stored, light.fields.get(name), row[name].date) for name in dict.fromkeys(names)],
        light,
        lambda name: is_credential(document, row[name].path, table),
    )
    declared = [] if around is None else [path for path in around.paths if _is_declared(path)]
    if not declared or around is None:
        return nodes
    columns = columns_of({**dict.fromkeys(names), **{path.way.label: None for path in declared}}, nodes[0].columns)
    for node in nodes:
        node.columns = columns
    columns.type = max(columns.type, 12)
    return [*nodes, *(RelationNode(path, _rows(path, around), light, columns) for path in declared)]


def _is_declared(path: Path) -> bool:
    return path.way.direction == "forward" and "relation" in path.way.edge.origins


def _rows(path: Path, around: Neighbours) -> JsonValue:
    if path.related is None:
        return None
    table = around.knowledge.schema.tables.get(path.way.end)
    fields = table.fields if table is not None else None
    rows: list[JsonValue] = [orm_json(document, fields) for document in path.related.documents]
    if path.way.edge.cardinality == "many":
        return rows
    return rows[0] if rows else None

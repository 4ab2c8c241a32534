"""The document's values, to be folded and followed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from kitcn_tui.document.nodes import Node, TextLine
from kitcn_tui.outline.outline import Outline
from kitcn_tui.outline.rows import Row

_UNFOLDED_AT_ONCE = 20_000


class DocumentTree(Outline):
    """Nodes and what of them is unfolded, as one list of rows."""

    @property
    def node(self) -> Node | None:
        """The node under the cursor; of a line of a long text the node that has the text."""
        row = self.row
        if isinstance(row, TextLine):
            return row.node
        return row if isinstance(row, Node) else None

    def show_nodes(self, nodes: Sequence[Row], opened: Sequence[str] = (), at: str | None = None) -> None:
        """Other nodes. `opened` are the paths that are unfolded, `at` is where the cursor stands."""
        rows: list[Row] = []
        wanted = set(opened)
        for node in nodes:
            self._add(rows, node, wanted)
        place = _find(rows, at) if at else None
        if at and place is None:
            place = self._unfold_towards(rows, at)
        self.show(rows, 0 if place is None else place)

    def _add(self, rows: list[Row], row: Row, opened: set[str]) -> None:
        rows.append(row)
        if opened and isinstance(row, Node) and row.is_foldable and row.path in opened:
            for child in row.unfold(self.room):
                self._add(rows, child, opened)

    def _unfold_towards(self, rows: list[Row], path: str) -> int | None:
        """Unfold what leads to a path, as far as there is such a thing."""
        found = None
        place = 0
        while place < len(rows):
            row = rows[place]
            if isinstance(row, Node):
                if row.path == path:
                    return place
                if path.startswith(f"{row.path}."):
                    found = place
                    if row.is_foldable and row.children is None:
                        rows[place + 1 : place + 1] = row.unfold(self.room)
            place += 1
        return found

    @property
    def room(self) -> int:
        return self.scrollable_content_region.width or 80

    @property
    def opened(self) -> list[str]:
        """The paths of what is unfolded."""
        return [row.path for row in self.rows if isinstance(row, Node) and row.children is not None]

    def fold_or_unfold(self) -> None:
        node = self.node
        if node is None:
            return
        if node.children is None:
            self.unfold()
        else:
            self.fold()

    def unfold(self) -> None:
        """Unfold the node under the cursor; if it is, go to its first child."""
        row = self.row
        if not isinstance(row, Node) or not row.is_foldable:
            return
        if row.children is not None:
            self.action_move(1)
            return
        place = self.cursor
        self.show([*self.rows[: place + 1], *row.unfold(self.room), *self.rows[place + 1 :]])

    def fold(self) -> None:
        """Fold the node under the cursor, or else the one that it is in."""
        node = self.node
        if node is None:
            return
        if node.children is None:
            if node.parent is not None:
                self.move_to(self._place_of(node.parent))
            return
        place = self._place_of(node)
        beneath = sum(1 for _row in takewhile(lambda row: _is_in(row, node), self.rows[place + 1 :]))
        node.children = None
        self.show([*self.rows[: place + 1], *self.rows[place + 1 + beneath :]], place)

    def unfold_all(self) -> bool:
        """Unfold everything in the node under the cursor, long texts excepted; False if that would be too much."""
        node = self.node
        if node is None:
            return True
        place = self._place_of(node)
        if node.children is not None:
            self.cursor = place
            self.fold()
        beneath: list[Row] = []
        complete = _collect(node, beneath, self.room)
        self.show([*self.rows[: place + 1], *beneath, *self.rows[place + 1 :]], place)
        return complete

    def _place_of(self, node: Node) -> int:
        return next((place for place, row in enumerate(self.rows) if row is node), 0)


def _find(rows: Sequence[Row], path: str) -> int | None:
    return next((place for place, row in enumerate(rows) if isinstance(row, Node) and row.path == path), None)


def _is_in(row: Row, node: Node) -> bool:
    if isinstance(row, TextLine):
        return row.node is node or _is_in(row.node, node)
    if not isinstance(row, Node):
        return False
    parent = row.parent
    while parent is not None:
        if parent is node:
            return True
        parent = parent.parent
    return False


def _collect(node: Node, rows: list[Row], width: int) -> bool:
    """Add everything beneath a node; False if it is more than is unfolded at once."""
    if not node.is_foldable or (isinstance(node.stored, str) and rows):
        return True
    if len(rows) > _UNFOLDED_AT_ONCE:
        return False
    complete = True
    node.children = None
    for child in node.unfold(width):
        rows.append(child)
        if isinstance(child, Node):
            complete = _collect(child, rows, width) and complete
    return complete

"""One value as a whole: unfolded, with sizes, a long text in full."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from kitcn_repl.render.quantity import byte_size, count, counted
from kitcn_repl.render.secrets import is_credential, redacted
from kitcn_repl.render.text import visible
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.javascript import stringify
from kitcn_repl.values.kinds import kind_of
from kitcn_repl.values.size import value_size
from kitcn_tui.document.nodes import Light, Node, columns_of
from kitcn_tui.document.tree import DocumentTree
from kitcn_tui.grid.cells import Typing
from kitcn_tui.outline.outline import Outline
from kitcn_tui.outline.rows import Row
from kitcn_tui.widgets.copy_as import Spelling, copy_one_of


class ValueScreen(ModalScreen[str | None]):
    """The value of a field; answers the id that somebody wants to follow, else nothing."""

    DEFAULT_CSS = """
    ValueScreen { align: center middle; background: $background 60%; }
    ValueScreen #value {
        width: 94%; max-width: 120; height: auto; max-height: 84%; min-height: 5; padding: 0 1;
        background: $surface; border: round $border-blurred;
        border-title-color: $text-primary; border-title-style: bold; border-subtitle-color: $text-muted;
    }
    ValueScreen DocumentTree { background: $surface; height: auto; max-height: 100%; }
    ValueScreen #value-facts { color: $text-muted; height: 1; margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,v", "leave", "Close"),
        Binding("y", "copy", "Copy"),
        Binding("x", "reveal", "Reveal"),
        Binding("right", "fold(True)", show=False),
        Binding("left", "fold(False)", show=False),
    ]

    def __init__(self, document: JsonObject, name: str, typing: Typing) -> None:
        super().__init__()
        self._document = document
        self._field = name
        self._typing = typing
        self._reveals = typing.reveals

    def compose(self) -> ComposeResult:
        with Vertical(id="value"):
            yield Static("", id="value-facts", markup=False)
            yield DocumentTree()

    def on_mount(self) -> None:
        panel = self.query_one("#value")
        panel.border_title = visible(self._field)
        panel.border_subtitle = "enter unfolds, follows an id  y copies  x reveals  esc closes"
        self._draw()

    @property
    def _value(self) -> JsonValue:
        return self._document.get(self._field)

    def _draw(self) -> None:
        light = Light(self._typing.table, self._typing.fields, self._typing.tables, reveals=self._reveals)
        node = Node(
            self._field,
            self._value,
            light,
            columns=columns_of({self._field: self._value}),
            column=self._typing.fields.get(self._field),
            is_secret=is_credential(self._document, self._field, self._typing.table),
        )
        self.query_one("#value-facts", Static).update(self._facts())
        tree = self.query_one(DocumentTree)
        if self._field not in self._document:
            tree.display = False
            return
        opened = [node.path] if node.is_foldable else []
        tree.show_nodes([node], opened)
        self.call_after_refresh(self._size_to_fit)
        tree.focus()

    def _size_to_fit(self) -> None:
        tree = self.query_one(DocumentTree)
        tree.styles.height = max(1, len(tree.rows))

    def _facts(self) -> str:
        if self._field not in self._document:
            return "not set: the document has no such field"
        value = self._value
        parts = [kind_of(value), byte_size(value_size(value))]
        if isinstance(value, str):
            parts.insert(1, counted(len(value), "character"))
            if (lines := value.count("\n")) > 0:
                parts.insert(2, f"{count(lines + 1)} lines")
        elif isinstance(value, list):
            parts.insert(1, counted(len(value), "item"))
        elif isinstance(value, dict) and kind_of(value) == "object":
            parts.insert(1, counted(len(value), "field"))
        return " · ".join(parts)

    def on_outline_pressed(self, message: Outline.Pressed) -> None:
        message.stop()
        row: Row = message.row
        if isinstance(row, Node):
            if row.is_foldable:
                self.query_one(DocumentTree).fold_or_unfold()
                self._size_to_fit()
            elif row.link is not None:
                self.dismiss(row.link[0])

    def action_fold(self, unfolds: bool) -> None:
        tree = self.query_one(DocumentTree)
        node = tree.node
        if node is not None and node.is_foldable and (node.children is None) == unfolds:
            tree.fold_or_unfold()
            self._size_to_fit()

    def action_reveal(self) -> None:
        self._reveals = not self._reveals
        self._draw()

    def action_leave(self) -> None:
        self.dismiss(None)

    @work
    async def action_copy(self) -> None:
        value = self._value if self._reveals else redacted(self._value)
        if is_credential(self._document, self._field, self._typing.table) and not self._reveals:
            self.notify("It is masked; x shows it.", severity="warning")
            return
        forms = [Spelling("JSON", lambda: stringify(value, 2))]
        if isinstance(value, str):
            forms.insert(0, Spelling("text", lambda: str(value), str(value)[:200]))
        await copy_one_of(self, forms)

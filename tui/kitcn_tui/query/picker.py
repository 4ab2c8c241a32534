"""Finding a query among many: type a few letters of it, see it beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.fuzzy import FuzzySearch
from textual.screen import ModalScreen
from textual.widgets import Input

from kitcn_repl.render.text import visible
from kitcn_tui.outline.outline import Outline
from kitcn_tui.outline.rows import Line, Row, Span, told
from kitcn_tui.query.editor.coloured import ColouredText
from kitcn_tui.widgets.finder import Pickable

_SEARCHED = 400
"""Characters of a text that are compared with what is typed."""
_MOST = 500


@dataclass(frozen=True, slots=True)
class Item:
    """Something to pick. `title` is one line of any text, `details` stand at the right; `failed` marks it."""

    key: str
    title: str
    text: str
    details: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Picked:
    """What to do with an item."""

    item: Item
    what: Literal["open", "run", "remove", "rename"] = "open"


class _Choice(Line):
    __slots__ = ("item",)

    def __init__(self, item: Item) -> None:
        mark = Span("✗ ", "error") if item.failed else Span("  ")
        right = (Span(visible(item.details[:60]), "muted"),) if item.details else ()
        super().__init__(mark, Span(visible(item.title[:200])), right=right)
        self.item = item


class Picker(ModalScreen[Picked | None]):
    """`may_change` offers to rename and remove items."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", show=False),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("ctrl+j,f9", "pick('run')", "Run", show=False),
        Binding("f2", "pick('rename')", "Rename", show=False),
        Binding("ctrl+delete,f8", "pick('remove')", "Remove", show=False),
    ]
    DEFAULT_CSS = """
    Picker { align: center top; background: $background 60%; }
    Picker #picker {
        width: 94%; max-width: 150; height: 86%; max-height: 40; margin-top: 2; padding: 0 1;
        background: $surface; border: round $border-blurred;
        border-title-color: $text-primary; border-title-style: bold; border-subtitle-color: $text-muted;
    }
    Picker Input, Picker Input:focus { border: none; height: 1; padding: 0 1; margin: 0 0 1 0; background: $panel; }
    Picker #picker-body { height: 1fr; }
    Picker Pickable { width: 2fr; height: 1fr; background: $surface; }
    Picker Pickable > .outline--cursor-blurred { background: $block-cursor-background 30%; }
    Picker ColouredText { width: 3fr; border: none; padding: 0 0 0 1; margin: 0 0 0 1; background: $background; }
    Picker.narrow ColouredText { display: none; }
    """

    def __init__(self, title: str, items: Sequence[Item], *, empty: str, may_change: bool = False) -> None:
        super().__init__()
        self._heading = title
        self._items = items
        self._empty = empty
        self._may_change = may_change

    def compose(self) -> ComposeResult:
        with Vertical(id="picker") as panel:
            panel.border_title = self._heading
            panel.border_subtitle = "enter opens  ctrl+j runs  " + (
                "f2 renames  f8 removes  esc closes" if self._may_change else "esc closes"
            )
            yield Input(placeholder="a few letters of it", compact=True)
            with Horizontal(id="picker-body"):
                yield Pickable()
                preview = ColouredText()
                preview.read_only = True
                preview.can_focus = False
                preview.show_cursor = False
                yield preview

    def on_mount(self) -> None:
        self._find("")
        self.query_one(Input).focus()

    def on_resize(self) -> None:
        self.set_class(self.size.width < 90, "narrow")

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self._find(message.value)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.action_pick("open")

    def on_outline_moved(self, message: Outline.Moved) -> None:
        message.stop()
        self._preview()

    def on_outline_pressed(self, message: Outline.Pressed) -> None:
        message.stop()
        self.action_pick("open")

    def _find(self, typed: str) -> None:
        rows: list[Row] = [_Choice(item) for item in found(self._items, typed)]
        if not rows:
            rows = [told(f"  {self._empty if not self._items else 'Nothing like that.'}")]
        self.query_one(Pickable).show(rows, 0)
        self._preview()

    def _preview(self) -> None:
        item = self.item
        text = item.text if item is not None else ""
        preview = self.query_one(ColouredText)
        if preview.text != text:
            preview.text = text

    @property
    def item(self) -> Item | None:
        row = self.query_one(Pickable).row
        return row.item if isinstance(row, _Choice) else None

    def action_move(self, by: int) -> None:
        self.query_one(Pickable).action_move(by)

    def action_page(self, by: int) -> None:
        self.query_one(Pickable).action_page(by)

    def action_pick(self, what: Literal["open", "run", "remove", "rename"]) -> None:
        item = self.item
        if item is not None and (self._may_change or what in ("open", "run")):
            self.dismiss(Picked(item, what))

    def action_leave(self) -> None:
        self.dismiss(None)


def found(items: Sequence[Item], typed: str) -> list[Item]:
    """Those that have the typed letters in order, the best first; all in their order if nothing is typed."""
    typed = typed.strip()
    if not typed:
        return list(items[:_MOST])
    search = FuzzySearch(case_sensitive=False)
    scored = []
    for place, item in enumerate(items):
        score = max(search.match(typed, item.title[:_SEARCHED])[0], search.match(typed, item.text[:_SEARCHED])[0])
        if score > 0:
            scored.append((-score, place, item))
    return [item for _, _, item in sorted(scored, key=lambda entry: entry[:2])][:_MOST]

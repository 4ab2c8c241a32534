"""The line above the grid: how the rows are ordered, which conditions they meet, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.browsing.announcing import Announcement
from kitcn_repl.explore.browsing.suggesting import Suggested, suggest
from kitcn_repl.explore.browsing.table_view import TableView
from kitcn_repl.explore.conditions import parse_condition
from kitcn_repl.render.text import visible
from kitcn_tui.grid.cells import fitted
from kitcn_tui.outline.outline import Outline
from kitcn_tui.outline.rows import Line, Span
from kitcn_tui.widgets.clickable import ClickableLine, Part
from kitcn_tui.widgets.finder import Pickable
from kitcn_tui.widgets.painted import MUTED

if TYPE_CHECKING:
    from kitcn_repl.deployment.models import IndexInfo
    from kitcn_repl.schema.model import Field
    from kitcn_repl.values import JsonValue

_MOST = 8
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Click:
    """`what` is order, edit, drop or add; `place` that of the condition."""

    what: str
    place: int = 0


class Summary(ClickableLine[Click]):
    """The conditions as chips."""

    DEFAULT_CSS = """
    Summary { background: $surface; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.view: TableView | None = None
        self.announcement = Announcement("")

    class Clicked(Message):
        def __init__(self, click: Click) -> None:
            super().__init__()
            self.click = click

    def parts(self, width: int) -> Sequence[Part[Click]]:
        view = self.view
        if view is None:
            return []
        parts = [Part(Content.styled(f"{order_text(view)}  ", MUTED), Click("order"))]
        for place, text in enumerate(view.conditions):
            shown = visible(text[: _LONGEST + 1])
            shown = shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
            parts.append(Part(Content.styled(f" {shown} ", "$text-primary on $primary 20%"), Click("edit", place)))
            parts.append(Part(Content.styled("✕ ", "$text-primary on $primary 20%"), Click("drop", place)))
            parts.append(Part(Content(" ")))
        if not view.conditions:
            parts.append(Part(Content.styled("/ filters", f"{MUTED}"), Click("add")))
        said = self.announcement
        style = "$text-warning" if said.is_scan else MUTED
        plan = visible(said.text)
        if said.advice:
            advice = f"  {visible(said.advice)} would serve"
            if sum(part.content.cell_length for part in parts) + len(plan) + len(advice) + 2 <= width:
                plan += advice
        used = sum(part.content.cell_length for part in parts)
        if used + len(plan) + 2 > width:
            # how it is read matters more than the end of a long row of chips
            room = max(0, width - used - 2)
            plan = fitted(plan, room).rstrip() if room > 6 else ""
        parts.append(Part(Content(" " * max(1, width - used - len(plan)))))
        parts.append(Part(Content.styled(plan, style)))
        return parts

    def clicked(self, value: Click) -> None:
        self.post_message(self.Clicked(value))


class ConditionInput(Input):
    """Where a condition is typed; the arrows choose a suggestion, tab takes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", show=False),
        Binding("down", "choose(1)", show=False),
        Binding("up", "choose(-1)", show=False),
        Binding("tab", "take", show=False),
        Binding("backspace", "delete_or_drop", show=False),
    ]

    @property
    def _bar(self) -> FilterBar:
        return next(node for node in self.ancestors if isinstance(node, FilterBar))

    def action_leave(self) -> None:
        self._bar.close()

    def action_choose(self, by: int) -> None:
        self._bar.choose(by)

    def action_take(self) -> None:
        self._bar.take()

    def action_delete_or_drop(self) -> None:
        if self.value:
            self.action_delete_left()
        else:
            self._bar.edit_last()


class _Suggestion(Line):
    __slots__ = ("suggested",)

    def __init__(self, suggested: Suggested) -> None:
        super().__init__(
            Span(f" {visible(suggested.label[:60])}", "plain"), right=[Span(f"{visible(suggested.detail)} ", "muted")]
        )
        self.suggested = suggested


class FilterBar(Vertical):
    """Says `Changed` when somebody wants other conditions, `OrderWanted` when another order."""

    DEFAULT_CSS = """
    FilterBar { height: auto; background: $surface; }
    FilterBar ConditionInput { height: 1; border: none; background: $panel; padding: 0 1; display: none; }
    FilterBar ConditionInput:focus { border: none; background: $primary 15%; }
    FilterBar #filter-problem { height: auto; color: $text-error; padding: 0 1; display: none; }
    FilterBar Pickable { height: auto; max-height: 8; background: $panel; display: none; padding: 0 0; }
    FilterBar Pickable > .outline--cursor-blurred { background: $block-cursor-background 30%; }
    FilterBar.-open ConditionInput, FilterBar.-open Pickable { display: block; }
    FilterBar.-open.-wrong #filter-problem { display: block; }
    """

    class Changed(Message):
        def __init__(self, conditions: tuple[str, ...]) -> None:
            super().__init__()
            self.conditions = conditions

    class OrderWanted(Message):
        """Somebody clicked the order."""

    class Closed(Message):
        """The keys can go back to the grid."""

    def __init__(self) -> None:
        super().__init__()
        self._conditions: tuple[str, ...] = ()
        self._edited: int | None = None
        self._moved = False
        self.known: tuple[Mapping[str, Field], Sequence[IndexInfo], Mapping[str, Sequence[JsonValue]]] = ({}, (), {})
        """Fields, indexes, and values that were seen: what to suggest."""

    def compose(self) -> ComposeResult:
        yield Summary()
        yield ConditionInput(placeholder="field op value, such as: age >= 18", id="condition")
        yield Static("", id="filter-problem", markup=False)
        yield Pickable()

    @property
    def is_open(self) -> bool:
        """Whether somebody types a condition."""
        return self.has_class("-open")

    @property
    def _input(self) -> ConditionInput:
        return self.query_one(ConditionInput)

    def show(self, view: TableView | None, announcement: Announcement) -> None:
        summary = self.query_one(Summary)
        summary.view, summary.announcement = view, announcement
        self._conditions = () if view is None else view.conditions
        summary.refresh()

    # Typing a condition ----------------------------------------------------------------------------------------------

    def open(self, text: str = "", edited: int | None = None) -> None:
        """Begin to type; `edited` is the condition whose place it takes."""
        self._edited = edited
        self.add_class("-open")
        self.complain("")
        self._input.value = text
        self._input.cursor_position = len(text)
        self._input.focus()
        self._suggest()

    def close(self) -> None:
        self.remove_class("-open", "-wrong")
        self._input.value = ""
        self.post_message(self.Closed())

    def complain(self, text: str) -> None:
        self.set_class(bool(text), "-wrong")
        self.query_one("#filter-problem", Static).update(visible(text))

    def edit_last(self) -> None:
        """An empty line and backspace: the last condition comes back to be typed anew."""
        if self._edited is None and self._conditions:
            last = len(self._conditions) - 1
            self.open(self._conditions[last], last)

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        self.complain("")
        self._suggest()

    def _suggest(self) -> None:
        found = suggest(self._input.value, *self.known)
        listing = self.query_one(Pickable)
        self._moved = False
        listing.show([_Suggestion(each) for each in found[:40]], 0)
        listing.display = bool(found) and self.has_class("-open")
        listing.styles.height = min(_MOST, max(1, len(found)))

    def choose(self, by: int) -> None:
        self._moved = True
        self.query_one(Pickable).action_move(by)

    def take(self) -> None:
        """The suggestion that is marked becomes the text."""
        row = self.query_one(Pickable).row
        if isinstance(row, _Suggestion):
            self._input.value = row.suggested.text
            self._input.cursor_position = len(row.suggested.text)

    def on_outline_pressed(self, message: Outline.Pressed) -> None:
        message.stop()
        self.take()
        self._input.focus()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        text = message.value.strip()
        row = self.query_one(Pickable).row
        if text and isinstance(row, _Suggestion) and self._is_meant(row.suggested, text):
            self.take()
            if row.suggested.kind == "value":
                self._apply(row.suggested.text)
            return
        if not text:
            if self._edited is not None:
                self._drop(self._edited)
            self.close()
            return
        self._apply(text)

    def _is_meant(self, suggested: Suggested, text: str) -> bool:
        """Whether Enter takes the suggestion: a field or an operator always, a value if somebody moved to it."""
        return self._moved if suggested.kind == "value" else suggested.text.strip() != text or suggested.kind == "field"

    def _apply(self, text: str) -> None:
        text = text.strip()
        try:
            parse_condition(text)
        except UsageError as error:
            self.complain(error.message)
            return
        conditions = list(self._conditions)
        if self._edited is not None and self._edited < len(conditions):
            conditions[self._edited] = text
        elif text not in conditions:
            conditions.append(text)
        self.close()
        self.post_message(self.Changed(tuple(conditions)))

    def _drop(self, place: int) -> None:
        conditions = tuple(text for at, text in enumerate(self._conditions) if at != place)
        self.post_message(self.Changed(conditions))

    def on_summary_clicked(self, message: Summary.Clicked) -> None:
        message.stop()
        match message.click:
            case Click("edit", place):
                self.open(self._conditions[place], place)
            case Click("drop", place):
                self._drop(place)
            case Click("order"):
                self.post_message(self.OrderWanted())
            case _:
                self.open()

    def on_click(self, event: events.Click) -> None:
        event.stop()


def order_text(view: TableView) -> str:
    if view.index is None:
        return "↓ newest first" if view.order == "desc" else "↑ oldest first"
    return f"{'↓' if view.order == 'desc' else '↑'} {visible(view.index)}"

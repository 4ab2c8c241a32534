"""The list of functions, routes and crons: a tree by module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.fuzzy import FuzzySearch
from textual.message import Message

from kitcn_repl.explore.procedures.model import Cron, Procedure, Procedures
from kitcn_repl.render.procedures import STANDINGS, is_generated
from kitcn_repl.render.quantity import count
from kitcn_repl.render.text import visible
from kitcn_tui.actions import bindings
from kitcn_tui.functions.actions import FUNCTION_LIST
from kitcn_tui.outline.outline import Outline
from kitcn_tui.outline.rows import Look, Row, Span, told

Item = Procedure | Cron
ROUTES, CRONS = "HTTP routes", "Crons"
_LOOKS: dict[str, Look] = {"query": "good", "mutation": "warning", "action": "constant", "http": "muted"}
_ROOMY, _ROOMIER = 44, 56


class ModuleRow(Row):
    """A module, or another group."""

    __slots__ = ("count", "is_folded", "name")

    def __init__(self, name: str, number: int, *, is_folded: bool) -> None:
        self.name = name
        self.count = number
        self.is_folded = is_folded

    def left(self, width: int) -> Iterator[Span]:
        yield Span("▸ " if self.is_folded else "▾ ", "muted", press="fold")
        yield Span(visible(self.name), "title", press="fold")

    def right(self, width: int) -> Sequence[Span]:
        return (Span(count(self.count), "muted"),) if self.is_folded else ()


class ItemRow(Row):
    """A function, a route, or a cron job."""

    __slots__ = ("item", "module")

    def __init__(self, item: Item, module: str) -> None:
        self.item = item
        self.module = module

    @property
    def name(self) -> str:
        name = self.item.name
        return name.removeprefix(f"{self.module}:") if isinstance(self.item, Procedure) else name

    def left(self, width: int) -> Iterator[Span]:
        item = self.item
        is_quiet = isinstance(item, Procedure) and item.visibility == "internal"
        yield Span("  ")
        if isinstance(item, Procedure) and item.kind == "http":
            method, _, path = item.name.partition(" ")
            yield Span(f"{method:<7}", "muted")
            yield Span(visible(path))
        else:
            yield Span(visible(self.name), "muted" if is_quiet else "plain")
        if isinstance(item, Procedure) and STANDINGS[item.standing]:
            yield Span(f"  {STANDINGS[item.standing]}", "warning")

    def right(self, width: int) -> Sequence[Span]:
        item = self.item
        if isinstance(item, Cron):
            return (Span(visible(item.schedule), "muted"),)
        metrics = item.metrics
        spans = []
        if metrics is not None and metrics.calls and width >= _ROOMY:
            errors = f"✗{count(metrics.errors)}" if metrics.errors else ""
            spans += [Span(f"{errors:>6}", "error"), Span(f"{count(metrics.calls):>7}  ", "muted")]
        return [*spans, _kind(item, width)]


def _kind(item: Procedure, width: int) -> Span:
    """In a column of its own, which routes leave empty."""
    is_internal = item.visibility == "internal"
    room, text = (8, str(item.kind)) if width < _ROOMIER else (17, f"{'internal ' * is_internal}{item.kind}")
    return Span(f"{'' if item.kind == 'http' else text:<{room}}", "muted" if is_internal else _LOOKS[item.kind])


class HeadingRow(Row):
    """What the columns are."""

    __slots__ = ()

    can_stand = False

    def left(self, width: int) -> Iterator[Span]:
        yield Span("  function", "muted")

    def right(self, width: int) -> Sequence[Span]:
        if width < _ROOMY:
            return ()
        return (Span(f"{'errors':>6}{'calls':>7}  {'kind':<{8 if width < _ROOMIER else 17}}", "muted"),)


class FunctionList(Outline):
    """Says which item the cursor is on; Enter on one wants its arguments."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FUNCTION_LIST)]

    class Wanted(Message):
        """Enter on a function: somebody wants to fill in its arguments."""

    def __init__(self) -> None:
        super().__init__(id="function-list")
        self._procedures = Procedures(())
        self._folded: set[str] = set()
        self._pattern = ""
        self._generated = False

    @property
    def item(self) -> Item | None:
        row = self.row
        return row.item if isinstance(row, ItemRow) else None

    def give(self, procedures: Procedures) -> None:
        self._procedures = procedures
        self._draw()

    def filter(self, pattern: str) -> None:
        self._pattern = pattern
        self._draw(first=True)

    def toggle_generated(self) -> None:
        self._generated = not self._generated
        self._draw()

    def go_to(self, name: str) -> bool:
        """Put the cursor on an item, unfolding its module; False if it is not among those shown."""
        for group, item in self._items():
            if item.name == name:
                self._folded.discard(group)
                self._generated = self._generated or (isinstance(item, Procedure) and is_generated(item))
                self._draw(at=name)
                return True
        return False

    def _items(self) -> Iterator[tuple[str, Item]]:
        for function in self._procedures.functions:
            yield function.name.rpartition(":")[0], function
        for route in self._procedures.routes:
            yield ROUTES, route
        for cron in self._procedures.crons:
            yield CRONS, cron

    def _draw(self, *, at: str | None = None, first: bool = False) -> None:
        if at is None and not first and self.item is not None:
            at = self.item.name
        groups: dict[str, list[Item]] = {}
        scores: dict[str, float] = {}
        search = FuzzySearch()
        for group, item in self._items():
            if isinstance(item, Procedure) and is_generated(item) and not self._generated:
                continue
            if self._pattern:
                score = search.match(self._pattern, item.name)[0]
                if score <= 0:
                    continue
                scores[item.name] = score
            groups.setdefault(group, []).append(item)
        rows: list[Row] = [HeadingRow()] if groups else []
        for group, items in groups.items():
            is_folded = group in self._folded and not self._pattern
            rows.append(ModuleRow(group, len(items), is_folded=is_folded))
            if not is_folded:
                rows += [ItemRow(item, group) for item in items]
        if self._pattern and scores:
            at = max(scores, key=lambda name: scores[name])
        place = next(
            (place for place, row in enumerate(rows) if isinstance(row, ItemRow) and row.item.name == at), None
        )
        if place is None:
            place = next((place for place, row in enumerate(rows) if isinstance(row, ItemRow)), 0)
        if not rows and (self._pattern or self._procedures.functions):
            rows = [told("no function of that name", indent=2)]
        self.show(rows, place)
        self.post_message(self.Moved(self))

    def on_outline_pressed(self, message: Outline.Pressed) -> None:
        message.stop()
        if isinstance(message.row, ModuleRow):
            self.action_fold()
        else:
            self.post_message(self.Wanted())

    def pressed_by_mouse(self, press: str | None) -> None:
        self.action_press()

    def _module(self) -> str | None:
        row = self.row
        if isinstance(row, ModuleRow):
            return row.name
        return row.module if isinstance(row, ItemRow) else None

    def action_fold(self) -> None:
        module = self._module()
        if module is not None:
            self._folded ^= {module}
            self._draw()
            self._stand_on(module)

    def action_close(self) -> None:
        module = self._module()
        if module is not None and module not in self._folded:
            self.action_fold()

    def action_open(self) -> None:
        row = self.row
        if isinstance(row, ModuleRow) and row.is_folded:
            self.action_fold()
        elif isinstance(row, ItemRow):
            self.post_message(self.Wanted())

    def fold_all(self) -> None:
        groups = {group for group, _ in self._items()}
        module = self._module()
        self._folded = set() if self._folded else groups
        self._draw()
        if self._folded and module is not None:
            self._stand_on(module)

    def _stand_on(self, module: str) -> None:
        """The cursor on the line of a module, if it is folded now."""
        if module in self._folded:
            for place, row in enumerate(self.rows):
                if isinstance(row, ModuleRow) and row.name == module:
                    self.move_to(place)

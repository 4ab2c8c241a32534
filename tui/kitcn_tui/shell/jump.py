"""Jump mode: a letter over everything that can take the keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from kitcn_tui.shell.tab_bar import TabBar, line

if TYPE_CHECKING:
    from kitcn_tui.shell.main import Main

LETTERS: Final = "asdfghjklqwertyuiopzxcvbnm"


@dataclass(frozen=True, slots=True)
class Goal:
    """`widget` takes the keys, or a `tab` is shown. `x` and `y` are where the letter stands."""

    key: str
    x: int
    y: int
    widget: Widget | None = None
    tab: str | None = None


class Jump(ModalScreen[Goal]):
    """Closes with the goal of the letter that was pressed, or with nothing at any other key."""

    DEFAULT_CSS = """
    Jump { background: $background 40%; layers: labels; }
    Jump .goal {
        width: 3; height: 1; content-align: center middle; background: $accent; color: $background;
        text-style: bold reverse; layer: labels; position: absolute;
    }
    Jump #jump-hint { dock: bottom; height: 1; width: 100%; background: $accent; color: $background; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", show=False)]

    def __init__(self, main: Main) -> None:
        super().__init__()
        self._goals = goals(main)

    def compose(self) -> ComposeResult:
        for goal in self._goals:
            label = Static(goal.key.upper() if goal.widget else goal.key, classes="goal", markup=False)
            label.styles.offset = (goal.x, goal.y)
            yield label
        yield Static("jump: press a letter or a digit, esc leaves", id="jump-hint", markup=False)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        goal = next((one for one in self._goals if one.key == event.key), None)
        self.dismiss(goal)

    def on_click(self, event: events.Click) -> None:
        goal = next((one for one in self._goals if one.y == event.screen_y and 0 <= event.screen_x - one.x < 3), None)
        self.dismiss(goal)


def goals(main: Main) -> Sequence[Goal]:
    """Every visible widget that can take the keys, and the tabs."""
    found: list[Goal] = []
    bar = main.query_one(TabBar)
    x = bar.content_region.x
    for number, part in enumerate(line(bar.size.width, bar.current), 1):
        found.append(Goal(str(number), x, bar.region.y, tab=part.value))
        x += part.content.cell_length
    letters = iter(LETTERS)
    for widget in main.focus_chain:
        if widget is not main.focused and widget.region and (letter := next(letters, None)) is not None:
            found.append(Goal(letter, widget.region.x, widget.region.y, widget))
    return found

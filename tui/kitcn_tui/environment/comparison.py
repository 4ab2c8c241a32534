"""Two environments side by side: what is the same, what differs, what only one of them has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.environment.comparison import Compared, Fingerprints, State, compare
from kitcn_repl.explore.environment.sides import OfDeployment, Operand, Reader, Side, parse_operand
from kitcn_repl.render.secrets import MASK
from kitcn_repl.render.text import visible
from kitcn_tui.environment.values import Revealed
from kitcn_tui.widgets.failure import Failure
from kitcn_tui.widgets.line_list import LineList, Part, columns
from kitcn_tui.widgets.painted import MUTED

THIS: Final = "this deployment"
"""How the open deployment is written where a side is chosen."""
_SIGNS: Final[dict[State, tuple[str, str]]] = {
    "same": ("= same", "muted"),
    "different": ("≠ differs", "warning"),
    "only in A": ("+ only A", "accent"),
    "only in B": ("+ only B", "accent"),
}


def operand_of(text: str) -> Operand:
    """Raises UsageError."""
    return OfDeployment() if text == THIS else parse_operand(text)


class ComparedList(LineList):
    def __init__(self, revealed: Revealed) -> None:
        super().__init__()
        self.rows: Sequence[Compared] = ()
        self._revealed = revealed
        self._fingerprints = Fingerprints()

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def current(self) -> Compared | None:
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def show(self, rows: Sequence[Compared]) -> None:
        self.rows = rows
        self.changed()
        self.show_cursor()

    def parts(self, index: int, width: int) -> Sequence[Part]:
        row = self.rows[index]
        sign, tone = _SIGNS[row.state]
        names = max(18, min(36, width // 3, max(len(one.name) for one in self.rows)))
        cells = min(50, (width - names - 9 - 6) // 2)
        a, b = (self._cell(side, row.name, value) for side, value in (("A", row.a), ("B", row.b)))
        return columns(
            [
                (row.name, "strong" if row.state != "same" else "plain", names),
                (sign, tone, 9),
                (*a, cells),
                (*b, 0),
            ],
            width,
        )

    def _cell(self, side: str, name: str, value: str | None) -> tuple[str, str]:
        text, tone = self._revealed.cell((side, name), value)
        if text == MASK and value is not None:
            text = f"{MASK} {self._fingerprints.of(value)}"
        return text, tone


class Comparison(Vertical):
    """Two sides, named as `kitcn env diff` names them, and what is different."""

    DEFAULT_CSS = """
    Comparison {
        height: 1fr;
        & > Static { height: auto; padding: 0 1; }
        & > #compare-counts { margin-bottom: 1; }
    }
    """

    def __init__(self, reader: Reader) -> None:
        super().__init__(id="env-compare")
        self.sides = [THIS, ""]
        self.shows_all = False
        self._reader = reader
        self._found: tuple[Side, Side] | None = None
        self._failure: KitcnError | None = None
        self._is_reading = self._was_left = False
        self._revealed = Revealed()

    def compose(self) -> ComposeResult:
        yield Static(id="compare-sides", markup=False)
        yield Static(id="compare-counts", markup=False)
        yield ComparedList(self._revealed)

    def choose(self, at: int, text: str) -> None:
        self.sides[at] = text
        self.read()

    def swap(self) -> None:
        self.sides.reverse()
        self.read()

    def read(self) -> None:
        """Read both sides anew."""
        self._revealed.clear()
        if all(self.sides):
            self.run_worker(self._read(), group="compare", exclusive=True)
        self._show()

    def leave(self) -> None:
        """Nobody looks."""
        self._was_left, self._is_reading = self._is_reading, False
        self.workers.cancel_group(self, "compare")
        self.mask()

    def on_show(self) -> None:
        if self._was_left:
            self.read()

    async def _read(self) -> None:
        self._failure = None
        self._is_reading, self._was_left = True, False
        self._tell("reading both sides …")
        try:
            self._found = await self._reader.read(operand_of(self.sides[0]), operand_of(self.sides[1]))
        except KitcnError as error:
            self._failure, self._found = error, None
        self._is_reading = False
        self._show()

    def on_failure_retry(self) -> None:
        self.read()

    def _show(self) -> None:
        self.query(Failure).remove()
        shown = self.query_one(ComparedList)
        shown.display = self._failure is None
        titles = [side.title for side in self._found] if self._found else [name or "…" for name in self.sides]
        prod = [side.is_prod for side in self._found] if self._found else [False, False]
        lines = []
        for letter, title, is_prod in zip("AB", titles, prod, strict=True):
            style = "bold $text-error" if is_prod else "bold"
            lines.append(Content.assemble((f"{letter}  ", MUTED), (visible(title), style)))
        self.query_one("#compare-sides", Static).update(Content("\n").join(lines))
        if self._failure is not None:
            self._tell("")
            self.mount(Failure(self._failure))
            return
        if self._found is None:
            shown.rows = ()
            shown.nothing = "Choose what to compare with: b"
            shown.show(())
            self._tell("")
            return
        rows = compare(self._found[0].values, self._found[1].values)
        wanted = [row for row in rows if self.shows_all or row.state != "same"]
        shown.nothing = (
            f"No differences: {len(rows)} the same.\n\no shows them"
            if rows
            else "There are no variables on either side."
        )
        shown.show(wanted)
        self._tell(self._counts(rows))

    def _counts(self, rows: Sequence[Compared]) -> str:
        counts = {state: sum(row.state == state for row in rows) for state in _SIGNS}
        told = [f"{number} {state}" for state, number in counts.items() if number and state != "same"]
        same = f"{counts['same']} the same" + ("" if self.shows_all or not counts["same"] else " (o shows them)")
        left_out = [name for side in self._found or () for name in side.left_out]
        notes = [f"left out: {', '.join(map(visible, left_out))}"] if left_out else []
        return " · ".join([*told, same, *notes])

    def _tell(self, text: str) -> None:
        self.query_one("#compare-counts", Static).update(Content.styled(text, MUTED))

    def toggle_all(self) -> None:
        self.shows_all = not self.shows_all
        self._show()

    def reveal(self) -> None:
        """Show or mask both values of the variable under the cursor."""
        shown = self.query_one(ComparedList)
        if shown.current is not None:
            for side in "AB":
                self._revealed.toggle((side, shown.current.name))
            shown.refresh()

    def mask(self) -> None:
        self._revealed.clear()
        self.query_one(ComparedList).refresh()

    @property
    def current_name(self) -> str | None:
        current = self.query_one(ComparedList).current
        return None if current is None else current.name

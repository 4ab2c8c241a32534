"""The line over an answer: the forms that it has, and how it came about."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.message import Message

from kitcn_tui.results.shown import TITLES, Form
from kitcn_tui.widgets.clickable import ClickableLine, Part


class FormBar(ClickableLine[Form]):
    """` Grid  Tree  JSON  Logs 2             12 documents · 45 ms`."""

    DEFAULT_CSS = """
    FormBar { background: $panel; color: $text-muted; }
    """

    class Wanted(Message):
        """Somebody wants to see another form."""

        def __init__(self, form: Form) -> None:
            super().__init__()
            self.form = form

    def __init__(self) -> None:
        super().__init__()
        self._shown: Form | None = None
        self._available: frozenset[Form] = frozenset()
        self._logged = 0
        self._said = Content("")

    def show_forms(self, shown: Form | None, available: Iterable[Form], logged: int) -> None:
        self._shown, self._available, self._logged = shown, frozenset(available), logged
        self.refresh()

    def say(self, *parts: tuple[str, str]) -> None:
        """Pieces of text with their styles, at the right."""
        self._said = Content.assemble(*parts)
        self.refresh()

    @property
    def said(self) -> str:
        return self._said.plain

    def parts(self, width: int) -> list[Part[Form]]:
        titles = [self._title(form) for form in TITLES if form in self._available]
        used = sum(part.content.cell_length for part in titles)
        blanks = max(1, width - used - self._said.cell_length)
        return [*titles, Part(Content(" " * blanks)), Part(self._said)]

    def _title(self, form: Form) -> Part[Form]:
        text = TITLES[form]
        if form == "logs" and self._logged:
            text = f"{text} {self._logged:,}"
        is_shown = form == self._shown
        return Part(Content.styled(f" {text} ", "$text-primary bold reverse" if is_shown else ""), form)

    def clicked(self, value: Form) -> None:
        self.post_message(self.Wanted(value))

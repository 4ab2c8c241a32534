"""The tabs' titles, with the digits that go to them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from kitcn_tui.views.tabs import TABS, Tab
from kitcn_tui.widgets.clickable import ClickableLine, Part


class TabBar(ClickableLine[str]):
    """One line; where there is little room, titles are cut short alike."""

    DEFAULT_CSS = """
    TabBar { background: $surface; color: $text-muted; }
    """

    current: reactive[str] = reactive("")

    class Chosen(Message):
        """Somebody clicked a tab."""

        def __init__(self, tab: str) -> None:
            super().__init__()
            self.tab = tab

    def parts(self, width: int) -> list[Part[str]]:
        return line(width, self.current)

    def clicked(self, value: str) -> None:
        self.post_message(self.Chosen(value))


def line(width: int, current: str, tabs: Sequence[Tab] = TABS) -> list[Part[str]]:
    """The titles: whole, short, or as far as there is room for."""
    titles = [tab.title for tab in tabs]
    if _width(titles) > width:
        titles = [tab.short or tab.title for tab in tabs]
    longest = max(map(len, titles))
    while longest and _width(titles) > width:
        longest -= 1
        titles = [title[:longest] for title in titles]
    parts: list[Part[str]] = []
    for number, (tab, title) in enumerate(zip(tabs, titles, strict=True), 1):
        text = f" {number} {title} " if title else f" {number} "
        if tab.name == current:
            content = Content.styled(text, "bold $block-cursor-foreground on $primary")
        else:
            content = Content.assemble(Content.styled(text[:3], "$text-primary"), text[3:])
        parts.append(Part(content, tab.name))
    return parts


def _width(titles: Sequence[str]) -> int:
    return sum(len(title) + 4 if title else 3 for title in titles)

"""The line at the bottom: the keys that matter where one is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive

from kitcn_tui.actions import shown_key
from kitcn_tui.widgets.clickable import ClickableLine, Part

_BETWEEN = 2


class Key(NamedTuple):
    """`action` is what a click runs, as Textual writes it."""

    key: str
    word: str
    action: str
    is_global: bool


class KeyLine(ClickableLine[Key]):
    """Keys of the focused widget and its view at the left, those of the application after them."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; background: $footer-background; color: $footer-description-foreground; }
    """

    keys: reactive[tuple[Key, ...]] = reactive(())

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._updated)
        self._updated()

    def _updated(self, _: object = None) -> None:
        if not self.is_attached:
            return
        found: dict[str, Key] = {}
        for node, binding, enabled, _tooltip in self.screen.active_bindings.values():
            if binding.show and enabled and binding.action not in found:
                key, word = shown_key(binding.key), _small(binding.description)
                found[binding.action] = Key(key, word, binding.action, node is self.app)
        self.keys = tuple(found.values())

    def parts(self, width: int) -> list[Part[Key]]:
        return line(width, self.keys)

    def clicked(self, value: Key) -> None:
        for node, binding, _, _ in self.screen.active_bindings.values():
            if binding.action == value.action:
                self.app.call_next(self.app.run_action, binding.action, node)
                return


def line(width: int, keys: Iterable[Key]) -> list[Part[Key]]:
    """As many as there is room for, the view's before the application's."""
    parts: list[Part[Key]] = []
    used = 0
    for key in sorted(keys, key=lambda key: key.is_global):
        gap = _BETWEEN if parts else 0
        size = gap + cell_len(key.key) + 1 + cell_len(key.word)
        if used + size > width:
            break
        used += size
        if gap:
            parts.append(Part(Content(" " * gap)))
        name = Content.styled(key.key, "bold $footer-key-foreground")
        parts.append(Part(Content.assemble(name, " ", Content(key.word)), key))
    return parts


def _small(word: str) -> str:
    """Words stand in the middle of a line; `JSON` stays."""
    return word if word[1:2].isupper() else word[:1].lower() + word[1:]

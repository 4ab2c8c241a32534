"""How values are shown: masked, or for those who ask, what they are."""

from __future__ import annotations

from kitcn_repl.render.secrets import MASK
from kitcn_repl.render.text import visible

Key = tuple[str, str]
"""The column or side, and the name of the variable."""


class Revealed:
    """Which values somebody wants to see; all others are masked."""

    def __init__(self) -> None:
        self._keys: set[Key] = set()

    def toggle(self, key: Key) -> None:
        self._keys ^= {key}

    def clear(self) -> None:
        self._keys.clear()

    def __contains__(self, key: Key) -> bool:
        return key in self._keys

    def cell(self, key: Key, value: str | None) -> tuple[str, str]:
        """Text and tone of a cell."""
        if value is None:
            return "–", "muted"
        if key not in self._keys:
            return (MASK, "muted") if value else ("(empty)", "muted")
        return (visible(value), "plain") if value else ("(empty)", "muted")


def size_of(value: str) -> str:
    """`12 bytes`, `1,704 bytes in 28 lines`."""
    size = len(value.encode("utf-8", "surrogatepass"))
    lines = value.count("\n") + 1
    told = f"{size:,} byte{'' if size == 1 else 's'}"
    return told if lines == 1 else f"{told} in {lines:,} lines"

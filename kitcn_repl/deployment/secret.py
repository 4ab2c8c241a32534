"""An admin key that does not show itself."""

from __future__ import annotations

HIDDEN = "***"
_SHORTEST_HIDDEN = 6  # below this, replacing would spoil ordinary words and hide nothing


class Secret:
    """A text that no repr, format or traceback with locals prints; `reveal()` is for the wire only."""

    __slots__ = ("_parts", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        parts = (value, value.partition("|")[2])
        self._parts = tuple(part for part in parts if len(part) >= _SHORTEST_HIDDEN)

    def reveal(self) -> str:
        return self._value

    def hide_in(self, text: str) -> str:
        """`text` with this secret replaced: a server may echo what it was sent."""
        for part in self._parts:
            text = text.replace(part, HIDDEN)
        return text

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    __str__ = __repr__

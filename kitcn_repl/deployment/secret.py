"""An admin key that does not show itself."""

from __future__ import annotations

HIDDEN = "***"
_SHORTEST_HIDDEN = 6  # below this, replacing would spoil ordinary words and hide nothing
_BEGINNING = 8  # characters by which a secret is known that was cut off where a server's text became too long


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
        return _without_beginning(text, self._parts[-1]) if self._parts else text

    def __repr__(self) -> str:
        return f"Secret({HIDDEN})"

    __str__ = __repr__


def _without_beginning(text: str, secret: str) -> str:
    beginning = secret[:_BEGINNING]
    at = text.find(beginning) if len(secret) > _BEGINNING else -1
    while at >= 0:
        end = at + _BEGINNING
        while end < len(text) and text[end] == secret[end - at]:
            end += 1
        text = f"{text[:at]}{HIDDEN}{text[end:]}"
        at = text.find(beginning, at + len(HIDDEN))
    return text

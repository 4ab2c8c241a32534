"""Errors that do not repeat what was sent: a server may echo the value that it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from kitcn_repl.deployment.answers import scrub
from kitcn_repl.deployment.secret import HIDDEN
from kitcn_repl.errors import KitcnError

_PIECE = 8
"""A server's text is cut and its whitespace folded on the way into a message, so that pieces of a value count too."""
_SHORTEST = 4  # below this, replacing would spoil ordinary words and hide nothing


@contextmanager
def discreet(values: Iterable[str | None]) -> Iterator[None]:
    """Any KitcnError that leaves the block repeats none of `values`, nor a piece of one."""
    try:
        yield
    except KitcnError as error:
        scrub(error, hider(values))
        raise


def hider(values: Iterable[str | None]) -> Callable[[str], str]:
    """A function that takes the values out of a text."""
    secrets = [value for value in values if value is not None and len(value) >= _SHORTEST]
    secrets += [folded for value in secrets if (folded := " ".join(value.split())) != value]

    def hide(text: str) -> str:
        hidden = bytearray(len(text))
        for secret in secrets:
            size = min(len(secret), _PIECE)
            for start in range(len(text) - size + 1):
                if text[start : start + size] in secret:
                    hidden[start : start + size] = b"\1" * size
        pieces = []
        for at, char in enumerate(text):
            if not hidden[at]:
                pieces.append(char)
            elif at == 0 or not hidden[at - 1]:
                pieces.append(HIDDEN)
        return "".join(pieces)

    return hide

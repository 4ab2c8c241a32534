"""Random TypeScript programs that run, each together with the JavaScript that it is without its types.

A program is pieces, each of which is one of
- JavaScript, which stays where it is,
- a type, of which blanks are left (or the `;` and parentheses that keep the rest from being read otherwise),
- a semicolon that only JavaScript needs, where TypeScript ends a statement behind a type by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple


class Piece(NamedTuple):
    kind: Literal["code", "type", "end"]
    text: str


Pieces = list[Piece]


def code(text: str) -> Pieces:
    return [Piece("code", text)]


def types(text: str) -> Pieces:
    return [Piece("type", text)]


END: Pieces = [Piece("end", ";")]


@dataclass(frozen=True)
class Program:
    """Statements and a last expression, whose value is the program's. `refused` is the line (from 1) and the kind of
    what cannot be erased, None where all can."""

    pieces: tuple[Piece, ...]
    last: tuple[Piece, ...]
    tail: str = ""
    refused: tuple[int, str] | None = None

    @property
    def text(self) -> str:
        return typed(self.pieces) + typed(self.last) + self.tail

    @property
    def untyped(self) -> str:
        """The body of an asynchronous function."""
        return f"{_untyped(self.pieces)}return (\n{_untyped(self.last)}\n);"

    @property
    def marks(self) -> str:
        """For each character of the text `t` in types and `c` elsewhere."""
        return "".join(
            ("t" if piece.kind == "type" else "c") * len(piece.text)
            for piece in (*self.pieces, *self.last)
            if piece.kind != "end"
        ) + "c" * len(self.tail)


def typed(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces if piece.kind != "end")


def _untyped(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text if piece.kind != "type" else " " for piece in pieces)

"""How results are shown to people."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Showing:
    """`limit` rows are shown of any number; credentials only with `show_secrets`. Text is `width` columns wide, or as
    wide as the terminal."""

    limit: int = 50
    show_secrets: bool = False
    width: int | None = None


DEFAULT = Showing()

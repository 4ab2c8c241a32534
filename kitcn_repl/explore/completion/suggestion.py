"""What completion offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SuggestionKind = Literal[
    "table", "index", "field", "method", "relation", "operator", "variable", "keyword", "snippet", "value", "function"
]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text` replaces the characters `[start:end)`; both count code points. `detail` is for people, in a few words."""

    text: str
    start: int
    end: int
    kind: SuggestionKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be suggested. `name` is what typed characters are compared with, `text` where empty."""

    text: str
    kind: SuggestionKind
    detail: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        return self.name or self.text

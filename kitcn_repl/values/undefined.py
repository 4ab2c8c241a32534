"""The value that is none: a missing field, in index keys, filters and patches (deployment-api.md 9.1)."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Undefined(Enum):
    """Type of `UNDEFINED`; its only member, so that type checkers can narrow with `is`."""

    UNDEFINED = "undefined"

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __bool__(self) -> bool:
        return False


UNDEFINED: Final = Undefined.UNDEFINED
"""JavaScript's `undefined`: what a field that is not there is. It is false, and no `None`."""

"""Two sets of variables, side by side."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

State = Literal["different", "only in A", "only in B", "same"]


@dataclass(frozen=True, slots=True)
class Compared:
    """One variable on both sides; None where it is not. Values are in no repr."""

    name: str
    a: str | None = field(repr=False)
    b: str | None = field(repr=False)

    @property
    def state(self) -> State:
        if self.a is None:
            return "only in B"
        if self.b is None:
            return "only in A"
        return "same" if self.a == self.b else "different"


def compare(a: Mapping[str, str], b: Mapping[str, str]) -> list[Compared]:
    """Every variable of either side, by name."""
    return [Compared(name, a.get(name), b.get(name)) for name in sorted(a.keys() | b.keys())]


class Fingerprints:
    """Stand in for values: equal ones for equal values. They tell nothing else, since the salt is made anew each time
    and forgotten; so no list of likely values can be tried against them."""

    __slots__ = ("_salt",)

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(32)

    def of(self, value: str) -> str:
        """`#3f9a1c`; an empty value shows as what it is."""
        if not value:
            return "(empty)"
        digest = hmac.new(self._salt, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        return f"#{digest[:6]}"

"""A request that came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Seen:
    """`server` is `control plane`, or the name of the deployment whose address it came to. `body` is parsed JSON, the
    text if it is none, or None. For a WebSocket the method is `WS`, one entry for each key that authenticates."""

    server: str
    method: str
    target: str
    authorization: str | None
    body: Any = None
    client: str | None = None

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def __str__(self) -> str:
        return f"{self.method} {self.target}"

"""How deep a value may be nested (deployment-api.md 9.7): checked before anything recursive looks at foreign JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kitcn_repl.values import JsonValue

MAXIMUM_NESTING: Final = 64
"""Arrays and objects one in another."""


def check_nesting(value: JsonValue) -> None:
    """Raises ValueError for more than MAXIMUM_NESTING containers one in another."""
    # By levels, without a call for each value: as fast as it gets in Python, and no recursion.
    containers: list[JsonValue] = [value] if isinstance(value, dict | list) else []
    for _ in range(MAXIMUM_NESTING):
        containers = [
            item
            for outer in containers
            for item in (outer.values() if type(outer) is dict else outer)  # type: ignore[union-attr]
            if type(item) is dict or type(item) is list
        ]
        if not containers:
            return
    raise ValueError(f"Value is too nested (maximum nesting {MAXIMUM_NESTING})")

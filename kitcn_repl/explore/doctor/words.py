"""Numbers in the sentences of findings."""

from __future__ import annotations


def counted(number: int, noun: str, *, at_least: bool = False) -> str:
    """`1 document`, `at least 2,000 documents`."""
    text = f"{number:,} {noun}{'' if number == 1 else 's'}"
    return f"at least {text}" if at_least else text

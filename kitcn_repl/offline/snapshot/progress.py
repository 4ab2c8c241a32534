"""What an import tells while it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is: bytes of document text (unpacked) done and in all, documents stored, the table at work."""

    bytes_done: int
    bytes_total: int
    documents: int
    table: str

"""The kinds of insight that there are, from the most to the least severe (control-plane.md 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "unknown"]
"""`unknown` is that of a kind which is newer than we are."""

DOCUMENTS_LIMIT = 32_000
BYTES_LIMIT = 16 * 1024 * 1024
DOCUMENTS_NEAR, BYTES_NEAR = DOCUMENTS_LIMIT * 8 // 10, BYTES_LIMIT * 8 // 10
"""A transaction that reads so much is near its limit: 80 %."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`label` is the genuine CLI's. `title` is ours."""

    name: str
    severity: Severity
    label: str
    title: str

    @property
    def is_conflict(self) -> bool:
        return self.name.startswith("occ")


DOCUMENTS_READ_LIMIT = "documentsReadLimit"
BYTES_READ_LIMIT = "bytesReadLimit"
OCC_FAILED = "occFailedPermanently"
DOCUMENTS_READ_NEAR = "documentsReadThreshold"
BYTES_READ_NEAR = "bytesReadThreshold"
OCC_RETRIED = "occRetried"

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(DOCUMENTS_READ_LIMIT, "error", "Documents Read Limit Exceeded", "Too many documents read"),
        Kind(BYTES_READ_LIMIT, "error", "Bytes Read Limit Exceeded", "Too many bytes read"),
        Kind(OCC_FAILED, "error", "OCC Failed Permanently", "Write conflict, given up"),
        Kind(DOCUMENTS_READ_NEAR, "warning", "Documents Read Near Limit", "Almost too many documents read"),
        Kind(BYTES_READ_NEAR, "warning", "Bytes Read Near Limit", "Almost too many bytes read"),
        Kind(OCC_RETRIED, "warning", "OCC Retried", "Write conflict, retried"),
    )
}


def kind_of(name: str) -> Kind:
    """Also of a name that nobody has told us of."""
    return KINDS.get(name) or Kind(name, "unknown", name, name)


def order_of(name: str) -> int:
    """Unknown kinds come last."""
    return list(KINDS).index(name) if name in KINDS else len(KINDS)

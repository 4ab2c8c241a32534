"""What one query may use, as a Convex deployment limits it (deployment-api.md 2.6, 10.6)."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """`user_seconds` is JavaScript's own time, without waiting for documents, and `system_seconds` that waiting.

    `heap_megabytes` is V8's heap. `wall_factor` times `user_seconds` is how long a process may keep us waiting on a
    busy machine, where its own time can be measured.
    """

    documents_read: int = 32_000
    bytes_read: int = 16 * MEBIBYTE
    database_queries: int = 4096
    user_seconds: float = 1.0
    system_seconds: float = 15.0
    wall_factor: float = 10.0
    heap_megabytes: int = 64
    result_bytes: int = 16 * MEBIBYTE
    log_lines: int = 256
    log_line_length: int = 32_768

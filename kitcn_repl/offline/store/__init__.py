"""Documents at rest: the `Store` protocol, and its implementation in files of our own."""

from __future__ import annotations

from kitcn_repl.offline.store.protocol import BY_CREATION_TIME, BY_ID, Row, Store, StoredTable

__all__ = ["BY_CREATION_TIME", "BY_ID", "Row", "Store", "StoredTable"]

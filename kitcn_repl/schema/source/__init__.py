"""Reads `schema.ts` and what it imports, without running anything."""

from __future__ import annotations

from kitcn_repl.schema.source.reader import read_source

__all__ = ["read_source"]

"""Completion of inline queries, for every editor that we have."""

from __future__ import annotations

from kitcn_repl.explore.completion.engine import complete, is_unasked_query
from kitcn_repl.explore.completion.suggestion import Suggestion
from kitcn_repl.explore.completion.words import FieldWord, IndexWord, RelationWord, TableWord, Words

__all__ = ["FieldWord", "IndexWord", "RelationWord", "Suggestion", "TableWord", "Words", "complete", "is_unasked_query"]

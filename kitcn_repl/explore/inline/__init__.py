"""Inline queries: JavaScript or TypeScript evaluated as a readonly query (design 4)."""

from __future__ import annotations

from kitcn_repl.explore.inline.compile import CompiledQuery, compile_query
from kitcn_repl.explore.inline.envelope import ReadCost
from kitcn_repl.explore.inline.error import InlineQueryError
from kitcn_repl.explore.inline.run import InlineResult, run_inline

__all__ = ["CompiledQuery", "InlineQueryError", "InlineResult", "ReadCost", "compile_query", "run_inline"]

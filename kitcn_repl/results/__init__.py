"""Results: what a question brought back, as values, as a table, as a data frame."""

from __future__ import annotations

from kitcn_repl.results.columns import Column
from kitcn_repl.results.origin import Origin
from kitcn_repl.results.result import Result
from kitcn_repl.results.showing import Showing

__all__ = ["Column", "Origin", "Result", "Showing"]

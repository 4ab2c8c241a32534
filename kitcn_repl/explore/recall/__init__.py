"""What somebody asked before: the queries of a project, and those that got a name. Shared by all front doors."""

from __future__ import annotations

from kitcn_repl.explore.recall.folders import recall_folder, saved_queries
from kitcn_repl.explore.recall.history import PastQuery, QueryHistory
from kitcn_repl.explore.recall.saved import SavedQueries, SavedQuery

__all__ = ["PastQuery", "QueryHistory", "SavedQueries", "SavedQuery", "recall_folder", "saved_queries"]

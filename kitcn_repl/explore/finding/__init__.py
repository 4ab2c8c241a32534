"""Questions in the form of kitcn's ORM (`where`, `with`, `orderBy`), answered by one inline query."""

from kitcn_repl.explore.finding.find import Found, find
from kitcn_repl.explore.finding.request import MOST

__all__ = ["MOST", "Found", "find"]

"""What happened to the rows of a page between two looks."""

from __future__ import annotations

from collections.abc import Sequence

from kitcn_repl.deployment.models import Page
from kitcn_repl.explore.browsing.chain import row_of
from kitcn_repl.explore.browsing.rows import Row

_MARKED_FOR = 3
"""Looks for which a mark stays."""


def compare(before: Sequence[Row], page: Page, *, was_held: bool) -> tuple[list[Row], int]:
    """The page's rows with marks, and how many more rows there are than before, as far as that shows.

    A document that is gone from between others stays for one look, marked as deleted. Those behind the last one that is
    still there may only have been pushed out of the page. Without knowledge of the rows before there are no marks.
    """
    after = [row_of(document) for document in page.documents]
    if not was_held:
        return after, 0
    earlier = {row.key: row for row in before if row.mark != "deleted"}
    later = {row.key for row in after}
    added = 0
    for place, row in enumerate(after):
        old = earlier.get(row.key)
        if old is None:
            row.mark = "new"
            added += 1
        elif old.document != row.document:
            row.mark, row.changed = "changed", _changed(old, row)
        elif old.mark is not None and old.age < _MARKED_FOR:
            row.mark, row.changed, row.age = old.mark, old.changed, old.age + 1
        else:
            after[place] = old  # the same object, so that what was drawn of it stays
            old.mark, old.changed = None, frozenset()
    if earlier and after and not any(row.key in earlier for row in after):
        # nothing in common: other rows are there now, which says nothing of the old ones
        return [row_of(row.document) for row in after], 0
    gone = _gone([row for row in before if row.mark != "deleted"], later, whole=page.is_done)
    return _interleaved(after, before, gone), added - len(gone)


def _changed(old: Row, new: Row) -> frozenset[str]:
    names = old.document.keys() | new.document.keys()
    missing = object()
    return frozenset(name for name in names if old.document.get(name, missing) != new.document.get(name, missing))


def _gone(before: Sequence[Row], later: set[str], *, whole: bool) -> set[str]:
    survivors = [place for place, row in enumerate(before) if row.key in later]
    upto = len(before) if whole else (survivors[-1] if survivors else 0)
    return {row.key for row in before[:upto] if row.key not in later}


def _interleaved(after: list[Row], before: Sequence[Row], gone: set[str]) -> list[Row]:
    """Deleted rows behind the row that they stood behind."""
    if not gone:
        return after
    present = {row.key for row in after}
    following: dict[str | None, list[Row]] = {}
    behind: str | None = None
    for row in before:
        if row.mark == "deleted":
            continue
        if row.key in gone:
            following.setdefault(behind, []).append(Row(row.document, row.key, "deleted"))
        elif row.key in present:
            behind = row.key
    rows = list(following.get(None, ()))
    for row in after:
        rows.append(row)
        rows += following.get(row.key, ())
    return rows

"""How a view is read, in a few words, and what would make it cheaper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitcn_repl.explore.browsing.table_view import Prepared, conditions_text

if TYPE_CHECKING:
    from kitcn_repl.schema.model import Schema


@dataclass(frozen=True, slots=True)
class Announcement:
    """`text` such as `index by_role`, or `scan, at most 1,200`; `advice` the line of an index that would serve."""

    text: str
    advice: str | None = None
    is_scan: bool = False


def announce(prepared: Prepared, total: int | None, schema: Schema | None = None) -> Announcement:
    """`total` is how many documents the table holds, where that is known; `schema` is for the spelling of advice."""
    request = prepared.request
    if request.index is not None and (request.bounds or not request.filters):
        rest = conditions_text(request.filters)
        order = "" if prepared.view.index or prepared.plan.keeps_order else ", in its order"
        return Announcement(f"index {request.index}{f', then {rest}' if rest else ''}{order}")
    if not request.filters:
        return Announcement("by creation time")
    most = "" if total is None else f", at most {total:,}"
    walked = f" along {request.index}" if request.index is not None else ""
    advice = None
    if prepared.plan.missing and not prepared.terms.unknown:
        # All of `following` comes with it, and first rows shall not wait for that.
        from kitcn_repl.explore.following.access import index_line
        from kitcn_repl.schema.model import Schema

        advice = index_line(schema or Schema(), request.table, prepared.plan.missing)
    return Announcement(f"scan{walked}{most}", advice, is_scan=True)

"""What `find` brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypedDict

from kitcn_repl.explore.finding.request import MOST
from kitcn_repl.results.result import Result

if TYPE_CHECKING:
    from kitcn_repl.explore.finding import Found as Answer
    from kitcn_repl.results.origin import Origin


class Find(TypedDict, total=False):
    """What may be said of the documents that are wanted, as in kitcn's ORM."""

    where: Mapping[str, object]
    """`{field: value}`, `{field: {operator: value}}`, `AND`, `OR`, `NOT`, and relations: `{"sessions": True}`."""
    with_: Mapping[str, object] | Sequence[str] | str
    """Relations to load: `{"sessions": True}`, or `{"sessions": {...}}` with what is wanted of them."""
    order_by: Mapping[str, Literal["asc", "desc"]] | str
    limit: int
    """100 if nothing is said, 4,096 at most."""
    columns: Mapping[str, bool] | Sequence[str]


class Found(Result):
    """A result whose documents hold what they refer to. `script` is the inline query that found them, `more` tells
    whether further documents fit."""

    script: str = ""
    more: bool = False


def found(answer: Answer, origin: Origin) -> Found:
    notes = list(answer.notes)
    if answer.more and not answer.cut:
        count = len(answer.documents)
        further = f"limit= gives up to {MOST:,}" if count < MOST else "table(...).all() gives all"
        notes.append(f"the first {count:,}; there are more: {further}")
    result = Found(
        list(answer.documents),
        log_lines=answer.log_lines,
        cost=answer.cost,
        elapsed=answer.elapsed,
        notices=notes,
        origin=origin,
    )
    result.script, result.more = answer.script, answer.more
    return result

"""From the documents of a result to those that they are related with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.following import Follower
from kitcn_repl.explore.inline.envelope import ReadCost
from kitcn_repl.explore.suggestions import nearest
from kitcn_repl.render.quantity import count, counted
from kitcn_repl.values import JsonObject

if TYPE_CHECKING:
    from kitcn_repl.explore.following import Following, Way
    from kitcn_repl.results.origin import Origin

MOST_STARTS = 1_000
"""Documents to start from. More are no longer a few queries."""


@dataclass(frozen=True, slots=True)
class Found:
    """Related documents, each once; what they cost, and what there is to say of them."""

    documents: list[JsonObject]
    cost: ReadCost | None
    notices: tuple[str, ...]


async def way_names(origin: Origin, rows: Sequence[JsonObject]) -> list[str]:
    """Where one can go from these documents, by the names that `find_related` takes."""
    follower = Follower(origin.workspace.deployment, await origin.learn())
    return list(_ways(follower, rows))


async def find_related(origin: Origin, rows: Sequence[JsonObject], name: str, limit: int) -> Found:
    """Follow the way `name` from each document, to `limit` documents at most from each. Raises UsageError for a name
    that no way has, and a DeploymentError if nothing could be read."""
    follower = Follower(origin.workspace.deployment, await origin.learn())
    offered = _ways(follower, rows)
    along = _choose(offered, name)
    following = await follower.related(rows, along=along, limit=limit)
    documents: dict[str, JsonObject] = {}
    for some in following.related:
        for related in some:
            for document in related.documents:
                documents.setdefault(str(document.get("_id")), document)
    return Found(list(documents.values()), _summed(following.costs), tuple(_notices(following, limit)))


def _ways(follower: Follower, rows: Sequence[JsonObject]) -> dict[str, list[Way]]:
    """Ways by name, from every table that the rows are of."""
    if not rows:
        raise UsageError("There are no documents to start from.")
    if len(rows) > MOST_STARTS:
        raise UsageError(
            f"related starts from {count(MOST_STARTS)} documents at most, these are {count(len(rows))}.",
            hint=f"Take a part of them: result[:{MOST_STARTS}].related(...)",
        )
    tables = dict.fromkeys(follower.table_of(row) for row in rows)
    if None in tables:
        raise UsageError(
            "related starts from documents, and not all of these have the _id of a table.",
            hint="Return whole documents from the query.",
        )
    offered: dict[str, list[Way]] = {}
    for table in tables:
        for way in follower.ways(table or ""):
            offered.setdefault(way.label, []).append(way)
    return offered


def _choose(offered: dict[str, list[Way]], name: str) -> list[Way]:
    """By the way's name, else by the table where it ends, if only one way does."""
    if name in offered:
        return offered[name]
    ending = [label for label, ways in offered.items() if all(way.end == name for way in ways)]
    if len(ending) == 1:
        return offered[ending[0]]
    if ending:
        raise UsageError(f"Several relations lead to {name}: {', '.join(ending)}.")
    found = nearest(name, list(offered))
    meant = f" Did you mean {found!r}?" if found else ""
    known = f"There are {', '.join(offered)}." if offered else "No relations of this table are known."
    raise UsageError(f"No relation is called {name!r}.{meant} {known}")


def _summed(costs: Sequence[ReadCost]) -> ReadCost | None:
    if not costs:
        return None
    first = costs[0]
    return ReadCost(
        sum(cost.documents_read for cost in costs),
        first.documents_limit,
        sum(cost.bytes_read for cost in costs),
        first.bytes_limit,
        sum(cost.queries for cost in costs),
        first.queries_limit,
    )


def _notices(following: Following, limit: int) -> list[str]:
    """What was not found, or not all of it; each only once."""
    all_related = [related for some in following.related for related in some]
    notices = []
    cut = sum(related.count.n > len(related.documents) for related in all_related)
    if cut:
        have = "has" if cut == 1 else "have"
        notices.append(f"{counted(cut, 'document')} {have} more than {count(limit)} of these; limit= reads more")
    inexact = sum(not related.count.exact for related in all_related)
    if inexact:
        vias = ", ".join(dict.fromkeys(related.via for related in all_related if not related.count.exact))
        notices.append(f"for {counted(inexact, 'document')} not everything was looked through ({vias})")
    notices += dict.fromkeys(related.advice for related in all_related if related.advice is not None)
    dangling = sum(len(related.dangling) for related in all_related)
    if dangling:
        notices.append(f"{counted(dangling, 'id')} of documents that are gone")
    notices += dict.fromkeys(text for related in all_related for text in related.notes)
    return notices

"""A document with what it refers to and what refers to it, for `kitcn relations ID` and `kitcn get ID --related`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitcn_repl.cli.knowing import find_source, told
from kitcn_repl.cli.session import Session
from kitcn_repl.errors import UsageError
from kitcn_repl.render.quantity import count, counted

if TYPE_CHECKING:
    from kitcn_repl.deployment.protocol import Deployment
    from kitcn_repl.explore.documents import FoundDocument
    from kitcn_repl.explore.following.follower import Following
    from kitcn_repl.explore.sources import SourceChoice
    from kitcn_repl.schema.model import Schema
    from kitcn_repl.targets.target import Target
    from kitcn_repl.values import JsonObject


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A document, the ways that lead on from it, and what the source says of its table's fields."""

    found: FoundDocument
    following: Following
    schema: Schema


async def look_around(
    session: Session,
    target: Target,
    deployment: Deployment,
    choice: SourceChoice,
    document_id: str,
    component: str | None,
    limit: int,
) -> Neighbourhood:
    """Find the document, learn what is known of its tables, and follow every way from it."""
    from kitcn_repl.explore.documents import find_document
    from kitcn_repl.explore.following import Follower
    from kitcn_repl.explore.knowledge import know

    found = await find_document(deployment, document_id, component)
    source = find_source(session, choice, target, found.component)
    known = told(session, await know(deployment, source=source, component=found.component))
    following = await Follower(deployment, known).related([found.document], limit=limit)
    return Neighbourhood(found, following, known.schema)


async def show_related(
    session: Session,
    choice: SourceChoice,
    document_id: str,
    component: str | None,
    limit: int,
    format_: str | None,
) -> None:
    """Print the tree around a document, or its parts in a machine format."""
    if format_ in ("mermaid", "dot"):
        raise UsageError(f"--format {format_} draws tables; leave the ID out or name a table.")
    async with session.deployment(choice, component or "") as (target, deployment):
        around = await look_around(session, target, deployment, choice, document_id, component, limit)
    write_related(session, around, format_)


def write_related(session: Session, around: Neighbourhood, format_: str | None) -> None:
    """The tree by default; `json` is one object, the formats of rows have one for each way."""
    from kitcn_repl.render.related import RELATED_COLUMNS, related_json, related_row, related_tree

    found = around.found
    (related,) = around.following.related
    if format_ in (None, "table", "pretty"):
        from kitcn_repl.render.tree import draw_tree

        environment = session.environment
        width = environment.width if environment.stdout_is_tty else None
        tree = related_tree(found.document, found.table, related, around.schema)
        session.drawn("".join(f"{line}\n" for line in draw_tree([tree], environment.out_style, width)))
        if not related:
            session.note("No relations of its table are known.")
    elif format_ == "json":
        from kitcn_repl.render.schema_json import json_text

        described: JsonObject = {
            "table": found.table,
            "component": found.component,
            "document": found.document,
            "related": [related_json(each) for each in related],
        }
        session.data(json_text(described) + "\n")
    elif format_ == "jsonl":
        from kitcn_repl.render.schema_json import json_text

        session.data("".join(json_text(related_json(each), None) + "\n" for each in related))
    else:
        from kitcn_repl.cli.output import write_rows

        write_rows(session, [related_row(each) for each in related], format_, columns=RELATED_COLUMNS)
    if around.following.costs:
        documents = sum(cost.documents_read for cost in around.following.costs)
        limit = around.following.costs[0].documents_limit
        queries = counted(len(around.following.costs), "query", "queries")
        session.aside(f"read {count(documents)} of {count(limit)} documents in {queries}")

"""A view of a table in the spellings of the other front doors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from kitcn_repl.deployment.models import FieldFilter, IndexBound
from kitcn_repl.explore.browsing.table_view import Prepared
from kitcn_repl.explore.inline.arguments import literal
from kitcn_repl.explore.spelling.quoting import shell_word
from kitcn_repl.explore.spelling.target import cell_line, with_flags
from kitcn_repl.targets.target import Target

LIMIT = 100
_METHODS = {"eq": "eq", "neq": "neq", "gt": "gt", "gte": "gte", "lt": "lt", "lte": "lte"}


def view_command(prepared: Prepared, target: Target, limit: int = LIMIT) -> str:
    """`kitcn data TABLE ...`, which prints the same documents in the same order."""
    view = prepared.view
    parts = ["kitcn data"]
    for text in view.conditions:
        parts.append(f"--where {shell_word(text)}")
    index = view.index
    if index is None and not prepared.plan.keeps_order:
        # the command would put a short result in the order of creation time
        index = prepared.request.index
    if index is not None:
        parts.append(f"--index {shell_word(index)}")
    if view.order != "desc":
        parts.append(f"--order {view.order}")
    if limit != LIMIT:
        parts.append(f"--limit {limit}")
    if view.component:
        parts.append(f"--component {shell_word(view.component)}")
    return with_flags(" ".join(parts), target, subject=view.table)


def view_query(prepared: Prepared, limit: int = LIMIT) -> str:
    """An inline query for the same documents in the same order."""
    request = prepared.request
    lines = [f"await ctx.db.query({json.dumps(request.table)})"]
    if request.index is not None:
        bounds = "".join(_bounds(prepared.ordering.fields, request.bounds))
        chosen = f", (q) => q{bounds}" if bounds else ""
        lines.append(f"  .withIndex({json.dumps(request.index)}{chosen})")
    lines.append(f"  .order({json.dumps(request.order)})")
    if request.filters:
        conditions = [_condition(each) for each in request.filters]
        joined = conditions[0] if len(conditions) == 1 else f"q.and({', '.join(conditions)})"
        lines.append(f"  .filter((q) => {joined})")
    lines.append(f"  .take({limit})")
    return "\n".join(lines)


def view_cell(prepared: Prepared, target: Target, limit: int = LIMIT) -> str:
    """A notebook cell that runs the query."""
    return _cell(view_query(prepared, limit), target, prepared.view.component)


def document_command(document_id: str, target: Target, component: str = "") -> str:
    named = f" --component {shell_word(component)}" if component else ""
    return with_flags(f"kitcn get{named}", target, subject=document_id)


def documents_query(document_ids: Sequence[str]) -> str:
    if len(document_ids) == 1:
        return f"await ctx.db.get({json.dumps(document_ids[0])})"
    listed = ",\n  ".join(json.dumps(each) for each in document_ids)
    return f"await Promise.all([\n  {listed},\n].map((id) => ctx.db.get(id)))"


def documents_cell(document_ids: Sequence[str], target: Target, component: str = "") -> str:
    return _cell(documents_query(document_ids), target, component)


def _cell(query: str, target: Target, component: str) -> str:
    return f"{cell_line(target, component)}\n{query}"


def _bounds(fields: Sequence[str], bounds: Sequence[IndexBound]) -> Iterator[str]:
    for name, bound in zip(fields, bounds, strict=False):
        field = json.dumps(name)
        if bound.is_equality:
            yield f".eq({field}, {literal(bound.equals, name)})"
            continue
        if bound.lower_op is not None:
            yield f".{bound.lower_op}({field}, {literal(bound.lower, name)})"
        if bound.upper_op is not None:
            yield f".{bound.upper_op}({field}, {literal(bound.upper, name)})"


def _condition(condition: FieldFilter) -> str:
    value = literal(condition.value, condition.field)
    return f"q.{_METHODS[condition.op]}(q.field({json.dumps(condition.field)}), {value})"

"""Nearest names, and what to say of a table or an index that does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitcn_repl.deployment.models import IndexInfo
    from kitcn_repl.deployment.protocol import Deployment


def nearest(name: str, names: Sequence[str]) -> str | None:
    """The one of `names` that is most like `name`, if any is like it at all."""
    import difflib

    lowered = {candidate.lower(): candidate for candidate in reversed(names)}
    near = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return lowered[near[0]] if near else None


def no_such_table(name: str, tables: Sequence[str]) -> str:
    near = nearest(name, tables)
    return f'There is no table "{name}"; did you mean "{near}"?' if near else f'There is no table "{name}".'


async def index_hint(deployment: Deployment, table: str, name: str, component: str) -> str:
    """For an index that was not found: the nearest name and the list, or why the table has none."""
    of_table = [index for index in await deployment.indexes(component) if index.table == table]
    names = [index.name for index in of_table if index.kind == "database"]
    if names:
        near = nearest(name, names)
        suggestion = f'Did you mean "{near}"? ' if near else ""
        return suggestion + _listed(table, of_table)
    tables = [info.name for info in await deployment.tables(component)]
    if table not in tables:
        return no_such_table(table, tables)
    without = f'Table "{table}" has no indexes but by_id and by_creation_time.'
    if await deployment.schema(component) is None:
        return (
            f"{without} (Indexes are part of the schema, and there is none here; a snapshot never holds one, but inside"
            " the project's folder those of its schema.ts are used.)"
        )
    return without


def _listed(table: str, indexes: Sequence[IndexInfo]) -> str:
    described = ", ".join(f"{index.name} ({', '.join(index.fields)})" for index in indexes)
    return f'Indexes of "{table}": {described}.'

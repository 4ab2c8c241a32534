"""A table by its name."""

from __future__ import annotations

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.data import SYSTEM_TABLES
from kitcn_repl.explore.knowledge import Knowledge
from kitcn_repl.explore.suggestions import no_such_table
from kitcn_repl.schema.model import Table


def find_table(known: Knowledge, name: str) -> Table:
    """The table registered as `name`. Raises KitcnError, with the nearest name."""
    table = known.schema.tables.get(name)
    if table is None:
        declared = next((table for table in known.schema.tables.values() if table.declared_name == name), None)
        if declared is not None:
            raise KitcnError(f'There is no table "{name}"; the table declared under that name is "{declared.name}".')
        if name in SYSTEM_TABLES:
            raise KitcnError(f'"{name}" is a table of Convex itself, which no schema declares.')
        raise KitcnError(no_such_table(name, list(known.schema.tables)))
    return table

"""What is known of a deployment's tables and of the ways between them, from every place that tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.deployment.models import ROOT_COMPONENT
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.schema.deployed import read_deployed
from kitcn_repl.schema.edges import edges
from kitcn_repl.schema.evidence import Found, find_ids
from kitcn_repl.schema.merge import merge
from kitcn_repl.schema.model import Edge, Schema


@dataclass(frozen=True, slots=True)
class Knowledge:
    """`schema` holds what `source` and `deployed` say together, `edges` the ways between its tables.

    `found` are the ids that were found in data, which are among the edges. `notes` say, each in a line for people, what
    could not be known and why; what of the source could not be read is in `source`. `tables` gives table names by
    number, those of `_storage` and `_scheduled_functions` too.
    """

    schema: Schema
    edges: tuple[Edge, ...]
    source: Schema | None = None
    deployed: Schema | None = None
    found: tuple[Found, ...] = ()
    notes: tuple[str, ...] = ()
    tables: Mapping[int, str] = field(default_factory=dict)

    @property
    def component(self) -> str:
        return self.schema.component


async def know(
    deployment: Deployment | None,
    *,
    source: Path | None = None,
    component: str = ROOT_COMPONENT,
    sample: bool = True,
) -> Knowledge:
    """Ask the deployment, read the source, and look into the data if `sample`; of the first two one may be missing.

    `source` is a schema file or a project. Raises KitcnError if there is no such file, and DeploymentError if the
    deployment cannot be asked; data that cannot be read is a note.
    """
    declared = _read(source) if source is not None else None
    if deployment is None:
        schema = declared or Schema(component=component)
        return Knowledge(schema, tuple(edges(schema)), declared, notes=tuple(_notes(declared, None)))
    deployed = await read_deployed(deployment, component)
    schema = merge(declared, deployed) if declared is not None else deployed
    tables = await deployment.table_mapping(component)
    notes = _notes(declared, deployed)
    found: list[Found] = []
    if sample:
        try:
            found = await find_ids(deployment, schema)
        except DeploymentError as error:
            notes.append(f"Ids in the data were not looked for: {error.message}")
    return Knowledge(schema, tuple(edges(schema, found)), declared, deployed, tuple(found), tuple(notes), tables)


def _read(source: Path) -> Schema | None:
    """None where the grammar that reads source is not installed: what the deployment says is worth having alone."""
    from kitcn_repl.explore.inline.syntax import has_grammar

    if not has_grammar():
        return None
    # tree-sitter is not for commands that read no source
    from kitcn_repl.schema.source.reader import read_source

    return read_source(source)


def _notes(source: Schema | None, deployed: Schema | None) -> list[str]:
    notes = []
    if source is None:
        notes.append(
            "No schema source was read: declared relations, foreign keys, unique columns and defaults are unknown."
        )
    if deployed is not None:
        undeclared = [name for name, table in deployed.tables.items() if table.origins == ("data",)]
        if undeclared and len(undeclared) == len(deployed.tables):
            lent = any(table.indexes for table in deployed.tables.values())
            indexes = "indexes those of the source" if lent else "and indexes unknown"
            notes.append(f"The deployment has no schema: fields are those of a sample of documents, {indexes}.")
        elif undeclared:
            names = ", ".join(undeclared[:3]) + (", ..." if len(undeclared) > 3 else "")
            notes.append(f"Not in the deployed schema, fields are those of a sample of documents: {names}.")
    return notes

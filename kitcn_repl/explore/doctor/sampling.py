"""Documents that the data rules look at: a bounded number of every table, told honestly."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kitcn_repl.deployment.models import Order, PageRequest
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.deployment.together import together
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.data import Reading
from kitcn_repl.schema.model import Schema, Table
from kitcn_repl.values import JsonObject
from kitcn_repl.values.size import value_size

SAMPLE = 1000
"""Documents of a table, half of them the newest and half the oldest."""

_AT_ONCE = 4
_MOST_BYTES = 8 * 1024 * 1024
"""Of the newest, and of the oldest documents of a table."""


@dataclass(frozen=True, slots=True)
class Sample:
    """`complete` tells that these are all documents of the table, else they are fewer where documents are large."""

    table: str
    documents: Sequence[JsonObject]
    complete: bool


@dataclass(frozen=True, slots=True)
class Samples:
    """By table. `failures` say of tables that could not be read why not."""

    by_table: Mapping[str, Sample]
    failures: tuple[str, ...] = ()


async def sample_tables(deployment: Deployment, schema: Schema, size: int) -> Samples:
    """All tables but kitcn's own, which its state rules look at."""
    gate = asyncio.Semaphore(_AT_ONCE)
    failures: list[str] = []

    async def sampled(table: Table) -> Sample | None:
        async with gate:
            try:
                return await _sample(deployment, table.name, schema.component, size)
            except KitcnError as error:
                failures.append(f"{table.name} could not be read: {error.message}")
                return None

    tables = [table for table in schema.tables.values() if "deployment" in table.origins or "data" in table.origins]
    found = await together([sampled(table) for table in tables if table.owner != "kitcn-internal"])
    return Samples({sample.table: sample for sample in found if sample is not None}, tuple(sorted(failures)))


async def _sample(deployment: Deployment, table: str, component: str, size: int) -> Sample:
    newest, more = await _read(deployment, table, component, "desc", (size + 1) // 2)
    if not more:
        return Sample(table, newest, complete=True)
    oldest, _more = await _read(deployment, table, component, "asc", size // 2)
    known = {document.get("_id") for document in newest}
    others = [document for document in oldest if document.get("_id") not in known]
    return Sample(table, [*newest, *others], complete=len(others) < len(oldest))


async def _read(
    deployment: Deployment, table: str, component: str, order: Order, size: int
) -> tuple[list[JsonObject], bool]:
    if not size:
        return [], True
    reading = Reading(deployment, PageRequest(table, order=order, component=component), size)
    documents: list[JsonObject] = []
    left = _MOST_BYTES
    async for page in reading.pages():
        for document in page:
            left -= value_size(document)
            if left < 0 and documents:
                return documents, True
            documents.append(document)
    return documents, reading.more

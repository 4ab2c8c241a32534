"""Looks at all that an offline deployment holds, as its users would, and shows some of it in every format."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from kitcn_repl.errors import KitcnError
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.store import BY_CREATION_TIME, BY_ID, Store, StoredTable
from kitcn_repl.values import JsonObject
from tests.cli.console import Console
from tests.fuzz.oracle import SECRET, assert_safe_to_show, clear_line

_MOST_ROWS = 1000
_INDEXES = (BY_ID, BY_CREATION_TIME, ("name", "_creationTime"), ("nested.a", "_creationTime"))
_QUERIES = ("listCronJobs", "listCronJobRuns", "paginatedScheduledJobs", "modules:list", "getSchemas")
_FORMATS = ("table", "json", "jsonl", "csv", "markdown", "pretty", "jsonArray", "jsonLines")


def look_at(dataset: Dataset) -> int:
    """How many documents there are; each is JSON. Whatever is refused is refused in a clear line."""
    found = 0
    for store in (dataset.store, dataset.system):
        if store is None:
            continue
        for component in store.components():
            for table in store.tables(component.path).values():
                found += _rows(store, table)
    asyncio.run(_ask(Offline(dataset)))
    return found


def _rows(store: Store, table: StoredTable) -> int:
    found = 0
    for fields in (BY_ID,) if table.name.startswith("_") else _INDEXES:
        try:
            rows = store.rows(table, fields, b"", None, descending=fields == BY_CREATION_TIME, limit=_MOST_ROWS)
            found = len(rows)
            for row in rows:
                assert isinstance(json.loads(row.text), dict)
        except KitcnError as error:
            clear_line(error)
    try:
        assert table.count >= 0
    except KitcnError as error:
        clear_line(error)
    return found


async def _ask(offline: Offline) -> None:
    options: JsonObject = {"paginationOpts": {"numItems": 10, "cursor": None}}
    for component in await offline.components():
        for question in (offline.tables, offline.function_spec, offline.indexes, offline.schema):
            try:
                await question(component.path)
            except KitcnError as error:
                clear_line(error)
        for query in _QUERIES:
            try:
                await offline.system(f"_system/frontend/{query}", options, component=component.path)
            except KitcnError as error:
                clear_line(error)
    await offline.environment_variables()


def show(selector: str, table: str, format_: int, folder: Path) -> None:
    """A table on a terminal and in one of the machine formats, by the command line."""
    console = Console(cwd=folder, variables={"KITCN_CACHE_DIR": str(folder / "cache"), "HOME": str(folder)}, tty=True)
    for argv in (
        ("data", table, "--deployment", selector),
        ("data", table, "--deployment", selector, "--format", _FORMATS[format_ % len(_FORMATS)]),
        ("schema", "--deployment", selector),
    ):
        outcome = console(*argv)
        assert outcome.code in (0, 1, 2, 3), outcome.err
        assert "unexpectedly" not in outcome.err, outcome.err
        assert SECRET not in outcome.err
        assert_safe_to_show(outcome.err)
        if argv[0] == "schema" or len(argv) == 4:
            assert_safe_to_show(outcome.out)

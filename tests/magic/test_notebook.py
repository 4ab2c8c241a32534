"""Notebooks that nbclient runs from top to bottom, as scripts and servers do."""

from __future__ import annotations

import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.magic.kernels import variables


@asynccontextmanager
async def kernels(home: Path) -> AsyncIterator[AsyncKernelManager]:
    """One kernel for notebooks that run one after another."""
    manager = AsyncKernelManager(kernel_name="python3")
    await manager.start_kernel(env=variables(home), cwd=str(home), stderr=subprocess.DEVNULL)
    try:
        yield manager
    finally:
        await manager.shutdown_kernel(now=True)
        manager.context.destroy(0)


async def run(manager: AsyncKernelManager, *cells: str) -> Any:
    """The notebook with its outputs. Raises CellExecutionError as soon as a cell fails."""
    make: Any = nbformat.v4
    notebook = make.new_notebook(cells=[make.new_code_cell(cell) for cell in cells])
    client = NotebookClient(notebook, km=manager, timeout=60)
    try:
        await client.async_execute()
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
    nbformat.validate(notebook)
    return notebook


async def test_notebooks_that_run_without_anybody(tmp_path: Path) -> None:
    async with kernels(tmp_path) as manager:
        await outputs_are_stored_with_the_notebook(manager)
        for cell, told in FAILING:
            await a_failure_stops_the_run(manager, cell, told)


FAILING = (
    ('%%kitcn\nthrow new Error("boom")', "InlineQueryError: boom"),
    ("%%kitcn\nreturn (1 +", "InlineQueryError: SyntaxError"),
    ("%kitcn data usr", "UnknownTableError"),
)


async def outputs_are_stored_with_the_notebook(manager: AsyncKernelManager) -> None:
    notebook = await run(
        manager,
        "%load_ext kitcn_repl\n%kitcn use demo",
        '%%kitcn -o users\nctx.db.query("user").take(3)',
        "users.related('sessions').to_pandas()[['userId', 'expiresAt']].dtypes",
        "[user['name'] for user in users]",
    )
    outputs = [cell.outputs for cell in notebook.cells]
    assert "text/html" in outputs[1][0].data
    assert "Ada Abe" in outputs[1][0].data["text/plain"]
    assert "datetime64[us, UTC]" in outputs[2][0].data["text/plain"]
    assert outputs[3][0].data["text/plain"] == "['Ada Abe', 'Bruno Haddad', 'Chiara Okafor']"


async def a_failure_stops_the_run(manager: AsyncKernelManager, cell: str, told: str) -> None:
    with pytest.raises(CellExecutionError) as raised:
        await run(manager, "%reload_ext kitcn_repl\n%kitcn use demo", cell, "1 / 0")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", str(raised.value))
    assert told in shown
    assert "ZeroDivisionError" not in shown
    assert "Traceback" not in shown
    assert 'File "' not in shown

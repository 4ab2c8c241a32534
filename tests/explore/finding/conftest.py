"""The demo, and what is known of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kitcn_repl.explore.workspace import Surroundings, Workspace, open_workspace
from kitcn_repl.targets.target import TargetFlags


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Workspace]:
    workspace = await open_workspace(TargetFlags(demo=True), Surroundings(tmp_path))
    yield workspace
    await workspace.aclose()

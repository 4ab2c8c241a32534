"""KITCN_JITTER=SEED lets everything that comes from a thread come late, by chance: races in tests show then."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.jitter import jitter

_HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _jitter(request: pytest.FixtureRequest) -> Iterator[None]:
    seed = os.environ.get("KITCN_JITTER")
    if not seed:
        yield
        return
    with jitter(random.Random(f"{seed} {request.node.nodeid}")):
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The picture in the middle waits for `--slow`: what breaks a layout shows in the smallest or the largest."""
    for item in items:
        if _HERE in item.path.parents and item.name.endswith("[120x36]"):
            item.add_marker(pytest.mark.slow)


def pytest_report_header() -> str | None:
    seed = os.environ.get("KITCN_JITTER")
    return f"tests/tui: KITCN_JITTER={seed}" if seed else None

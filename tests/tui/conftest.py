"""KITCN_JITTER=SEED lets everything that comes from a thread come late, by chance: races in tests show then."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from tests.tui.jitter import jitter


@pytest.fixture(autouse=True)
def _jitter(request: pytest.FixtureRequest) -> Iterator[None]:
    seed = os.environ.get("KITCN_JITTER")
    if not seed:
        yield
        return
    with jitter(random.Random(f"{seed} {request.node.nodeid}")):
        yield


def pytest_report_header() -> str | None:
    seed = os.environ.get("KITCN_JITTER")
    return f"tests/tui: KITCN_JITTER={seed}" if seed else None

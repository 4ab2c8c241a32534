"""Files that lie beside this checkout on the project's own machines: formats' descriptions, fixtures of other hands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.suites import OPTIONAL

SHARED = Path(__file__).parents[3] / "shared"


def shared(name: str) -> Path:
    """`name` below `../shared`, such as `openapi/deployment-openapi.json`. Skips the test where it is not."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{OPTIONAL}{name} is not part of this repository, and not beside it")
    return path

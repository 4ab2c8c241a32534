"""A few hundred cases of every fuzzer; tests/slow/fuzz runs ten thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.families import FAMILIES
from tests.fuzz.harness import run
from tests.support.suites import Cases

COUNTS = {"bomb": 1, "schema.ts": 60, "snapshot": 80}
NEVER_REFUSED = ("env file",)
"""Every text is an env file; the others must be refused and read at times, or nothing is shown."""


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_a_result_or_one_clear_line(name: str, tmp_path: Path, cases: Cases) -> None:
    ends = run(FAMILIES[name], cases.random, COUNTS.get(name, 100), tmp_path)
    if name != "bomb":
        assert ends["read"] and (ends["refused"] or name in NEVER_REFUSED), f"one-sided: {ends}"

"""Ten thousand hostile inputs of each kind: a result, or one clear line, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.families import FAMILIES
from tests.fuzz.harness import run
from tests.support.suites import Cases

PARTS = 2
COUNTS = {"bomb": 20}


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_a_result_or_one_clear_line(name: str, part: int, tmp_path: Path, cases: Cases) -> None:
    count = COUNTS.get(name, 10_000) // PARTS
    ends = run(FAMILIES[name], cases.random, count, tmp_path)
    for end in ("read",) if name == "env file" else ("refused", "read"):
        assert ends[end] >= count // 50, f"one-sided: {ends}"
    cases.passed(count, f"{name} inputs: {', '.join(f'{number} {end}' for end, number in sorted(ends.items()))}")

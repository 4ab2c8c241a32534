"""Ten thousand TypeScript programs, judged by V8 and by Deno's own stripping."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.fuzz.programs import check_programs, check_refused, check_texts
from tests.support.suites import Cases

PARTS = 2
COUNT = 10_000 // PARTS


def told(ends: Counter[str]) -> str:
    return ", ".join(f"{number} {end}" for end, number in sorted(ends.items()))


@pytest.mark.parametrize("part", range(PARTS))
def test_erased_programs_mean_the_same(part: int, cases: Cases) -> None:
    ends = check_programs(cases.random, COUNT)
    assert ends["not understood"] < 0.15 * COUNT, ends
    cases.passed(COUNT, f"typed programs against their untyped originals, both run: {told(ends)}")


@pytest.mark.parametrize("part", range(PARTS))
def test_what_cannot_be_erased_is_named(part: int, cases: Cases) -> None:
    ends = check_refused(cases.random, COUNT)
    assert ends["not understood"] < 0.1 * COUNT, ends
    cases.passed(COUNT, f"programs that cannot be erased: {told(ends)}")


@pytest.mark.parametrize("part", range(PARTS))
def test_any_text(part: int, cases: Cases) -> None:
    ends = check_texts(cases.random, COUNT)
    assert ends["compiled"] > 0.05 * COUNT and ends["stripped by Deno to the same"] > 0.03 * COUNT, ends
    cases.passed(COUNT, f"mutated queries and token soup: {told(ends)}")

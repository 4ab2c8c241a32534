"""A few hundred generated TypeScript programs; tests/slow/fuzz runs ten thousand."""

from __future__ import annotations

import pytest

from tests.fuzz.programs import check_programs, check_refused, check_texts
from tests.support.suites import Cases

pytest.importorskip("deno", reason="the extra `offline` brings Deno, which judges what is left")


def test_erased_programs_mean_the_same(cases: Cases) -> None:
    ends = check_programs(cases.random, 200)
    assert ends["not understood"] < 40


def test_what_cannot_be_erased_is_named(cases: Cases) -> None:
    ends = check_refused(cases.random, 100)
    assert ends["not understood"] < 20


def test_any_text(cases: Cases) -> None:
    ends = check_texts(cases.random, 200)
    assert ends["compiled"] and ends["not understood"]

from __future__ import annotations

import pytest

from kitcn_repl.render.quantity import byte_size, count, counted, duration


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (3481, "3.4 KiB"),
        (10_240, "10 KiB"),
        (1_048_575, "1.0 MiB"),
        (16_777_216, "16 MiB"),
        (1_610_612_736, "1.5 GiB"),
    ],
)
def test_byte_sizes(number: int, shown: str) -> None:
    assert byte_size(number) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 ms"),
        (0.0452, "45 ms"),
        (0.9994, "999 ms"),
        (0.9999, "1.0 s"),
        (1.23, "1.2 s"),
        (59.99, "1 min 00 s"),
        (125, "2 min 05 s"),
    ],
)
def test_durations(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_counts() -> None:
    assert count(32000) == "32,000"
    assert counted(1, "query", "queries") == "1 query"
    assert counted(2, "query", "queries") == "2 queries"
    assert counted(1200, "document") == "1,200 documents"

from __future__ import annotations

import pytest

from kitcn_repl.render.sparkline import buckets, sparkline


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ([], ""),
        ([0, 0], "··"),
        ([1], "█"),
        ([0, 1, 2, 3, 4, 5, 6, 7, 8], "·▁▂▃▄▅▆▇█"),
        ([1, 1000], "▁█"),
        ([None, 0, 5], " ·█"),
    ],
)
def test_bars(counts: list[int | None], line: str) -> None:
    assert sparkline(counts) == line


def test_a_common_scale() -> None:
    assert sparkline([2], highest=16) == "▁"


def test_one_bucket_for_each_step() -> None:
    assert buckets({10: 2, 30: 1, 40: 5}, 10, 45, 10, 100) == ([2, 0, 1, 5], 1)


def test_what_began_before_is_not_in_it() -> None:
    assert buckets({10: 2, 20: 1}, 15, 45, 10, 100) == ([1, 0, 0], 1)


def test_fewer_buckets_hold_more_steps_and_the_newest_is_whole() -> None:
    counts = dict.fromkeys(range(0, 100, 10), 1)
    assert buckets(counts, 0, 99, 10, 4) == ([1, 3, 3, 3], 3)
    assert buckets(counts, 0, 99, 10, 1) == ([10], 10)

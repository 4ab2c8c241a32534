"""What reading a schema costs, told in ratios: a slow machine is slow at both."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kitcn_repl.schema.source.reader import read_source
from kitcn_repl.schema.source.syntax import parse
from tests.support.big_schema import big_schema


def cheapest(work: Callable[[], object], rounds: int = 7) -> float:
    """Processor seconds of the best round: others on the machine only ever add to it."""
    return min(_cost(work) for _ in range(rounds))


def _cost(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


@pytest.fixture
def schema_of(tmp_path: Path) -> Callable[[int], Path]:
    def write(lines: int) -> Path:
        path = tmp_path / f"{lines}" / "schema.ts"
        path.parent.mkdir()
        path.write_text(big_schema(lines))
        return path

    return write


def test_a_big_schema_is_read_whole(schema_of: Callable[[int], Path]) -> None:
    schema = read_source(schema_of(1300))
    things = len(schema.tables) - 1
    assert things > 25
    assert schema.problems == ()
    assert schema.dynamic == ()
    assert sum(len(table.foreign_keys) for table in schema.tables.values()) == 3 * things
    assert len(schema.relations) == 5 * things


def test_reading_costs_a_few_times_what_its_syntax_costs(schema_of: Callable[[int], Path]) -> None:
    """1,300 lines: under 100 ms, where their syntax alone takes around 8 ms."""
    path = schema_of(1300)
    data = path.read_bytes()
    syntax = cheapest(lambda: parse("schema.ts", data))
    assert cheapest(lambda: read_source(path)) < 12 * syntax


def test_the_cost_grows_with_the_source(schema_of: Callable[[int], Path]) -> None:
    once, four_times = schema_of(1000), schema_of(4000)
    assert cheapest(lambda: read_source(four_times), 3) < 6 * cheapest(lambda: read_source(once), 5)

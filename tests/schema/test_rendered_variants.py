"""However a schema is written down, the same is read. Ten thousand more are in `tests/slow/differential`."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.schema.random_schemas import expected, facts, random_abstract
from tests.schema.rendering import Style, read_files, render, without_places


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_every_way_of_writing_reads_the_same(random: Random) -> None:
    abstract = random_abstract(random)
    files = render(abstract, Style.plain())
    plain = read_files(files)
    assert plain.problems == () and plain.dynamic == (), files
    assert facts(plain) == expected(abstract), files
    variant = render(abstract, Style.random(random))
    assert without_places(read_files(variant)) == without_places(plain), variant

"""Side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.explore.environment.comparison import Fingerprints, compare

VARIABLES = st.dictionaries(st.sampled_from("ABCDEF"), st.text(max_size=3))


def test_states() -> None:
    compared = compare({"D": "1", "A": "1", "S": ""}, {"D": "2", "B": "", "S": ""})
    assert [(row.name, row.state) for row in compared] == [
        ("A", "only in A"),
        ("B", "only in B"),
        ("D", "different"),
        ("S", "same"),
    ]
    assert "planted" not in repr(compare({"A": "planted"}, {}))


@given(VARIABLES, VARIABLES)
def test_every_variable_is_there_once_and_rightly(a: dict[str, str], b: dict[str, str]) -> None:
    compared = compare(a, b)
    assert [row.name for row in compared] == sorted({*a, *b})
    fingerprints = Fingerprints()
    for row in compared:
        assert (row.a, row.b) == (a.get(row.name), b.get(row.name))
        if row.a is not None and row.b is not None:
            assert (row.state == "same") == (fingerprints.of(row.a) == fingerprints.of(row.b)) == (row.a == row.b)


def test_fingerprints_tell_nothing_but_equality() -> None:
    first, second = Fingerprints(), Fingerprints()
    assert first.of("hunter2") == first.of("hunter2") != first.of("hunter3")
    assert first.of("hunter2") != second.of("hunter2")
    assert first.of("") == "(empty)"
    assert len(first.of("x" * 9000)) == len("#123456")
    assert "b'" not in repr(first)

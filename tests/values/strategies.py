"""Convex values as hypothesis strategies. Those from a seed are in `random_values`."""

from __future__ import annotations

from hypothesis import strategies as st

from kitcn_repl.values import Int64, Value

FIELD_NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=6).filter(
    lambda name: name[:1] != "$"
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8) | st.text("\0\x01a\x7fé\uffff😀", max_size=4)
INT64S = st.integers(-(2**63), 2**63 - 1) | st.integers(-300, 300) | st.integers(-70_000, 70_000)

SCALARS: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    INT64S.map(Int64),
    st.floats(),
    st.binary(max_size=4),
    TEXTS,
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELD_NAMES, inner, max_size=3),
    max_leaves=8,
)
# Few and short ones, so that pairs are often equal, or one the beginning of the other.
CLOSE_VALUES: st.SearchStrategy[Value] = st.recursive(
    st.sampled_from(
        [None, False, True, Int64(0), Int64(-1), Int64(128), 0.0, -0.0, 1.0, "", "a", "a\0", "b", b"", b"\0"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["", "a", "b"]), inner, max_size=2),
    max_leaves=5,
)

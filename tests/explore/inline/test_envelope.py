"""Read costs come along with the value, and change nothing else."""

from __future__ import annotations

import pytest

from kitcn_repl.explore.inline import ReadCost, compile_query
from kitcn_repl.explore.inline.envelope import unwrap
from kitcn_repl.values import JsonValue
from tests.explore.inline.genuine import run_as_the_cli_does, run_modules

COST = ReadCost(
    documents_read=312,
    documents_limit=32000,
    bytes_read=48213,
    bytes_limit=16777216,
    queries=2,
    queries_limit=4096,
)
VALUES = ["1", "null", "undefined", "({ value: 1 })", "[]", "({})", "new ArrayBuffer(2)", "5n"]
FORMS = ["1 + 1", "const a = 1; a", "return 3", "export default query(async () => 4)"]
UNMEASURED = [
    "ctx.db.query('users')",
    "ctx.db",
    "new Map()",
    "[1, , 2]",
    "({ a: [{ b: new Array(2) }] })",
    "() => 1",
    'import { query } from "convex:/_system/repl/wrappers.js"; export default query(async () => 15);',
]


def test_every_form_and_value_is_measured() -> None:
    texts = [*VALUES, *FORMS]
    for text, outcome in zip(texts, run_modules([compile_query(text).module.source for text in texts]), strict=True):
        assert (text, unwrap(outcome.value)[1]) == (text, COST)


def test_a_server_without_metrics() -> None:
    texts = [*VALUES, *FORMS]
    modules = [compile_query(text).module.source for text in texts]
    plain = [compile_query(text, measure=False).module.source for text in texts]
    measured, unmeasured = run_modules(modules, metrics=False), run_modules(plain, metrics=False)
    assert [unwrap(outcome.value) for outcome in measured] == [(outcome.value, None) for outcome in unmeasured]


def test_what_cannot_be_wrapped_goes_back_bare() -> None:
    outcomes = run_modules([compile_query(text).module.source for text in UNMEASURED])
    genuine = run_as_the_cli_does(UNMEASURED)
    assert [unwrap(mine.value) for mine in outcomes] == [(theirs.value, None) for theirs in genuine]
    assert [mine.error for mine in outcomes] == [theirs.error for theirs in genuine]


@pytest.mark.parametrize("depth", [58, 62, 64, 70])
def test_depth_is_what_it_was(depth: int) -> None:
    """Convex allows 64 levels; the envelope must not be the 65th."""
    text = "[" * depth + "]" * depth
    measured, plain = run_modules([compile_query(text).module.source, compile_query(text, measure=False).module.source])
    value, cost = unwrap(measured.value)
    assert (value, cost is not None) == (plain.value, depth < 62)


def test_no_frame_of_ours_in_a_stack() -> None:
    text = "await null; throw new Error('late')"
    [outcome] = run_modules([compile_query(text).module.source])
    assert outcome.stack is not None
    frames = [line for line in outcome.stack.splitlines() if "data:" in line]
    assert len(frames) == 1
    assert "handler" in frames[0]


def test_a_query_may_break_what_it_likes() -> None:
    texts = [
        "ctx.meta.getTransactionMetrics = () => { throw new Error('x') }; return 1",
        "ctx.meta.getTransactionMetrics = () => 5; return 1",
        "ctx.meta.getTransactionMetrics = () => Promise.reject(1); return 1",
        "ctx.meta = null; return 1",
        "delete Object.prototype.hasOwnProperty; Array.isArray = () => { throw 1 }; return 1",
    ]
    outcomes = run_modules([compile_query(text).module.source for text in texts])
    assert [(unwrap(outcome.value)[0], outcome.error) for outcome in outcomes] == [(1, None)] * len(texts)


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        [],
        {"value": 1},
        {"value": 1, "kitcnAnswer:9d1f6c02b7e84a55": [], "more": 1},
    ],
)
def test_other_values_are_left_alone(value: JsonValue) -> None:
    assert unwrap(value) == (value, None)


@pytest.mark.parametrize("metrics", [None, [], [[1.0, 2.0]], [[1.0], [1.0], [1.0]], [["a", 1.0]] * 3, "x"])
def test_metrics_that_are_none(metrics: JsonValue) -> None:
    assert unwrap({"kitcnAnswer:9d1f6c02b7e84a55": metrics, "value": 1}) == (1, None)

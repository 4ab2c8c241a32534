"""Values in and out of their encoding, their sizes and their order, against the genuine `convex/values`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Literal

from kitcn_repl.values import UNDEFINED, JsonValue
from tests.support.shrinking import shrunk, smaller_json
from tests.support.suites import Cases
from tests.values.genuine import as_sent, differences, encoded_text, judged, sign_of_order
from tests.values.random_values import random_close, random_described, random_encoded, random_malformed, random_near

COUNT = 10_000

Compare = Callable[[Any, Any], list[str]]
"""What is wrong about one case, from the case and the genuine verdict on it."""


def test_encoded_values(cases: Cases) -> None:
    drawn = as_sent([random_encoded(cases.random) for _ in range(COUNT)])
    verdicts = hold(cases, drawn, "decode", differences)
    assert all("value" in verdict for verdict in verdicts)
    cases.passed(COUNT, "encoded values: decoded, encoded, printed and measured as by convex/values and `convex data`")


def test_malformed_values(cases: Cases) -> None:
    drawn = as_sent([random_malformed(cases.random) for _ in range(COUNT)])
    verdicts = hold(cases, drawn, "decode", differences)
    refused = sum("error" in verdict for verdict in verdicts)
    assert COUNT / 10 < refused < COUNT * 9 / 10
    cases.passed(COUNT, f"odd values: refused as by convex/values ({refused:,}), or taken as there")


def test_values_to_encode(cases: Cases) -> None:
    drawn = as_sent([list(random_described(cases.random)) for _ in range(COUNT)])
    verdicts = hold(cases, drawn, "encode", _wrongly_encoded)
    refused = sum("error" in verdict for verdict in verdicts)
    assert COUNT / 20 < refused < COUNT * 9 / 10
    cases.passed(COUNT, f"values encoded as by convex/values, or refused as there ({refused:,})")


def test_order(cases: Cases) -> None:
    drawn = as_sent([_pair(cases.random) for _ in range(COUNT)])
    verdicts = hold(cases, drawn, "order", _wrongly_ordered)
    assert all(verdicts.count(sign) > COUNT / 20 for sign in (-1, 0, 1))
    cases.passed(COUNT, "pairs of values ordered as by convex/values")


def _pair(random: Random) -> JsonValue:
    """Two values, `{}` for a missing one; half of them near each other, so that what is behind must decide."""
    one, other = random_close(random), random_close(random)
    pairs: list[list[JsonValue]] = [
        [one, other],
        [one, one],
        [one, random_near(random, one)],
        [[one, other], [random_near(random, one), random_close(random)]],
        [{"a": one, "b": other}, {"a": random_near(random, one), "b": random_close(random)}],
    ]
    drawn: list[JsonValue] = [{"value": value} for value in random.choice(pairs)]
    return [{}, drawn[1]] if random.random() < 0.03 else drawn


def _wrongly_encoded(description: Any, verdict: Any) -> list[str]:
    ours, expected = encoded_text(description), verdict.get("value")
    return [] if ours == expected else [f"{ours}, not {verdict}"]


def _wrongly_ordered(pair: Any, verdict: Any) -> list[str]:
    ours = sign_of_order(*(each.get("value", UNDEFINED) for each in pair))
    return [] if ours == verdict else [f"{ours}, not {verdict}"]


def hold(
    cases: Cases, drawn: list[JsonValue], judge: Literal["decode", "encode", "order"], compare: Compare
) -> list[Any]:
    """The genuine verdicts; fails with a case on which ours differs, made small where any JSON is a case."""

    def wrong(some: Sequence[JsonValue], verdicts: Sequence[Any]) -> list[list[str]]:
        return [compare(case, verdict) for case, verdict in zip(some, verdicts, strict=True)]

    verdicts = judged(judge, drawn)
    failing = [case for case, told in zip(drawn, wrong(drawn, verdicts), strict=True) if told]
    if not failing:
        return verdicts
    case = failing[0]
    if judge == "decode":
        case = shrunk(case, smaller_json, lambda some: [bool(told) for told in wrong(some, judged(judge, some))])
    (told,) = wrong([case], judged(judge, [case]))
    raise AssertionError(
        f"--seed {cases.seed}: {len(failing)} of {len(drawn)} differ; one of them:\n{json.dumps(case)}\n{told}"
    )

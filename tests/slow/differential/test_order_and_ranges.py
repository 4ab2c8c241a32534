"""Index ranges, order, filters, limits and pages: chains of `ctx.db.query` against the genuine `convex/server` under
`convex-test`, in our engine and over HTTP. What convex-test gets wrong itself is in `tests/differential/cases.py`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.differential.cases import Batch, batch
from tests.differential.running import genuine, ours, over_http
from tests.support.shrinking import shrunk
from tests.support.suites import Cases

PARTS = 4
CHAINS = {0: 50, 1: 50, 12: 800, 40: 800, 100: 800}
"""In the batches of a part, by the number of documents."""
OVER_HTTP = 50
"""Chains of each batch that also run on a served deployment."""


@pytest.mark.parametrize("part", range(PARTS))
def test_chains(cases: Cases, part: int, tmp_path: Path) -> None:
    some = served = 0
    for documents, chains in CHAINS.items():
        drawn = batch(cases.random, documents, chains)
        expected = genuine(drawn)
        found = asyncio.run(ours(drawn, tmp_path))
        assert found["whole"] == expected["whole"], f"--seed {cases.seed}: {json.dumps(drawn.documents)}"
        some += sum(0 < len(result) < documents for result in found["results"])
        for spec, wanted, result in zip(drawn.specs, expected["results"], found["results"], strict=True):
            if result != wanted:
                pytest.fail(f"--seed {cases.seed}: {explained(replace(drawn, specs=[spec]), tmp_path)}")
        asked = replace(drawn, specs=drawn.specs[:OVER_HTTP])
        for spec, wanted, result in zip(asked.specs, expected["results"], asyncio.run(over_http(asked)), strict=False):
            assert result == wanted, f"--seed {cases.seed}, over HTTP: {json.dumps(spec)}"
            served += 1
    count = sum(CHAINS.values())
    assert some > count / 3
    assert served == OVER_HTTP * len(CHAINS)
    cases.passed(
        count, f"query chains as under convex-test, {some:,} of which tell documents apart; {served} over HTTP"
    )


def explained(wrong: Batch, cache_dir: Path) -> str:
    """A failing chain, with as few steps and documents as it takes."""

    def fails(some: Sequence[dict[str, Any]]) -> list[bool]:
        asked = replace(wrong, specs=list(some))
        pairs = zip(genuine(asked)["results"], asyncio.run(ours(asked, cache_dir))["results"], strict=True)
        return [theirs != mine for theirs, mine in pairs]

    spec = shrunk(wrong.specs[0], _shorter, fails)
    wrong = replace(wrong, specs=[spec])
    size = len(wrong.documents) // 2
    while size:
        for first in range(0, len(wrong.documents), size):
            fewer = replace(wrong, documents=wrong.documents[:first] + wrong.documents[first + size :])
            if genuine(fewer)["results"] != asyncio.run(ours(fewer, cache_dir))["results"]:
                wrong = fewer
                break
        else:
            size //= 2 if len(wrong.documents) > 8 else len(wrong.documents)
    return (
        f"{json.dumps(spec)}\nof {json.dumps(wrong.documents)}\nwith {json.dumps(wrong.indexes)}\n"
        f"gives {asyncio.run(ours(wrong, cache_dir))['results']}, not {genuine(wrong)['results']}"
    )


def _shorter(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if spec["end"]["how"] != "collect":
        yield {**spec, "end": {"how": "collect", "n": 1}}
    for name in ("filters", "ordered"):
        for at in range(len(spec[name])):
            yield {**spec, name: spec[name][:at] + spec[name][at + 1 :]}
        for at, condition in enumerate(spec[name]):
            for less in condition["of"] if condition["op"] in ("and", "or", "not") else ():
                yield {**spec, name: [*spec[name][:at], less, *spec[name][at + 1 :]]}
    if spec["range"]:
        yield {**spec, "range": spec["range"][:-1]}
    elif spec["index"]:
        yield {**spec, "index": None}
    if spec["order"]:
        yield {**spec, "order": None}

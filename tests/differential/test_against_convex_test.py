"""Offline queries give the same documents in the same order as Convex's own JavaScript: a few of the chains of
`tests/slow/differential`."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

from tests.differential.cases import batch
from tests.differential.running import genuine, ours

DOCUMENTS = 60
CHAINS = 150


async def test_random_chains(tmp_path: Path) -> None:
    drawn = batch(Random(1), DOCUMENTS, CHAINS)
    expected = genuine(drawn)
    found = await ours(drawn, tmp_path)
    assert found["whole"] == expected["whole"]
    for spec, wanted, result in zip(drawn.specs, expected["results"], found["results"], strict=True):
        assert result == wanted, json.dumps(spec)
    # Most chains find some documents, and not all of them.
    sizes = [len(result) for result in found["results"]]
    assert sum(0 < size < DOCUMENTS for size in sizes) > CHAINS / 3

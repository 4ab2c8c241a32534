"""`with` along every way of small random databases gives what a plain scan in Python gives."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from kitcn_repl.explore.finding import find
from kitcn_repl.explore.finding.request import is_one
from kitcn_repl.explore.following.ways import ways
from kitcn_repl.explore.knowledge import know
from tests.explore.following.test_every_edge import KEYS, RELATIONS, TABLES, expected, random_data, random_schema
from tests.explore.following.test_follower import declaring


@pytest.mark.parametrize("seed", [100, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(101, 110))])
def test_relations_hold_what_a_scan_finds(seed: int) -> None:
    random = Random(seed)
    data = random_data(random)
    declared = random_schema(random)

    async def run() -> None:
        deployment = data.open(declared)
        try:
            knowledge = declaring(await know(deployment), *RELATIONS, keys=KEYS)
            for name in TABLES:
                rows = {str(row["_id"]): row for row in data.rows(name)}
                offered = {way.label: way for way in ways(knowledge.schema, knowledge.edges, name)}
                if not rows or not offered:
                    continue
                loaded = await find(deployment, knowledge, name, {"with": list(offered), "limit": 100})
                assert len(loaded.documents) == len(rows)
                for document in loaded.documents:
                    for label, way in offered.items():
                        wanted = expected(data, rows[str(document["_id"])], way)
                        got = document[label]
                        if is_one(way):
                            assert isinstance(got, dict) == bool(wanted), way
                            assert not isinstance(got, dict) or str(got["_id"]) in wanted, way
                        else:
                            assert isinstance(got, list)
                            assert {row["_id"] for row in got} == wanted, way  # type: ignore[index,call-overload]
                for label, way in offered.items():
                    if label in way.start_fields:  # there it is the field's name
                        continue
                    having = await find(deployment, knowledge, name, {"where": {label: True}, "limit": 100})
                    assert {str(row["_id"]) for row in having.documents} == {
                        key for key, row in rows.items() if expected(data, row, way)
                    }, way
        finally:
            await deployment.aclose()

    asyncio.run(run())

"""Aggregate and rank indexes: status, drift against the source, and numbers that do not add up."""

from __future__ import annotations

import json

import pytest

from kitcn_repl.explore.state.aggregates import aggregate_states, declared_aggregates
from kitcn_repl.explore.state.model import AggregateCounts
from kitcn_repl.schema.model import AggregateIndex, Place, RankIndex, Schema, Table
from kitcn_repl.values import JsonObject, JsonValue
from tests.support.backend import ANY, Backend, required

PLACE = Place("convex/functions/schema.ts", 7)
BY_TEAM = AggregateIndex("by_team", ("teamId",), count=("points",), sum=("points",), place=PLACE)
BOARD = RankIndex("board", ("teamId",), (("points", "desc"),), sum="points", place=PLACE)


def schema(*indexes: AggregateIndex | RankIndex) -> Schema:
    table = Table(
        "score",
        {},
        aggregate_indexes=tuple(index for index in indexes if isinstance(index, AggregateIndex)),
        rank_indexes=tuple(index for index in indexes if isinstance(index, RankIndex)),
    )
    return Schema({"score": table})


def metric_state(
    index: str = "by_team", *, table: str = "score", status: str = "READY", **other: JsonValue
) -> JsonObject:
    metrics = {"countFields": ["points"], "sumFields": ["points"], "avgFields": [], "minFields": [], "maxFields": []}
    return {
        "kind": "metric",
        "tableKey": table,
        "indexName": index,
        "keyDefinitionHash": json.dumps({"kind": "metric", "fields": ["teamId"], "orderFields": []}),
        "metricDefinitionHash": json.dumps(metrics),
        "status": status,
        "processed": 3.0,
        "startedAt": 1.0,
        "updatedAt": 2.0,
        **other,
    }


def rank_state() -> JsonObject:
    order: JsonValue = [{"field": "points", "direction": "desc"}]
    return {
        **metric_state("board"),
        "kind": "rank",
        "keyDefinitionHash": json.dumps({"kind": "rank", "fields": ["teamId"], "orderFields": order}),
        "metricDefinitionHash": json.dumps({"sumField": "points"}),
    }


def backend(states: list[JsonObject], *, documents: int = 3, counted: int = 3, members: int = 3) -> Backend:
    world = Backend()
    world.add("score", [{"teamId": "a", "points": float(at)} for at in range(documents)], fields={})
    world.add("aggregate_state", states, fields={}, indexes={"by_kind_table_index": ["kind", "tableKey", "indexName"]})
    at: JsonObject = {"tableKey": "score", "indexName": "by_team"}
    world.add(
        "aggregate_bucket",
        [{**at, "keyHash": "a", "count": float(counted - 1)}, {**at, "keyHash": "b", "count": 1.0}],
        fields={},
        indexes={"by_table_index": ["tableKey", "indexName"]},
    )
    rows: list[JsonObject] = [{**at, "kind": "metric", "docId": str(each)} for each in range(members)]
    rows += [{**row, "kind": "rank", "indexName": "board"} for row in rows]
    world.add("aggregate_member", rows, fields={}, indexes={"by_kind_table_index": ["kind", "tableKey", "indexName"]})
    nodes = world.add(
        "aggregate_rank_node",
        [
            {"aggregate": {"count": float(counted - 1), "sum": 0.0}, "items": [], "subtrees": []},
            {"items": [1.0], "subtrees": []},
        ],
        fields={"items": required(ANY)},
    )
    world.add(
        "aggregate_rank_tree",
        [{"aggregateName": "score.board", "maxNodeSize": 16.0, "root": node} for node in nodes],
        fields={},
        indexes={"by_aggregate_name": ["aggregateName"]},
    )
    return world


async def test_all_is_well() -> None:
    deployment = backend([metric_state(), rank_state()]).offline()
    states = await aggregate_states(deployment, schema(BY_TEAM, BOARD))
    await deployment.aclose()
    assert states is not None
    assert [(state.table, state.index, state.kind, state.status, state.drift) for state in states] == [
        ("score", "board", "rank", "READY", "none"),
        ("score", "by_team", "metric", "READY", "none"),
    ]
    assert [state.counts for state in states] == [AggregateCounts(3, 3, 3)] * 2
    assert not any(state.counts and state.counts.differ for state in states)
    assert states[0].deployed == states[0].source == "partitionBy(teamId).orderBy(points desc).sum(points)"
    assert states[1].deployed == states[1].source == "on(teamId).count(points).sum(points)"
    assert states[1].place == PLACE


@pytest.mark.parametrize(("documents", "counted", "members"), [(4, 3, 3), (3, 5, 3), (3, 3, 2)])
async def test_numbers_that_do_not_add_up(documents: int, counted: int, members: int) -> None:
    deployment = backend([metric_state()], documents=documents, counted=counted, members=members).offline()
    states = await aggregate_states(deployment, None)
    await deployment.aclose()
    assert states is not None
    assert states[0].counts == AggregateCounts(counted, members, documents)
    assert states[0].counts.differ


async def test_counting_can_be_left_out_and_waits_for_ready() -> None:
    deployment = backend([metric_state(), metric_state("other", status="BUILDING", lastError="boom")]).offline()
    without = await aggregate_states(deployment, None, count=False)
    states = await aggregate_states(deployment, None)
    await deployment.aclose()
    assert without is not None
    assert states is not None
    assert {state.counts for state in without} == {None}
    assert [(state.index, state.status, state.counts is None, state.last_error) for state in states] == [
        ("by_team", "READY", False, None),
        ("other", "BUILDING", True, "boom"),
    ]


async def test_more_rows_than_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kitcn_repl.explore.state.aggregates._MOST_COUNTED", 2)
    deployment = backend([metric_state()], documents=30, members=30).offline()
    states = await aggregate_states(deployment, None)
    await deployment.aclose()
    assert states is not None
    assert states[0].counts is not None
    assert states[0].counts.at_least
    assert not states[0].counts.differ


async def test_missing_orphan_and_changed() -> None:
    changed = AggregateIndex("by_team", ("teamId", "season"), sum=("points",), avg=("points",))
    new = AggregateIndex("all", ())
    deployment = backend([metric_state(), rank_state()]).offline()
    states = await aggregate_states(deployment, schema(changed, new), count=False)
    await deployment.aclose()
    assert states is not None
    assert {state.index: (state.status, state.drift, state.changes) for state in states} == {
        "all": ("not built", "missing", ()),
        "board": ("READY", "orphan", ()),
        "by_team": (
            "READY",
            "definition",
            ("key: teamId -> teamId, season", "count: points -> none", "avg: none -> points"),
        ),
    }


async def test_order_of_metrics_does_not_matter() -> None:
    state = metric_state()
    state["metricDefinitionHash"] = json.dumps(
        {"countFields": ["b", "a"], "sumFields": [], "avgFields": [], "minFields": [], "maxFields": []}
    )
    deployment = backend([state]).offline()
    states = await aggregate_states(
        deployment, schema(AggregateIndex("by_team", ("teamId",), count=("a", "b", "a"))), count=False
    )
    await deployment.aclose()
    assert states is not None
    assert states[0].drift == "none"


async def test_without_kitcn_there_is_nothing() -> None:
    world = Backend()
    world.add("note", [{"text": "x"}])
    deployment = world.offline()
    assert await aggregate_states(deployment, schema(BY_TEAM)) is None
    await deployment.aclose()


def test_source_alone() -> None:
    statuses = declared_aggregates(schema(BY_TEAM, BOARD))
    assert [(state.index, state.status, state.drift, state.source) for state in statuses] == [
        ("board", "unknown", "unknown", "partitionBy(teamId).orderBy(points desc).sum(points)"),
        ("by_team", "unknown", "unknown", "on(teamId).count(points).sum(points)"),
    ]

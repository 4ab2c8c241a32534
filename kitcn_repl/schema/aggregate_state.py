"""Aggregate and rank indexes as they were last built, from the rows of `aggregate_state` (kitcn.md 4.3)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from kitcn_repl.schema.model import AggregateIndex, RankIndex
from kitcn_repl.values import JsonObject, JsonValue

STATE_TABLE: Final = "aggregate_state"

Metrics = dict[str, tuple[AggregateIndex, ...]]
Ranks = dict[str, tuple[RankIndex, ...]]


def aggregate_definitions(states: Iterable[JsonObject]) -> tuple[Metrics, Ranks]:
    """Definitions by table, by name within a table. Rows that are not kitcn's are passed over."""
    metrics: dict[str, dict[str, AggregateIndex]] = {}
    ranks: dict[str, dict[str, RankIndex]] = {}
    for state in states:
        table, name = state.get("tableKey"), state.get("indexName")
        if not isinstance(table, str) or not isinstance(name, str):
            continue
        if state.get("kind") == "rank":
            rank = rank_index(state)
            if rank is not None:
                ranks.setdefault(table, {})[name] = rank
        elif (metric := aggregate_index(state)) is not None:
            metrics.setdefault(table, {})[name] = metric
    return (
        {table: tuple(found[name] for name in sorted(found)) for table, found in metrics.items()},
        {table: tuple(found[name] for name in sorted(found)) for table, found in ranks.items()},
    )


def aggregate_index(state: JsonObject) -> AggregateIndex | None:
    """The definition that a row of kind `metric` keeps, None if it cannot be read."""
    key, metric = _parsed(state.get("keyDefinitionHash")), _parsed(state.get("metricDefinitionHash"))
    if key is None or metric is None:
        return None
    return AggregateIndex(
        str(state.get("indexName")),
        _texts(key.get("fields")),
        count=_texts(metric.get("countFields")),
        sum=_texts(metric.get("sumFields")),
        avg=_texts(metric.get("avgFields")),
        min=_texts(metric.get("minFields")),
        max=_texts(metric.get("maxFields")),
        origins=("data",),
    )


def rank_index(state: JsonObject) -> RankIndex | None:
    """The definition that a row of kind `rank` keeps, None if it cannot be read."""
    key, metric = _parsed(state.get("keyDefinitionHash")), _parsed(state.get("metricDefinitionHash"))
    if key is None or metric is None:
        return None
    order, total = key.get("orderFields"), metric.get("sumField")
    return RankIndex(
        str(state.get("indexName")),
        _texts(key.get("fields")),
        tuple(
            (str(each.get("field")), str(each.get("direction")))
            for each in (order if isinstance(order, list) else [])
            if isinstance(each, dict)
        ),
        total if isinstance(total, str) else None,
        origins=("data",),
    )


def _parsed(text: JsonValue) -> JsonObject | None:
    try:
        value = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

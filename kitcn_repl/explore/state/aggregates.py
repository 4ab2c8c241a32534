"""Aggregate and rank indexes: what is built, whether it is what the source wants, and whether its numbers add up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Literal

from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.deployment.together import together
from kitcn_repl.explore.inline.arguments import constants
from kitcn_repl.explore.inline.envelope import PLAIN_IMPORT
from kitcn_repl.explore.state.definitions import changes, definition_text
from kitcn_repl.explore.state.model import AggregateCounts, AggregateStatus, Drift
from kitcn_repl.explore.state.rows import number, number_of, optional_text, state_rows, text
from kitcn_repl.schema.aggregate_state import STATE_TABLE, aggregate_index, rank_index
from kitcn_repl.schema.model import AggregateIndex, RankIndex, Schema
from kitcn_repl.values import JsonObject

_MOST_STATES = 2000
_MOST_COUNTED = 8000
"""Rows that one counting query reads of each table; an execution may read 32,000 documents."""
_AT_ONCE = 4

NOT_BUILT = "not built"

_Key = tuple[Literal["metric", "rank"], str, str]

# One index per query: its rows count against the limits of one execution.
_COUNT = """
export default query({ handler: async (ctx) => {
  let members = 0, total = 0, more = false, known = true;
  const rows = async (name, by, values, use) => {
    let read = 0;
    const all = async (source, fits) => {
      for await (const row of source) {
        if (++read > most) { more = true; return; }
        if (fits(row)) await use(row);
      }
    };
    const fields = Object.entries(values);
    const range = (q) => fields.reduce((start, [field, value]) => start.eq(field, value), q);
    try {
      await all(ctx.db.query(name).withIndex(by, range), () => true);
    } catch (error) {
      // A snapshot has no indexes of these tables.
      if (read > 0) throw error;
      await all(ctx.db.query(name), (row) => fields.every(([field, value]) => row[field] === value));
    }
  };
  const at = { tableKey: table, indexName: index };
  await rows("aggregate_member", "by_kind_table_index", { kind, ...at }, () => { members += 1; });
  if (kind === "rank") {
    await rows("aggregate_rank_tree", "by_aggregate_name", { aggregateName: `${table}.${index}` }, async (tree) => {
      const root = await ctx.db.get(tree.root);
      if (root?.aggregate) total += Number(root.aggregate.count);
      else if (root && root.subtrees.length === 0) total += root.items.length;
      else known = false;
    });
  } else {
    await rows("aggregate_bucket", "by_table_index", at, (bucket) => { total += Number(bucket.count); });
  }
  return { members, total: known ? total : null, more };
} });
"""


async def aggregate_states(
    deployment: Deployment, source: Schema | None, *, count: bool = True
) -> list[AggregateStatus] | None:
    """Every index that is built or that the source declares; None for a deployment without kitcn's tables.

    `count` compares buckets, members and documents, which reads at most 16,000 rows per index.
    """
    counts = {info.name: info.count for info in await deployment.tables()}
    states = await state_rows(deployment, STATE_TABLE, _MOST_STATES, tables=frozenset(counts), order="asc")
    if states is None:
        return None
    rows = {_key(row): row for row in states.rows}
    wanted = {} if source is None else _declared(source)
    known = sorted({*rows, *wanted}, key=lambda key: (key[1], key[2], key[0]))
    gate = asyncio.Semaphore(_AT_ONCE)

    async def counted(key: _Key) -> AggregateCounts | None:
        row = rows.get(key)
        if not count or row is None or text(row, "status") != "READY":
            return None
        async with gate:
            return await _count(deployment, key, counts.get(key[1]))

    numbers = await together([counted(key) for key in known])
    return [
        _status(key, rows.get(key), wanted.get(key), numbers_of, has_source=source is not None)
        for key, numbers_of in zip(known, numbers, strict=True)
    ]


def declared_aggregates(source: Schema) -> list[AggregateStatus]:
    """The indexes that the source declares, for where no deployment is asked."""
    return [
        AggregateStatus(table, name, kind, "unknown", "unknown", source=definition_text(index), place=index.place)
        for (kind, table, name), index in sorted(_declared(source).items(), key=lambda item: item[0][1:])
    ]


def _key(row: JsonObject) -> _Key:
    return "rank" if text(row, "kind") == "rank" else "metric", text(row, "tableKey"), text(row, "indexName")


def _declared(source: Schema) -> Mapping[_Key, AggregateIndex | RankIndex]:
    found: dict[_Key, AggregateIndex | RankIndex] = {}
    for table in source.tables.values():
        found |= {("metric", table.name, index.name): index for index in table.aggregate_indexes}
        found |= {("rank", table.name, index.name): index for index in table.rank_indexes}
    return found


def _status(
    key: _Key,
    row: JsonObject | None,
    wanted: AggregateIndex | RankIndex | None,
    counts: AggregateCounts | None,
    *,
    has_source: bool,
) -> AggregateStatus:
    kind, table, name = key
    place = None if wanted is None else wanted.place
    source = None if wanted is None else definition_text(wanted)
    if row is None:
        return AggregateStatus(table, name, kind, NOT_BUILT, "missing", source=source, place=place)
    built = rank_index(row) if kind == "rank" else aggregate_index(row)
    differences: tuple[str, ...] = ()
    drift: Drift = "unknown"
    if wanted is None:
        drift = "orphan" if has_source else "unknown"
    elif built is not None:
        differences = changes(built, wanted)
        drift = "definition" if differences else "none"
    processed = number(row, "processed")
    return AggregateStatus(
        table,
        name,
        kind,
        text(row, "status") or "unknown",
        drift,
        differences,
        deployed=None if built is None else definition_text(built),
        source=source,
        counts=counts,
        processed=None if processed is None else int(processed),
        started_at=number(row, "startedAt"),
        updated_at=number(row, "updatedAt"),
        completed_at=number(row, "completedAt"),
        last_error=optional_text(row, "lastError"),
        place=place,
    )


async def _count(deployment: Deployment, key: _Key, documents: int | None) -> AggregateCounts | None:
    kind, table, index = key
    given = constants({"kind": kind, "table": table, "index": index, "most": _MOST_COUNTED})
    try:
        value = (await deployment.run_module(QueryModule(PLAIN_IMPORT + given + _COUNT))).value
    except DeploymentError:
        # Older tables without these indexes, a limit that was reached: then nobody can tell.
        return None
    if not isinstance(value, dict):
        return None
    total, members = number_of(value.get("total")), number_of(value.get("members"))
    return AggregateCounts(
        None if total is None else int(total),
        None if members is None else int(members),
        documents,
        at_least=value.get("more") is True,
    )

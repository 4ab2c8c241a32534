"""Questions about single values, many in one readonly query."""

from __future__ import annotations

from collections.abc import Sequence

from kitcn_repl.deployment.errors import QueryFailedError, RequestRejectedError
from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.inline.arguments import constants
from kitcn_repl.explore.inline.envelope import PLAIN_IMPORT
from kitcn_repl.values import JsonValue

_AT_ONCE = 500
"""Ids of one query; each costs a read of its document, and an execution may read 16 MiB."""

_FEWEST = 8

_EXISTING = """
export default query({ handler: async (ctx) => {
  const one = async (id) => {
    try { return ((system ? await ctx.db.system.get(id) : await ctx.db.get(id)) ?? null) !== null; }
    catch (error) { if (/Too many/.test(error?.message)) throw error; return null; }
  };
  return await Promise.all(ids.map(one));
} });
"""

_MATCHING = """
export default query({ handler: async (ctx) => {
  const at = (values) => (q) => values.reduce((range, value, place) => range.eq(fields[place], value), q);
  const one = async (values) => (await ctx.db.query(table).withIndex(index, at(values)).take(2)).map((row) => row._id);
  return await Promise.all(keys.map(one));
} });
"""


async def existing(deployment: Deployment, ids: Sequence[str], *, system: bool, component: str) -> dict[str, bool]:
    """Whether there are documents of these ids; those that cannot be asked for are left out. Raises DeploymentError."""
    answers = await _ask(deployment, _EXISTING, "ids", ids, {"system": system}, component)
    return {id_: answer for id_, answer in zip(ids, answers, strict=True) if isinstance(answer, bool)}


async def matching(
    deployment: Deployment,
    table: str,
    index: str,
    fields: Sequence[str],
    keys: Sequence[list[JsonValue]],
    *,
    component: str,
) -> list[tuple[str, ...]]:
    """For each key, the ids of at most two documents whose first index fields have its values."""
    others: dict[str, JsonValue] = {"table": table, "index": index, "fields": list(fields)}
    answers = await _ask(deployment, _MATCHING, "keys", keys, others, component)
    return [tuple(map(str, answer)) if isinstance(answer, list) else () for answer in answers]


async def _ask(
    deployment: Deployment,
    program: str,
    name: str,
    items: Sequence[JsonValue],
    others: dict[str, JsonValue],
    component: str,
    size: int = _AT_ONCE,
) -> list[JsonValue]:
    """Answers in order. A query that hits a limit is asked again in halves."""
    found: list[JsonValue] = []
    for start in range(0, len(items), size):
        some: list[JsonValue] = list(items[start : start + size])
        module = QueryModule(PLAIN_IMPORT + constants({**others, name: some}) + program)
        try:
            value = (await deployment.run_module(module, component=component)).value
        except (QueryFailedError, RequestRejectedError):
            if size <= _FEWEST or len(some) <= _FEWEST:
                raise
            value = await _ask(deployment, program, name, some, others, component, (len(some) + 1) // 2)
        found += value if isinstance(value, list) else [None] * len(some)
    return found

"""The state of kitcn's rate limiter (kitcn.md 4.6)."""

from __future__ import annotations

from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.state.model import DynamicLimit, RateLimit, RateLimits
from kitcn_repl.explore.state.rows import number, optional_text, state_rows, text
from kitcn_repl.values import JsonObject


async def rate_limits(deployment: Deployment, limit: int) -> RateLimits | None:
    """By name and key, shards added up; None where the plugin is not installed."""
    tables = frozenset(info.name for info in await deployment.tables())
    states = await state_rows(deployment, "ratelimitState", limit, tables=tables)
    if states is None:
        return None
    dynamic = await state_rows(deployment, "ratelimitDynamicLimit", limit, tables=tables)
    groups: dict[tuple[str, str | None], list[JsonObject]] = {}
    for row in states.rows:
        groups.setdefault((text(row, "name"), optional_text(row, "key")), []).append(row)
    return RateLimits(
        tuple(
            _limit(name, key, groups[name, key]) for name, key in sorted(groups, key=lambda at: (at[0], at[1] or ""))
        ),
        tuple(
            DynamicLimit(text(row, "prefix"), number(row, "limit"), number(row, "updatedAt"))
            for row in (() if dynamic is None else dynamic.rows)
        ),
        states.more,
    )


def _limit(name: str, key: str | None, rows: list[JsonObject]) -> RateLimit:
    parts = name.split(":")
    is_middleware = len(parts) == 3 and parts[0] == "ratelimit"
    return RateLimit(
        name,
        key,
        sum(number(row, "value") or 0 for row in rows),
        len(rows),
        max((time for row in rows if (time := number(row, "ts")) is not None), default=None),
        parts[1] if is_middleware else None,
        parts[2] if is_middleware else None,
    )

"""Compile, run, unwrap; on failure, explain."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from kitcn_repl.deployment.errors import QueryFailedError, RequestRejectedError
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.inline.compile import compile_query
from kitcn_repl.explore.inline.envelope import ReadCost, unwrap
from kitcn_repl.values import JsonValue

# Refusals that are about the query, and not about the request around it.
_ABOUT_THE_QUERY = frozenset({"InvalidModules", "InvalidTestQuery", "UnsupportedTestQuery", "SystemTimeoutError"})


@dataclass(frozen=True, slots=True)
class InlineResult:
    """`value` is encoded JSON, `elapsed` seconds including the way there and back; `cost` is None where the server does
    not measure. `notices` are things worth saying that are no errors."""

    value: JsonValue
    log_lines: tuple[str, ...]
    cost: ReadCost | None
    elapsed: float
    notices: tuple[str, ...] = ()


async def run_inline(
    deployment: Deployment,
    text: str,
    *,
    args: Mapping[str, JsonValue] | None = None,
    component: str = "",
) -> InlineResult:
    """Run a text as a readonly query.

    `args` are encoded values that the query finds as constants. Raises UsageError for a text or argument that cannot
    be sent, InlineQueryError when the query fails, and other DeploymentErrors when nobody could run it.
    """
    query = compile_query(text, args=args)
    started = time.perf_counter()
    try:
        result = await deployment.run_module(query.module, component=component)
    except (QueryFailedError, RequestRejectedError) as error:
        if isinstance(error, RequestRejectedError) and error.code not in _ABOUT_THE_QUERY:
            raise
        from kitcn_repl.explore.inline.failure import failure
        from kitcn_repl.explore.inline.hints import hint_for

        failed = failure(error, query)
        failed.hint = failed.hint or await hint_for(failed, query, deployment, component) or error.hint
        raise failed from error
    elapsed = time.perf_counter() - started
    value, cost = unwrap(result.value)
    notices: tuple[str, ...] = ()
    if value is None or value == [] or (value == 0 and value is not False):
        from kitcn_repl.explore.inline.hints import notices_for

        notices = await notices_for(value, query, deployment, component)
    return InlineResult(value, result.log_lines, cost, elapsed, notices)

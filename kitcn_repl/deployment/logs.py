"""The function log of a live deployment: one long poll (deployment-api.md 7.1)."""

from __future__ import annotations

import math
from typing import cast

from kitcn_repl.deployment.errors import MalformedAnswerError
from kitcn_repl.deployment.exchange import Exchange
from kitcn_repl.deployment.models import LogPage
from kitcn_repl.values import JsonObject
from kitcn_repl.values.javascript import number_text

_CLIENT = "npm-cli-1.48.0"
"""Servers give log lines with their own time and level to the genuine CLI and the dashboard only."""

_PATIENCE = 90.0
"""Seconds; a server answers after 60, also if nothing was logged."""


async def poll_function_logs(exchange: Exchange, cursor: float) -> LogPage:
    target = "/api/stream_function_logs"
    answer = await exchange.get(f"{target}?cursor={number_text(cursor)}", client=_CLIENT, patience=_PATIENCE)
    page = answer if isinstance(answer, dict) else {}
    entries, following = page.get("entries"), page.get("newCursor")
    # Checked by hand, and the entries not at all: there may be many, and each is looked at when it is shown.
    if (
        not isinstance(entries, list)
        or not isinstance(following, int | float)
        or isinstance(following, bool)
        or not math.isfinite(following)
        or not all(type(entry) is dict for entry in entries)
    ):
        raise MalformedAnswerError(
            f"{exchange.host} answered {target} in a form that the protocol does not know: kitcn may be too old for"
            " this deployment."
        )
    return LogPage(cast("list[JsonObject]", entries), float(following))

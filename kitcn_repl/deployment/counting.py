"""Tables and their counts; and the same system query for many arguments, in as few requests as the server allows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from kitcn_repl.deployment.answers import SurprisingAnswerError, function_result, system_failure
from kitcn_repl.deployment.errors import (
    DeploymentError,
    MalformedAnswerError,
    NotConvexError,
    QueryFailedError,
    RequestRejectedError,
    ServerTooOldError,
    UnavailableError,
)
from kitcn_repl.deployment.exchange import ENCODED, Exchange
from kitcn_repl.deployment.models import FunctionResult
from kitcn_repl.deployment.together import together
from kitcn_repl.values import JsonObject, JsonValue

SystemQuery = Callable[[str, JsonObject], Coroutine[Any, Any, FunctionResult]]

_BATCH = 100
_AT_ONCE = 8  # half of what a server runs at the same time by default
_TABLE_SIZE = "_system/frontend/tableSize"
_MOST = 2**63


async def count_tables(
    exchange: Exchange, system: SystemQuery, names: Sequence[str], component_id: str | None
) -> dict[str, int]:
    """Documents by table; a table is missing where the server cannot say."""
    questions: list[JsonObject] = [{"tableName": name, "componentId": component_id} for name in names]
    answers = await ask_many(exchange, system, _TABLE_SIZE, questions)
    return {
        name: int(answer)
        for name, answer in zip(names, answers, strict=True)
        if isinstance(answer, int | float) and not isinstance(answer, bool) and 0 <= answer < _MOST
    }


def table_names(value: JsonValue, host: str) -> tuple[list[str], str | None]:
    """Names on a page of `_system/cli/tables`, and the cursor of the next page if there is one.

    Checked by hand: after an empty answer the one-shot command looks here for a misspelled table.
    """
    fields = value if isinstance(value, dict) else {}
    page, is_done, cursor = fields.get("page"), fields.get("isDone"), fields.get("continueCursor")
    names = (
        [entry.get("name") if isinstance(entry, dict) else None for entry in page] if isinstance(page, list) else [None]
    )
    texts = [name for name in names if isinstance(name, str)]
    if len(texts) < len(names) or not isinstance(is_done, bool) or not (is_done or isinstance(cursor, str)):
        raise MalformedAnswerError(
            f"{host} answered _system/cli/tables in a form that the protocol does not know:"
            " kitcn may be too old for this deployment."
        )
    return texts, None if is_done else str(cursor)


async def ask_many(
    exchange: Exchange, system: SystemQuery, path: str, questions: Sequence[JsonObject]
) -> list[JsonValue | DeploymentError]:
    """The value for each question, or the error of that one. What concerns all of them is raised."""
    answers: list[JsonValue | DeploymentError] = []
    for start in range(0, len(questions), _BATCH):
        some = questions[start : start + _BATCH]
        try:
            answers.extend(await _batch(exchange, path, some))
        except (RequestRejectedError, ServerTooOldError, MalformedAnswerError, NotConvexError, UnavailableError):
            return answers + await _singly(system, path, questions[start:])
    return answers


async def _batch(exchange: Exchange, path: str, questions: Sequence[JsonObject]) -> list[JsonValue | DeploymentError]:
    target = "/api/query_batch"
    answer = await exchange.post(
        target, {"queries": [{"path": path, "format": ENCODED, "args": args} for args in questions]}
    )
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list) or len(results) != len(questions):
        raise MalformedAnswerError(f"{exchange.host} answered {target} with something else than one result each.")
    return [_outcome(result, path, exchange.host) for result in results]


def _outcome(result: JsonValue, path: str, host: str) -> JsonValue | DeploymentError:
    try:
        return function_result(result).value
    except QueryFailedError as error:
        return system_failure(error, path, host)
    except SurprisingAnswerError as error:
        return MalformedAnswerError(f"{host} {error.what} for {path}.")


async def _singly(system: SystemQuery, path: str, questions: Sequence[JsonObject]) -> list[JsonValue | DeploymentError]:
    free = asyncio.Semaphore(_AT_ONCE)

    async def ask(args: JsonObject) -> JsonValue | DeploymentError:
        async with free:
            try:
                return (await system(path, args)).value
            except (QueryFailedError, ServerTooOldError, UnavailableError, MalformedAnswerError) as error:
                return error

    return await together([ask(args) for args in questions])

"""A call of a query, once or watched, with the checks that keep writes and wrong arguments out."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.deployment.models import FunctionSpec, Interruption
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.calls.failure import told
from kitcn_repl.explore.functions import call_query, check_arguments
from kitcn_repl.explore.procedures.model import Procedure
from kitcn_repl.explore.workspace import Workspace
from kitcn_repl.values import JsonObject
from kitcn_tui.functions.result import Answer


@dataclass(frozen=True, slots=True)
class Call:
    """A query with encoded arguments, as somebody's identity."""

    procedure: Procedure
    args: JsonObject
    identity: JsonObject | None


async def run(workspace: Workspace, call: Call) -> Answer:
    """Cancelling it ends the request."""
    started = time.monotonic()
    name = call.procedure.name
    try:
        await _check(workspace, call)
        result = await call_query(
            workspace.deployment, name, call.args, component=workspace.component, identity=call.identity
        )
    except QueryFailedError as error:
        return _failed(name, error, time.monotonic() - started)
    except KitcnError as error:
        return Answer(error=error, elapsed=time.monotonic() - started)
    return Answer(result.value, log_lines=result.log_lines, elapsed=time.monotonic() - started)


async def watch(workspace: Workspace, call: Call) -> AsyncIterator[Answer | Interruption]:
    """Each result as it comes; the last is an error, if there is one."""
    name = call.procedure.name
    try:
        await _check(workspace, call)
        watched = workspace.deployment.watch(name, call.args, component=workspace.component, identity=call.identity)
        async with aclosing(watched):
            async for heard in watched:
                yield heard if isinstance(heard, Interruption) else Answer(heard.value, log_lines=heard.log_lines)
    except QueryFailedError as error:
        yield _failed(name, error, None)
    except KitcnError as error:
        yield Answer(error=error)


async def _check(workspace: Workspace, call: Call) -> None:
    procedure = call.procedure
    spec = FunctionSpec("Query", procedure.name, procedure.visibility, procedure.args, procedure.returns)
    await check_arguments(
        workspace.deployment, spec, call.args, component=workspace.component, is_procedure=procedure.kitcn
    )


def _failed(name: str, error: QueryFailedError, elapsed: float | None) -> Answer:
    failure = told(name, error)
    if error.has_data:
        from kitcn_repl.values.javascript import display

        failure.hint = "\n".join(text for text in (f"data: {display(error.data)}", failure.hint) if text)
    failure.__cause__ = error
    return Answer(error=failure, log_lines=error.log_lines, elapsed=elapsed)

"""Writes down in the function log what is run for clients."""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.deployment.models import FunctionKind, FunctionResult
from kitcn_repl.offline.log_entries import Execution, line_from_text
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.server.access import Identity
from kitcn_repl.offline.server.failures import without_request_id


@dataclass(frozen=True, slots=True)
class Errand:
    """What is about to run: `identifier` as people write it, `caller` the way by which it was asked for."""

    kind: FunctionKind
    identifier: str
    component: str
    identity: Identity
    caller: str
    request_id: str


async def recorded(offline: Offline, errand: Errand, run: Awaitable[FunctionResult]) -> FunctionResult:
    """The outcome of `run`, which is in the log when this returns or raises QueryFailedError."""
    started, begun = offline.dataset.clock(), time.monotonic()

    def write(log_lines: Sequence[str], error: str | None = None) -> None:
        execution = Execution(
            errand.kind,
            errand.identifier,
            started=started,
            took=1000 * (time.monotonic() - begun),
            request_id=errand.request_id,
            execution_id=str(uuid.uuid4()),
            component=errand.component or None,
            caller=errand.caller,
            lines=tuple(line_from_text(line, started) for line in log_lines),
            error=error,
            identity_type=_identity_type(errand.identity),
        )
        offline.execution_log.add(execution.entries())

    try:
        result = await run
    except QueryFailedError as failure:
        write(failure.log_lines, without_request_id(failure.message).rstrip())
        raise
    write(result.log_lines)
    return result


def _identity_type(identity: Identity) -> str:
    if not identity.has_admin_key:
        return "unknown"
    return "instance_admin" if identity.acting_as is None else "member_acting_user"

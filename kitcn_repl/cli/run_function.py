"""`kitcn run FUNCTION`: the guard against writes, and what the function answered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from kitcn_repl.cli.output import write_value
from kitcn_repl.cli.session import Session
from kitcn_repl.deployment.errors import QueryFailedError, ReadonlyError
from kitcn_repl.deployment.models import FunctionSpec
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.calling import function_path, functions_directory, parse_arguments, parse_identity
from kitcn_repl.explore.functions import UnknownFunctionError, find_function
from kitcn_repl.render.quantity import duration
from kitcn_repl.targets.target import Target
from kitcn_repl.values import JsonObject

_REQUEST = re.compile(r"\[Request ID: ([^\]]*)\] Server Error")
_LISTED = 12
_LETTERS = {"Query": "Q", "Mutation": "M", "Action": "A"}


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call as the user wrote it, checked as far as can be without a deployment."""

    path: str
    args: JsonObject
    component: str
    identity: JsonObject | None = field(repr=False)
    allow_writes: bool

    @classmethod
    def of(
        cls, function: str, args: str | None, identity: str | None, component: str, cwd: Path, *, allow_writes: bool
    ) -> FunctionCall:
        return cls(
            path=function_path(function, cwd, functions_directory(cwd)),
            args=parse_arguments("{}" if args is None else args),
            component=component,
            identity=None if identity is None else parse_identity(identity),
            allow_writes=allow_writes,
        )


async def call_function(session: Session, call: FunctionCall, format_: str | None, show_secrets: bool) -> None:
    """Look the function up, refuse what may write, call it, print log lines and value."""
    clock = session.environment.clock
    async with session.deployment() as (target, deployment):
        spec = await _find(deployment, call)
        _guard(session, target, call, spec)
        started = clock()
        try:
            result = await deployment.call(
                call.path,
                call.args,
                component=call.component,
                identity=call.identity,
                idempotent=spec.function_type == "Query",
            )
        except QueryFailedError as error:
            _log(session, call, spec, error.log_lines)
            raise _told(call, error) from error
        elapsed = clock() - started
    _log(session, call, spec, result.log_lines)
    write_value(session, result.value, format_, show_secrets=show_secrets, print_null=False)
    session.aside(duration(elapsed))


async def _find(deployment: Deployment, call: FunctionCall) -> FunctionSpec:
    try:
        return await find_function(deployment, call.path, call.component)
    except UnknownFunctionError as error:
        if error.hint is None and "Did you mean" not in error.message:
            shown = ", ".join(error.available[:_LISTED])
            more = ", …" if len(error.available) > _LISTED else ""
            error.hint = f"Deployed functions: {shown}{more}" if shown else "No functions are deployed here."
        raise


def _told(call: FunctionCall, error: QueryFailedError) -> KitcnError:
    """The failure with its message first; the request id, which finds it in the logs, last."""
    message = error.message.strip()
    request = _REQUEST.match(message)
    if request is None:
        return KitcnError(f"{call.path} failed: {message}", hint=error.hint)
    rest = message[request.end() :].strip() or "Server Error"
    return KitcnError(f"{call.path} failed: {rest} (request {request[1]})", hint=error.hint)


def _guard(session: Session, target: Target, call: FunctionCall, spec: FunctionSpec) -> None:
    if spec.function_type == "Query":
        return
    kind = spec.function_type.lower()
    article = "an" if kind == "action" else "a"
    if not call.allow_writes:
        raise ReadonlyError(f"{call.path} is {article} {kind} and may write; add --allow-writes to run it.")
    if target.is_prod and not session.environment.confirm(f"Run the {kind} {call.path} on {target.label}?"):
        raise ReadonlyError(f"{call.path} was not run: {target.name} is a production deployment and nobody confirmed.")


def _log(session: Session, call: FunctionCall, spec: FunctionSpec, lines: tuple[str, ...]) -> None:
    letter = _LETTERS.get(spec.function_type, "?")
    for line in lines:
        session.note(f"[CONVEX {letter}({call.path})] {line}")

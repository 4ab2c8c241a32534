"""`kitcn run FUNCTION`: the guard against writes, the arguments, and what the function answered."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from kitcn_repl.cli.output import write_value
from kitcn_repl.cli.prompts import confirm_prod
from kitcn_repl.cli.session import Session
from kitcn_repl.deployment.errors import QueryFailedError, ReadonlyError
from kitcn_repl.deployment.models import FunctionSpec
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import UsageError
from kitcn_repl.explore.calling import function_path, functions_directory, parse_arguments, parse_identity
from kitcn_repl.explore.calls.failure import told
from kitcn_repl.explore.crpc_dates import holds_dates
from kitcn_repl.explore.crpc_dates import is_procedure as procedure_in
from kitcn_repl.explore.functions import UnknownFunctionError, check_arguments, find_function
from kitcn_repl.render.quantity import duration
from kitcn_repl.targets.target import Target
from kitcn_repl.values import JsonObject

_LISTED = 12
_LETTERS = {"Query": "Q", "Mutation": "M", "Action": "A"}


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call as the user wrote it, checked as far as can be without a deployment. `yes` confirms a write on prod."""

    path: str
    args: JsonObject
    component: str
    identity: JsonObject | None = field(repr=False)
    allow_writes: bool
    yes: bool

    @classmethod
    def of(
        cls,
        function: str,
        args: str | None,
        identity: str | None,
        component: str,
        cwd: Path,
        *,
        allow_writes: bool,
        yes: bool,
    ) -> FunctionCall:
        return cls(
            path=function_path(function, cwd, functions_directory(cwd)),
            args=parse_arguments("{}" if args is None else args),
            component=component,
            identity=None if identity is None else parse_identity(identity),
            allow_writes=allow_writes,
            yes=yes,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """How to print what comes back."""

    format_: str | None
    show_secrets: bool


async def call_function(session: Session, call: FunctionCall, shown: Shown) -> None:
    """Look the function up, refuse what may write, check the arguments, call it, print log lines and value."""
    clock = session.environment.clock
    async with session.deployment() as (target, deployment):
        spec = await _find(deployment, call)
        _refuse_writes(target, call, spec)
        await _check(session, target, deployment, call, spec)
        _confirm(session, target, call, spec)
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
            raise told(call.path, error) from error
        elapsed = clock() - started
    _log(session, call, spec, result.log_lines)
    write_value(session, result.value, shown.format_, show_secrets=shown.show_secrets, print_null=False)
    session.aside(duration(elapsed))


async def watch_function(session: Session, call: FunctionCall, shown: Shown) -> None:
    """Print what a query returns, and again whenever that changes, until ctrl-c."""
    from contextlib import aclosing

    from kitcn_repl.deployment.models import Interruption

    async with session.deployment() as (target, deployment):
        spec = await _find(deployment, call)
        if spec.function_type != "Query":
            raise UsageError(f"{call.path} is {_a_kind(spec)}; only queries can be watched.")
        await _check(session, target, deployment, call, spec)
        session.aside(f"Watching {call.path}; ctrl-c ends it.")
        session.flush()
        before = ""
        watched = deployment.watch(call.path, call.args, component=call.component, identity=call.identity)
        async with aclosing(watched):
            try:
                async for heard in watched:
                    if isinstance(heard, Interruption):
                        session.advise(heard.message)
                    else:
                        _log(session, call, spec, heard.log_lines)
                        # As text: to Python, true and 1 are the same.
                        if before != (now := json.dumps(heard.value, sort_keys=True)):
                            write_value(session, heard.value, shown.format_, show_secrets=shown.show_secrets)
                            before = now
                    session.flush()
            except QueryFailedError as error:
                _log(session, call, spec, error.log_lines)
                raise told(call.path, error) from error


async def _find(deployment: Deployment, call: FunctionCall) -> FunctionSpec:
    try:
        return await find_function(deployment, call.path, call.component)
    except UnknownFunctionError as error:
        if error.hint is None and "Did you mean" not in error.message:
            shown = ", ".join(error.available[:_LISTED])
            more = ", …" if len(error.available) > _LISTED else ""
            error.hint = f"Deployed functions: {shown}{more}" if shown else "No functions are deployed here."
        raise


def _refuse_writes(target: Target, call: FunctionCall, spec: FunctionSpec) -> None:
    if spec.function_type == "Query":
        return
    if not call.allow_writes:
        raise ReadonlyError(f"{call.path} is {_a_kind(spec)} and may write; add --allow-writes to run it.")
    if target.kind != "live":
        raise ReadonlyError(
            f"{call.path} is {_a_kind(spec)}, and {target.name} is an offline deployment: it can only be read."
        )


async def _check(
    session: Session, target: Target, deployment: Deployment, call: FunctionCall, spec: FunctionSpec
) -> None:
    is_procedure = None
    if target.kind == "live" and not call.component and holds_dates(call.args):
        from kitcn_repl.project.layout import SeveralProjectsError, find_project

        try:
            is_procedure = procedure_in(find_project(session.environment.cwd), call.path)
        except SeveralProjectsError:
            is_procedure = None
    await check_arguments(deployment, spec, call.args, component=call.component, is_procedure=is_procedure)


def _confirm(session: Session, target: Target, call: FunctionCall, spec: FunctionSpec) -> None:
    if spec.function_type != "Query" and target.is_prod:
        what = f"This runs the {spec.function_type.lower()} {call.path} on {target.label}"
        confirm_prod(session.environment, what, target.name, yes=call.yes)


def _a_kind(spec: FunctionSpec) -> str:
    kind = spec.function_type.lower()
    return f"{'an' if kind == 'action' else 'a'} {kind}"


def _log(session: Session, call: FunctionCall, spec: FunctionSpec, lines: tuple[str, ...]) -> None:
    letter = _LETTERS.get(spec.function_type, "?")
    for line in lines:
        session.note(f"[CONVEX {letter}({call.path})] {line}")

"""Joins functions with how they fared lately."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.deployment.models import FunctionKind, FunctionName
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.explore.procedures.model import Kind, Procedure, Procedures

_TYPES: dict[Kind, FunctionKind] = {"query": "Query", "mutation": "Mutation", "action": "Action", "http": "HttpAction"}


async def with_metrics(
    found: Procedures, deployment: Deployment, since: Callable[[float], float], component: str
) -> Procedures:
    """`since` as in `Deployment.function_metrics`. Where the deployment does not tell, a note says so, and the rest is
    as it was."""
    deployed = [each for each in (*found.functions, *found.routes) if each.standing != "only source"]
    names = [FunctionName(_identifier(each), _TYPES[each.kind]) for each in deployed]
    try:
        metrics = await deployment.function_metrics(names, since, component)
    except DeploymentError as error:
        return replace(found, notes=(*found.notes, f"No calls, errors or times of functions: {error.message}"))
    by_name = {each.name: measured for each, measured in zip(deployed, metrics, strict=True)}
    return replace(
        found,
        functions=tuple(replace(each, metrics=by_name.get(each.name)) for each in found.functions),
        routes=tuple(replace(each, metrics=by_name.get(each.name)) for each in found.routes),
    )


def _identifier(procedure: Procedure) -> str:
    """`users:list` -> `users.js:list`."""
    if procedure.kind == "http":
        return procedure.name
    module, _, name = procedure.name.rpartition(":")
    return f"{module}.js:{name}"

"""Calling deployed functions, with the guard that keeps writes out."""

from __future__ import annotations

from kitcn_repl.deployment.errors import ReadonlyError
from kitcn_repl.deployment.models import ROOT_COMPONENT, FunctionResult, FunctionSpec
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.suggestions import nearest
from kitcn_repl.values import JsonObject


class UnknownFunctionError(KitcnError):
    """The deployment has no function of that name; `available` lists those that it has, as `file:name`."""

    def __init__(self, message: str, available: tuple[str, ...]) -> None:
        super().__init__(message)
        self.available = available


async def find_function(deployment: Deployment, path: str, component: str = ROOT_COMPONENT) -> FunctionSpec:
    """The specification of the deployed function at `path` (`users:list`). Raises UnknownFunctionError."""
    specs = [spec for spec in await deployment.function_spec(component) if spec.identifier]
    wanted = display_path(path)
    for spec in specs:
        if display_path(spec.identifier) == wanted:
            return spec
    names = tuple(display_path(spec.identifier) for spec in specs)
    near = nearest(wanted, names)
    suggestion = f" Did you mean {near}?" if near else ""
    raise UnknownFunctionError(f"There is no function {wanted}.{suggestion}", names)


async def call_query(
    deployment: Deployment,
    path: str,
    args: JsonObject,
    *,
    component: str = ROOT_COMPONENT,
    identity: JsonObject | None = None,
) -> FunctionResult:
    """Call a deployed query. Raises ReadonlyError for a mutation or action, which might write."""
    spec = await find_function(deployment, path, component)
    if spec.function_type != "Query":
        article = "an" if spec.function_type == "Action" else "a"
        raise ReadonlyError(f"{display_path(path)} is {article} {spec.function_type.lower()}, which may write.")
    return await deployment.call(path, args, component=component, identity=identity, idempotent=True)


def display_path(identifier: str) -> str:
    """`messages.js:list` -> `messages:list`; a missing function name means `default`."""
    module, _, name = identifier.partition(":")
    return f"{module.removesuffix('.js')}:{name or 'default'}"

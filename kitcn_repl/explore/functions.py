"""Calling deployed functions, with the guard that keeps writes out."""

from __future__ import annotations

from contextlib import suppress

from kitcn_repl.deployment.errors import DeploymentError, ReadonlyError
from kitcn_repl.deployment.models import ROOT_COMPONENT, FunctionResult, FunctionSpec
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.suggestions import nearest
from kitcn_repl.values import JsonObject

_MOST_TOLD = 5


class WrongArgumentsError(KitcnError):
    """The arguments do not fit the function's validator; nothing was sent."""


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


async def check_arguments(
    deployment: Deployment,
    spec: FunctionSpec,
    args: JsonObject,
    *,
    component: str = ROOT_COMPONENT,
    is_procedure: bool | None = None,
) -> None:
    """Compare encoded arguments with the validator that is deployed, and say which fields do not fit.

    `is_procedure` tells whether kitcn's builders made the function; only those take dates. Raises WrongArgumentsError.
    """
    from kitcn_repl.explore.arguments import argument_validator, problems, takes_ids
    from kitcn_repl.explore.crpc_dates import holds_dates

    name = display_path(spec.identifier)
    if is_procedure is False and holds_dates(args):
        raise WrongArgumentsError(
            f"{name} was not called: it is none of kitcn's procedures, which take dates.",
            hint="Give the time as the function expects it, such as milliseconds since 1970.",
        )
    validator = argument_validator(spec.args)
    if validator is None:
        return
    tables: dict[int, str] = {}
    if takes_ids(validator):
        # Without them ids are only looked at less closely.
        with suppress(DeploymentError):
            tables = await deployment.table_mapping(component)
    found = problems(validator, args, tables)
    if not found:
        return
    told = "; ".join(map(str, found[:_MOST_TOLD]))
    more = f"; and {len(found) - _MOST_TOLD} more" if len(found) > _MOST_TOLD else ""
    from kitcn_repl.schema.validators import describe

    takes = describe(validator)
    hint = f"It takes {takes}" if takes != "{}" else "It takes no arguments: {}"
    raise WrongArgumentsError(f"{name} was not called: {told}{more}.", hint=hint)


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

"""Deployed functions of an offline deployment: names to modules, who may call what, and argument checks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kitcn_repl.deployment.errors import RequestRejectedError
from kitcn_repl.deployment.models import ROOT_COMPONENT, FunctionSpec
from kitcn_repl.offline.arrivals import check_value
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.engine.validators import validate
from kitcn_repl.values import JsonObject, JsonValue

_MODULE = re.compile(r"[A-Za-z0-9_./-]+\Z")
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")


class FunctionError(Exception):
    """The call itself fails, as a function error: no such function, wrong kind, wrong arguments."""


@dataclass(frozen=True, slots=True)
class DeployedFunction:
    """`module` with its `.js`; `spec` is None for a module that nothing describes."""

    module: str
    name: str
    spec: FunctionSpec | None

    @property
    def path(self) -> str:
        """As users write it: `users:list`."""
        return f"{self.module.removesuffix('.js')}:{self.name}"


class Functions:
    """The functions of a dataset; they live in the app itself, not in components."""

    def __init__(self, dataset: Dataset) -> None:
        self._modules = dataset.modules
        self._numbers = {
            path: {table.number: name for name, table in dataset.store.tables(path).items()}
            for path in (component.path for component in dataset.store.components())
        }
        self._specs = {spec.identifier: spec for spec in dataset.functions if spec.identifier}

    def source(self, path: str) -> str | None:
        return self._modules.get(path)

    def find(self, path: str, component: str, *, internal: bool) -> DeployedFunction:
        """Raises RequestRejectedError for a malformed path, FunctionError where there is no such function."""
        module, _, name = path.partition(":")
        module, name = module.removesuffix(".js"), name or "default"
        if not _MODULE.match(module) or ".." in module or module.startswith("/") or not _NAME.match(name):
            raise RequestRejectedError(
                f"{path} is not a valid path to a Convex function. "
                "It must look like `messages:list` or `dir/messages:list`.",
                code="BadConvexFunctionIdentifier",
            )
        file = f"{module}.js"
        spec = self._specs.get(f"{file}:{name}")
        visible = spec is None or internal or spec.visibility == "public"
        if component != ROOT_COMPONENT or (spec is None and file not in self._modules) or not visible:
            raise FunctionError(_not_found(path, component, internal=internal))
        return DeployedFunction(file, name, spec)

    def check_arguments(self, function: DeployedFunction, args: JsonObject) -> None:
        """Raises FunctionError unless the arguments are an encoded value."""
        try:
            check_value(args)
        except ValueError as error:
            raise FunctionError(f"Invalid arguments for {function.path}: {error}") from None

    def check_query(self, function: DeployedFunction, args: JsonObject, component: str) -> None:
        """Raises FunctionError unless the function is a query that takes these arguments."""
        if function.spec is None:
            return
        kind = function.spec.function_type
        if kind != "Query":
            raise FunctionError(f"Trying to execute {function.path} as Query, but it is defined as {kind}.")
        problem = validate(function.spec.args, args, self._numbers.get(component, {}))
        if problem is not None:
            raise FunctionError(f"ArgumentValidationError: {problem}")
        if function.module not in self._modules:
            raise FunctionError(f"Couldn't find JavaScript module '{function.module}'. The offline data is without it.")

    def problem_with_value(self, function: DeployedFunction, value: JsonValue, component: str) -> str | None:
        """What the function's `returns` validator has against what it returned."""
        if function.spec is None:
            return None
        return validate(function.spec.returns, value, self._numbers.get(component, {}))


def _not_found(path: str, component: str, *, internal: bool) -> str:
    where = f" in '{component}'" if component else ""
    if internal:
        return f"Could not find function for '{path}'{where}. Did you forget to run `npx convex dev`?"
    return f"Could not find public function for '{path}'{where}."


def as_object(args: JsonValue) -> JsonObject:
    if isinstance(args, dict):
        return args
    raise RequestRejectedError("Arguments to a function must be an object", code="InvalidArguments")

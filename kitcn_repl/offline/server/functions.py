"""Calling functions by the rules of the deployment API: who sees what, and what a wrong call is told (section 3)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Literal

from kitcn_repl.deployment.models import ROOT_COMPONENT, FunctionKind, FunctionResult, FunctionSpec, QueryModule
from kitcn_repl.errors import KitcnError
from kitcn_repl.offline.offline import Offline, canonical_path
from kitcn_repl.offline.server.access import Identity
from kitcn_repl.offline.server.failures import (
    as_api_error,
    as_function_failure,
    bad_request,
    function_failure,
)
from kitcn_repl.offline.server.recording import Errand, recorded
from kitcn_repl.offline.server.requests import Arguments
from kitcn_repl.values import JsonObject

CallKind = Literal["Query", "Mutation", "Action"]

MAXIMUM_CONCURRENT_CALLS = 8
"""Each query of user code is a process of its own; more at once only slow each other down."""

_PATH_PART = re.compile(r"[A-Za-z0-9_.]+")
_FUNCTION_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


@dataclass(frozen=True, slots=True)
class Call:
    """`path` as the client wrote it; `component` is a path. `caller` is the way by which it was asked for."""

    path: str
    args: JsonObject
    identity: Identity
    request_id: str
    component: str = ROOT_COMPONENT
    caller: str = "HttpApi"


def arguments_object(path: str, args: Arguments) -> JsonObject:
    """The one object of arguments; clients also send it as the only element of an array."""
    if isinstance(args, dict):
        return args
    if not args:
        return {}
    if len(args) == 1 and isinstance(args[0], dict):
        first: dict[str, Any] = args[0]
        return first
    raise function_failure(
        f"Invalid arguments for {path}: functions take one object of named arguments, not a list of {len(args)}."
    )


class Functions:
    """The functions of an offline deployment, as its clients may call them."""

    def __init__(self, offline: Offline) -> None:
        self._offline = offline
        self._slots = asyncio.Semaphore(MAXIMUM_CONCURRENT_CALLS)

    async def call_public(self, call: Call, kind: CallKind) -> FunctionResult:
        """`/api/query` and its like, and the socket: system functions for admins, else functions of this kind.

        Raises QueryFailedError, or ApiError for a request that is wrong in itself.
        """
        path = parse_path(call.path)
        if path.startswith("_system/"):
            return await self._call_system(path, call, kind)
        spec = self._visible(path, call)
        if spec is None:
            raise function_failure(f"Could not find public function for '{_display(path)}'{_where(call)}.")
        if spec.function_type != kind:
            raise function_failure(f"Trying to execute {path} as {kind}, but it is defined as {spec.function_type}.")
        return await self._run(path, call, spec.function_type)

    async def call_any(self, call: Call) -> FunctionResult:
        """`/api/function` and `/api/run`: a deployed function of any kind."""
        path = parse_path(call.path)
        spec = self._visible(path, call)
        if spec is None:
            raise function_failure(
                f"Could not find function for '{_display(path)}'{_where(call)}. Did you forget to run `npx convex dev`?"
            )
        return await self._run(path, call, spec.function_type)

    async def run_inline(
        self, module: QueryModule, component: str, identity: Identity, request_id: str
    ) -> FunctionResult:
        """An inline query. Raises as `Offline.run_module`."""
        name = _display(canonical_path(module.path))
        errand = Errand("Query", name, component, identity, "Tester", request_id)
        return await recorded(self._offline, errand, self._offline.run_module(module, component=component))

    async def _call_system(self, path: str, call: Call, kind: CallKind) -> FunctionResult:
        if not call.identity.is_admin:
            raise function_failure(f"Could not find public function for '{_display(path)}'.")
        if kind == "Action":
            raise function_failure(f"Could not find public function for '{_display(path)}'.")
        async with self._slots:
            return await _translated(self._offline.system(_display(path), call.args, component=call.component))

    async def _run(self, path: str, call: Call, kind: FunctionKind) -> FunctionResult:
        name = _display(path)
        errand = Errand(kind, name, call.component, call.identity, call.caller, call.request_id)
        async with self._slots:
            run = self._offline.call(name, call.args, component=call.component, identity=call.identity.acting_as)
            return await recorded(self._offline, errand, _translated(run))

    def _visible(self, path: str, call: Call) -> FunctionSpec | None:
        """Components have no functions offline. Whoever acts as a user sees what the user sees."""
        if call.component != ROOT_COMPONENT:
            if not call.identity.is_admin:
                raise bad_request(
                    "InvalidComponent",
                    "Only admin or system users can call functions on non-root components directly",
                )
            if all(component.path != call.component for component in self._offline.dataset.store.components()):
                raise bad_request("ComponentPathNotFound", f"Component path '{call.component}' not found")
            return None
        spec = self._offline.function(path)
        if spec is None or spec.function_type == "HttpAction":
            return None
        return spec if spec.visibility == "public" or call.identity.is_admin else None


async def _translated(call: Awaitable[FunctionResult]) -> FunctionResult:
    try:
        return await call
    except KitcnError as error:
        raise (as_function_failure(error) or as_api_error(error)) from error


def parse_path(path: str) -> str:
    """The canonical path `dir/file.js:name`. Raises ApiError as a backend does for what is no path."""
    module, _, name = path.partition(":")
    parts = module.split("/")
    problem = None
    if not module or module.startswith("/"):
        problem = "Module paths must be relative and not empty."
    elif "" in parts:
        problem = "Module paths must not have empty components."
    elif bad := next((part for part in parts if not _PATH_PART.fullmatch(part) or part in {".", ".."}), None):
        problem = f"Path component {bad} can only contain alphanumeric characters, underscores, or periods."
    elif "." in parts[-1] and not parts[-1].endswith(".js"):
        problem = f"Module path ({module}) has an extension that isn't 'js'."
    elif name and not _FUNCTION_NAME.fullmatch(name):
        problem = f"Function names must be valid identifiers, not '{name}'."
    if problem is not None:
        raise bad_request("BadConvexFunctionIdentifier", f"{path} is not a valid path to a Convex function. {problem}")
    return canonical_path(path)


def _display(path: str) -> str:
    module, _, name = path.partition(":")
    module = module.removesuffix(".js")
    return module if name == "default" else f"{module}:{name}"


def _where(call: Call) -> str:
    return f" in '{call.component}'" if call.component else ""

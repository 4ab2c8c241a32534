"""The one door to a deployment, wherever it is."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Protocol

from kitcn_repl.deployment.models import (
    ROOT_COMPONENT,
    ComponentInfo,
    DeploymentInfo,
    FunctionMetrics,
    FunctionName,
    FunctionResult,
    FunctionSpec,
    IndexInfo,
    Interruption,
    LogPage,
    Page,
    PageRequest,
    QueryModule,
    TableInfo,
)
from kitcn_repl.values import JsonObject


class Deployment(Protocol):
    """One deployment, live or offline. Every method may raise a `DeploymentError`; cancelling one ends its request.

    `component` is a component's path; an unknown one raises `RequestRejectedError` (code `ComponentPathNotFound`).
    """

    @property
    def notices(self) -> Sequence[str]:
        """What the server had to say besides its answers, such as that this client is old; for people, once."""
        ...

    async def info(self) -> DeploymentInfo: ...

    async def run_module(self, module: QueryModule, *, component: str = ROOT_COMPONENT) -> FunctionResult:
        """Run a readonly query module. Raises QueryFailedError, or RequestRejectedError for a module that is none."""
        ...

    async def call(
        self,
        path: str,
        args: JsonObject,
        *,
        component: str = ROOT_COMPONENT,
        identity: JsonObject | None = None,
        idempotent: bool = False,
    ) -> FunctionResult:
        """Call a deployed function of any kind, with encoded arguments. Only an idempotent call is ever retried."""
        ...

    def watch(
        self, path: str, args: JsonObject, *, component: str = ROOT_COMPONENT, identity: JsonObject | None = None
    ) -> AsyncGenerator[FunctionResult | Interruption, None]:
        """What a deployed query returns now, and again after each change that may matter to it, for ever.

        Lost connections are mended. Raises QueryFailedError as soon as the query fails.
        """
        ...

    async def system(self, path: str, args: JsonObject) -> FunctionResult:
        """Call a system query such as `_system/cli/tables`. Raises ServerTooOldError where there is none such."""
        ...

    async def tables(self, component: str = ROOT_COMPONENT) -> list[TableInfo]:
        """User tables by name, with counts."""
        ...

    async def page(self, request: PageRequest) -> Page: ...

    async def get(self, document_id: str, component: str = ROOT_COMPONENT) -> JsonObject | None: ...

    async def table_mapping(self, component: str = ROOT_COMPONENT) -> dict[int, str]:
        """Table number -> table name."""
        ...

    async def schema(self, component: str = ROOT_COMPONENT) -> JsonObject | None:
        """The active schema as deployment-api.md 8.1, or None if none was ever pushed."""
        ...

    async def indexes(self, component: str = ROOT_COMPONENT) -> list[IndexInfo]: ...

    async def components(self) -> list[ComponentInfo]: ...

    async def function_spec(self, component: str = ROOT_COMPONENT) -> list[FunctionSpec]: ...

    async def cloud_url(self) -> str:
        """The address that the deployment gives for itself."""
        ...

    async def environment_variables(self) -> dict[str, str]: ...

    async def change_environment_variables(self, changes: Mapping[str, str | None]) -> None:
        """Set variables to new values, or remove them (None): all of them, or none. It is never sent twice.

        Raises ReadonlyError where nothing can be changed, RequestRejectedError for a change that is refused. No error
        repeats a value.
        """
        ...

    async def function_logs(self, cursor: float = 0.0) -> LogPage:
        """What was logged after `cursor`; waits for something, up to a minute, and is empty if nothing came.

        0 asks for all that the deployment remembers. Log lines come as objects with their own time and level.
        """
        ...

    async def function_metrics(
        self,
        functions: Sequence[FunctionName],
        since: Callable[[float], float],
        component: str = ROOT_COMPONENT,
    ) -> list[FunctionMetrics]:
        """How each function fared from `since` until now; that gets the present and gives the beginning, both in
        milliseconds since 1970. Deployments remember about an hour.

        Raises ServerTooOldError where it is not told.
        """
        ...

    async def aclose(self) -> None: ...

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
    """One deployment, live or offline: `Remote` and `Offline` are the two.

    Every method may raise a `DeploymentError`, of them `UnreachableError` and `UnavailableError` where nobody answers
    or serves, `WrongKeyError` and `PermissionDeniedError` where the key may not; cancelling one ends its request.

    `component` is a component's path; an unknown one raises `RequestRejectedError` (code `ComponentPathNotFound`).
    Values, arguments and documents are encoded JSON; times are milliseconds since 1970.
    """

    @property
    def notices(self) -> Sequence[str]:
        """What the server had to say besides its answers, such as that this client is old; for people, once."""
        ...

    async def info(self) -> DeploymentInfo:
        """Who answers: name, version, address."""
        ...

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
        """Call a deployed function of any kind, with encoded arguments. Only an idempotent call is ever retried.

        Raises QueryFailedError if the function fails, ReadonlyError where nothing can be written.
        """
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

    async def page(self, request: PageRequest) -> Page:
        """A page of a table's documents, in the order and by the index of the request.

        A table that is not there is empty. Raises RequestRejectedError for an index that is none and for a cursor of
        another request, UsageError for bounds without an index.
        """
        ...

    async def get(self, document_id: str, component: str = ROOT_COMPONENT) -> JsonObject | None:
        """The document with this id; None if there is none. Raises RequestRejectedError for a text that is no id."""
        ...

    async def table_mapping(self, component: str = ROOT_COMPONENT) -> dict[int, str]:
        """Table number -> table name."""
        ...

    async def schema(self, component: str = ROOT_COMPONENT) -> JsonObject | None:
        """The active schema as deployment-api.md 8.1, or None if none was ever pushed."""
        ...

    async def indexes(self, component: str = ROOT_COMPONENT) -> list[IndexInfo]:
        """Indexes that the schema declares, with their states; not `by_id` and `by_creation_time`."""
        ...

    async def components(self) -> list[ComponentInfo]:
        """All mounted components, the app itself first, under the empty path."""
        ...

    async def function_spec(self, component: str = ROOT_COMPONENT) -> list[FunctionSpec]:
        """What functions and HTTP routes are deployed."""
        ...

    async def cloud_url(self) -> str:
        """The address that the deployment gives for itself."""
        ...

    async def environment_variables(self) -> dict[str, str]:
        """The variables that users set, with their values."""
        ...

    async def change_environment_variables(self, changes: Mapping[str, str | None]) -> None:
        """Set variables to new values, or remove them (None): all of them, or none. It is never sent twice.

        Raises ReadonlyError where nothing can be changed, RequestRejectedError for a change that is refused. No error
        repeats a value.
        """
        ...

    async def function_logs(self, cursor: float = 0.0) -> LogPage:
        """What was logged after `cursor`; waits for something, up to a minute, and is empty if nothing came.

        0 asks for all that the deployment remembers. Log lines come as objects with their own time and level. Raises
        UnavailableError when the deployment ends while it waits.
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

    async def aclose(self) -> None:
        """Close what is open. Afterwards nothing may be asked; closing twice does no harm."""
        ...

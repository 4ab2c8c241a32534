"""The one door to a deployment, wherever it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kitcn_repl.deployment.models import (
    ROOT_COMPONENT,
    ComponentInfo,
    DeploymentInfo,
    FunctionResult,
    FunctionSpec,
    IndexInfo,
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

    async def aclose(self) -> None: ...

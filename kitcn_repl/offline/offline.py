"""An offline deployment: data files, opened as if a backend served them."""

from __future__ import annotations

import asyncio
from collections import ChainMap
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kitcn_repl.deployment.errors import (
    QueryFailedError,
    ReadonlyError,
    RequestRejectedError,
    ServerTooOldError,
    UnavailableError,
)
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
from kitcn_repl.offline import system_queries
from kitcn_repl.offline.catalog import Catalog
from kitcn_repl.offline.dataset import Dataset, wall_clock
from kitcn_repl.offline.execution_log import ExecutionLog, LogClosedError
from kitcn_repl.offline.pages import read_page
from kitcn_repl.offline.shapes import table_shape
from kitcn_repl.offline.store import StoredTable
from kitcn_repl.values import JsonObject
from kitcn_repl.values.export import encoded_document
from kitcn_repl.values.ids import IdError, decode_id

if TYPE_CHECKING:
    from kitcn_repl.offline.engine import Engine

VERSION = "1.48.0"
"""The npm release of Convex whose behaviour offline deployments follow."""

CLOUD_URL, SITE_URL = "CONVEX_CLOUD_URL", "CONVEX_SITE_URL"


class Offline:
    """A `Deployment` over a `Dataset`, from `demo_dataset`, `open_snapshot` or `open_backend_file`. The JavaScript
    engine starts with the first query and ends with `aclose`. Methods raise as `Deployment` says, with a backend's own
    texts; `call` and `watch` ReadonlyError for what may write, OfflineSupportMissingError without the extra `offline`.

    `environment` holds the variables that users set; it can be changed, in memory only. Queries see the change, and the
    built-in variables too, as they are in `dataset.environment`. `execution_log` is what `function_logs` reads.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.environment: dict[str, str] = dict(dataset.environment)
        self._built_in: dict[str, str] = {}
        self.dataset = replace(dataset, environment=ChainMap(self.environment, self._built_in))
        self.execution_log = ExecutionLog(dataset.logs)
        self._catalog = Catalog(self.dataset)
        self._engine: Engine | None = None

    @property
    def notices(self) -> Sequence[str]:
        return self.dataset.notices

    @property
    def url(self) -> str | None:
        """The address under which it is served, while it is."""
        return self._built_in.get(CLOUD_URL)

    def serve_at(self, url: str) -> None:
        """From now on `url` is its address, for queries that look at CONVEX_CLOUD_URL too."""
        self._built_in.update({CLOUD_URL: url, SITE_URL: url})

    async def info(self) -> DeploymentInfo:
        return DeploymentInfo(self.dataset.name, VERSION, "offline", self.url, self.dataset.note)

    @property
    def engine(self) -> Engine:
        """What runs queries; started by the first. Raises OfflineSupportMissingError without the extra `offline`."""
        if self._engine is None:
            from kitcn_repl.offline.engine import Engine

            self._engine = Engine(self.dataset)
        return self._engine

    async def run_module(self, module: QueryModule, *, component: str = ROOT_COMPONENT) -> FunctionResult:
        self._catalog.check_component(component)
        return await self.engine.run(module, component=component)

    async def call(
        self,
        path: str,
        args: JsonObject,
        *,
        component: str = ROOT_COMPONENT,
        identity: JsonObject | None = None,
        idempotent: bool = False,
    ) -> FunctionResult:
        self._catalog.check_component(component)
        spec = self.function(path) if component == ROOT_COMPONENT else None
        if spec is None:
            where = f" in '{component}'" if component else ""
            raise QueryFailedError(
                f"Could not find function for '{path}'{where}. Did you forget to run `npx convex dev`?"
            )
        if spec.function_type != "Query":
            raise ReadonlyError(
                f"{path} is {'a mutation' if spec.function_type == 'Mutation' else 'an action'}, and"
                f" {self.dataset.name} is an offline deployment: it can only be read."
            )
        return await self.engine.call(path, args, component=component, identity=identity)

    async def watch(
        self, path: str, args: JsonObject, *, component: str = ROOT_COMPONENT, identity: JsonObject | None = None
    ) -> AsyncGenerator[FunctionResult | Interruption, None]:
        """Data that nobody can change: the first value stays."""
        yield await self.call(path, args, component=component, identity=identity)
        await asyncio.Event().wait()

    def function(self, path: str) -> FunctionSpec | None:
        """The deployed function at `users:list`, `users.js:list` or `users` (its default), if there is one."""
        wanted = canonical_path(path)
        return next((spec for spec in self.dataset.functions if spec.identifier == wanted), None)

    async def system(self, path: str, args: JsonObject, *, component: str = ROOT_COMPONENT) -> FunctionResult:
        self._catalog.check_component(component)
        return FunctionResult(await system_queries.run(self, path, args, component=component))

    async def tables(self, component: str = ROOT_COMPONENT) -> list[TableInfo]:
        tables = self.user_tables(component)
        return [TableInfo(name, table.count, table.size) for name, table in sorted(tables.items())]

    def user_tables(self, component: str) -> Mapping[str, StoredTable]:
        """The stored tables of users, by name."""
        self._catalog.check_component(component)
        return {name: table for name, table in self.dataset.store.tables(component).items() if not name.startswith("_")}

    def table(self, name: str, component: str = ROOT_COMPONENT) -> StoredTable | None:
        """The stored table of this name, user's or system's; None if there is none."""
        return self.dataset.store.tables(component).get(name)

    async def page(self, request: PageRequest) -> Page:
        self._catalog.check_component(request.component)
        if self.table(request.table, request.component) is None and request.index is None:
            return Page([], "", is_done=True)
        index = self._catalog.index(request.component, request.table, request.index or "by_creation_time")
        return read_page(self.dataset.store, index, request)

    async def get(self, document_id: str, component: str = ROOT_COMPONENT) -> JsonObject | None:
        self._catalog.check_component(component)
        try:
            number = decode_id(document_id).table_number
        except IdError as error:
            raise RequestRejectedError(f"Invalid argument `id` for `db.get`: {error}", code="InvalidArgument") from None
        table = self._catalog.table_by_number(component, number)
        text = self.dataset.store.get(table, document_id) if table is not None else None
        return None if text is None else encoded_document(text)

    async def table_mapping(self, component: str = ROOT_COMPONENT) -> dict[int, str]:
        self._catalog.check_component(component)
        return {table.number: name for name, table in self.dataset.store.tables(component).items()}

    async def schema(self, component: str = ROOT_COMPONENT) -> JsonObject | None:
        self._catalog.check_component(component)
        return self.dataset.schemas.get(component)

    async def indexes(self, component: str = ROOT_COMPONENT) -> list[IndexInfo]:
        self._catalog.check_component(component)
        return self._catalog.indexes(component)

    async def components(self) -> list[ComponentInfo]:
        return self.dataset.store.components()

    async def function_spec(self, component: str = ROOT_COMPONENT) -> list[FunctionSpec]:
        self._catalog.check_component(component)
        if component == ROOT_COMPONENT:
            return list(self.dataset.functions)
        return list(self.dataset.component_functions.get(component, ()))

    async def shapes(self, component: str = ROOT_COMPONENT) -> dict[str, JsonObject]:
        """Inferred shapes by table (deployment-api.md 4.6), from a bounded sample of each."""
        names = await self.table_mapping(component)
        store = self.dataset.store
        return {name: table_shape(store, table, names) for name, table in self.user_tables(component).items()}

    async def cloud_url(self) -> str:
        return self.url or f"offline:{self.dataset.name}"

    async def environment_variables(self) -> dict[str, str]:
        return dict(sorted(self.environment.items()))

    async def change_environment_variables(self, changes: Mapping[str, str | None]) -> None:
        raise ReadonlyError(f"{self.dataset.name} is an offline deployment: its variables can only be read.")

    async def function_logs(self, cursor: float = 0.0) -> LogPage:
        try:
            entries, following = await self.execution_log.after(cursor)
        except LogClosedError:
            raise UnavailableError(f"{self.dataset.name} was closed while its log was read.", status=500) from None
        return LogPage(entries, following, None if self.dataset.clock is wall_clock else self.dataset.clock())

    async def function_metrics(
        self,
        functions: Sequence[FunctionName],
        since: Callable[[float], float],
        component: str = ROOT_COMPONENT,
    ) -> list[FunctionMetrics]:
        from kitcn_repl.offline.execution_metrics import executions_between, measure

        present = self.dataset.clock()
        entries = self.execution_log.remembered()
        if not entries:
            raise ServerTooOldError(f"{self.dataset.name} holds no record of what ran.")
        executions = executions_between(entries, since(present), present)
        return [measure(executions, function, component) for function in functions]

    async def aclose(self) -> None:
        self.execution_log.close()
        if self._engine is not None:
            await self._engine.aclose()
        self.dataset.store.close()


def canonical_path(path: str) -> str:
    """`dir/file:fn`, `dir/file.js:fn` or `dir/file` -> `dir/file.js:fn`."""
    module, _, export = path.partition(":")
    return f"{module.removesuffix('.js')}.js:{export or 'default'}"

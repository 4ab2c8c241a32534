"""A live deployment, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from kitcn_repl.deployment.address import parse_address
from kitcn_repl.deployment.answers import system_failure
from kitcn_repl.deployment.errors import QueryFailedError, RequestRejectedError, ServerTooOldError
from kitcn_repl.deployment.exchange import ENCODED, Exchange
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
from kitcn_repl.deployment.retry import RetryPolicy
from kitcn_repl.deployment.together import together
from kitcn_repl.deployment.transport import Timeouts, Transport, open_transport
from kitcn_repl.values import JsonObject, JsonValue

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from kitcn_repl.deployment.wire import Shape

# System tables appear in the mapping under their physical names; queries know them by these.
_PUBLIC_NAMES = {"_file_storage": "_storage", "_scheduled_jobs": "_scheduled_functions"}


class Remote:
    """A `Deployment` at a URL, over HTTP and WebSocket. Contacts nobody until asked; `notices` collects what servers
    say about old clients. `timeouts` are in seconds.

    Raises UsageError for a URL that is none, WrongKeyError for a key that cannot be one; its methods raise as
    `Deployment` says.
    """

    def __init__(
        self,
        url: str,
        admin_key: str,
        *,
        timeouts: Timeouts | None = None,
        retry: RetryPolicy | None = None,
        transport: Transport | None = None,
    ) -> None:
        address = parse_address(url)
        self._exchange = Exchange(
            address,
            admin_key,
            transport if transport is not None else open_transport(address, timeouts or Timeouts()),
            retry or RetryPolicy(),
        )
        self._components: list[ComponentInfo] | None = None

    def __repr__(self) -> str:
        return f"Remote({self._exchange.host!r})"

    @property
    def url(self) -> str:
        """Its address, as it was given."""
        return self._exchange.address.url

    @property
    def notices(self) -> list[str]:
        return self._exchange.notices

    async def info(self) -> DeploymentInfo:
        ask = self._exchange.public_text
        name, version = await together([ask("/instance_name"), ask("/version")])
        return DeploymentInfo(name, version, "live", self.url)

    async def run_module(self, module: QueryModule, *, component: str = ROOT_COMPONENT) -> FunctionResult:
        component_id = await self._component_id(component)
        bundle: JsonObject = {"path": module.path, "source": module.source}
        if module.source_map is not None:
            bundle["sourceMap"] = module.source_map
        return await self._exchange.run_module(bundle, component_id)

    async def call(
        self,
        path: str,
        args: JsonObject,
        *,
        component: str = ROOT_COMPONENT,
        identity: JsonObject | None = None,
        idempotent: bool = False,
    ) -> FunctionResult:
        body: JsonObject = {"path": path, "format": ENCODED, "args": args}
        if component:
            body["componentPath"] = component
        impersonated = ""
        if identity is not None:
            from kitcn_repl.deployment.identity import acting_as

            impersonated = acting_as(identity)
        return await self._exchange.function("/api/function", body, acting_as=impersonated, idempotent=idempotent)

    def watch(
        self, path: str, args: JsonObject, *, component: str = ROOT_COMPONENT, identity: JsonObject | None = None
    ) -> AsyncGenerator[FunctionResult | Interruption, None]:
        return self._exchange.watch(path, args, component, identity)

    async def system(self, path: str, args: JsonObject) -> FunctionResult:
        body: JsonObject = {"path": path, "format": ENCODED, "args": args}
        try:
            return await self._exchange.function("/api/query", body, idempotent=True)
        except QueryFailedError as error:
            failure = system_failure(error, path, self._exchange.host)
        raise failure

    async def tables(self, component: str = ROOT_COMPONENT) -> list[TableInfo]:
        from kitcn_repl.deployment.counting import count_tables

        component_id = await self._component_id(component)
        if component_id is None:
            names = await self._root_tables()
        else:
            mapping = await self.table_mapping(component)
            names = sorted(name for name in mapping.values() if not name.startswith("_"))
        counts = await count_tables(self._exchange, self.system, names, component_id)
        return [TableInfo(name, counts.get(name)) for name in names]

    async def page(self, request: PageRequest) -> Page:
        from kitcn_repl.deployment import wire
        from kitcn_repl.deployment.filters import encode_filters, raise_for_filter_errors

        args: JsonObject = {
            "paginationOpts": {"numItems": request.limit, "cursor": request.cursor},
            "table": request.table,
            "filters": encode_filters(request),
            "componentId": await self._component_id(request.component),
        }
        try:
            found = await self._parsed(wire.DOCUMENTS, "_system/frontend/paginatedTableDocuments", args)
        except QueryFailedError as error:
            if "InvalidCursor" not in error.message and "parse cursor" not in error.message:
                raise
        else:
            raise_for_filter_errors(found.page, request)
            return Page(found.page, found.continueCursor, found.isDone)
        raise RequestRejectedError("The cursor is not one of this table and filter: start again.", code="InvalidCursor")

    async def get(self, document_id: str, component: str = ROOT_COMPONENT) -> JsonObject | None:
        from kitcn_repl.deployment import wire

        args: JsonObject = {"id": document_id, "componentId": await self._component_id(component)}
        try:
            return await self._parsed(wire.DOCUMENT, "_system/frontend/getById", args)
        except QueryFailedError as error:
            start = error.message.find("Invalid argument `id`")
            if start < 0:
                raise
            sentence = error.message[start:].partition("\n")[0]
        raise RequestRejectedError(sentence, code="InvalidArgument")

    async def table_mapping(self, component: str = ROOT_COMPONENT) -> dict[int, str]:
        from kitcn_repl.deployment import wire

        args: JsonObject = {"componentId": await self._component_id(component)}
        mapping = await self._parsed(wire.TABLE_MAPPING, "_system/frontend/getTableMapping", args)
        return {number: _PUBLIC_NAMES.get(name, name) for number, name in mapping.items()}

    async def schema(self, component: str = ROOT_COMPONENT) -> JsonObject | None:
        from kitcn_repl.deployment import wire

        path = "_system/frontend/getSchemas"
        schemas = await self._parsed(wire.SCHEMAS, path, {"componentId": await self._component_id(component)})
        if schemas.active is None:
            return None
        return wire.parse_schema(schemas.active, path, self._exchange.host)

    async def indexes(self, component: str = ROOT_COMPONENT) -> list[IndexInfo]:
        from kitcn_repl.deployment import wire

        component_id = await self._component_id(component)
        target = "/api/get_indexes" + (f"?componentId={quote(component_id)}" if component_id is not None else "")
        try:
            answer = await self._exchange.get(target)
        except ServerTooOldError:
            return await self._indexes_by_table(component, component_id)
        found = wire.parse(wire.TABLE_INDEXES, answer, "/api/get_indexes", self._exchange.host)
        return [wire.index_info(index, index.table) for index in found.indexes]

    async def components(self) -> list[ComponentInfo]:
        from kitcn_repl.deployment import wire

        found = await self._parsed(wire.COMPONENTS, "_system/frontend/components:list", {})
        self._components = [ComponentInfo(item.id, item.path, item.name, item.state) for item in found]
        return list(self._components)

    async def function_spec(self, component: str = ROOT_COMPONENT) -> list[FunctionSpec]:
        from kitcn_repl.deployment import wire

        component_id = await self._component_id(component)
        args: JsonObject = {} if component_id is None else {"componentId": component_id}
        return [
            wire.function_spec(function)
            for function in await self._parsed(wire.FUNCTIONS, "_system/cli/modules:apiSpec", args)
        ]

    async def cloud_url(self) -> str:
        from kitcn_repl.deployment import wire

        return await self._parsed(wire.TEXT, "_system/cli/convexUrl:cloudUrl", {})

    async def environment_variables(self) -> dict[str, str]:
        from kitcn_repl.deployment import wire

        target = "/api/v1/list_environment_variables"
        try:
            answer = await self._exchange.get(target)
        except ServerTooOldError:
            rows = await self._parsed(wire.ENVIRONMENT_ROWS, "_system/cli/queryEnvironmentVariables", {})
            return {row.name: row.value for row in sorted(rows, key=lambda row: row.name)}
        found = wire.parse(wire.ENVIRONMENT, answer, target, self._exchange.host)
        return dict(sorted(found.environmentVariables.items()))

    async def change_environment_variables(self, changes: Mapping[str, str | None]) -> None:
        from kitcn_repl.deployment.discretion import discreet

        rows: list[JsonValue] = [{"name": name, "value": value} for name, value in changes.items()]
        with discreet(changes.values()):
            await self._exchange.order("/api/update_environment_variables", {"changes": rows})

    async def function_logs(self, cursor: float = 0.0) -> LogPage:
        from kitcn_repl.deployment.logs import poll_function_logs

        return await poll_function_logs(self._exchange, cursor)

    async def function_metrics(
        self,
        functions: Sequence[FunctionName],
        since: Callable[[float], float],
        component: str = ROOT_COMPONENT,
    ) -> list[FunctionMetrics]:
        from kitcn_repl.deployment.metrics import Window, read_metrics

        return await read_metrics(self._exchange, functions, Window.until_now(since), component)

    async def aclose(self) -> None:
        await self._exchange.aclose()

    async def _parsed(self, adapter: TypeAdapter[Shape], path: str, args: JsonObject) -> Shape:
        from kitcn_repl.deployment import wire

        return wire.parse(adapter, (await self.system(path, args)).value, path, self._exchange.host)

    async def _component_id(self, component: str) -> str | None:
        """The id that the app's own functions have none of. Raises RequestRejectedError for an unknown path."""
        if component == ROOT_COMPONENT:
            return None
        known = self._components if self._components is not None else await self.components()
        for item in known:
            if item.path == component:
                return item.id
        # As the server says it where it resolves the path itself.
        raise RequestRejectedError(f"Component path '{component}' not found", code="ComponentPathNotFound")

    async def _root_tables(self) -> list[str]:
        from kitcn_repl.deployment.counting import table_names

        names: list[str] = []
        cursor: JsonValue = None
        while True:
            options: JsonObject = {"numItems": 10000, "cursor": cursor}
            answer = await self.system("_system/cli/tables", {"paginationOpts": options})
            some, following = table_names(answer.value, self._exchange.host)
            names.extend(some)
            if following is None or following == cursor:
                return sorted(set(names))
            cursor = following

    async def _indexes_by_table(self, component: str, component_id: str | None) -> list[IndexInfo]:
        """For servers without /api/get_indexes: the dashboard's query, which answers for one table at a time."""
        from kitcn_repl.deployment import wire
        from kitcn_repl.deployment.counting import ask_many

        path = "_system/frontend/indexes"
        mapping = await self.table_mapping(component)
        tables = sorted(name for name in mapping.values() if not name.startswith("_"))
        questions: list[JsonObject] = [{"tableName": table, "tableNamespace": component_id} for table in tables]
        answers = await ask_many(self._exchange, self.system, path, questions)
        found: list[IndexInfo] = []
        for table, answer in zip(tables, answers, strict=True):
            if isinstance(answer, Exception):
                raise answer
            indexes = wire.parse(wire.INDEXES, answer, path, self._exchange.host)
            found.extend(wire.index_info(index, table) for index in indexes or [])
        return found

"""The `_system/...` queries that clients ask of a deployment (deployment-api.md 4.2, 4.3, 5), from offline data."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from kitcn_repl.deployment.errors import QueryFailedError, ReadonlyError, RequestRejectedError
from kitcn_repl.deployment.models import Page, PageRequest
from kitcn_repl.offline.dashboard_filters import ClauseError, filtered
from kitcn_repl.offline.system_tables import cron_jobs, rows, scheduled_jobs
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.export import encoded_document
from kitcn_repl.values.ids import is_id

if TYPE_CHECKING:
    from kitcn_repl.offline.offline import Offline

Handler = Callable[["Offline", JsonObject, str], Awaitable[JsonValue]]

_WRITES = (
    "frontend/addDocument",
    "frontend/replaceDocument",
    "frontend/patchDocumentsFields",
    "frontend/deleteDocuments",
    "frontend/clearTablePage",
    "frontend/createTable",
    "frontend/fileStorageV2:deleteFile",
    "frontend/fileStorageV2:deleteFiles",
    "frontend/fileStorageV2:generateUploadUrl",
)
_END_CURSOR = "end"


async def run(offline: Offline, path: str, args: JsonObject, *, component: str) -> JsonValue:
    """Answer the system query at `path` (`_system/cli/tables:default`); `componentId` in `args` selects a component.

    Raises QueryFailedError as a backend would for a path that it does not know, ReadonlyError for a write.
    """
    name = path.removeprefix("_system/").replace(".js:", ":").removesuffix(":default")
    if name in _WRITES:
        raise ReadonlyError(f"{offline.dataset.name} is an offline deployment: it can only be read.")
    handler = _HANDLERS.get(name)
    if handler is None:
        raise QueryFailedError(f"Could not find public function for '{path}'.")
    args = dict(args)
    component_id = args.pop("componentId", None)
    if component_id is not None:
        component = _component_path(offline, component_id)
    return await handler(offline, args, component)


def _component_path(offline: Offline, component_id: JsonValue) -> str:
    for component in offline.dataset.store.components():
        if component.id == component_id:
            return component.path
    raise QueryFailedError(f"Component with ID {component_id} not found")


def _text(args: JsonObject, name: str) -> str:
    value = args.get(name)
    if not isinstance(value, str):
        raise QueryFailedError(
            f"ArgumentValidationError: Object is missing the required field `{name}`."
            if value is None
            else f"ArgumentValidationError: Value does not match validator.\nPath: .{name}\nValidator: v.string()"
        )
    return value


def _paging(args: JsonObject) -> tuple[int, str | None]:
    options = args.get("paginationOpts")
    size = options.get("numItems") if isinstance(options, dict) else None
    if not isinstance(options, dict) or not isinstance(size, int | float) or not math.isfinite(size):
        raise QueryFailedError("ArgumentValidationError: Object is missing the required field `paginationOpts`.")
    if size < 1:
        raise QueryFailedError("Must request at least 1 document while paginating")
    cursor = options.get("cursor")
    return int(size), cursor if isinstance(cursor, str) else None


def _pagination_result(page: Page) -> JsonObject:
    return {"page": list(page.documents), "isDone": page.is_done, "continueCursor": page.cursor}


async def _tables(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    names: list[JsonValue] = [{"name": name} for name in offline.user_tables(component)]
    return {"page": names, "isDone": True, "continueCursor": _END_CURSOR}


async def _table_data(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    size, cursor = _paging(args)
    request = PageRequest(
        _text(args, "table"),
        size,
        "asc" if args.get("order") == "asc" else "desc",
        cursor=cursor,
        component=component,
    )
    return _pagination_result(await offline.page(request))


async def _table_size(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    table = offline.table(_text(args, "tableName"), component)
    return float(table.count) if table is not None else 0.0


async def _size_of_all_tables(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    return float(sum(table.count for table in offline.user_tables(component).values()))


async def _query_table(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    return random.random()  # noqa: S311 - only has to differ whenever the table changes


async def _api_spec(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    specs: list[JsonValue] = []
    for spec in await offline.function_spec(component):
        if spec.function_type == "HttpAction":
            specs.append({"functionType": "HttpAction", "method": spec.method, "path": spec.path})
        else:
            specs.append(
                {
                    "identifier": spec.identifier,
                    "functionType": spec.function_type,
                    "visibility": {"kind": spec.visibility},
                    "args": spec.args or {"type": "any"},
                    "returns": spec.returns or {"type": "any"},
                }
            )
    return specs


async def _environment_variables(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    return [
        {"_id": f"environment:{name}", "_creationTime": 0.0, "name": name, "value": value}
        for name, value in (await offline.environment_variables()).items()
    ]


async def _environment_variable(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    name = _text(args, "name")
    # Unlike the list, this is read from the process's environment, so it knows the built-in ones.
    value = offline.dataset.environment.get(name)
    return None if value is None else {"name": name, "value": value}


async def _cloud_url(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    return await offline.cloud_url()


async def _paginated_documents(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    size, cursor = _paging(args)
    table = _text(args, "table")
    try:
        request = filtered(PageRequest(table, size, "desc", cursor=cursor, component=component), args.get("filters"))
        return _pagination_result(await offline.page(request))
    except ClauseError as error:
        problem: JsonObject = {"error": str(error), "filter": float(error.clause)}
    except RequestRejectedError as error:
        if error.code == "InvalidCursor":
            raise QueryFailedError(error.message) from None
        problem = {"error": error.message, "filter": -1.0}
    return {"page": [problem], "isDone": True, "continueCursor": _END_CURSOR}


async def _table_scan(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    limit = args.get("limit")
    size = int(limit) if isinstance(limit, int | float) else 100
    page = await offline.page(PageRequest(_text(args, "table"), max(size, 1), component=component))
    return list(page.documents)


async def _table_mapping(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    renamed = {"_storage": "_file_storage", "_scheduled_functions": "_scheduled_jobs"}
    mapping = await offline.table_mapping(component)
    return {str(number): renamed.get(name, name) for number, name in mapping.items()}


async def _get_by_id(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    try:
        return await offline.get(_text(args, "id"), component)
    except RequestRejectedError as error:
        raise QueryFailedError(error.message) from None


async def _list_by_id(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    documents: list[JsonValue] = []
    ids = args.get("ids")
    for entry in ids if isinstance(ids, list) else []:
        wanted = entry.get("id") if isinstance(entry, dict) else None
        # As through normalizeId: what is no id is nobody's.
        documents.append(await offline.get(wanted, component) if isinstance(wanted, str) and is_id(wanted) else None)
    return documents


async def _schemas(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    schema = await offline.schema(component)
    return {} if schema is None else {"active": json.dumps(schema, separators=(",", ":"), ensure_ascii=False)}


async def _indexes(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    namespace = args.get("tableNamespace")
    if namespace is not None:
        component = _component_path(offline, namespace)
    wanted = args.get("tableName")
    found: list[JsonValue] = []
    for index in await offline.indexes(component):
        if wanted is not None and index.table != wanted:
            continue
        fields: JsonValue
        if index.kind == "database":
            fields = [*index.fields, "_creationTime"]
        elif index.kind == "search":
            fields = {"searchField": index.fields[0], "filterFields": list(index.filter_fields)}
        else:
            fields = {
                "vectorField": index.fields[0],
                "filterFields": list(index.filter_fields),
                "dimensions": float(index.dimensions or 0),
            }
        entry: JsonObject = {
            "name": index.name,
            "staged": index.staged,
            "fields": fields,
            "backfill": {"state": index.state},
        }
        found.append(entry if wanted is not None else {**entry, "table": index.table})
    return found


async def _components(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    return [
        {"id": item.id, "name": item.name, "path": item.path, "args": {}, "state": item.state, "httpPrefix": None}
        for item in await offline.components()
    ]


async def _modules(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    modules: dict[str, list[JsonValue]] = {}
    for spec in await offline.function_spec(component):
        path, _, name = spec.identifier.partition(":")
        if spec.function_type == "HttpAction":
            path, name = "http.js", f"{spec.method} {spec.path}"
        modules.setdefault(path, []).append(
            {"name": name, "udfType": spec.function_type, "visibility": {"kind": spec.visibility}}
        )
    return [[path, {"functions": functions, "sourcePackageId": "offline"}] for path, functions in modules.items()]


async def _all_modules(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    return [
        [item.id if item.path else None, await _modules(offline, args, item.path)]
        for item in await offline.components()
    ]


async def _scheduled_jobs(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    size, cursor = _paging(args)
    store, function = offline.dataset.system, args.get("udfPath")
    if store is None:
        return _pagination_result(Page([], _END_CURSOR, is_done=True))
    wanted = function if isinstance(function, str) else None
    try:
        return _pagination_result(scheduled_jobs(store, component, wanted, size, cursor))
    except RequestRejectedError as error:
        raise QueryFailedError(error.message) from None


async def _job_arguments(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    store = offline.dataset.system
    table = store.tables(component).get("_scheduled_job_args") if store is not None else None
    wanted = _text(args, "argsId")
    if store is None or table is None or not is_id(wanted):
        return None
    text = store.get(table, wanted)
    return None if text is None else encoded_document(text)


async def _cron_jobs(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    store = offline.dataset.system
    return [] if store is None else [*cron_jobs(store, component)]


def _all_of(name: str) -> Handler:
    async def answer(offline: Offline, args: JsonObject, component: str) -> JsonValue:
        store = offline.dataset.system
        return [] if store is None else [*rows(store, component, name)]

    return answer


async def _file_count(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    table = offline.table("_storage", component)
    return float(table.count) if table is not None else 0.0


async def _file_metadata(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    size, cursor = _paging(args)
    page = await offline.page(PageRequest("_storage", size, cursor=cursor, component=component))
    files: list[JsonValue] = [{**document, "url": None} for document in page.documents]
    return {"page": files, "isDone": page.is_done, "continueCursor": page.cursor}


async def _file(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    table = offline.table("_storage", component)
    text = offline.dataset.store.get(table, _text(args, "storageId")) if table is not None else None
    return None if text is None else {**encoded_document(text), "url": None}


async def _version(offline: Offline, args: JsonObject, component: str) -> JsonValue:
    return (await offline.info()).version


def _constant(value: JsonValue) -> Handler:
    async def answer(offline: Offline, args: JsonObject, component: str) -> JsonValue:
        return value

    return answer


_HANDLERS: dict[str, Handler] = {
    "cli/tables": _tables,
    "cli/tableData": _table_data,
    "cli/tableSize": _table_size,
    "cli/queryTable": _query_table,
    "cli/modules:apiSpec": _api_spec,
    "cli/queryEnvironmentVariables": _environment_variables,
    "cli/queryEnvironmentVariables:get": _environment_variable,
    "cli/convexUrl:cloudUrl": _cloud_url,
    "cli/exports:getLatest": _constant(None),
    "cli/queryImport": _constant(None),
    "cli/queryImport:list": _constant([]),
    "frontend/paginatedTableDocuments": _paginated_documents,
    "frontend/listTableScan": _table_scan,
    "frontend/tableSize": _table_size,
    "frontend/tableSize:sizeOfAllTables": _size_of_all_tables,
    "frontend/getTableMapping": _table_mapping,
    "frontend/getById": _get_by_id,
    "frontend/listById": _list_by_id,
    "frontend/getSchemas": _schemas,
    "frontend/getSchemas:schemaValidationProgress": _constant(None),
    "frontend/indexes": _indexes,
    "frontend/components:list": _components,
    "frontend/modules:list": _modules,
    "frontend/modules:listForAllComponents": _all_modules,
    "frontend/listCronJobs": _cron_jobs,
    "frontend/listCronJobRuns": _all_of("_cron_job_logs"),
    "frontend/paginatedScheduledJobs": _scheduled_jobs,
    "frontend/scheduler:getArgs": _job_arguments,
    "frontend/fileStorageV2:numFiles": _file_count,
    "frontend/fileStorageV2:fileMetadata": _file_metadata,
    "frontend/fileStorageV2:getFile": _file,
    "frontend/listEnvironmentVariables": _environment_variables,
    "frontend/listAuthProviders": _all_of("_auth"),
    "frontend/listConfiguredSinks": _constant([]),
    "frontend/getVersion": _version,
    "frontend/convexCloudUrl": _cloud_url,
    "frontend/convexSiteUrl": _cloud_url,
    "frontend/deploymentState:deploymentState": _constant({"state": "running"}),
    "frontend/backendState:backendState": _constant({"system": "none", "usage_limit": "none", "user": "none"}),
    "frontend/latestExport": _constant(None),
    "frontend/snapshotImport:list": _constant([]),
    "frontend/node:version": _constant(None),
}

SERVED = tuple(_HANDLERS)
"""Names of the queries that are answered, without `_system/` before and `:default` behind."""

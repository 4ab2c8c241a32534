"""The endpoints that tell about the deployment itself (deployment-api 1.5, 4.5, 4.6, 6)."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from kitcn_repl.deployment.models import IndexInfo
from kitcn_repl.offline.offline import VERSION
from kitcn_repl.offline.server.endpoints import Exchange, endpoint, json_response, text_endpoint
from kitcn_repl.offline.server.requests import SMALL_BODY_LIMIT, EnvironmentChanges, read_body
from kitcn_repl.offline.server.service import Service
from kitcn_repl.values import JsonValue

ALLOWED_OPERATIONS = (
    "ViewEnvironmentVariables",
    "WriteEnvironmentVariables",
    "ViewLogs",
    "ViewMetrics",
    "ViewIntegrations",
    "ViewData",
    "ViewBackups",
    "ActAsUser",
    "RunInternalQueries",
    "RunTestQuery",
    "ViewAuditLog",
)
"""What an admin key may do on data that can only be read."""


def inspection_routes(service: Service) -> list[BaseRoute]:
    name = service.offline.dataset.name
    return [
        text_endpoint("/", "This Convex deployment is running. See https://docs.convex.dev/."),
        text_endpoint("/version", VERSION),
        text_endpoint("/instance_version", VERSION),
        text_endpoint("/instance_name", name),
        endpoint(service, "/api/check_admin_key", _check_admin_key, "GET"),
        endpoint(service, "/api/v1/deployment_info", _deployment_info, "GET"),
        endpoint(service, "/api/v1/get_canonical_urls", _canonical_urls, "GET"),
        endpoint(service, "/api/shapes2", _shapes, "GET"),
        endpoint(service, "/api/get_indexes", _indexes, "GET"),
        *(
            route
            for prefix in ("/api", "/api/v1")
            for route in (
                endpoint(service, f"{prefix}/list_environment_variables", _list_environment, "GET"),
                endpoint(service, f"{prefix}/update_environment_variables", _update_environment, "POST"),
            )
        ),
    ]


async def _check_admin_key(exchange: Exchange) -> Response:
    exchange.require_admin()
    return json_response({"success": True, "allowedOps": list(ALLOWED_OPERATIONS), "isReadOnly": True})


async def _deployment_info(exchange: Exchange) -> Response:
    exchange.require_admin()
    return json_response({"kind": "selfHosted"})


async def _canonical_urls(exchange: Exchange) -> Response:
    exchange.require_admin()
    origin = exchange.service.origin
    return json_response({"convexCloudUrl": origin, "convexSiteUrl": origin})


async def _shapes(exchange: Exchange) -> Response:
    exchange.require_admin()
    component = exchange.service.component_path(exchange.request.query_params.get("component"))
    shapes = await exchange.service.offline.shapes(component)
    return json_response(dict(shapes))


async def _indexes(exchange: Exchange) -> Response:
    exchange.require_admin()
    component = exchange.service.component_path(exchange.request.query_params.get("componentId"))
    indexes: list[JsonValue] = [
        {
            "table": index.table,
            "name": index.name,
            "fields": _index_fields(index),
            "backfill": {"state": "in_progress" if index.state == "backfilling" else "done"},
            "staged": index.staged,
        }
        for index in await exchange.service.offline.indexes(component)
    ]
    return json_response({"indexes": indexes})


def _index_fields(index: IndexInfo) -> JsonValue:
    filters: list[JsonValue] = list(index.filter_fields)
    match index.kind:
        case "database":
            return [*index.fields, "_creationTime"]
        case "search":
            return {"searchField": index.fields[0], "filterFields": filters}
        case "vector":
            return {"vectorField": index.fields[0], "dimensions": index.dimensions, "filterFields": filters}


async def _list_environment(exchange: Exchange) -> Response:
    exchange.require_admin()
    variables = await exchange.service.offline.environment_variables()
    return json_response({"environmentVariables": dict(variables)})


async def _update_environment(exchange: Exchange) -> Response:
    exchange.require_admin()
    body = await read_body(exchange.request, EnvironmentChanges, SMALL_BODY_LIMIT)
    exchange.service.change_environment(body.changes)
    return Response()

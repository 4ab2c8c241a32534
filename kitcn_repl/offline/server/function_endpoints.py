"""The endpoints that run functions and inline queries (deployment-api 2, 3.1)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from functools import partial
from urllib.parse import unquote

from starlette.responses import Response
from starlette.routing import BaseRoute

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.deployment.models import ROOT_COMPONENT, FunctionResult, QueryModule
from kitcn_repl.errors import KitcnError
from kitcn_repl.offline.server.access import require_admin_key
from kitcn_repl.offline.server.endpoints import Exchange, endpoint, json_response
from kitcn_repl.offline.server.failures import (
    as_api_error,
    as_function_failure,
    bad_request,
    with_request_id,
    without_request_id,
)
from kitcn_repl.offline.server.formats import formatter
from kitcn_repl.offline.server.functions import Call, CallKind, arguments_object
from kitcn_repl.offline.server.requests import (
    FUNCTION_BODY_LIMIT,
    INLINE_QUERY_BODY_LIMIT,
    Arguments,
    FunctionArguments,
    FunctionCall,
    FunctionCallAtTime,
    FunctionCallInComponent,
    FunctionCalls,
    InlineQuery,
    parse_json,
    read_body,
)
from kitcn_repl.offline.server.service import Service, encode_timestamp
from kitcn_repl.values import JsonObject

_KINDS: dict[str, CallKind] = {"query": "Query", "mutation": "Mutation", "action": "Action"}


def function_routes(service: Service) -> list[BaseRoute]:
    return [
        endpoint(service, "/api/run_test_function", _inline_query, "POST"),
        *(endpoint(service, f"/api/{name}", _public_call, "POST") for name in _KINDS),
        endpoint(service, "/api/query", _query_by_get, "GET"),
        endpoint(service, "/api/query_ts", _latest_timestamp, "POST"),
        endpoint(service, "/api/query_at_ts", _query_at_timestamp, "POST"),
        endpoint(service, "/api/query_batch", _query_batch, "POST"),
        endpoint(service, "/api/function", _any_function, "POST"),
        endpoint(service, "/api/run/{path:path}", _run, "POST"),
    ]


async def _inline_query(exchange: Exchange) -> Response:
    body = await read_body(exchange.request, InlineQuery, INLINE_QUERY_BODY_LIMIT)
    service = exchange.service
    identity = service.keeper.check_key(body.admin_key)
    formatter(body.format)
    if body.args:
        raise bad_request("UnsupportedArguments", "Inline queries take no arguments on an offline deployment.")
    module = QueryModule(body.bundle.source, body.bundle.source_map, body.bundle.path)
    component = service.component_path(body.component_id)
    run = partial(service.functions.run_inline, module, component, identity, exchange.request_id)
    return json_response(await _outcome(exchange, run, body.format))


async def _public_call(exchange: Exchange) -> Response:
    kind = _KINDS[exchange.request.url.path.rpartition("/")[2]]
    body = await read_body(exchange.request, FunctionCall, FUNCTION_BODY_LIMIT)
    return json_response(await _call(exchange, kind, body.path, body.args, body.format))


async def _query_by_get(exchange: Exchange) -> Response:
    parameters = exchange.request.query_params
    path = parameters.get("path")
    if path is None or "args" not in parameters:
        raise bad_request("BadQueryArgs", "Failed to deserialize query string: `path` and `args` are required")
    args = parse_json(parameters["args"], "BadQueryArgs")
    if not isinstance(args, dict | list):
        raise bad_request("BadQueryArgs", "Failed to deserialize query string: args must be an object or an array")
    return json_response(await _call(exchange, "Query", path, args, parameters.get("format")))


async def _latest_timestamp(exchange: Exchange) -> Response:
    return json_response({"ts": encode_timestamp(exchange.service.timestamp)})


async def _query_at_timestamp(exchange: Exchange) -> Response:
    """Offline data never change, so every moment gives the same answer."""
    body = await read_body(exchange.request, FunctionCallAtTime, FUNCTION_BODY_LIMIT)
    try:
        size = len(base64.b64decode(body.ts, validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if size != 8:
        raise bad_request("BadJsonBody", "ts must be the Base64 of 8 bytes")
    return json_response(await _call(exchange, "Query", body.path, body.args, body.format))


async def _query_batch(exchange: Exchange) -> Response:
    body = await read_body(exchange.request, FunctionCalls, FUNCTION_BODY_LIMIT)
    exchange.identity()
    results = []
    for query in body.queries:
        outcome = await _call(exchange, "Query", query.path, query.args, query.format)
        if outcome["status"] == "error":
            outcome["errorMessage"] = without_request_id(str(outcome["errorMessage"]))
        results.append(outcome)
    return json_response({"results": list(results)})


async def _any_function(exchange: Exchange) -> Response:
    body = await read_body(exchange.request, FunctionCallInComponent, FUNCTION_BODY_LIMIT)
    identity = exchange.identity()
    require_admin_key(identity)
    call = partial(_any_call, exchange, body.path, body.args, body.component_path or ROOT_COMPONENT)
    return json_response(await _outcome(exchange, call, body.format))


async def _run(exchange: Exchange) -> Response:
    body = await read_body(exchange.request, FunctionArguments, FUNCTION_BODY_LIMIT)
    raw = exchange.request.scope["raw_path"].decode("ascii").removeprefix("/api/run/")
    module, slash, name = raw.rpartition("/")
    if not slash or not module:
        raise bad_request(
            "MissingIdentifier", "Path or function name not provided in path, e.g. /api/run/messages/list"
        )
    call = partial(_any_call, exchange, f"{unquote(module)}:{unquote(name)}", body.args, ROOT_COMPONENT)
    return json_response(await _outcome(exchange, call, body.format or "json"))


async def _call(exchange: Exchange, kind: CallKind, path: str, args: Arguments, format_: str | None) -> JsonObject:
    identity = exchange.identity()

    async def run() -> FunctionResult:
        call = Call(path, arguments_object(path, args), identity, exchange.request_id)
        return await exchange.service.functions.call_public(call, kind)

    return await _outcome(exchange, run, format_)


async def _any_call(exchange: Exchange, path: str, args: Arguments, component: str) -> FunctionResult:
    call = Call(path, arguments_object(path, args), exchange.identity(), exchange.request_id, component)
    return await exchange.service.functions.call_any(call)


async def _outcome(exchange: Exchange, run: Callable[[], Awaitable[FunctionResult]], format_: str | None) -> JsonObject:
    """The answer about a function that ran, or failed: both are HTTP 200. `logLines` is left out when empty."""
    export = formatter(format_ or exchange.client.default_format)
    try:
        result = await run()
    except KitcnError as error:
        failure = as_function_failure(error)
        if failure is None:
            raise as_api_error(error) from error
        answer: JsonObject = {"status": "error", "errorMessage": with_request_id(failure.message, exchange.request_id)}
        if failure.has_data:
            answer["errorData"] = export(failure.data)
        return _with_log_lines(answer, failure)
    return _with_log_lines({"status": "success", "value": export(result.value)}, result)


def _with_log_lines(answer: JsonObject, outcome: FunctionResult | QueryFailedError) -> JsonObject:
    if outcome.log_lines:
        answer["logLines"] = list(outcome.log_lines)
    return answer

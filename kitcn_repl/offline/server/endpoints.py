"""From a request to a handler and back: client version, request id, errors as `{code, message}`."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kitcn_repl.errors import KitcnError
from kitcn_repl.offline.server.access import Identity, require_admin_key
from kitcn_repl.offline.server.client_version import (
    ClientVersion,
    UnsupportedClientError,
    parse_client_version,
)
from kitcn_repl.offline.server.failures import ApiError, as_api_error, bad_request, internal_error, new_request_id
from kitcn_repl.offline.server.service import Service
from kitcn_repl.values import JsonValue

logger = logging.getLogger("kitcn_repl.server")

_REQUEST_ID = re.compile(r"[0-9a-f]{1,64}")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request in the hands of its handler."""

    service: Service
    request: Request
    request_id: str
    client: ClientVersion

    def identity(self) -> Identity:
        headers, parameters = self.request.headers, self.request.query_params
        return self.service.keeper.check_request(headers.get("authorization"), parameters.get("adminKey"))

    def require_admin(self) -> None:
        require_admin_key(self.identity())


Handler = Callable[[Exchange], Awaitable[Response]]


def json_response(value: JsonValue, status: int = 200) -> Response:
    body = json.dumps(value, allow_nan=False, separators=(",", ":")).encode()
    return Response(body, status, media_type="application/json")


def error_response(error: ApiError) -> Response:
    response = json_response({"code": error.code, "message": error.message}, error.status)
    if isinstance(error, UnsupportedClientError):
        response.headers["x-convex-deprecation-state"] = "Unsupported"
        response.headers["x-convex-deprecation-message"] = error.message
    return response


def endpoint(service: Service, path: str, handler: Handler, *methods: str) -> Route:
    async def respond(request: Request) -> Response:
        try:
            client = parse_client_version(request.headers.get("convex-client"))
            client.check_supported()
            exchange = Exchange(service, request, _request_id(request), client)
            return await handler(exchange)
        except ApiError as error:
            return error_response(error)
        except KitcnError as error:
            return error_response(as_api_error(error))
        except Exception:
            logger.exception("%s %s failed", request.method, request.url.path)
            return error_response(internal_error())

    return Route(path, respond, methods=list(methods))


def text_endpoint(path: str, text: str) -> Route:
    """A public address that answers whoever asks, whatever client it says it is."""

    async def respond(request: Request) -> Response:
        return Response(text, media_type="text/plain")

    return Route(path, respond, methods=["GET"])


def _request_id(request: Request) -> str:
    header = request.headers.get("convex-request-id")
    if header is None:
        return new_request_id()
    if not _REQUEST_ID.fullmatch(header):
        raise bad_request("InvalidRequestId", f"Failed to parse request id: '{header}'.")
    return header

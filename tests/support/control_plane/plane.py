"""The control plane's HTTP: routing, credentials, contract, faults, and the list of what was asked."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.support.control_plane.access import Call, Refusal, caller_of
from tests.support.control_plane.contract import Contract
from tests.support.control_plane.legacy import LEGACY, Handler
from tests.support.control_plane.management import EMPTY, MANAGEMENT
from tests.support.control_plane.seen import Seen
from tests.support.control_plane.sign_in import SIGN_IN, OAuthError
from tests.support.control_plane.world import World

_UNDOCUMENTED = {"/create_personal_access_token": {"anonymousId"}}
"""Fields that the genuine CLI sends and the service takes, although its document forbids them."""


def _routes() -> list[tuple[str, re.Pattern[str], Handler]]:
    return [
        (method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), handler)
        for method, path, handler in (*LEGACY, *MANAGEMENT, *SIGN_IN)
    ]


class Plane:
    def __init__(self, world: World, origin: str, contract: Contract | None, requests: list[Seen]) -> None:
        self.world = world
        self.origin = origin
        self.faults: list[list[Any]] = []
        self.violations: list[str] = []
        self._contract = contract
        self._requests = requests
        self._routes = _routes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        raw = await request.body()
        body = _parsed(raw, request.headers.get("content-type", ""))
        path = scope["raw_path"].decode()
        target = path + (f"?{request.url.query}" if request.url.query else "")
        self._requests.append(
            Seen(
                "control plane", request.method, target, request.headers.get("authorization"), body,
                request.headers.get("convex-client"),
            )
        )  # fmt: skip
        scope.setdefault("state", {})["body"] = raw.decode("utf-8", "replace")
        fault = self._fault(path)
        answer = fault if fault is not None else self._answer(request, path, body)
        await answer(scope, receive, send)

    def _fault(self, path: str) -> ASGIApp | None:
        for fault in self.faults:
            prefix, behaviour, times, after = fault
            if not path.startswith(prefix) or times == 0:
                continue
            if after:
                fault[3] -= 1
                continue
            if times is not None:
                fault[2] -= 1
            found: ASGIApp = behaviour
            return found
        return None

    def _answer(self, request: Request, path: str, body: Any) -> Response:
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(path)
            if match is not None and method == request.method:
                params = {name: unquote(value) for name, value in match.groupdict().items()}
                return self._handled(request, handler, params, body)
        return Response(status_code=404)

    def _handled(self, request: Request, handler: Handler, params: dict[str, str], body: Any) -> Response:
        path = request.scope["raw_path"].decode()
        try:
            if path.startswith("/v1/"):
                self._check_request(request.method, path.removeprefix("/v1"), body)
            caller = None if path.startswith("/oidc/") else caller_of(self.world, request.headers.get("authorization"))
            query = dict(parse_qsl(request.url.query, keep_blank_values=True))
            answer = handler(Call(self.world, caller, self.origin, params, query, body))
        except Refusal as refusal:
            return JSONResponse({"code": refusal.code, "message": refusal.message}, refusal.status)
        except OAuthError as error:
            return JSONResponse({"error": str(error), "error_description": "as the stand-in was told"}, 400)
        if path.startswith("/v1/") and self._contract is not None:
            said = None if answer is EMPTY else answer
            self.violations += self._contract.answer_problems(request.method, path.removeprefix("/v1"), 200, said)
        if answer is EMPTY or request.method == "HEAD":
            return Response(status_code=200, headers={"Content-Length": "0"})
        return JSONResponse(answer)

    def _check_request(self, method: str, path: str, body: Any) -> None:
        if self._contract is None:
            return
        if isinstance(body, dict):
            body = {name: value for name, value in body.items() if name not in _UNDOCUMENTED.get(path, ())}
        problems = self._contract.request_problems(method, path, body)
        if problems:
            raise Refusal(400, "BadJsonBody", problems[0])


def _parsed(raw: bytes, content_type: str) -> Any:
    if not raw:
        return None
    text = raw.decode("utf-8", "replace")
    if content_type.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(text))
    try:
        return json.loads(text)
    except ValueError:
        return text

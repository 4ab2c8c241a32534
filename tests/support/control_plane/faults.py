"""Ways to misbehave, as ASGI applications that answer in place of the real routes."""

from __future__ import annotations

import asyncio

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send


def status(code: int, *, retry_after: int | None = None, body: bytes = b"") -> ASGIApp:
    """A status without Convex's words, as a gateway answers."""
    return Response(body, code, {} if retry_after is None else {"Retry-After": str(retry_after)})


def refused(code: int, name: str, message: str, *, retry_after: int | None = None) -> ASGIApp:
    """An error as Convex words it."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return JSONResponse({"code": name, "message": message}, code, headers)


def echo(code: int) -> ASGIApp:
    """A server that repeats what it was sent: the authorization and the body."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        sent = headers.get(b"authorization", b"").decode()
        body = scope.get("state", {}).get("body", "")
        refusal = refused(code, "Echo", f"What is {sent}? And {body}?")
        await refusal(scope, receive, send)

    return answer


def html(code: int = 200) -> ASGIApp:
    return HTMLResponse("<!doctype html><title>Sign in to the guest network</title><p>Welcome", code)


def slow(seconds: float) -> ASGIApp:
    """Nothing for so long, then an empty answer."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(seconds)
        await Response(status_code=504)(scope, receive, send)

    return answer


def half_an_answer(sent: bytes = b'{"items": [') -> ASGIApp:
    """A body that ends before its promised length."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": sent, "more_body": True})

    return answer

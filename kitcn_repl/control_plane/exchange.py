"""One request to the management service and its answer, with retries for reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal
from urllib.parse import urlencode

from kitcn_repl.control_plane.answers import read_answer, unreachable
from kitcn_repl.control_plane.errors import ControlPlaneError, ControlPlaneUnavailableError
from kitcn_repl.deployment.address import Address, parse_address
from kitcn_repl.deployment.answers import scrub
from kitcn_repl.deployment.exchange import CLIENT
from kitcn_repl.deployment.retry import RETRIED_FAILURES, RetryPolicy
from kitcn_repl.deployment.secret import Secret
from kitcn_repl.deployment.transport import Request, Timeouts, Transport, TransportError, open_transport
from kitcn_repl.errors import UsageError
from kitcn_repl.targets.authorization import Authorization
from kitcn_repl.values import JsonObject, JsonValue

TIMEOUTS = Timeouts(connect=4.0, read=10.0, write=5.0, total=20.0)
RETRIES = RetryPolicy(attempts=3, base=0.25, cap=2.0, longest_wait=5.0, budget=8.0)


class Exchange:
    """Talks to one host with one authorization. Nothing that it raises, prints or represents holds the secret."""

    def __init__(
        self,
        url: str,
        authorization: Authorization | None,
        *,
        timeouts: Timeouts = TIMEOUTS,
        retry: RetryPolicy = RETRIES,
        transport: Transport | None = None,
    ) -> None:
        self._address = _address(url)
        self.host = self._address.authority
        self._authorization = authorization
        self._secret = None if authorization is None else Secret(_checked(authorization))
        self._transport = transport if transport is not None else open_transport(self._address, timeouts)
        self._retry = retry

    def __repr__(self) -> str:
        return f"Exchange({self.host!r})"

    async def get(self, path: str, query: dict[str, str] | None = None) -> JsonValue:
        target = f"{path}?{urlencode(query)}" if query else path
        return await self._ask("GET", target, None, is_read=True)

    async def post(self, path: str, body: JsonObject, *, is_read: bool = False) -> JsonValue:
        """`is_read` for what changes nothing, although it is a POST: only reads are asked again."""
        return await self._ask("POST", path, lambda: body, is_read=is_read)

    async def ask_about_key(self, path: str, key: Secret) -> JsonValue:
        """A POST that reads, with a deploy key in its body, which no error repeats."""
        try:
            return await self._ask("POST", path, lambda: {"deployKey": key.reveal()}, is_read=True)
        except ControlPlaneError as error:
            failure = error
        scrub(failure, key.hide_in)
        raise failure.with_traceback(None) from None

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def _ask(
        self, method: Literal["GET", "POST"], target: str, body: Callable[[], JsonObject] | None, *, is_read: bool
    ) -> JsonValue:
        began = self._retry.clock()
        attempt = 0
        while True:
            failure, wait = None, None
            spent = self._retry.clock() - began
            try:
                answer = await self._transport.send(self._request(method, target, body, is_read=is_read))
                return read_answer(answer, self.host, self._authorization)
            except TransportError as error:
                failure = unreachable(error, self.host)
                if is_read and error.kind in RETRIED_FAILURES:
                    wait = self._retry.delay(attempt, None, spent)
            except ControlPlaneError as error:
                failure = error
                if is_read and isinstance(error, ControlPlaneUnavailableError):
                    wait = self._retry.delay(attempt, error.retry_after, spent)
            if wait is None:
                break
            await self._retry.sleep(wait)
            attempt += 1
        if self._secret is not None:
            scrub(failure, self._secret.hide_in)
        raise failure.with_traceback(None) from None

    def _request(
        self, method: Literal["GET", "POST"], target: str, body: Callable[[], JsonObject] | None, *, is_read: bool
    ) -> Request:
        headers = {"Convex-Client": CLIENT}
        if self._secret is not None:
            headers["Authorization"] = f"Bearer {self._secret.reveal()}"
        if target.startswith("/api/dashboard/"):
            headers["Origin"] = self._address.url  # as the genuine CLI: what is meant for a page asks where it is from
        if body is None:
            return Request(method, target, headers, idempotent=is_read)
        headers["Content-Type"] = "application/json"
        data = json.dumps(body(), separators=(",", ":")).encode()
        return Request(method, target, headers, data, idempotent=is_read)


def _address(url: str) -> Address:
    try:
        return parse_address(url)
    except UsageError:
        pass
    raise UsageError("CONVEX_PROVISION_HOST is no address of the form https://host.")


def _checked(authorization: Authorization) -> str:
    value = authorization.value.strip()
    if not value or not all("!" <= character <= "~" for character in value):
        raise UsageError(f"The {authorization.kind} ({authorization.source}) holds characters that none has.")
    return value

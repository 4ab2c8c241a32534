"""One request and its answer, with retries and errors that say what is wrong; what `Remote` is made of."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Literal, TypeVar

from kitcn_repl.deployment.address import Address
from kitcn_repl.deployment.answers import (
    SurprisingAnswerError,
    function_result,
    read_json,
    read_nothing,
    scrub,
    surprise,
    unreachable,
)
from kitcn_repl.deployment.errors import UnavailableError, WrongKeyError
from kitcn_repl.deployment.models import FunctionResult, Interruption
from kitcn_repl.deployment.retry import RETRIED_FAILURES, RETRIED_STATUSES, RetryPolicy
from kitcn_repl.deployment.secret import Secret
from kitcn_repl.deployment.transport import Answer, Request, Transport, TransportError
from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.version import __version__

CLIENT = f"kitcn-repl-{__version__}"
"""Convex-Client header. Only `npm-cli` and `dashboard` get structured log lines; as ourselves we get texts."""

ENCODED = "convex_encoded_json"

_PROBE_PATIENCE = 5.0  # seconds: it only makes an error clearer

Result = TypeVar("Result")

_NAME = re.compile(r"[^<>{}\x00-\x1f]{1,200}")
_VERSION = re.compile(r"[^\s<>{}]{1,100}")


class Exchange:
    """Talks to one address with one key. Nothing that it raises, prints or represents holds the key."""

    def __init__(self, address: Address, admin_key: str, transport: Transport, retry: RetryPolicy) -> None:
        self.address = address
        self.host = address.authority
        self.notices: list[str] = []
        self._key = Secret(_checked_key(admin_key, self.host))
        self._transport = transport
        self._retry = retry

    async def run_module(self, bundle: JsonObject, component_id: str | None) -> FunctionResult:
        """POST /api/run_test_function, which wants the key in its body too."""

        def body() -> JsonObject:
            fields: JsonObject = {"adminKey": self._key.reveal(), "args": {}, "bundle": bundle, "format": ENCODED}
            return fields if component_id is None else {**fields, "componentId": component_id}

        return await self._ask("POST", "/api/run_test_function", function_result, body=body)

    async def function(self, target: str, body: JsonObject, *, acting_as: str = "", idempotent: bool) -> FunctionResult:
        return await self._ask(
            "POST", target, function_result, body=lambda: body, acting_as=acting_as, idempotent=idempotent
        )

    async def watch(
        self, path: str, args: JsonObject, component: str, identity: JsonObject | None
    ) -> AsyncGenerator[FunctionResult | Interruption, None]:
        from kitcn_repl.deployment.identity import complete_identity
        from kitcn_repl.deployment.watching.relay import Credentials
        from kitcn_repl.deployment.watching.subscription import watch

        acting_as = None if identity is None else complete_identity(identity)
        credentials = Credentials(self._key, acting_as, component)
        async with aclosing(watch(self.address, credentials, path, args)) as watched:
            try:
                async for told in watched:
                    yield told
            except KitcnError as error:
                scrub(error, self._key.hide_in)
                raise

    async def post(self, target: str, body: JsonObject) -> JsonValue:
        return await self._ask("POST", target, _itself, body=lambda: body)

    async def order(self, target: str, body: JsonObject) -> None:
        """A POST that changes something: sent once, and answered with nothing."""
        await self._ask("POST", target, _itself, body=lambda: body, idempotent=False, read=read_nothing)

    async def get(self, target: str, *, client: str = CLIENT, patience: float | None = None) -> JsonValue:
        """`client` is whom the server shall take us for, `patience` how long it may be silent, in seconds."""
        return await self._ask("GET", target, _itself, client=client, patience=patience)

    async def public_text(self, target: str) -> str:
        """A GET without the key whose answer is one line of text."""
        pattern = _NAME if target == "/instance_name" else _VERSION

        def read(answer: Answer) -> str:
            if answer.status != 200:
                read_json(answer, self.host)
            text = _line(answer, pattern)
            if text is None:
                raise SurprisingAnswerError("answered something else than one word of text")
            return text

        return await self._attempts(lambda: Request("GET", target, {"Convex-Client": CLIENT}), read)

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def _ask(
        self,
        method: Literal["GET", "POST"],
        target: str,
        interpret: Callable[[JsonValue], Result],
        *,
        body: Callable[[], JsonObject] | None = None,
        acting_as: str = "",
        idempotent: bool = True,
        read: Callable[[Answer, str], JsonValue] = read_json,
        client: str = CLIENT,
        patience: float | None = None,
    ) -> Result:
        def request() -> Request:
            key = f"{self._key.reveal()}:{acting_as}" if acting_as else self._key.reveal()
            headers = {"Authorization": f"Convex {key}", "Convex-Client": client}
            if body is None:
                return Request(method, target, headers, idempotent=idempotent, patience=patience)
            headers["Content-Type"] = "application/json"
            return Request(method, target, headers, _encode(body()), idempotent=idempotent)

        return await self._attempts(request, lambda answer: interpret(read(answer, self.host)))

    async def _attempts(self, request: Callable[[], Request], read: Callable[[Answer], Result]) -> Result:
        """Send until an answer is final. What `read` or the transport raise leaves as a KitcnError, unchained."""
        began = self._retry.clock()
        attempt = 0
        while True:
            sent = request()
            failure: KitcnError | SurprisingAnswerError
            retry_after: float | None = None
            may_retry = False
            try:
                answer = await self._transport.send(sent)
                self._note_deprecation(answer)
                return read(answer)
            except TransportError as error:
                failure = unreachable(error, self.host)
                may_retry = error.kind in RETRIED_FAILURES
            except UnavailableError as error:
                failure = error
                retry_after = error.retry_after
                may_retry = error.status in RETRIED_STATUSES
            except (KitcnError, SurprisingAnswerError) as error:
                failure = error
            wait = None
            if may_retry and sent.idempotent:
                wait = self._retry.delay(attempt, retry_after, self._retry.clock() - began)
            if wait is None:
                break
            await self._retry.sleep(wait)
            attempt += 1
        if isinstance(failure, SurprisingAnswerError):
            failure = surprise(failure, self.host, sent.target.partition("?")[0], is_convex=await self._is_convex())
        scrub(failure, self._key.hide_in)
        raise failure.with_traceback(None) from None

    async def _is_convex(self) -> bool:
        """Whether a Convex deployment answers here, asked once and without the key."""
        for target, pattern in (("/instance_name", _NAME), ("/version", _VERSION)):
            try:
                async with asyncio.timeout(_PROBE_PATIENCE):
                    answer = await self._transport.send(Request("GET", target, {"Convex-Client": CLIENT}))
            except (TransportError, TimeoutError):
                return False
            if _line(answer, pattern) is not None:
                return True
        return False

    def _note_deprecation(self, answer: Answer) -> None:
        state = answer.headers.get("x-convex-deprecation-state")
        if state is None:
            return
        message = answer.headers.get("x-convex-deprecation-message") or f"this client is {state} for the deployment"
        notice = self._key.hide_in(f"{self.host}: {message}")
        if notice not in self.notices:
            self.notices.append(notice)


def _line(answer: Answer, pattern: re.Pattern[str]) -> str | None:
    if answer.status != 200 or answer.media_type not in ("text/plain", ""):
        return None
    text = answer.body[:1000].decode("utf-8", "replace").strip()
    return text if pattern.fullmatch(text) else None


def _itself(value: JsonValue) -> JsonValue:
    return value


def _encode(body: JsonObject) -> bytes:
    try:
        return json.dumps(body, separators=(",", ":"), allow_nan=False).encode("ascii")
    except RecursionError:
        problem = "The arguments are nested too deeply."
    except ValueError:
        problem = "The arguments hold NaN or Infinity as plain JSON: encode them as Convex values."
    raise UsageError(problem)


def _checked_key(admin_key: str, host: str) -> str:
    key = admin_key.strip()
    if not key:
        raise WrongKeyError(f"The admin key for {host} is empty: give the deployment's key.")
    if not all("!" <= character <= "~" for character in key):
        raise WrongKeyError(f"The admin key for {host} holds characters that no key has: copy it again.")
    return key

"""The sync WebSocket: clients subscribe to queries and are told results as transitions (deployment-api 3.4)."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from typing import TypeVar

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.offline.server.access import NOBODY, Identity
from kitcn_repl.offline.server.failures import (
    ApiError,
    function_failure,
    new_request_id,
    session_request_id,
    with_request_id,
)
from kitcn_repl.offline.server.functions import Call, CallKind, arguments_object
from kitcn_repl.offline.server.requests import first_problem, parse_json
from kitcn_repl.offline.server.service import Service
from kitcn_repl.offline.server.sync_messages import (
    AddQuery,
    Authenticate,
    Connect,
    FunctionRequest,
    ModifyQuerySet,
    parse_message,
)
from kitcn_repl.offline.server.sync_state import Outcome, SyncState
from kitcn_repl.values import JsonObject

PING_INTERVAL = 15.0
"""Seconds without any message after which the client hears that the server lives."""

ErrorT = TypeVar("ErrorT", bound=Exception)

_FATAL_CODES = frozenset({"BadConvexFunctionIdentifier", "ComponentPathNotFound", "InvalidComponent"})
"""What is wrong with a subscription itself ends the conversation; other refusals are the outcome of its query."""

_POLICY_VIOLATION = 1008
_SERVER_ERROR = 1011


class _AuthenticationFailedError(Exception):
    def __init__(self, message: str, base_version: int) -> None:
        super().__init__(message)
        self.base_version = base_version


class SyncSocket:
    """One client's connection."""

    def __init__(self, service: Service, socket: WebSocket) -> None:
        self._service = service
        self._socket = socket
        self._state = SyncState()
        self._due = asyncio.Event()
        self._sent = asyncio.Event()
        self._session_id: str | None = None
        self._clock_skew: float | None = None

    async def serve(self) -> None:
        """Until the client leaves, or does what makes the server end the conversation."""
        await self._socket.accept()
        unsubscribe = self._service.subscribe(self._invalidate)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._receive(tasks))
                tasks.create_task(self._update())
                tasks.create_task(self._ping())
        except* WebSocketDisconnect:
            pass
        except* _AuthenticationFailedError as group:
            await self._refuse_identity(_first(group))
        except* ApiError as group:
            await self._refuse(_first(group))
        finally:
            unsubscribe()

    async def _receive(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            try:
                message = parse_message(parse_json(await self._socket.receive_text(), "WSMessageInvalidJson"))
            except ValidationError as error:
                raise ApiError(
                    400, "WSMessageInvalidJson", f"Received Invalid JSON on websocket: {first_problem(error)}"
                ) from error
            except KeyError as error:
                raise ApiError(400, "WSMessageInvalidJson", "Expected a text message on the websocket") from error
            match message:
                case Connect():
                    self._session_id = message.session_id
                    if message.client_ts is not None:
                        self._clock_skew = round(message.client_ts - time.time() * 1000)
                case Authenticate():
                    self._state.modify_identity(message.base_version, self._authenticate(message))
                    self._due.set()
                case ModifyQuerySet():
                    self._state.modify_query_set(message)
                    self._due.set()
                case FunctionRequest():
                    tasks.create_task(self._answer(message, self._state.identity))

    def _authenticate(self, message: Authenticate) -> Identity:
        if message.token_type == "None":  # noqa: S105 - no secret, the kind of one
            return NOBODY
        keeper = self._service.keeper
        user = message.impersonating or message.acting_as
        try:
            if message.token_type == "User":  # noqa: S105
                return keeper.check_user_token()
            identity = keeper.check_key(message.value)
            return identity if user is None else keeper.act_as(identity, user)
        except ApiError as error:
            raise _AuthenticationFailedError(error.message, message.base_version) from error

    async def _update(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            update = self._state.begin_update(self._service.timestamp)
            if update is None:
                continue
            outcomes = await asyncio.gather(*(self._run(query, update.identity) for query in update.queries))
            by_id = {query.query_id: outcome for query, outcome in zip(update.queries, outcomes, strict=True)}
            transition = self._state.finish_update(update, by_id)
            if self._clock_skew is not None:
                transition["clientClockSkew"] = self._clock_skew
            transition["serverTs"] = time.time_ns()
            await self._send(transition)

    async def _run(self, query: AddQuery, identity: Identity) -> Outcome:
        return await self._call("Query", query.udf_path, query.args, identity, query.component_path, new_request_id())

    async def _answer(self, request: FunctionRequest, identity: Identity) -> None:
        """Mutations and actions fail here by themselves: an offline deployment can only be read."""
        session = self._session_id
        request_id = new_request_id() if session is None else session_request_id(session, request.request_id)
        outcome = await self._call(
            request.type, request.udf_path, request.args, identity, request.component_path, request_id
        )
        if not isinstance(outcome, QueryFailedError):
            outcome = function_failure(f"{request.udf_path} ran on a deployment that can only be read.")
        response: JsonObject = {
            "type": f"{request.type}Response",
            "requestId": request.request_id,
            "success": False,
            "result": outcome.message,
            "logLines": list(outcome.log_lines),
        }
        if outcome.has_data:
            response["errorData"] = outcome.data
        await self._send(response)

    async def _call(
        self,
        kind: CallKind,
        path: str,
        args: list[object],
        identity: Identity,
        component: str | None,
        request_id: str,
    ) -> Outcome:
        try:
            call = Call(path, arguments_object(path, args), identity, request_id, component or "", "SyncWorker")
            return await self._service.functions.call_public(call, kind)
        except ApiError as error:
            if error.code in _FATAL_CODES:
                raise
            return function_failure(error.message)
        except QueryFailedError as error:
            return QueryFailedError(
                with_request_id(error.message, request_id),
                data=error.data,
                has_data=error.has_data,
                log_lines=error.log_lines,
            )

    async def _ping(self) -> None:
        while True:
            self._sent.clear()
            try:
                # Not `wait_for`: until Python 3.12 it may swallow the cancellation, and nothing would end.
                async with asyncio.timeout(PING_INTERVAL):
                    await self._sent.wait()
            except TimeoutError:
                await self._send({"type": "Ping"})

    def _invalidate(self) -> None:
        self._state.invalidate()
        self._due.set()

    async def _send(self, message: JsonObject) -> None:
        await self._socket.send_text(json.dumps(message, allow_nan=False, separators=(",", ":")))
        self._sent.set()

    async def _refuse(self, error: ApiError) -> None:
        """4xx is the client's fault: it is told so and does not try again."""
        with suppress(WebSocketDisconnect, RuntimeError):
            if error.status < 500:
                await self._send({"type": "FatalError", "error": error.message})
                await self._socket.close(_POLICY_VIOLATION, error.code)
            else:
                await self._socket.close(_SERVER_ERROR, error.code)

    async def _refuse_identity(self, error: _AuthenticationFailedError) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):
            await self._send(
                {
                    "type": "AuthError",
                    "error": str(error),
                    "baseVersion": error.base_version,
                    "authUpdateAttempted": True,
                }
            )
            await self._socket.close(_POLICY_VIOLATION, "AuthUpdateFailed")


def _first(group: ExceptionGroup[ErrorT]) -> ErrorT:
    error = group.exceptions[0]
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error

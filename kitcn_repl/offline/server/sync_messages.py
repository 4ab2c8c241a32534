"""The messages of the sync WebSocket, client to server (deployment-api 3.4)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from kitcn_repl.offline.server.requests import Body
from kitcn_repl.values import JsonValue

UInt = Annotated[int, Field(ge=0)]


class Connect(Body):
    type: Literal["Connect"]
    session_id: str | None = None
    connection_count: float | None = None
    last_close_reason: str | None = None
    max_observed_timestamp: str | None = None
    client_ts: float | None = None


class Authenticate(Body):
    """`impersonating` is the older and `actingAs` the newer name."""

    type: Literal["Authenticate"]
    base_version: UInt
    token_type: Literal["Admin", "User", "None"]
    value: str = ""
    impersonating: dict[str, Any] | None = None
    acting_as: dict[str, Any] | None = None


class AddQuery(Body):
    type: Literal["Add"]
    query_id: UInt
    udf_path: str
    args: list[Any]
    journal: str | None = None
    component_path: str | None = None


class RemoveQuery(Body):
    type: Literal["Remove"]
    query_id: UInt


class ModifyQuerySet(Body):
    type: Literal["ModifyQuerySet"]
    base_version: UInt
    new_version: UInt
    modifications: list[Annotated[AddQuery | RemoveQuery, Field(discriminator="type")]]


class FunctionRequest(Body):
    """A mutation or an action; their answers are named `MutationResponse` and `ActionResponse`."""

    type: Literal["Mutation", "Action"]
    request_id: UInt
    udf_path: str
    args: list[Any]
    component_path: str | None = None


class Event(Body):
    type: Literal["Event"]
    event_type: str = ""
    event: Any = None


ClientMessage = Connect | Authenticate | ModifyQuerySet | FunctionRequest | Event

_ADAPTER: TypeAdapter[ClientMessage] = TypeAdapter(Annotated[ClientMessage, Field(discriminator="type")])


def parse_message(value: JsonValue) -> ClientMessage:
    """Raises pydantic's ValidationError."""
    return _ADAPTER.validate_python(value)

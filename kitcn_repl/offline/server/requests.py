"""Reading request bodies: size, compression, JSON, shape. Whatever a client sends is checked here."""

from __future__ import annotations

import json
import math
import zlib
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import ClientDisconnect, Request

from kitcn_repl.offline.server.failures import ApiError, bad_request
from kitcn_repl.values import JsonValue

FUNCTION_BODY_LIMIT = 16 * 1024 * 1024 + 2000
INLINE_QUERY_BODY_LIMIT = 200_000_000
SMALL_BODY_LIMIT = 2 * 1024 * 1024
_LONGEST_WHOLE_NUMBER = 308  # characters that every double has room for

Arguments = dict[str, Any] | list[Any]


class Body(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True, strict=True)


class FunctionArguments(Body):
    """`/api/run/...`."""

    args: Arguments
    format: str | None = None


class FunctionCall(FunctionArguments):
    """`/api/query`, `/api/mutation`, `/api/action`."""

    path: str


class FunctionCallInComponent(FunctionCall):
    """`/api/function`."""

    component_path: str | None = None


class FunctionCallAtTime(FunctionCall):
    """`/api/query_at_ts`."""

    ts: str


class FunctionCalls(Body):
    """`/api/query_batch`."""

    queries: list[FunctionCall]


class Bundle(Body):
    path: str
    source: str
    source_map: str | None = None
    environment: str | None = None


class InlineQuery(Body):
    """`/api/run_test_function`. `component_id` is the id of a row of `components:list`."""

    admin_key: str
    args: Arguments
    bundle: Bundle
    format: str
    component_id: str | None = None


class EnvironmentChange(Body):
    """A missing value removes the variable."""

    name: str
    value: str | None = None


class EnvironmentChanges(Body):
    changes: Annotated[list[EnvironmentChange], Field(max_length=10_000)]


BodyT = TypeVar("BodyT", bound=BaseModel)


async def read_body(request: Request, model: type[BodyT], limit: int) -> BodyT:
    """The request's JSON body, checked against `model`; at most `limit` bytes, also after decompression."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not (
        media_type == "application/json" or (media_type.startswith("application/") and media_type.endswith("+json"))
    ):
        raise bad_request("BadJsonBody", "Expected request with `Content-Type: application/json`")
    value = parse_json(await _read_bytes(request, limit))
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise bad_request(
            "BadJsonBody", f"Failed to deserialize the JSON body into the target type: {first_problem(error)}"
        ) from error


def first_problem(error: ValidationError) -> str:
    """`bundle.source: Field required`."""
    problem = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in problem["loc"])
    # This one quotes the value, in which a key may be.
    said = "Unknown type" if problem["type"] == "union_tag_invalid" else problem["msg"]
    return f"{where}: {said}" if where else said


def parse_json(data: bytes | str, code: str = "BadJsonBody") -> JsonValue:
    """Strict JSON: no NaN, no number beyond a double."""
    try:
        value: JsonValue = json.loads(data, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole)
    except (ValueError, RecursionError) as error:
        raise bad_request(code, f"Failed to parse the request as JSON: {error}") from error
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"number out of range: {text}")
    return number


def _whole(text: str) -> int:
    if len(text) > _LONGEST_WHOLE_NUMBER:
        raise ValueError(f"number out of range: {text[:10]}... ({len(text)} digits)")
    return int(text)


async def _read_bytes(request: Request, limit: int) -> bytes:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", "deflate"}:
        raise ApiError(
            415,
            "UnsupportedContentEncoding",
            f"Request bodies with Content-Encoding: {encoding} are not supported here; send gzip or no compression.",
        )
    # 47: zlib finds out by itself whether the header is gzip's or zlib's.
    inflater = None if encoding == "identity" else zlib.decompressobj(47)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk if inflater is None else inflater.decompress(chunk, limit + 1 - len(body))
            if len(body) > limit:
                raise ApiError(413, "PayloadTooLarge", f"The request body is larger than {limit} bytes.")
    except zlib.error as error:
        raise bad_request("BadJsonBody", f"Failed to decompress the request body: {error}") from error
    except ClientDisconnect as error:
        raise ApiError(408, "ClientDisconnect", "Client disconnected") from error
    if inflater is not None and not inflater.eof:
        raise bad_request("BadJsonBody", "Failed to decompress the request body: it is cut off")
    return bytes(body)

"""Shapes of what servers answer. Imported only when needed: importing pydantic costs a one-shot command dearly."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from kitcn_repl.deployment.answers import misfit
from kitcn_repl.deployment.errors import MalformedAnswerError
from kitcn_repl.deployment.models import FunctionSpec, IndexInfo
from kitcn_repl.values import JsonObject, JsonValue

Shape = TypeVar("Shape")


class _Wire(BaseModel):
    """Servers add fields as they grow; what we do not know is ignored. Validators are built when first used."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)


class Documents(_Wire):
    page: list[dict[str, Any]]
    isDone: bool
    continueCursor: str


class Schemas(_Wire):
    """Schemas travel as JSON text."""

    active: str | None = None


class Component(_Wire):
    id: str
    path: str
    name: str | None = None
    state: str = "active"


class SearchFields(_Wire):
    searchField: str
    filterFields: list[str] = []


class VectorFields(_Wire):
    vectorField: str
    filterFields: list[str] = []
    dimensions: int


class Backfill(_Wire):
    state: str


class Index(_Wire):
    name: str
    fields: list[str] | SearchFields | VectorFields
    staged: bool = False
    backfill: Backfill | None = None


class TableIndex(Index):
    table: str


class TableIndexes(_Wire):
    indexes: list[TableIndex]


class Visibility(_Wire):
    kind: str


class Function(_Wire):
    functionType: Literal["Query", "Mutation", "Action"]
    identifier: str
    visibility: Visibility | None = None
    args: Any = None
    returns: Any = None


class HttpRoute(_Wire):
    functionType: Literal["HttpAction"]
    method: str
    path: str


class EnvironmentVariable(_Wire):
    name: str
    value: str


class EnvironmentVariables(_Wire):
    environmentVariables: dict[str, str]


AnyFunction = Annotated[Function | HttpRoute, Field(discriminator="functionType")]

_LATER = ConfigDict(defer_build=True)

TABLE_MAPPING = TypeAdapter(dict[int, str], config=_LATER)
DOCUMENTS = TypeAdapter(Documents)
DOCUMENT: TypeAdapter[dict[str, Any] | None] = TypeAdapter(dict[str, Any] | None, config=_LATER)
SCHEMAS = TypeAdapter(Schemas)
SCHEMA: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any], config=_LATER)
COMPONENTS = TypeAdapter(list[Component], config=_LATER)
INDEXES: TypeAdapter[list[Index] | None] = TypeAdapter(list[Index] | None, config=_LATER)
TABLE_INDEXES = TypeAdapter(TableIndexes)
FUNCTIONS: TypeAdapter[list[AnyFunction]] = TypeAdapter(list[AnyFunction], config=_LATER)
ENVIRONMENT_ROWS = TypeAdapter(list[EnvironmentVariable], config=_LATER)
ENVIRONMENT = TypeAdapter(EnvironmentVariables)
TEXT = TypeAdapter(str, config=_LATER)


def parse(adapter: TypeAdapter[Shape], value: JsonValue, what: str, host: str) -> Shape:
    """`value` as the adapter's shape. Raises MalformedAnswerError, which names the first place that does not fit."""
    try:
        return adapter.validate_python(value)
    except ValidationError as problem:
        raise _malformed(problem, what, host) from None


def parse_schema(text: str, what: str, host: str) -> JsonObject:
    """A schema, which travels as a JSON text."""
    try:
        return SCHEMA.validate_json(text)
    except ValidationError as problem:
        raise _malformed(problem, what, host) from None


def _malformed(error: ValidationError, what: str, host: str) -> MalformedAnswerError:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return MalformedAnswerError(
        f"{host} answered {what} in a form that the protocol does not know ({misfit(first, 'the whole value')}):"
        " kitcn may be too old for this deployment."
    )


def index_info(index: Index, table: str) -> IndexInfo:
    """Without the `_creationTime` that every database index ends with."""
    state = index.backfill.state if index.backfill is not None else "done"
    if state == "in_progress":
        state = "backfilling"
    match index.fields:
        case SearchFields() as search:
            return IndexInfo(
                table,
                index.name,
                "search",
                (search.searchField,),
                filter_fields=tuple(search.filterFields),
                staged=index.staged,
                state=state,
            )
        case VectorFields() as vector:
            return IndexInfo(
                table,
                index.name,
                "vector",
                (vector.vectorField,),
                filter_fields=tuple(vector.filterFields),
                dimensions=vector.dimensions,
                staged=index.staged,
                state=state,
            )
        case fields:
            shown = tuple(fields[:-1] if fields and fields[-1] == "_creationTime" else fields)
            return IndexInfo(table, index.name, "database", shown, staged=index.staged, state=state)


def function_spec(function: AnyFunction) -> FunctionSpec:
    if isinstance(function, HttpRoute):
        return FunctionSpec("HttpAction", method=function.method, path=function.path)
    return FunctionSpec(
        function.functionType,
        identifier=function.identifier,
        visibility=function.visibility.kind if function.visibility is not None else "public",
        args=function.args,
        returns=function.returns,
    )

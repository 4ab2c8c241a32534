"""What goes into a deployment and what comes out, the same for every kind of deployment.

Documents and function values stay *encoded* JSON (deployment-api.md 9.2), exactly as they travel: nothing is decoded
that nobody looks at. Plain dataclasses, since the one-shot command must not pay for importing pydantic; foreign JSON is
checked by the models in `wire.py` before it becomes one of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kitcn_repl.values import JsonObject, JsonValue

Order = Literal["asc", "desc"]
FunctionKind = Literal["Query", "Mutation", "Action", "HttpAction"]
DeploymentKind = Literal["live", "offline"]

ROOT_COMPONENT = ""
"""Component path of the app itself. Paths join names with `/`."""


@dataclass(frozen=True, slots=True)
class QueryModule:
    """An ES module whose default export is a query, as `/api/run_test_function` takes it.

    `source_map` is a source map (JSON text) from the module to the user's own text; servers use it for stack frames.
    """

    source: str
    source_map: str | None = None
    path: str = "testQuery.js"


@dataclass(frozen=True, slots=True)
class FunctionResult:
    """The value a function returned (encoded), and its log lines as the server formats them: `[LEVEL] text`."""

    value: JsonValue
    log_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interruption:
    """Nothing new can be heard of a watched query for now, or it can again: `message` says so in a line."""

    message: str


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A user table: how many documents, and how many bytes of text they are. None where the server does not say."""

    name: str
    count: int | None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class FieldFilter:
    """One condition on a field (deployment-api.md 4.4). `value` is encoded; a list of such for anyOf and noneOf."""

    field: str
    op: Literal["eq", "neq", "gt", "gte", "lt", "lte", "anyOf", "noneOf", "type", "notype"]
    value: JsonValue


@dataclass(frozen=True, slots=True)
class IndexBound:
    """Condition on the next field of an index: equality, or a range (only on the last one used)."""

    equals: JsonValue = None
    is_equality: bool = True
    lower_op: Literal["gt", "gte"] | None = None
    lower: JsonValue = None
    upper_op: Literal["lt", "lte"] | None = None
    upper: JsonValue = None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page of a table. `cursor` is None for the first page, else `Page.cursor` of the one before."""

    table: str
    limit: int = 100
    order: Order = "desc"
    index: str | None = None
    bounds: tuple[IndexBound, ...] = ()
    filters: tuple[FieldFilter, ...] = ()
    cursor: str | None = None
    component: str = ROOT_COMPONENT


@dataclass(frozen=True, slots=True)
class Page:
    """Documents in order. A short or even empty page is not the end; `is_done` is."""

    documents: list[JsonObject]
    cursor: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """A user index: `fields` without the implicit `_creationTime`.

    For search indexes `fields` is the search field, for vector indexes the vector field. `state` as the server says:
    `backfilling`, `backfilled`, `done`.
    """

    table: str
    name: str
    kind: Literal["database", "search", "vector"]
    fields: tuple[str, ...]
    filter_fields: tuple[str, ...] = ()
    dimensions: int | None = None
    staged: bool = False
    state: str = "done"


@dataclass(frozen=True, slots=True)
class ComponentInfo:
    """A mounted component. The app itself has the path `""`. `id` is its `_components` document id."""

    id: str
    path: str
    name: str | None = None
    state: str = "active"


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """A deployed function as `function-spec` prints it; `identifier` keeps its `.js`, as in `messages.js:list`.

    HTTP actions have `method` and `path` instead of an identifier.
    """

    function_type: FunctionKind
    identifier: str = ""
    visibility: str = "public"
    args: JsonValue = None
    returns: JsonValue = None
    method: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class LogPage:
    """What a deployment logged since a moment, oldest first: `entries` as they came (deployment-api.md 7.2).

    `cursor` is where the next page begins, in milliseconds since 1970. `present` is the deployment's own time, where
    that is not the world's: the demo's clock stands still.
    """

    entries: list[JsonObject]
    cursor: float
    present: float | None = None


@dataclass(frozen=True, slots=True)
class FunctionName:
    """`identifier` as in a specification (`messages.js:list`); an HTTP action's is its route, `GET /health`."""

    identifier: str
    function_type: FunctionKind


@dataclass(frozen=True, slots=True)
class FunctionMetrics:
    """How a function fared in a stretch of time.

    Only queries have `cache_hits` and `cache_misses`. `latency` is in seconds, by percentile (50, 95 and 99); empty if
    it was not called.
    """

    calls: int
    errors: int
    cache_hits: int | None = None
    cache_misses: int | None = None
    latency: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeploymentInfo:
    """Who answers: `name` as the deployment calls itself, `version` of its server, `url` where there is one."""

    name: str
    version: str
    kind: DeploymentKind
    url: str | None = None
    note: str | None = None
    facts: JsonObject = field(default_factory=dict)

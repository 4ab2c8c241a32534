"""Where one can be in the application. The stack of them is what going back goes back through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kitcn_repl.deployment.models import Order


@dataclass(frozen=True, slots=True)
class Place:
    """`tab` names the view that shows it."""

    tab: ClassVar[str]

    @property
    def title(self) -> str:
        """For breadcrumbs and the terminal's title."""
        return self.tab.capitalize()


@dataclass(frozen=True, slots=True)
class TablePlace(Place):
    """A table in the grid. `conditions` are `field op value` texts; `document_id` is where the cursor stands."""

    tab: ClassVar[str] = "data"
    table: str | None = None
    conditions: tuple[str, ...] = ()
    order: Order = "desc"
    index: str | None = None
    document_id: str | None = None

    @property
    def title(self) -> str:
        return self.table or "Data"


@dataclass(frozen=True, slots=True)
class DocumentPlace(Place):
    """`field` is where the cursor stands: a dotted path."""

    tab: ClassVar[str] = "document"
    document_id: str | None = None
    table: str | None = None
    field: str | None = None

    @property
    def title(self) -> str:
        if self.document_id is None:
            return "Document"
        return f"{self.table or 'document'} {self.document_id[:6]}…"


@dataclass(frozen=True, slots=True)
class SchemaPlace(Place):
    tab: ClassVar[str] = "schema"
    table: str | None = None

    @property
    def title(self) -> str:
        return f"schema {self.table}" if self.table else "Schema"


@dataclass(frozen=True, slots=True)
class RelationsPlace(Place):
    """The graph, around `table` if one is given."""

    tab: ClassVar[str] = "relations"
    table: str | None = None

    @property
    def title(self) -> str:
        return f"relations {self.table}" if self.table else "Relations"


@dataclass(frozen=True, slots=True)
class QueryPlace(Place):
    """The editor; a `text` opens in a buffer of its own."""

    tab: ClassVar[str] = "query"
    text: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionsPlace(Place):
    """`identifier` as in a specification: `messages.js:list`, or a route, `GET /health`."""

    tab: ClassVar[str] = "functions"
    identifier: str | None = None

    @property
    def title(self) -> str:
        return self.identifier or "Functions"


@dataclass(frozen=True, slots=True)
class InsightsPlace(Place):
    """`function` as a path: `messages:send`."""

    tab: ClassVar[str] = "insights"
    function: str | None = None


@dataclass(frozen=True, slots=True)
class EnvironmentPlace(Place):
    tab: ClassVar[str] = "environment"


@dataclass(frozen=True, slots=True)
class LogsPlace(Place):
    """The log, of one function or one request if given."""

    tab: ClassVar[str] = "logs"
    function: str | None = None
    request_id: str | None = None


def function_place(identifier: str) -> FunctionsPlace:
    """Of a function as its log names it: specifications say `messages.js:list`; a route stays what it is."""
    module, colon, name = identifier.partition(":")
    if not colon or " " in module:
        return FunctionsPlace(identifier)
    return FunctionsPlace(f"{module.removesuffix('.js')}.js:{name}")

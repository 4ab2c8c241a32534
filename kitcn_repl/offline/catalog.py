"""What an offline deployment can be asked for: components, tables and indexes, and Convex's errors for the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from kitcn_repl.deployment.errors import RequestRejectedError
from kitcn_repl.deployment.models import IndexInfo
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.store import BY_CREATION_TIME, BY_ID, StoredTable
from kitcn_repl.values import JsonObject, JsonValue

_IDENTIFIER = re.compile(r"(?!_+\Z)[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_CREATION_TIME = BY_CREATION_TIME[0]
_KINDS: Mapping[str, tuple[Literal["database", "search", "vector"], bool]] = {
    "indexes": ("database", False),
    "stagedDbIndexes": ("database", True),
    "searchIndexes": ("search", False),
    "stagedSearchIndexes": ("search", True),
    "vectorIndexes": ("vector", False),
    "stagedVectorIndexes": ("vector", True),
}


@dataclass(frozen=True, slots=True)
class IndexDefinition:
    """A database index. `fields` can be used in ranges; `stored` names the index to `Store.rows`."""

    table: StoredTable
    name: str
    fields: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.table.name}.{self.name}"

    @property
    def stored(self) -> tuple[str, ...]:
        return BY_ID if self.name == "by_id" else self.fields


class Catalog:
    """Looks names up in a dataset. Raises RequestRejectedError with the texts of deployment-api.md 10.7."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._components = {component.path: component for component in dataset.store.components()}
        self._schemas: dict[str, dict[str, JsonObject]] = {}

    def check_component(self, path: str) -> None:
        if path not in self._components:
            raise RequestRejectedError(f"Component path '{path}' not found", code="ComponentPathNotFound")

    def table(self, component: str, name: str) -> StoredTable | None:
        """None for a table that does not exist, which is no error. Raises for what can be no table's name."""
        if not _IDENTIFIER.match(name):
            raise RequestRejectedError(
                f"Invalid argument `query` for `queryStream`: {_bad_identifier(name)}", code="InvalidArgument"
            )
        return self._dataset.store.tables(component).get(name)

    def table_by_number(self, component: str, number: int) -> StoredTable | None:
        for table in self._dataset.store.tables(component).values():
            if table.number == number:
                return table
        return None

    def index(self, component: str, table_name: str, name: str) -> IndexDefinition:
        """A database index by name; `by_id` and `by_creation_time` are of every table."""
        label = f"{table_name}.{name}"
        table = self.table(component, table_name)
        if table is None:
            raise _not_found(label)
        if name == "by_id":
            return IndexDefinition(table, name, ("_id",))
        if name == "by_creation_time":
            return IndexDefinition(table, name, BY_CREATION_TIME)
        for key, (kind, staged) in _KINDS.items():
            found = self._definition(component, table_name, key, name)
            if found is None:
                continue
            if kind != "database":
                raise RequestRejectedError(f"Index {label} is not a database index", code="IndexNotADatabaseIndex")
            if staged:
                raise RequestRejectedError(
                    f"Index {label} is currently staged and not available to query until it is enabled.",
                    code="StagedIndex",
                )
            if self._dataset.index_states.get((component, table_name, name)) is not None:
                raise RequestRejectedError(
                    f"Index {label} is currently backfilling and not available to query yet.",
                    code="IndexBackfillingError",
                )
            return IndexDefinition(table, name, _complete(found.get("fields")))
        raise _not_found(label)

    def check_search_index(self, component: str, table_name: str, name: str) -> None:
        """Raises unless this is a search index."""
        label = f"{table_name}.{name}"
        if self._definition(component, table_name, "searchIndexes", name) is not None:
            return
        if self.table(component, table_name) is not None:
            self.index(component, table_name, name)
            raise RequestRejectedError(f"Index {label} is not a search index", code="IndexNotASearchIndex")
        raise _not_found(label)

    def indexes(self, component: str) -> list[IndexInfo]:
        """The indexes that the schema declares, by table."""
        states = self._dataset.index_states
        infos = [
            _index_info(name, kind, staged, definition)
            for name, table in sorted(self._tables_of_schema(component).items())
            for key, (kind, staged) in _KINDS.items()
            for definition in _objects(table.get(key))
        ]
        return [replace(info, state=states.get((component, info.table, info.name), info.state)) for info in infos]

    def _definition(self, component: str, table_name: str, kind: str, name: str) -> JsonObject | None:
        for index in _objects(self._tables_of_schema(component).get(table_name, {}).get(kind)):
            if index.get("indexDescriptor") == name:
                return index
        return None

    def _tables_of_schema(self, component: str) -> dict[str, JsonObject]:
        if component not in self._schemas:
            schema = self._dataset.schemas.get(component) or self._dataset.declared.get(component, {})
            tables = schema.get("tables")
            self._schemas[component] = {str(table.get("tableName")): table for table in _objects(tables)}
        return self._schemas[component]


def _objects(value: JsonValue) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _index_info(
    table: str, kind: Literal["database", "search", "vector"], staged: bool, definition: JsonObject
) -> IndexInfo:
    name, filters = str(definition.get("indexDescriptor")), definition.get("filterFields")
    filter_fields = tuple(str(field) for field in filters) if isinstance(filters, list) else ()
    if kind == "database":
        return IndexInfo(table, name, kind, _complete(definition.get("fields"))[:-1], staged=staged)
    if kind == "search":
        return IndexInfo(table, name, kind, (str(definition.get("searchField")),), filter_fields, staged=staged)
    dimensions = definition.get("dimensions")
    return IndexInfo(
        table,
        name,
        kind,
        (str(definition.get("vectorField")),),
        filter_fields,
        int(dimensions) if isinstance(dimensions, int | float) else None,
        staged,
    )


def _complete(fields: JsonValue) -> tuple[str, ...]:
    """Index fields with the implicit `_creationTime`, which some schemas list and some do not."""
    named = [str(field) for field in fields] if isinstance(fields, list) else []
    return (*(field for field in named if field != _CREATION_TIME), _CREATION_TIME)


def _not_found(label: str) -> RequestRejectedError:
    return RequestRejectedError(f"Index {label} not found.", code="IndexNotFoundError")


def _bad_identifier(name: str) -> str:
    if name == "":
        return "Table name cannot be empty"
    if len(name) > 64:
        return f"Table name is too long ({len(name)} > maximum 64)"
    return (
        f"Invalid table name: {name[:64]}. Identifiers must start with an alphabetic character or underscore and can "
        "only contain alphanumeric characters or underscores."
    )

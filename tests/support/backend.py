"""A small deployment from tables written down in a test: ids are made, the schema comes as short texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kitcn_repl.deployment.models import FunctionSpec
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.store.sqlite import memory_store
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import encode_id

NOW = 1_790_000_000_000.0
_FIRST_TABLE = 10001

STRING: JsonObject = {"type": "string"}
NUMBER: JsonObject = {"type": "number"}
ANY: JsonObject = {"type": "any"}


def document_id(table: int, number: int) -> str:
    return encode_id(table, number.to_bytes(16, "big"))


def required(validator: JsonObject) -> JsonObject:
    return {"fieldType": validator, "optional": False}


def optional(validator: JsonObject) -> JsonObject:
    return {"fieldType": validator, "optional": True}


@dataclass(slots=True)
class Backend:
    """Tables by name in the order in which they are added, numbered from 10001; then `offline()`."""

    rows: dict[str, list[JsonObject]] = field(default_factory=dict)
    schemas: list[JsonValue] = field(default_factory=list)
    functions: list[FunctionSpec] = field(default_factory=list)
    validates: bool = True

    def add(
        self,
        table: str,
        documents: Sequence[JsonObject] = (),
        *,
        fields: JsonObject | None = None,
        indexes: Mapping[str, Sequence[str]] | None = None,
        number: int | None = None,
    ) -> list[str]:
        """Add documents and return their ids. With `fields` or `indexes` the table is in the schema."""
        known = self.rows.setdefault(table, [])
        number = number or _FIRST_TABLE + list(self.rows).index(table)
        ids = []
        for at, document in enumerate(documents, len(known) + 1):
            row: JsonObject = {"_id": document_id(number, at), "_creationTime": NOW + at, **document}
            known.append(row)
            ids.append(str(row["_id"]))
        if fields is not None or indexes is not None:
            self.schemas.append(table_schema(table, fields, indexes))
        return ids

    def id_of(self, table: str, number: int) -> str:
        """The id that the document of this number, from 1, has or would have."""
        return document_id(_FIRST_TABLE + list(self.rows).index(table), number)

    def offline(self) -> Offline:
        numbers = {name: _FIRST_TABLE + at for at, name in enumerate(self.rows)}
        schemas: dict[str, JsonObject] = {}
        if self.schemas:
            schemas[""] = {"tables": self.schemas, "schemaValidation": self.validates}
        return Offline(
            Dataset(
                name="test",
                store=memory_store(self.rows, {**numbers, **_system(self.rows)}),
                schemas=schemas,
                functions=tuple(self.functions),
                clock=lambda: NOW,
            )
        )


def _system(tables: Mapping[str, Sequence[JsonObject]]) -> dict[str, int]:
    return {name: 40 + at for at, name in enumerate(tables) if name.startswith("_")}


def table_schema(
    name: str, fields: JsonObject | None, indexes: Mapping[str, Sequence[str]] | None = None
) -> JsonObject:
    described: list[JsonValue] = [
        {"indexDescriptor": index, "fields": [*columns, "_creationTime"]} for index, columns in (indexes or {}).items()
    ]
    return {
        "tableName": name,
        "indexes": described,
        "stagedDbIndexes": [],
        "searchIndexes": [],
        "stagedSearchIndexes": [],
        "vectorIndexes": [],
        "stagedVectorIndexes": [],
        "documentType": ANY if fields is None else {"type": "object", "value": fields},
    }

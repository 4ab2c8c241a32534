"""Small offline deployments for tests about schemas: documents, and a deployed schema if there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kitcn_repl.deployment.models import ComponentInfo
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.store.sqlite import StoreWriter
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import encode_id
from kitcn_repl.values.javascript import stringify

STRING: JsonObject = {"type": "string"}
NUMBER: JsonObject = {"type": "number"}
NULL: JsonObject = {"type": "null"}
_COMPONENTS = 544

Tables = Mapping[str, Sequence[JsonObject]]


def document_id(number: int, counter: int) -> str:
    return encode_id(number, counter.to_bytes(14, "big") + b"\x4f\xba")


def id_of(table: str) -> JsonObject:
    return {"type": "id", "tableName": table}


def array(value: JsonObject) -> JsonObject:
    return {"type": "array", "value": value}


def union(*members: JsonObject) -> JsonObject:
    return {"type": "union", "value": list(members)}


def record(value: JsonObject, keys: JsonObject = STRING) -> JsonObject:
    return {"type": "record", "keys": keys, "values": {"fieldType": value, "optional": False}}


def obj(**fields: JsonObject) -> JsonObject:
    """An object validator; a field in `optional(...)` may be missing."""
    return {"type": "object", "value": {name: _field(validator) for name, validator in fields.items()}}


def optional(validator: JsonObject) -> JsonObject:
    return {"optional": validator}


def _field(validator: JsonObject) -> JsonObject:
    inner = validator.get("optional")
    return {"fieldType": inner if isinstance(inner, dict) else validator, "optional": isinstance(inner, dict)}


def table(
    name: str, document: JsonObject | None, indexes: Mapping[str, Sequence[str]] | None = None, **more: JsonValue
) -> JsonObject:
    """A table of a schema document, as a server returns it."""
    return {
        "tableName": name,
        "indexes": [
            {"indexDescriptor": index, "fields": [*fields, "_creationTime"]}
            for index, fields in (indexes or {}).items()
        ],
        "documentType": document,
        **more,
    }


def schema(*tables: JsonObject) -> JsonObject:
    return {"tables": list(tables), "schemaValidation": True}


class Data:
    """Documents by component and table. Table numbers are given from 10001 in each component, in order of mention."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self._documents: dict[tuple[str, str], list[JsonObject]] = {}

    def table(self, name: str, component: str = "", number: int | None = None) -> int:
        key = (component, name)
        if key not in self._numbers:
            taken = sum(1 for path, _ in self._numbers if path == component)
            self._numbers[key] = number or 10001 + taken
            self._documents[key] = []
        return self._numbers[key]

    def id(self, name: str, counter: int, component: str = "") -> str:
        """The id of a document, which may not be there."""
        return document_id(self.table(name, component), counter)

    def add(self, name: str, fields: JsonObject | None = None, *, component: str = "", at: int | None = None) -> str:
        number = self.table(name, component)
        rows = self._documents[component, name]
        counter = len(rows) if at is None else at
        text = document_id(number, counter)
        rows.append({"_id": text, "_creationTime": 1_760_000_000_000.0 + len(rows), **(fields or {})})
        return text

    def rows(self, name: str, component: str = "") -> list[JsonObject]:
        return self._documents[component, name]

    def open(self, schemas: Mapping[str, JsonObject] | JsonObject | None = None) -> Offline:
        """`schemas` is the app's schema document, or schema documents by component."""
        writer = StoreWriter(":memory:")
        components = sorted({path for path, _ in self._numbers if path})
        for place, path in enumerate(["", *components]):
            writer.add_component(ComponentInfo(encode_id(_COMPONENTS, bytes([place]) * 16), path, path or None))
        for (component, name), rows in self._documents.items():
            handle = writer.add_table(component, name, self._numbers[component, name])
            writer.add_documents(handle, (stringify(row, None).encode() for row in rows))
        given = schemas or {}
        by_component = {"": given} if "tables" in given else given
        return Offline(Dataset("test", writer.finish(), schemas=by_component))  # type: ignore[arg-type]

"""Writes SQLite files as a Convex backend does (offline-formats.md 4): revisions, index entries, system tables."""

from __future__ import annotations

import base64
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.store import BY_CREATION_TIME
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.export import dump_text, encoded_document
from kitcn_repl.values.forms import base64_of, integer_text
from kitcn_repl.values.ids import decode_id, encode_id
from kitcn_repl.values.order import field_at, index_key

Ddl = Literal["today", "2024"]

START_MS = 1760726400000.0
SECOND = 1_000_000_000
STORAGE = "convex_local_storage"
FILE_NAME = "convex_local_backend.sqlite3"

_NUMBERS = {
    "_tables": 513,
    "_index": 514,
    "_udf_config": 518,
    "_auth": 519,
    "_db": 520,
    "_modules": 521,
    "_module_versions": 522,
    "_source_packages": 524,
    "_environment_variables": 525,
    "_cron_jobs": 531,
    "_schemas": 532,
    "_cron_job_logs": 533,
    "_virtual_tables": 538,
    "_scheduled_jobs": 539,
    "_file_storage": 540,
    "_components": 544,
    "_cron_next_run": 547,
    "_scheduled_job_args": 550,
}
_OF_COMPONENTS = ("_schemas", "_modules", "_scheduled_jobs", "_scheduled_job_args", "_file_storage", "_cron_jobs")
_SYSTEM_INDEXES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "_scheduled_jobs": {
        "by_next_ts": ["nextTs"],
        "by_udf_path_and_next_event_ts": ["udfPath", "nextTs"],
    },
    "_cron_job_logs": {"by_name_and_ts": ["name", "ts"]},
    "_cron_next_run": {"by_cron_job_id": ["cronJobId"]},
}


def int64(value: int) -> JsonObject:
    return {"$integer": integer_text(value)}


def stored_bytes(value: bytes) -> JsonObject:
    return {"$bytes": base64_of(value)}


def short(identity: bytes) -> str:
    return base64.urlsafe_b64encode(identity).decode().rstrip("=")


@dataclass
class Table:
    """A table as it is written; `id` is its tablet's, `indexes` fields and id by name."""

    name: str
    number: int
    id: bytes
    indexes: dict[str, tuple[tuple[str, ...], bytes]] = field(default_factory=dict)
    documents: dict[str, tuple[int, JsonObject]] = field(default_factory=dict)


class BackendFileWriter:
    """Every `put` and `delete` is a transaction of its own, one second after the one before."""

    def __init__(self) -> None:
        self._counter = 0
        self.ts = int(START_MS) * 1_000_000
        self.documents: list[tuple[bytes, int, bytes, str | None, int | None]] = []
        self.entries: list[tuple[bytes, int, bytes, bytes | None, bytes | None]] = []
        self._summary: tuple[int, dict[bytes, int]] | None = None
        self.tables: dict[tuple[str, str], Table] = {}
        self.component_ids: dict[str, str] = {}
        self._tables_table = Table("_tables", 513, self._identity())
        self._index_table = Table("_index", 514, self._identity())
        for table in (self._tables_table, self._index_table):
            table.indexes["by_id"] = ((), self._identity())
            self.tables["", table.name] = table
        for table in (self._tables_table, self._index_table):
            self._describe(table, "", "active")
            self._describe_index(table, "by_id", (), "Enabled", table.indexes["by_id"][1])
        for name, number in _NUMBERS.items():
            if number > 514:
                self.table(name, number, indexes=_SYSTEM_INDEXES.get(name, {}))
        self.component_ids[""] = self.system("_components", parent=None, name=None, state="active")

    def component(self, path: str, *, state: str = "active") -> str:
        """Mount a component; its parent must be there. Gives its id."""
        parent, _, name = path.rpartition("/")
        fields: JsonObject = {"parent": self.component_ids[parent], "name": name, "state": state}
        self.component_ids[path] = self.system("_components", **fields)
        for system in _OF_COMPONENTS:
            self.table(system, _NUMBERS[system], component=path, indexes=_SYSTEM_INDEXES.get(system, {}))
        return self.component_ids[path]

    def table(
        self,
        name: str,
        number: int,
        *,
        component: str = "",
        indexes: Mapping[str, Sequence[str]] | None = None,
        state: str = "active",
        index_state: str = "Enabled",
    ) -> Table:
        """A new table. User indexes end with `_creationTime`, which the caller leaves out."""
        table = Table(name, number, self._identity())
        if state == "active":
            self.tables[component, name] = table
        self._describe(table, component, state)
        closing = () if name.startswith("_") else BY_CREATION_TIME
        wanted = {"by_id": (), "by_creation_time": BY_CREATION_TIME} | {
            index: (*fields, *closing) for index, fields in (indexes or {}).items()
        }
        for index, fields in wanted.items():
            is_user = index in (indexes or {})
            self._describe_index(table, index, fields, index_state if is_user else "Enabled")
        return table

    def new_id(self, table: Table) -> str:
        return encode_id(table.number, self._identity())

    def put(self, table: Table, document: JsonObject) -> str:
        """Insert or replace. `_id` and `_creationTime` are made where they are missing; gives the id."""
        complete: JsonObject = {"_id": self.new_id(table), "_creationTime": self.ts / 1e6, **document}
        complete = dict(sorted(complete.items()))
        key = str(complete["_id"])
        before = table.documents.get(key)
        self.ts += SECOND
        identity = decode_id(key).internal
        previous = before[0] if before is not None else None
        self.documents.append((identity, self.ts, table.id, dump_text(complete), previous))
        for fields, index in table.indexes.values():
            new = self._key(complete, fields)
            if before is not None and before[1] and self._key(before[1], fields) != new:
                self.entries.append((index, self.ts, self._key(before[1], fields), None, None))
            self.entries.append((index, self.ts, new, table.id, identity))
        table.documents[key] = (self.ts, complete)
        return key

    def delete(self, table: Table, document_id: str) -> None:
        previous, document = table.documents[document_id]
        self.ts += SECOND
        self.documents.append((decode_id(document_id).internal, self.ts, table.id, None, previous))
        for fields, index in table.indexes.values():
            self.entries.append((index, self.ts, self._key(document, fields), None, None))
        table.documents[document_id] = (self.ts, {})

    def system(self, name: str, component: str = "", /, **fields: JsonValue) -> str:
        return self.put(self.tables[component, name], fields)

    def summarize(self) -> None:
        """Count the documents as of now; what is written later is not in the summary."""
        counts = {
            table.id: sum(1 for _, document in table.documents.values() if document) for table in self.tables.values()
        }
        self._summary = self.ts, counts

    def modules(self, folder: Path, sources: Mapping[str, str]) -> str:
        """Pack module sources into a package in the storage folder in `folder`; gives the package's id."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
            for path, source in sources.items():
                package.writestr(f"modules/{path}", source)
                package.writestr(f"modules/{path}.map", "{}")
            package.writestr("metadata.json", json.dumps({"modulePaths": list(sources)}))
        key = "11111111-2222-3333-4444-555555555555"
        blob = folder / STORAGE / "modules" / f"{key}.blob"
        blob.parent.mkdir(parents=True, exist_ok=True)
        blob.write_bytes(packed.getvalue())
        return self.system("_source_packages", storageKey=key, externalPackageId=None)

    def write(self, path: Path, *, ddl: Ddl = "today") -> Path:
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            for statement in statements(ddl):
                connection.execute(statement)
            connection.execute("BEGIN")
            self.fill(connection, ddl)
            connection.execute("COMMIT")
        finally:
            connection.close()
        return path

    def fill(self, connection: sqlite3.Connection, ddl: Ddl = "today") -> None:
        connection.executemany(
            f"INSERT INTO documents VALUES (?, ?, ?, ?, ?{', ?' if ddl == 'today' else ''})",
            (
                (identity, ts, tablet, text, int(text is None), *([previous] if ddl == "today" else []))
                for identity, ts, tablet, text, previous in self.documents
            ),
        )
        connection.executemany(
            "INSERT INTO indexes VALUES (?, ?, ?, ?, ?, ?)",
            (
                (index, ts, key, int(tablet is None), tablet, identity)
                for index, ts, key, tablet, identity in self.entries
            ),
        )
        connection.executemany("INSERT OR REPLACE INTO persistence_globals VALUES (?, ?)", self.globals().items())

    def globals(self) -> dict[str, str]:
        found: dict[str, JsonValue] = {
            "tables_table_id": short(self._tables_table.id),
            "index_table_id": short(self._index_table.id),
            "tables_by_id": short(self._tables_table.indexes["by_id"][1]),
            "index_by_id": short(self._index_table.indexes["by_id"][1]),
            "max_repeatable_ts": self.ts,
            "min_snapshot_ts": int64(0),
        }
        if self._summary is not None:
            ts, counts = self._summary
            tables: JsonObject = {
                short(tablet): {
                    "totalSize": base64_of(b"\0" * 8),
                    "inferredTypeWithOptionalFields": {"numValues": count, "variant": {"kind": "Unknown"}},
                }
                for tablet, count in counts.items()
            }
            found["table_summary_v2"] = {"tables": tables, "ts": base64_of(ts.to_bytes(8, "little"))}
        return {key: json.dumps(value) for key, value in found.items()}

    def _describe(self, table: Table, component: str, state: str) -> None:
        namespace: JsonObject = (
            {"namespace": {"kind": "byComponent", "id": self.component_ids[component]}} if component else {}
        )
        self.put(
            self._tables_table,
            {
                "_id": encode_id(513, table.id),
                "name": table.name,
                "number": int64(table.number),
                "state": state,
                **namespace,
            },
        )

    def _describe_index(
        self, table: Table, name: str, fields: tuple[str, ...], state: str, identity: bytes | None = None
    ) -> None:
        identity = identity or self._identity()
        if state == "Enabled":
            table.indexes[name] = (fields, identity)
        config: JsonObject = {"type": "database", "fields": list(fields), "onDiskState": {"type": state}}
        self.put(
            self._index_table,
            {
                "_id": encode_id(514, identity),
                "table_id": short(table.id),
                "descriptor": name,
                "config": config,
            },
        )

    def _key(self, document: JsonObject, fields: tuple[str, ...]) -> bytes:
        return index_key([field_at(document, path) for path in fields], str(document["_id"]))

    def _identity(self) -> bytes:
        self._counter += 1
        # Not in the order of their making, as random ones are.
        return (self._counter * 0x9E3779B97F4A7C15 % 2**112).to_bytes(14, "big") + b"\x4f\xba"


def statements(ddl: Ddl) -> list[str]:
    previous = ", prev_ts INTEGER" if ddl == "today" else ""
    made = [
        f"CREATE TABLE documents (id BLOB NOT NULL, ts INTEGER NOT NULL, table_id BLOB NOT NULL, json_value TEXT NULL,"
        f" deleted INTEGER NOT NULL{previous}, PRIMARY KEY (ts, table_id, id))",
        "CREATE INDEX documents_by_table_and_id ON documents (table_id, id, ts)",
        "CREATE TABLE indexes (index_id BLOB NOT NULL, ts INTEGER NOT NULL, key BLOB NOT NULL,"
        " deleted INTEGER NOT NULL, table_id BLOB NULL, document_id BLOB NULL, PRIMARY KEY (index_id, key, ts))",
        "CREATE TABLE persistence_globals (key TEXT NOT NULL, json_value TEXT NOT NULL, PRIMARY KEY (key))",
    ]
    return made if ddl == "today" else [*made, "CREATE TABLE read_only (id INTEGER NOT NULL, PRIMARY KEY (id))"]


def analyzed(functions: Iterable[JsonObject], routes: Iterable[JsonObject] = ()) -> JsonObject:
    """A module's `analyzeResult`; validators in `functions` are JSON values."""
    return {
        "functions": [
            {**function, "args": json.dumps(function.get("args")), "returns": json.dumps(function.get("returns"))}
            for function in functions
        ],
        "httpRoutes": [{"route": dict(route), "pos": None} for route in routes],
        "cronSpecs": None,
        "sourceMapped": None,
    }


def write_dataset(dataset: Dataset, folder: Path) -> Path:
    """The dataset as a backend would have it in `folder`, with a `config.json` that names it."""
    writer = BackendFileWriter()
    for component in dataset.store.components():
        if component.path:
            writer.component(component.path)
        indexes = _indexes(dataset.schemas.get(component.path, {}))
        for table in dataset.store.tables(component.path).values():
            name, number = {"_storage": "_file_storage"}.get(table.name, table.name), table.number
            made = writer.tables.get((component.path, name)) or writer.table(
                name, number, component=component.path, indexes=indexes.get(name)
            )
            for row in dataset.store.rows(table, (), b"", None, descending=False, limit=1_000_000):
                writer.put(made, _stored(name, encoded_document(row.text)))
        if component.path in dataset.schemas:
            text = json.dumps(dataset.schemas[component.path])
            writer.system("_schemas", component.path, schema=text, state={"state": "active"})
    for variable, value in dataset.environment.items():
        writer.system("_environment_variables", name=variable, value=value)
    package = writer.modules(folder, dataset.modules)
    for path in sorted({*dataset.modules, *(spec.identifier.partition(":")[0] for spec in dataset.functions)} - {""}):
        functions: list[JsonObject] = [
            {
                "name": spec.identifier.partition(":")[2],
                "udfType": spec.function_type,
                "visibility": {"kind": spec.visibility},
                "args": spec.args,
                "returns": spec.returns,
            }
            for spec in dataset.functions
            if spec.identifier.partition(":")[0] == path
        ]
        result = analyzed(functions)
        writer.system("_modules", path=path, sourcePackageId=package, environment="isolate", analyzeResult=result)
    routes: list[JsonObject] = [
        {"method": spec.method, "path": spec.path} for spec in dataset.functions if spec.function_type == "HttpAction"
    ]
    writer.system(
        "_modules",
        path="http.js",
        sourcePackageId=package,
        environment="isolate",
        analyzeResult=analyzed([], routes),
    )
    writer.summarize()
    (folder / "config.json").write_text(json.dumps({"deploymentName": dataset.name, "adminKey": "x|y"}))
    return writer.write(folder / FILE_NAME)


def _indexes(schema: JsonObject) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    tables = schema.get("tables")
    for table in tables if isinstance(tables, list) else []:
        assert isinstance(table, dict)
        indexes = table.get("indexes")
        assert isinstance(indexes, list)
        for index in indexes:
            assert isinstance(index, dict)
            assert isinstance(index["fields"], list)
            fields = [str(path) for path in index["fields"] if path != "_creationTime"]
            found.setdefault(str(table["tableName"]), {})[str(index["indexDescriptor"])] = fields
    return found


def _stored(table: str, document: JsonObject) -> JsonObject:
    if table != "_file_storage":
        return document
    size = document["size"]
    assert isinstance(size, int | float)
    digest = base64.b64decode(str(document["sha256"]))
    return {**document, "size": int64(int(size)), "sha256": stored_bytes(digest), "storageKey": "k", "storageId": "s"}

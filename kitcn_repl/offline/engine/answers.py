"""Answers the requests of a query: documents by id, pages of index ranges, cursors (the host's side of `channel.js`).

Requests come from the sandbox and are not trusted; answers are JSON text, in which stored documents are pasted as they
are, since nobody here looks into them.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from kitcn_repl.deployment.errors import RequestRejectedError
from kitcn_repl.offline.catalog import Catalog
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.engine.cursors import (
    CursorError,
    Position,
    WrongQueryError,
    decode_cursor,
    encode_cursor,
    fingerprint,
)
from kitcn_repl.offline.engine.functions import FunctionError, Functions, as_object
from kitcn_repl.offline.ranges import KeyRange, key_range, parse_range
from kitcn_repl.offline.store import StoredTable
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import IdError, decode_id, normalize_id

_FIRST_PAGE = 32
_LARGEST_PAGE = 4096
_GROWTH = 8
_PAGE_BYTES = 1_000_000
_MAXIMUM_STREAMS = 100_000
_STORAGE = "_storage"
_VIEWS = (_STORAGE, "_scheduled_functions")  # the system tables that apps see
_INVALID_CURSOR = (
    "InvalidCursor: Tried to run a query starting from a cursor, "
    "but it looks like this cursor is from a different query."
)


class AnswerError(Exception):
    """A request that fails: the text that the query gets to see, and the data of a ConvexError."""

    def __init__(self, message: str, data: JsonObject | None = None) -> None:
        super().__init__(message)
        self.data = data


@dataclass(slots=True)
class _Stream:
    """A walk through an index. `keys` of the rows that were sent are kept for a paginated one only."""

    table: StoredTable | None
    fields: tuple[str, ...]
    keys_left: KeyRange
    descending: bool
    is_done: bool = False
    page_rows: int = _FIRST_PAGE
    query: bytes | None = None
    end: Position | None = None
    ahead: str | None = None
    keys: list[bytes] = field(default_factory=list)


class Answers:
    """The data of one execution, for one thread.

    `preparing_seconds` were spent on building indexes; a deployment has them before any query runs.
    """

    def __init__(self, dataset: Dataset, catalog: Catalog, functions: Functions, components: frozenset[str]) -> None:
        self._dataset = dataset
        self._store = dataset.store
        self._catalog = catalog
        self._functions = functions
        self._components = components
        self._streams: list[_Stream] = []
        self._likely_next: int | None = None
        self.preparing_seconds = 0.0
        self._numbers: dict[str, dict[int, StoredTable]] = {}
        self._handlers: Mapping[str, Callable[[JsonObject], str]] = {
            "open": self._open,
            "next": self._next,
            "cursors": self._cursors,
            "get": self._get,
            "count": self._count,
            "normalizeId": self._normalize_id,
            "getUrl": self._get_url,
            "getMetadata": self._get_metadata,
            "module": self._module,
            "function": self._function,
        }

    def answer(self, batch: bytes) -> bytes:
        """JSON text of the answers, in order. Raises ValueError for what is no batch of requests."""
        requests = json.loads(batch)
        if not isinstance(requests, list):
            raise ValueError("not a batch")
        return f"[{','.join(map(self._one, requests))}]".encode("utf-8", "surrogatepass")

    def _one(self, request: JsonValue) -> str:
        if not isinstance(request, dict):
            raise ValueError("not a request")
        handler = self._handlers.get(_text(request, "op"))
        if handler is None:
            return _error(f"Unknown async operation {request['op']}")
        try:
            return f'{{"ok":{handler(request)}}}'
        except AnswerError as error:
            return _error(str(error), error.data)
        except FunctionError as error:
            return _error(str(error))
        except RequestRejectedError as error:
            return _error(error.message)

    def _component(self, request: JsonObject) -> str:
        component = _text(request, "component")
        if component not in self._components:
            raise ValueError("another component's data")
        return component

    def _open(self, request: JsonObject) -> str:
        if len(self._streams) >= _MAXIMUM_STREAMS:
            raise ValueError("too many streams")
        component, source = self._component(request), request.get("source")
        if not isinstance(source, dict):
            raise ValueError("no source")
        stream = self._stream(component, source)
        page = request.get("page")
        if isinstance(page, dict):
            self._position(stream, component, source, page)
        self._streams.append(stream)
        return self._page(len(self._streams) - 1, stream, request.get("want"))

    def _stream(self, component: str, source: JsonObject) -> _Stream:
        descending = source.get("order") == "desc"
        kind = source.get("type")
        if kind == "FullTableScan":
            table = self._catalog.table(component, _text(source, "tableName"))
            table = table if table is None or not table.name.startswith("_") or table.name in _VIEWS else None
            return _Stream(table, ("_creationTime",), KeyRange(), descending)
        name, _, index_name = _text(source, "indexName").partition(".")
        if kind == "Search":
            self._catalog.check_search_index(component, name, index_name)
            raise AnswerError(f"Search indexes are not available offline (index {name}.{index_name})")
        index = self._catalog.index(component, name, index_name)
        keys = key_range(index.label, index.fields, parse_range(source.get("range")))
        return _Stream(index.table, index.stored, keys, descending)

    def _position(self, stream: _Stream, component: str, source: JsonObject, page: JsonObject) -> None:
        """Bind a stream to the part of its query between two cursors."""
        stream.query = fingerprint(self._dataset.name, component, source, list(stream.fields), page.get("operators"))
        start, end = (self._cursor(page.get(name), stream.query) for name in ("cursor", "endCursor"))
        if start is not None:
            if start.key is None:
                stream.is_done = True
            else:
                stream.keys_left = stream.keys_left.after(start.key, descending=stream.descending)
        if end is not None:
            stream.end = end
            if end.key is not None:
                stream.keys_left = stream.keys_left.until(end.key, descending=stream.descending)

    def _cursor(self, cursor: JsonValue, query: bytes) -> Position | None:
        if cursor is None:
            return None
        try:
            return decode_cursor(cursor if isinstance(cursor, str) else "", query)
        except WrongQueryError:
            data: JsonObject = {"isConvexSystemError": True, "paginationError": "InvalidCursor"}
            raise AnswerError(_INVALID_CURSOR, data) from None
        except CursorError as error:
            raise AnswerError(str(error)) from None

    def _next(self, request: JsonObject) -> str:
        number = request.get("stream")
        if not isinstance(number, int) or not 0 <= number < len(self._streams):
            raise ValueError("no such stream")
        stream = self._streams[number]
        ahead, stream.ahead = stream.ahead, None
        if request.get("want") is None:
            self._likely_next = number
        return ahead or self._page(number, stream, request.get("want"))

    def look_ahead(self) -> None:
        """Read the page that a long walk will want next, while the process still works on the last one."""
        number, self._likely_next = self._likely_next, None
        if number is not None and not self._streams[number].is_done:
            stream = self._streams[number]
            stream.ahead = self._page(number, stream, None)

    def _page(self, number: int, stream: _Stream, want: JsonValue) -> str:
        limit = stream.page_rows
        if isinstance(want, int) and want >= 0:
            limit = min(limit, want)
        texts: list[str] = []
        keys = stream.keys_left
        is_empty = keys.upper is not None and keys.lower >= keys.upper
        if stream.table is None or stream.is_done or is_empty:
            stream.is_done = True
        elif limit > 0:
            self._prepare(stream.table, stream.fields)
            rows = self._store.rows(
                stream.table, stream.fields, keys.lower, keys.upper, descending=stream.descending, limit=limit
            )
            stream.is_done = len(rows) < limit
            texts = [row.text for row in rows]
            if rows:
                stream.keys_left = keys.after(rows[-1].key, descending=stream.descending)
                size = sum(map(len, texts)) or 1
                fitting = max(1, _PAGE_BYTES * len(rows) // size)
                stream.page_rows = min(stream.page_rows * _GROWTH, fitting, _LARGEST_PAGE)
            if stream.query is not None:
                stream.keys.extend(row.key for row in rows)
            if stream.table.name == _STORAGE:
                texts = [_storage_view(text) for text in texts]
        joined = ",".join(texts)
        return (
            f'{{"stream":{number},"more":{_bool(not stream.is_done)},"ascii":{_bool(joined.isascii())},'
            f'"special":{_bool(_is_special(joined))},"rows":[{joined}]}}'
        )

    def _prepare(self, table: StoredTable, fields: tuple[str, ...]) -> None:
        started = time.monotonic()
        self._store.prepare(table, fields)
        self.preparing_seconds += time.monotonic() - started

    def _cursors(self, request: JsonObject) -> str:
        """[continueCursor, splitCursor, isDone] of a page whose last and middle rows have these numbers."""
        number = request.get("stream")
        if not isinstance(number, int) or not 0 <= number < len(self._streams):
            raise ValueError("no such stream")
        stream = self._streams[number]
        query = stream.query
        if query is None:
            raise ValueError("not paginated")
        if request.get("exhausted") is True:
            position = stream.end or Position(None)
        else:
            position = Position(_row_key(stream, request.get("last")))
        middle = request.get("middle")
        split = None if middle == -1 else encode_cursor(Position(_row_key(stream, middle)), query)
        return json.dumps([encode_cursor(position, query), split, position.key is None])

    def _get(self, request: JsonObject) -> str:
        component, text = self._component(request), _text(request, "id")
        try:
            number = decode_id(text).table_number
        except IdError as error:
            raise AnswerError(f"Invalid argument `id` for `db.get`: {error}") from None
        wants_system = request.get("system") is True
        table = self._table_by_number(component, number)
        if table is not None and table.name.startswith("_") != wants_system:
            if wants_system:
                raise AnswerError("User tables cannot be accessed with db.system.")
            raise AnswerError("System tables can only be accessed with db.system.")
        stated = request.get("table")
        if isinstance(stated, str) and table is not None and table.name != stated:
            raise AnswerError(
                f'Invalid argument `id` for `db.get`: expected to be an Id<"{stated}">, got Id<"{table.name}"> instead.'
            )
        document = None if table is None else self._store.get(table, text)
        if document is None or table is None:
            return "null"
        if table.name == _STORAGE:
            document = _storage_view(document)
        return f'{{"ascii":{_bool(document.isascii())},"special":{_bool(_is_special(document))},"document":{document}}}'

    def _table_by_number(self, component: str, number: int) -> StoredTable | None:
        tables = self._numbers.get(component)
        if tables is None:
            tables = {table.number: table for table in self._store.tables(component).values()}
            self._numbers[component] = tables
        return tables.get(number)

    def _count(self, request: JsonObject) -> str:
        table = self._catalog.table(self._component(request), _text(request, "table"))
        return "0" if table is None else str(table.count)

    def _normalize_id(self, request: JsonObject) -> str:
        table = self._catalog.table(self._component(request), _text(request, "table"))
        return "null" if table is None else json.dumps(normalize_id(_text(request, "id"), table.number))

    def _get_url(self, request: JsonObject) -> str:
        if self._stored_file(request) is None:
            return "null"
        origin = self._dataset.environment.get("CONVEX_CLOUD_URL", "").rstrip("/")
        return json.dumps(f"{origin}/api/storage/{_text(request, 'id')}")

    def _get_metadata(self, request: JsonObject) -> str:
        file = self._stored_file(request)
        if file is None:
            return "null"
        return json.dumps(
            {
                "storageId": file.get("_id"),
                "sha256": _hexadecimal(file.get("sha256")),
                "size": file.get("size"),
                "contentType": file.get("contentType"),
            }
        )

    def _stored_file(self, request: JsonObject) -> JsonObject | None:
        component, text = self._component(request), _text(request, "id")
        table = self._catalog.table(component, _STORAGE)
        normal = None if table is None else normalize_id(text, table.number)
        found = None if table is None or normal is None else self._store.get(table, normal)
        if found is None:
            return None
        document = json.loads(found)
        return document if isinstance(document, dict) else None

    def _module(self, request: JsonObject) -> str:
        source = self._functions.source(_text(request, "path"))
        if source is None:
            raise AnswerError("not found")
        return json.dumps(source)

    def _function(self, request: JsonObject) -> str:
        component = self._component(request)
        args = as_object(request.get("args"))
        function = self._functions.find(_text(request, "path"), component, internal=True)
        self._functions.check_query(function, args, component)
        return json.dumps({"path": function.module, "name": function.name})


def _text(request: JsonObject, name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str):
        _malformed(name)
    return value


def _malformed(name: str) -> NoReturn:
    raise ValueError(f"malformed {name}")


def _error(message: str, data: JsonObject | None = None) -> str:
    return json.dumps({"error": message} if data is None else {"error": message, "data": data})


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _is_special(text: str) -> bool:
    """Whether a key may begin with `$`. Single characters are looked for first: that is many times faster."""
    return ("$" in text and '"$' in text) or ("\\" in text and '"\\u0024' in text)


def _row_key(stream: _Stream, row: JsonValue) -> bytes:
    if not isinstance(row, int) or not 0 <= row < len(stream.keys):
        raise ValueError("no such row")
    return stream.keys[row]


def _storage_view(text: str) -> str:
    """A row of `_storage` as queries see it (offline-formats.md 4.10); an export also holds what they do not see."""
    document = json.loads(text)
    for name in ("internalId", "storageId", "storageKey"):
        document.pop(name, None)
    if document.get("contentType") is None:
        document.pop("contentType", None)
    return json.dumps(document, ensure_ascii=False)


def _hexadecimal(digest: JsonValue) -> JsonValue:
    if not isinstance(digest, str) or len(digest) == 64:
        return digest
    try:
        return base64.b64decode(digest, validate=True).hex()
    except binascii.Error:
        return digest

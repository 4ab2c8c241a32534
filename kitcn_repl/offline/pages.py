"""One page of an offline table: index bounds, field filters, cursors (deployment-api.md 4.4, 10.5)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Sequence

from kitcn_repl.deployment.errors import RequestRejectedError
from kitcn_repl.deployment.models import FieldFilter, IndexBound, Page, PageRequest
from kitcn_repl.offline.catalog import IndexDefinition
from kitcn_repl.offline.ranges import RangeExpression, from_expression, key_range
from kitcn_repl.offline.store import Store
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.export import encoded_document
from kitcn_repl.values.ids import is_id
from kitcn_repl.values.kinds import kind_of
from kitcn_repl.values.order import Undefined, encode_key, field_at

MAXIMUM_ROWS_READ = 10_000
MAXIMUM_BYTES_READ = 5_000_000
_BATCH = 256

Matches = Callable[[JsonObject], bool]


def read_page(store: Store, index: IndexDefinition, request: PageRequest) -> Page:
    """Up to `request.limit` matching documents, having read no more than a page may (then the page is short).

    `type` and `notype` filters act on the finished page, as in Convex. Raises RequestRejectedError (InvalidCursor).
    """
    descending = request.order == "desc"
    keys = key_range(index.label, index.fields, _expressions(index, request.bounds))
    fingerprint = _fingerprint(index, request)
    last: bytes | None = None
    if request.cursor:
        last = _decode_cursor(request.cursor, fingerprint)
        if last is None:
            return Page([], request.cursor, is_done=True)
    matches = [_matcher(condition) for condition in request.filters if condition.op not in ("type", "notype")]
    documents: list[JsonObject] = []
    rows_read = bytes_read = 0
    while True:
        if last is not None:
            keys = keys.after(last, descending=descending)
        batch = min(_BATCH, MAXIMUM_ROWS_READ - rows_read)
        if not matches:
            batch = min(batch, request.limit - len(documents))
        rows = store.rows(index.table, index.stored, keys.lower, keys.upper, descending=descending, limit=batch)
        for row in rows:
            last = row.key
            rows_read += 1
            bytes_read += len(row.text)
            document = encoded_document(row.text)
            if all(match(document) for match in matches):
                documents.append(document)
            if len(documents) >= request.limit or bytes_read >= MAXIMUM_BYTES_READ:
                break
        else:
            if len(rows) < batch:
                return Page(_typed(documents, request.filters), _encode_cursor(None, fingerprint), is_done=True)
        if len(documents) >= request.limit or rows_read >= MAXIMUM_ROWS_READ or bytes_read >= MAXIMUM_BYTES_READ:
            return Page(_typed(documents, request.filters), _encode_cursor(last, fingerprint), is_done=False)


def _expressions(index: IndexDefinition, bounds: Sequence[IndexBound]) -> list[RangeExpression]:
    """Bounds are positional: each is on the next field of the index."""
    if len(bounds) > len(index.fields):
        raise RequestRejectedError(
            f"Index {index.name} has {len(index.fields)} fields, but the query has {len(bounds)} clauses.",
            code="InvalidIndexRange",
        )
    expressions = []
    for field, bound in zip(index.fields, bounds, strict=False):
        if bound.is_equality:
            expressions.append(RangeExpression("Eq", field, bound.equals))
        if bound.lower_op is not None:
            expressions.append(RangeExpression("Gt" if bound.lower_op == "gt" else "Gte", field, bound.lower))
        if bound.upper_op is not None:
            expressions.append(RangeExpression("Lt" if bound.upper_op == "lt" else "Lte", field, bound.upper))
    return expressions


def _matcher(condition: FieldFilter) -> Matches:
    field = condition.field
    if condition.op in ("anyOf", "noneOf"):
        choices = condition.value if isinstance(condition.value, list) else [condition.value]
        if not choices:
            return lambda document: True
        keys = {encode_key(from_expression(choice)) for choice in choices}
        wanted = condition.op == "anyOf"
        return lambda document: (encode_key(field_at(document, field)) in keys) == wanted
    wanted_key = encode_key(from_expression(condition.value))
    compare: dict[str, Callable[[bytes], bool]] = {
        "eq": wanted_key.__eq__,
        "neq": wanted_key.__ne__,
        "gt": wanted_key.__lt__,
        "gte": wanted_key.__le__,
        "lt": wanted_key.__gt__,
        "lte": wanted_key.__ge__,
    }
    holds = compare[condition.op]
    return lambda document: holds(encode_key(field_at(document, field)))


def _typed(documents: list[JsonObject], filters: Sequence[FieldFilter]) -> list[JsonObject]:
    for condition in filters:
        if condition.op in ("type", "notype"):
            wanted = condition.op == "type"
            documents = [
                document
                for document in documents
                if (condition.value in _types_of(field_at(document, condition.field))) == wanted
            ]
    return documents


def _types_of(value: JsonValue | Undefined) -> tuple[str, ...]:
    """The names that the dashboard's type filter uses; an id is a string too."""
    if isinstance(value, Undefined):
        return ("unset",)
    kind = kind_of(value)
    return (kind, "id") if isinstance(value, str) and is_id(value) else (kind,)


def _fingerprint(index: IndexDefinition, request: PageRequest) -> str:
    parts = (index.table.component, index.label, index.fields, request.order, request.bounds, request.filters)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _encode_cursor(position: bytes | None, fingerprint: str) -> str:
    key = None if position is None else position.hex()
    return base64.urlsafe_b64encode(json.dumps([fingerprint, key]).encode()).decode()


def _decode_cursor(cursor: str, fingerprint: str) -> bytes | None:
    """The last key of the page before, or None when that page was the last."""
    try:
        stated, key = json.loads(base64.urlsafe_b64decode(cursor))
        position = None if key is None else bytes.fromhex(key)
    except (binascii.Error, ValueError, TypeError):
        raise RequestRejectedError("Failed to parse cursor", code="InvalidCursor") from None
    if stated != fingerprint:
        raise RequestRejectedError(
            "InvalidCursor: this cursor belongs to a different query; start again without it.", code="InvalidCursor"
        )
    return position

"""What the documents of a table look like, from a bounded sample: `/api/shapes2` (deployment-api.md 4.6)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from kitcn_repl.offline.store import BY_ID, Store, StoredTable
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import IdError, decode_id

SAMPLE_SIZE = 1_000
_MAXIMUM_FIELDS = 64
_MAXIMUM_ALTERNATIVES = 16


def table_shape(store: Store, table: StoredTable, names_by_number: Mapping[int, str]) -> JsonObject:
    """The shape of the first documents by id (ids are random, so this is a fair sample)."""
    rows = store.rows(table, BY_ID, b"", None, descending=False, limit=SAMPLE_SIZE)
    return merge(shape_of(json.loads(row.text), names_by_number) for row in rows)


def shape_of(value: JsonValue, names_by_number: Mapping[int, str]) -> JsonObject:
    if value is None:
        return {"type": "Null"}
    if isinstance(value, bool):
        return {"type": "Boolean"}
    if isinstance(value, int | float):
        return _float(special=False)
    if isinstance(value, str):
        return _string(value, names_by_number)
    if isinstance(value, list):
        return {"type": "Array", "shape": merge(shape_of(item, names_by_number) for item in value)}
    if len(value) == 1:
        match next(iter(value)):
            case "$integer":
                return {"type": "Int64"}
            case "$bytes":
                return {"type": "Bytes"}
            case "$float":
                return _float(special=True)
    if len(value) > _MAXIMUM_FIELDS:
        values = merge(shape_of(item, names_by_number) for item in value.values())
        return {"type": "Record", "keyShape": {"type": "String"}, "valueShape": {"optional": False, "shape": values}}
    fields: list[JsonValue] = [
        {"fieldName": name, "optional": False, "shape": shape_of(item, names_by_number)}
        for name, item in sorted(value.items())
    ]
    return {"type": "Object", "fields": fields}


def merge(shapes: Iterable[JsonObject]) -> JsonObject:
    """One shape that covers all of them. Objects become one object with optional fields."""
    scalars: dict[str, JsonObject] = {}
    objects: list[JsonObject] = []
    arrays: list[JsonObject] = []
    for shape in shapes:
        for alternative in _alternatives(shape):
            kind = alternative["type"]
            if kind == "Object":
                objects.append(alternative)
            elif kind == "Array":
                arrays.append(alternative)
            elif kind == "Float64" and "Float64" in scalars:
                special = _is_special(alternative) or _is_special(scalars["Float64"])
                scalars["Float64"] = _float(special=special)
            elif kind != "Never":
                scalars.setdefault(json.dumps(alternative) if kind in ("Id", "Record") else str(kind), alternative)
    merged = list(scalars.values())
    if arrays:
        merged.append({"type": "Array", "shape": merge(_shape(array["shape"]) for array in arrays)})
    if objects:
        merged.append(_merge_objects(objects))
    if not merged:
        return {"type": "Never"}
    if len(merged) == 1:
        return merged[0]
    return {"type": "Union", "shapes": list(merged)} if len(merged) <= _MAXIMUM_ALTERNATIVES else {"type": "Unknown"}


def _merge_objects(objects: list[JsonObject]) -> JsonObject:
    shapes: dict[str, list[JsonObject]] = {}
    required: dict[str, int] = {}
    for shape in objects:
        fields = shape["fields"]
        assert isinstance(fields, list)
        for entry in fields:
            assert isinstance(entry, dict)
            name = str(entry["fieldName"])
            shapes.setdefault(name, []).append(_shape(entry["shape"]))
            required[name] = required.get(name, 0) + (not entry["optional"])
    merged: list[JsonValue] = [
        {"fieldName": name, "optional": required[name] < len(objects), "shape": merge(shapes[name])}
        for name in sorted(shapes)
    ]
    return {"type": "Object", "fields": merged}


def _string(text: str, names_by_number: Mapping[int, str]) -> JsonObject:
    if 31 <= len(text) <= 37:
        try:
            name = names_by_number.get(decode_id(text).table_number)
        except IdError:
            name = None
        if name is not None:
            return {"type": "Id", "tableName": name}
    return {"type": "String"}


def _float(*, special: bool) -> JsonObject:
    return {"type": "Float64", "float64Range": {"hasSpecialValues": special}}


def _is_special(shape: JsonObject) -> bool:
    return shape == _float(special=True)


def _alternatives(shape: JsonObject) -> list[JsonObject]:
    shapes = shape.get("shapes")
    return [_shape(item) for item in shapes] if isinstance(shapes, list) else [shape]


def _shape(value: JsonValue) -> JsonObject:
    assert isinstance(value, dict)
    return value

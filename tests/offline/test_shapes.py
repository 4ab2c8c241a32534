"""Shapes of tables, as `/api/shapes2` gives them."""

from __future__ import annotations

import pytest

from kitcn_repl.offline.shapes import merge, shape_of
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import encode_id

NUMBER: JsonObject = {"type": "Float64", "float64Range": {"hasSpecialValues": False}}
SPECIAL: JsonObject = {"type": "Float64", "float64Range": {"hasSpecialValues": True}}
USER_ID = encode_id(10006, bytes(16))


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        ([], {"type": "Never"}),
        ([None], {"type": "Null"}),
        ([1.0, 2], NUMBER),
        ([1.0, {"$float": "AAAAAAAA+H8="}], SPECIAL),
        ([{"$integer": "AAAAAAAAAAA="}], {"type": "Int64"}),
        ([{"$bytes": ""}], {"type": "Bytes"}),
        ([USER_ID], {"type": "Id", "tableName": "user"}),
        (["x", None], {"type": "Union", "shapes": [{"type": "String"}, {"type": "Null"}]}),
        ([[]], {"type": "Array", "shape": {"type": "Never"}}),
        ([[1.0], []], {"type": "Array", "shape": NUMBER}),
        (
            [{"a": 1.0}, {"a": 2.0, "b": True}],
            {
                "type": "Object",
                "fields": [
                    {"fieldName": "a", "optional": False, "shape": NUMBER},
                    {"fieldName": "b", "optional": True, "shape": {"type": "Boolean"}},
                ],
            },
        ),
    ],
)
def test_shape(values: list[JsonValue], shape: JsonObject) -> None:
    assert merge(shape_of(value, {10006: "user"}) for value in values) == shape


def test_many_fields_become_a_record() -> None:
    wide: JsonObject = {f"field{i}": 1.0 for i in range(65)}
    assert shape_of(wide, {})["type"] == "Record"

"""Arguments as fields of a form: what they are, what is read from them, what is told where it is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitcn_repl.explore.calls.fields import ArgumentField, FieldError, argument_fields, mistake, read_field, written
from kitcn_repl.values import JsonObject, JsonValue

STRING: JsonObject = {"type": "string"}
NUMBER: JsonObject = {"type": "number"}
BIGINT: JsonObject = {"type": "bigint"}
NULL: JsonObject = {"type": "null"}
BOOLEAN: JsonObject = {"type": "boolean"}
ID: JsonObject = {"type": "id", "tableName": "user"}
TAGS: JsonObject = {"type": "array", "value": STRING}


def union(*members: JsonObject) -> JsonObject:
    return {"type": "union", "value": list(members)}


def literal(value: Any) -> JsonObject:
    return {"type": "literal", "value": value}


def field(validator: JsonObject, *, optional: bool = False) -> ArgumentField:
    fields = argument_fields({"type": "object", "value": {"x": {"fieldType": validator, "optional": optional}}})
    assert fields is not None
    return fields[0]


def wrong(validator: JsonObject, text: str) -> str:
    with pytest.raises(FieldError) as raised:
        read_field(field(validator), text)
    return raised.value.message


def test_functions_that_take_anything_have_no_form() -> None:
    assert argument_fields({"type": "any"}) is None
    assert argument_fields(None) is None
    assert argument_fields({"type": "object", "value": {}}) == []


def test_validators_as_text_of_json() -> None:
    fields = argument_fields('{"type": "object", "value": {"a": {"fieldType": {"type": "string"}, "optional": true}}}')
    assert fields == [ArgumentField("a", "text", STRING, optional=True, nullable=False)]


@pytest.mark.parametrize(
    ("validator", "kind", "nullable"),
    [
        (STRING, "text", False),
        (union(STRING, NULL), "text", True),
        (union(union(NULL), NUMBER), "number", True),
        ({"type": "float64"}, "number", False),
        (BIGINT, "int64", False),
        (ID, "id", False),
        (BOOLEAN, "choice", False),
        (literal("admin"), "choice", False),
        (union(literal("a"), literal("b"), NULL), "choice", True),
        (NULL, "choice", True),
        (union(STRING, NUMBER), "json", False),
        (TAGS, "json", False),
        ({"type": "object", "value": {}}, "json", False),
        ({"type": "record", "keys": STRING, "values": {"fieldType": NUMBER}}, "json", False),
        ({"type": "any"}, "json", False),
        ({"type": "bytes"}, "json", False),
        ({"type": "of a newer server"}, "json", False),
    ],
    ids=str,
)
def test_how_an_argument_is_written(validator: JsonObject, kind: str, nullable: bool) -> None:
    assert (field(validator).kind, field(validator).nullable) == (kind, nullable)


def test_the_table_of_an_id_and_the_choices() -> None:
    assert field(union(ID, NULL)).table == "user"
    assert field(BOOLEAN).choices == (("true", True), ("false", False))
    roles = field(union(literal("admin"), literal(2), NULL))
    assert roles.choices == (("admin", "admin"), ("2", 2), ("null", None))
    assert roles.type_text == '"admin" | 2 | null'


@pytest.mark.parametrize(
    ("validator", "text", "value"),
    [
        (STRING, "hello", "hello"),
        (STRING, " as it is ", " as it is "),
        (STRING, '""', ""),
        (STRING, '"a\\nb"', "a\nb"),
        (STRING, '"no json"s"', '"no json"s"'),
        (STRING, "null", "null"),
        (union(STRING, NULL), "null", None),
        (union(STRING, NULL), '"null"', "null"),
        (ID, " js7bmthy4zbwk82c3685kcate180z \n", "js7bmthy4zbwk82c3685kcate180z"),
        (NUMBER, "5", 5),
        (NUMBER, "-1.5e3", -1500),
        (NUMBER, "2026-03-02", 1772409600000),
        (NUMBER, "2026-03-02T12:00:00Z", 1772452800000),
        (BIGINT, "5", {"$integer": "BQAAAAAAAAA="}),
        (BIGINT, "5n", {"$integer": "BQAAAAAAAAA="}),
        (BOOLEAN, "false", False),
        (union(literal("a"), literal(1)), "1", 1),
        (TAGS, "['a', \"b\",]", ["a", "b"]),
        ({"type": "any"}, "{when: {$date: '2026-03-02'}}", {"when": {"__crpc": 1, "t": "$date", "v": 1772409600000}}),
        (NUMBER, '{"$date": "2026-03-02"}', {"__crpc": 1, "t": "$date", "v": 1772409600000}),
    ],
    ids=lambda case: str(case)[:40],
)
def test_what_is_read(validator: JsonObject, text: str, value: JsonValue) -> None:
    assert read_field(field(validator), text) == value


def test_what_cannot_be_read() -> None:
    assert wrong(TAGS, "[1,").startswith("is no JSON: ")
    assert wrong(BOOLEAN, "yes") == "is one of true, false"
    assert "$date" in wrong(NUMBER, "2026-13-02")
    assert "time zone" in wrong(NUMBER, "2026-03-02T12:00")
    assert wrong(NUMBER, "five").startswith("is no JSON: ")


def test_what_does_not_fit_is_told_with_the_place_inside() -> None:
    tables = {10001: "user"}
    assert mistake(field(NUMBER), 5, tables) is None
    assert mistake(field(NUMBER), "5", tables) == 'must be a number, not the string "5" (write 5)'
    nested: JsonObject = {"type": "object", "value": {"tags": {"fieldType": TAGS, "optional": False}}}
    assert mistake(field(nested), {"tags": ["a", 1]}, tables) == (
        "x.tags[1] must be a string, not 1 (write it in quotes)"
    )
    assert mistake(field(nested), {}, tables) == "x.tags is missing: it must be a list"
    assert mistake(field(ID), "nonsense", tables) == 'must be an id of user, not the string "nonsense"'


@given(st.one_of(st.text(), st.floats(-1e9, 1e9).filter(bool), st.booleans(), st.none(), st.lists(st.text())))
def test_what_is_written_is_read_back(value: Any) -> None:
    validators = {str: union(STRING, NULL), float: NUMBER, bool: BOOLEAN, list: TAGS}
    one = field(validators.get(type(value), union(STRING, NULL)))
    assert read_field(one, written(one, value)) == value


def test_integers_and_ids_are_read_back() -> None:
    encoded: JsonValue = {"$integer": "BQAAAAAAAAA="}
    assert written(field(BIGINT), encoded) == "5n"
    assert read_field(field(BIGINT), "5n") == encoded
    assert written(field(ID), "js7b") == "js7b"

"""Where a document is not as its table says."""

from __future__ import annotations

from dataclasses import replace

from kitcn_repl.explore.conformance import misfits, missing
from kitcn_repl.schema.model import Field, Table
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import encode_id

TABLES = {10001: "user", 10002: "session"}
USER = encode_id(10001, bytes(16))


def table(**fields: JsonObject) -> Table:
    known = {name: Field(name, validator, optional=name.endswith("_")) for name, validator in fields.items()}
    return Table("session", known, origins=("deployment",))


STRICT = table(
    userId={"type": "id", "tableName": "user"},
    age={"type": "number"},
    note_={"type": "union", "value": [{"type": "null"}, {"type": "string"}]},
)


def test_a_document_that_fits() -> None:
    document: JsonObject = {"_id": USER, "_creationTime": 1, "userId": USER, "age": 3, "note_": None}
    assert misfits(document, STRICT, TABLES) == {}
    assert missing(document, STRICT) == []


def test_what_does_not_fit_is_named_with_what_it_ought_to_be() -> None:
    document: JsonObject = {"userId": encode_id(10002, bytes(16)), "age": "3", "note_": 5, "extra": True}
    assert misfits(document, STRICT, TABLES) == {
        "userId": "not id<user>",
        "age": "not number",
        "note_": "not string | null",
        "extra": "not declared",
    }
    assert missing({}, STRICT) == ["userId", "age"]


def test_nothing_is_wrong_where_nothing_is_known() -> None:
    document: JsonObject = {"anything": 1}
    assert misfits(document, None, TABLES) == {}
    assert misfits(document, replace(STRICT, fields=None), TABLES) == {}
    assert misfits(document, replace(STRICT, origins=("data",)), TABLES) == {}
    assert misfits(document, replace(STRICT, open=True), TABLES) == {}
    assert missing(document, replace(STRICT, origins=("data",))) == []
    unknown = Table("t", {"anything": Field("anything", None, optional=False)}, origins=("source",))
    assert misfits(document, unknown, TABLES) == {}


def test_long_types_are_cut() -> None:
    members: list[JsonValue] = [{"type": "literal", "value": f"case number {number}"} for number in range(20)]
    found = misfits({"kind": "other"}, table(kind={"type": "union", "value": members}), TABLES)
    assert len(found["kind"]) < 70
    assert found["kind"].endswith("…")

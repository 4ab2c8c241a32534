from __future__ import annotations

from kitcn_repl.render.summary import label, summary
from kitcn_repl.schema.model import Field, Table
from kitcn_repl.values import JsonObject
from kitcn_repl.values.ids import encode_id

SESSION: JsonObject = {
    "_id": "x",
    "_creationTime": 1.0,
    "userId": encode_id(1, bytes(16)),
    "token": "s3cret",
    "expiresAt": 5,
    "count": {"$integer": "BQAAAAAAAAA="},
    "tags": ["a"],
    "gone": None,
    "empty": "",
    "ok": True,
}


def test_a_summary_shows_neither_ids_nor_credentials() -> None:
    assert summary(SESSION, "session", None) == "expiresAt 5, count 5n, ok true"


def test_what_names_a_document_comes_first() -> None:
    document: JsonObject = {"age": 5, "email": "ada@example.com", "name": "Ada\x1b", "zip": "1"}
    assert summary(document, "user", None) == "name Ada\\u001b, email ada@example.com, age 5"
    assert summary({"body": "x" * 100}, "post", None) == "body " + "x" * 39 + "…"
    assert summary({}, "post", None) == ""


def test_times_are_dates_where_the_schema_says_so() -> None:
    table = Table("session", {"expiresAt": Field("expiresAt", None, False, "timestamp", mode="date")})
    assert summary(SESSION, "session", table).startswith("expiresAt 1970-01-01T00:00:00.005Z, ")


TIMED = Table(
    "session",
    {name: Field(name, None, optional=False, kind="timestamp", mode="date") for name in ("expiresAt", "updatedAt")},
)


def test_naming_fields_without_their_names() -> None:
    document: JsonObject = {"_id": "x", "role": "admin", "email": "ada@example.com", "name": "Ada", "slug": "ada"}
    assert label(document, "user", None) == "Ada · ada"
    assert label({"title": "Notes", "body": "long"}, "note", None) == "Notes"


def test_where_nothing_names_it_fields_tell_with_times_to_the_minute() -> None:
    document: JsonObject = {
        "userId": encode_id(10001, bytes(16)),
        "token": "secret",
        "expiresAt": 1772452800123.0,
        "updatedAt": 1772452860000.0,
    }
    assert label(document, "session", TIMED) == "expiresAt 2026-03-02 12:00, updatedAt 2026-03-02 12:01"


def test_hostile_and_long_names() -> None:
    assert label({"name": "\x1b[31m" + "x" * 5000}, "t", None).startswith("\\u001b[31mxxx")
    assert len(label({"name": "x" * 5000}, "t", None)) == 40
    assert label({}, "t", None) == ""

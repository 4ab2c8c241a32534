from __future__ import annotations

from kitcn_repl.render.summary import summary
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

"""Stored documents as the ORM hands them out (kitcn.md 1.5, 1.6)."""

from __future__ import annotations

from kitcn_repl.explore.orm_rows import OrmValue, orm_json, orm_row
from kitcn_repl.schema.model import Field
from kitcn_repl.values import JsonObject

CREATED = 1772452800000.25


def column(name: str, kind: str, mode: str | None = None) -> Field:
    return Field(name, None, optional=False, kind=kind, mode=mode)


def test_system_fields_have_the_orms_names() -> None:
    row = orm_row({"_creationTime": CREATED, "_id": "js7", "name": "Ada"}, {})
    assert row == {
        "createdAt": OrmValue("_creationTime", CREATED),
        "id": OrmValue("_id", "js7"),
        "name": OrmValue("name", "Ada"),
    }


def test_created_at_is_the_time_of_creation_whatever_is_stored() -> None:
    document: JsonObject = {"_creationTime": CREATED, "_id": "js7", "createdAt": 5.0}
    as_date = {"createdAt": column("createdAt", "timestamp", "date")}
    assert orm_row(document, as_date)["createdAt"] == OrmValue("_creationTime", CREATED, "2026-03-02T12:00:00Z")
    as_text = {"createdAt": column("createdAt", "timestamp", "string")}
    assert orm_row(document, as_text)["createdAt"].is_text
    assert orm_row(document, {})["createdAt"] == OrmValue("_creationTime", CREATED)


def test_times_and_dates_by_their_mode() -> None:
    fields = {
        "at": column("at", "timestamp", "date"),
        "text": column("text", "timestamp", "string"),
        "day": column("day", "date", "string"),
        "born": column("born", "date", "date"),
        "count": column("count", "integer"),
    }
    document: JsonObject = {"at": 0, "text": 1500, "day": "2026-03-02", "born": "1815-12-10", "count": 0}
    row = orm_row(document, fields)
    assert (row["at"].date, row["at"].is_text) == ("1970-01-01T00:00:00Z", False)
    assert (row["text"].date, row["text"].is_text) == ("1970-01-01T00:00:01.500Z", True)
    assert row["day"].date is None
    assert row["born"].date == "1815-12-10"
    assert row["count"].date is None


def test_a_time_that_no_calendar_holds_stays_a_number() -> None:
    fields = {"at": column("at", "timestamp", "date")}
    assert orm_row({"at": 1e300}, fields)["at"] == OrmValue("at", 1e300)
    assert orm_row({"at": None}, fields)["at"] == OrmValue("at", None)


def test_missing_fields_stay_missing_and_json_has_dates_as_text() -> None:
    fields = {"at": column("at", "timestamp", "date"), "note": column("note", "text")}
    document: JsonObject = {"_id": "js7", "_creationTime": 0, "at": 0, "big": {"$integer": "AQAAAAAAAAA="}}
    assert orm_json(document, fields) == {
        "id": "js7",
        "createdAt": 0,
        "at": "1970-01-01T00:00:00Z",
        "big": {"$integer": "AQAAAAAAAAA="},
    }

"""Documents, tables and components of a backend's file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from kitcn_repl.deployment.errors import RequestRejectedError
from kitcn_repl.deployment.models import IndexBound, PageRequest
from kitcn_repl.offline.backend_file import BackendFileError
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.offline.store import BY_CREATION_TIME, BY_ID, Store
from kitcn_repl.values import JsonObject, JsonValue
from tests.offline.backend_file.conftest import Open
from tests.support.backend_files import BackendFileWriter, Ddl, Table, int64, short

USERS = 10001


def documents(
    store: Store,
    table: str,
    fields: tuple[str, ...] = BY_CREATION_TIME,
    *,
    component: str = "",
    descending: bool = False,
    page: int = 1000,
) -> list[JsonObject]:
    """A whole walk through an index, in pages."""
    stored = store.tables(component)[table]
    lower, upper = b"", None
    found: list[JsonObject] = []
    while True:
        rows = store.rows(stored, fields, lower, upper, descending=descending, limit=page)
        assert len(rows) <= page
        found += [json.loads(row.text) for row in rows]
        if len(rows) < page:
            return found
        if descending:
            upper = rows[-1].key
        else:
            lower = rows[-1].key + b"\0"


def names(found: Sequence[JsonObject]) -> list[JsonValue]:
    return [document.get("name") for document in found]


def filled(writer: BackendFileWriter) -> Table:
    """Users that were inserted, renamed, deleted, and put back."""
    users = writer.table("users", USERS, indexes={"by_name": ["name"], "by_team": ["team.id", "name"]})
    ids = {
        name: writer.put(users, {"name": name, "team": {"id": place % 2 + 0.0}}) for place, name in enumerate("dbac")
    }
    writer.put(users, {**users.documents[ids["b"]][1], "name": "z"})
    writer.delete(users, ids["a"])
    again = users.documents[ids["c"]][1]
    writer.delete(users, ids["c"])
    writer.put(users, again)
    return users


@pytest.mark.parametrize("ddl", ["today", "2024"])
@pytest.mark.parametrize("page", [1, 2, 1000])
def test_only_the_last_revision_of_each_document_is_there(
    writer: BackendFileWriter, file: Path, open_file: Open, ddl: Ddl, page: int
) -> None:
    users = filled(writer)
    store = open_file(writer.write(file, ddl=ddl)).store
    live = {key: document for key, (_, document) in users.documents.items() if document}
    by_id = documents(store, "users", BY_ID, page=page)
    assert by_id == [live[key] for key in sorted(live)]
    assert names(documents(store, "users", page=page)) == ["d", "z", "c"]
    assert names(documents(store, "users", page=page, descending=True)) == ["c", "z", "d"]
    assert names(documents(store, "users", ("name", "_creationTime"), page=page)) == ["c", "d", "z"]
    assert names(documents(store, "users", ("team.id", "name", "_creationTime"), page=page)) == ["d", "c", "z"]
    assert store.tables("")["users"].count == 3
    for key, (_, document) in users.documents.items():
        text = store.get(store.tables("")["users"], key)
        assert (None if text is None else json.loads(text)) == (document or None)


def test_text_comes_as_it_is_stored(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    users = writer.table("users", USERS)
    key = writer.put(users, {"name": "Zoë ☃ \U0001f600", "n": 5.0, "big": int64(-(2**63)), "tab": "\t\x7f"})
    store = open_file(writer.write(file)).store
    text = store.get(store.tables("")["users"], key)
    assert text == next(text for identity, _, table, text, _ in writer.documents if table == users.id)


async def test_ranges_use_the_stored_keys(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    users = writer.table("users", USERS, indexes={"by_age": ["age"]})
    for age in (3.0, None, "x", True, int64(7), -0.5):
        writer.put(users, {"name": str(age), "age": age})
    writer.put(users, {"name": "unset"})
    offline = offline_of(open_file(writer.write(file)).store)
    bound = IndexBound(is_equality=False, lower_op="gt", lower=None, upper_op="lt", upper=True)
    page = await offline.page(PageRequest("users", index="by_age", bounds=(bound,), order="asc"))
    assert names(page.documents) == [str(int64(7)), "-0.5", "3.0"]


def offline_of(store: Store) -> Offline:
    schema: JsonObject = {
        "tables": [
            {"tableName": "users", "indexes": [{"indexDescriptor": "by_age", "fields": ["age", "_creationTime"]}]}
        ]
    }
    return Offline(Dataset("test", store, schemas={"": schema}))


def test_hidden_and_deleting_tables_are_skipped(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    users = writer.table("users", USERS)
    writer.put(users, {"name": "kept"})
    for state in ("hidden", "deleting"):
        other = writer.table("users" if state == "hidden" else "gone", USERS, state=state)
        writer.put(other, {"name": state})
    store = open_file(writer.write(file)).store
    assert names(documents(store, "users")) == ["kept"]
    assert "gone" not in store.tables("")
    assert store.tables("")["users"].count == 1


def test_components_have_tables_of_their_own(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    for path, state in (("auth", "active"), ("auth/limits", "active"), ("old", "unmounted")):
        writer.component(path, state=state)
    for component in ("", "auth", "auth/limits"):
        table = writer.table("users", USERS, component=component)
        writer.put(table, {"name": component or "app"})
    stray = writer.table("lost", USERS + 1, component="auth")
    tables = json.loads(next(text for _, _, _, text, _ in writer.documents if text and '"lost"' in text))
    writer.put(writer.tables["", "_tables"], {**tables, "namespace": {"kind": "byComponent", "id": "nobody"}})
    writer.put(stray, {"name": "of a component that is not mounted yet"})
    store = open_file(writer.write(file)).store
    assert [(c.path, c.name, c.state) for c in store.components()] == [
        ("", None, "active"),
        ("auth", "auth", "active"),
        ("auth/limits", "limits", "active"),
        ("old", "old", "unmounted"),
    ]
    assert store.components()[1].id == writer.component_ids["auth"]
    for component in ("", "auth", "auth/limits"):
        assert names(documents(store, "users", component=component)) == [component or "app"]
    assert "lost" not in store.tables("auth")


def test_a_file_without_any_component_is_the_app(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    writer.delete(writer.tables["", "_components"], writer.component_ids[""])
    store = open_file(writer.write(file)).store
    assert [component.path for component in store.components()] == [""]


def test_components_in_a_circle_are_left_out(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    table = writer.tables["", "_components"]
    first, second = writer.new_id(table), writer.new_id(table)
    for key, parent in ((first, second), (second, first)):
        writer.put(table, {"_id": key, "parent": parent, "name": "loop", "state": "active"})
    assert [component.path for component in open_file(writer.write(file)).store.components()] == [""]


@pytest.mark.parametrize("ddl", ["today", "2024"])
def test_counts_go_on_from_the_backend_s_own(writer: BackendFileWriter, file: Path, open_file: Open, ddl: Ddl) -> None:
    users = writer.table("users", USERS)
    ids = [writer.put(users, {"name": str(number)}) for number in range(8)]
    kept = users.documents[ids[0]][1]
    writer.delete(users, ids[0])
    writer.summarize()
    assert_counts(writer, file, open_file, ddl, 7)
    writer.put(users, {**users.documents[ids[1]][1], "name": "renamed"})
    writer.delete(users, ids[2])
    writer.put(users, kept)  # comes back under its old id
    short_lived = writer.put(users, {"name": "short-lived"})
    writer.delete(users, short_lived)
    late = writer.table("late", USERS + 1)
    writer.put(late, {})
    store = open_file(writer.write(file.with_name("later.sqlite3"), ddl=ddl)).store
    assert store.tables("")["users"].count == 7 == len(documents(store, "users"))
    assert store.tables("")["late"].count == 1


def assert_counts(writer: BackendFileWriter, file: Path, open_file: Open, ddl: Ddl, expected: int) -> None:
    store = open_file(writer.write(file, ddl=ddl)).store
    assert store.tables("")["users"].count == expected == len(documents(store, "users"))


def test_a_summary_that_cannot_be_read_is_done_without(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    users = writer.table("users", USERS)
    writer.put(users, {})
    writer.write(file)
    too_little = '{"tables":{"%s":{"inferredTypeWithOptionalFields":{"numValues":-1}}},"ts":"/////////38="}'
    for place, value in enumerate(
        ["{", too_little % short(users.id), '{"tables":{"x":1},"ts":"?"}', "[" * 5000 + "]" * 5000]
    ):
        path = file.with_name(f"{place}.sqlite3")
        path.write_bytes(file.read_bytes())
        connection = sqlite3.connect(path)
        connection.execute("INSERT OR REPLACE INTO persistence_globals VALUES ('table_summary_v2', ?)", (value,))
        connection.commit()
        connection.close()
        assert open_file(path).store.tables("")["users"].count == 1


def test_schema_environment_and_clock(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    schema: JsonObject = {"tables": [], "schemaValidation": True}
    for state, text in (("overwritten", "{}"), ("active", json.dumps(schema)), ("pending", "{}")):
        writer.system("_schemas", schema=text, state={"state": state})
    gone = writer.system("_environment_variables", name="GONE", value="x")
    writer.delete(writer.tables["", "_environment_variables"], gone)
    writer.system("_environment_variables", name="KEPT", value="ä\n")
    writer.system("_environment_variables", name="EMPTY", value="")
    dataset = open_file(writer.write(file))
    assert dataset.schemas == {"": schema}
    assert dataset.environment == {"KEPT": "ä\n", "EMPTY": ""}
    assert dataset.note is not None
    assert "as of 2025-10-17 18:4" in dataset.note


async def test_an_index_that_is_not_complete_is_not_used(
    writer: BackendFileWriter, file: Path, open_file: Open
) -> None:
    users = writer.table("users", USERS, indexes={"by_age": ["age"]}, index_state="Backfilling")
    writer.put(users, {"age": 1.0})
    definition: JsonObject = {"indexDescriptor": "by_age", "fields": ["age", "_creationTime"]}
    schema: JsonObject = {"tables": [{"tableName": "users", "indexes": [definition]}]}
    writer.system("_schemas", schema=json.dumps(schema), state={"state": "active"})
    dataset = open_file(writer.write(file))
    offline = Offline(dataset)
    assert [index.state for index in await offline.indexes()] == ["backfilling"]
    with pytest.raises(RequestRejectedError, match="currently backfilling and not available to query yet"):
        await offline.page(PageRequest("users", index="by_age"))
    with pytest.raises(BackendFileError, match="no complete index on age"):
        dataset.store.rows(
            dataset.store.tables("")["users"], ("age", "_creationTime"), b"", None, descending=False, limit=1
        )


def test_two_definitions_of_one_index(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    """While a push changes an index, its new form is backfilled beside the old one."""
    users = writer.table("users", USERS, indexes={"by_age": ["age"]})
    writer.put(users, {"name": "a", "age": 1.0})
    writer.put(
        writer.tables["", "_index"],
        {
            "table_id": next(json.loads(t)["table_id"] for _, _, _, t, _ in writer.documents if t and "by_age" in t),
            "descriptor": "by_age",
            "config": {
                "type": "database",
                "fields": ["age", "name", "_creationTime"],
                "onDiskState": {"type": "Backfilling"},
            },
        },
    )
    dataset = open_file(writer.write(file))
    assert names(documents(dataset.store, "users", ("age", "_creationTime"))) == ["a"]
    assert not dataset.index_states


def test_large_tables_are_read_by_the_page(writer: BackendFileWriter, file: Path, open_file: Open) -> None:
    users = writer.table("users", USERS, indexes={"by_n": ["n"]})
    for number in range(500):
        writer.put(users, {"n": float(number % 7), "name": str(number)})
    store = open_file(writer.write(file)).store
    found = documents(store, "users", ("n", "_creationTime"), page=32)
    assert names(found) == [str(number) for number in sorted(range(500), key=lambda number: (number % 7, number))]

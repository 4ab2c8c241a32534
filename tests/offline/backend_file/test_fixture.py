"""The project's shared fixture: a file made from the format's description by a program of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kitcn_repl.offline.backend_file import open_backend_file
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.store import BY_CREATION_TIME, BY_ID, Store, StoredTable
from kitcn_repl.values.ids import decode_id
from kitcn_repl.values.order import field_at, index_key
from tests.support.shared import shared


@pytest.fixture(scope="module")
def expected() -> Any:
    return json.loads(shared("fixtures/demo_expected.json").read_text())


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return open_backend_file(shared("fixtures/demo_local.sqlite3"))


def table_of(dataset: Dataset, component: str, name: str) -> tuple[Store, StoredTable]:
    store = dataset.system if name.startswith("_") else dataset.store
    assert store is not None
    return store, store.tables(component)[name]


def test_tables_numbers_and_counts(dataset: Dataset, expected: Any) -> None:
    wanted = {(table["component"], table["name"]): (table["number"], table["count"]) for table in expected["tables"]}
    found = {
        (component, name): (table.number, table.count)
        for store in (dataset.store, dataset.system)
        if store is not None
        for component in ("", "rateLimiter")
        for name, table in store.tables(component).items()
        if name not in ("_storage", "_scheduled_functions")
    }
    assert found == wanted


def test_every_row_lies_under_its_own_key(dataset: Dataset, expected: Any) -> None:
    for listed in expected["tables"]:
        store, table = table_of(dataset, listed["component"], listed["name"])
        for fields in (BY_ID, BY_CREATION_TIME) if table.name != "_index" else (BY_ID,):
            rows = store.rows(table, fields, b"", None, descending=False, limit=10_000)
            assert len(rows) == table.count
            for row in rows:
                document = json.loads(row.text)
                key = document["_id"]
                assert row.key == index_key([field_at(document, field) for field in fields], key)
                assert decode_id(key).table_number == table.number
                assert store.get(table, key) == row.text


@pytest.mark.parametrize(("fields", "order"), [(("value",), "zoo_by_value"), ((), "zoo_by_creation_time")])
def test_orders(dataset: Dataset, expected: Any, fields: tuple[str, ...], order: str) -> None:
    table = dataset.store.tables("")["typeZoo"]
    for descending in (False, True):
        rows = dataset.store.rows(table, (*fields, "_creationTime"), b"", None, descending=descending, limit=10_000)
        labels = [json.loads(row.text)["label"] for row in rows]
        assert labels == (expected[order][::-1] if descending else expected[order])


def test_the_rest(dataset: Dataset, expected: Any) -> None:
    components = dataset.store.components()
    assert [(component.path, component.state) for component in components] == [
        ("", "active"),
        ("rateLimiter", "active"),
    ]
    assert components[1].id == expected["component_id"]
    assert dataset.environment == {
        "SITE_URL": "http://localhost:3000",
        "EMPTY_VALUE": "",
        "BETTER_AUTH_SECRET": "demo-secret-not-real",
    }
    assert set(dataset.schemas) == {"", "rateLimiter"}
    assert [spec.identifier for spec in dataset.functions] == [
        "functions/projects.js:list",
        "functions/projects.js:rename",
    ]
    assert "list" in dataset.modules["functions/projects.js"]
    assert len(dataset.store.tables("")) == 9
    for table, key in expected["sample_ids"].items():
        assert dataset.store.get(dataset.store.tables("")[table], key) is not None

"""The demo is the same everywhere and always, and its parts agree with each other."""

from __future__ import annotations

import hashlib
import json

from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.store import BY_CREATION_TIME
from kitcn_repl.values import JsonObject
from kitcn_repl.values.ids import decode_id

FINGERPRINT = "850426755a0e2ac2c3be3ea6e6c3ac182312bf631efccc2ca849a509aa838406"


def documents(dataset: Dataset, component: str, name: str) -> list[JsonObject]:
    table = dataset.store.tables(component)[name]
    rows = dataset.store.rows(table, BY_CREATION_TIME, b"", None, descending=False, limit=10_000)
    return [json.loads(row.text) for row in rows]


def test_is_the_same_on_every_machine_and_day() -> None:
    digest = hashlib.sha256()
    dataset = demo_dataset()
    for component in dataset.store.components():
        for name in sorted(dataset.store.tables(component.path)):
            digest.update(json.dumps([component.path, name, documents(dataset, component.path, name)]).encode())
    assert digest.hexdigest() == FINGERPRINT


def test_every_reference_leads_to_a_user() -> None:
    dataset = demo_dataset()
    users = {row["_id"] for row in documents(dataset, "", "user")}
    for table, field in (("session", "userId"), ("account", "userId"), ("project", "ownerId")):
        assert {row[field] for row in documents(dataset, "", table)} <= users


def test_ids_carry_their_tables_number() -> None:
    dataset = demo_dataset()
    for name, table in dataset.store.tables("").items():
        assert {decode_id(str(row["_id"])).table_number for row in documents(dataset, "", name)} == {table.number}


def test_documents_hold_required_fields_and_no_unknown_ones() -> None:
    dataset = demo_dataset()
    tables = dataset.schemas[""]["tables"]
    assert isinstance(tables, list)
    for definition in tables:
        assert isinstance(definition, dict)
        shape = json.loads(json.dumps(definition["documentType"]))["value"]
        required = {field for field, rule in shape.items() if not rule["optional"]}
        for row in documents(dataset, "", str(definition["tableName"])):
            fields = set(row) - {"_id", "_creationTime"}
            assert required <= fields <= set(shape)


def test_creation_times_never_repeat_in_a_table() -> None:
    dataset = demo_dataset()
    for name in dataset.store.tables(""):
        times = [row["_creationTime"] for row in documents(dataset, "", name)]
        assert len(set(map(str, times))) == len(times)


def test_every_module_and_function_belong_together() -> None:
    dataset = demo_dataset()
    exported = {spec.identifier.partition(":")[0] for spec in dataset.functions if spec.function_type == "Query"}
    assert exported == set(dataset.modules)

"""Against the fixtures' own encoders, which were checked against the backend's source. Only where they lie around."""

from __future__ import annotations

import importlib.util
import json
import zipfile
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given

from kitcn_repl.values import Int64, Value, decode_id, encode, encode_id
from kitcn_repl.values.export import encoded_document, export_to_encoded_text
from kitcn_repl.values.order import encode_key, index_key
from kitcn_repl.values.size import value_size
from tests.support.shared import shared
from tests.values.strategies import VALUES


@pytest.fixture(scope="module")
def fixtures() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_fixtures", shared("fixtures/make_fixtures.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def theirs(module: ModuleType, value: Value) -> Any:
    if isinstance(value, Int64):
        return module.I64(value)
    if isinstance(value, list):
        return [theirs(module, item) for item in value]
    if isinstance(value, dict):
        return {key: theirs(module, item) for key, item in value.items()}
    return value


@given(value=VALUES)
def test_same_keys_sizes_and_texts(fixtures: ModuleType, value: Value) -> None:
    other = theirs(fixtures, value)
    encoded = encode(value)
    assert encode_key(encoded) == fixtures.sort_key(other)
    assert value_size(encoded) == fixtures.size(other)
    assert json.loads(fixtures.encoded_json(other)) == encoded
    assert encoded_document(export_to_encoded_text(f'{{"v":{fixtures.export_json(other)}}}')) == {"v": encoded}


def test_every_document_of_the_snapshot(fixtures: ModuleType) -> None:
    count = 0
    with zipfile.ZipFile(shared("fixtures/demo_snapshot.zip")) as archive:
        numbers = {
            name.rpartition("_tables/documents.jsonl")[0] + row["name"]: int(row["id"])
            for name in archive.namelist()
            if name.endswith("_tables/documents.jsonl")
            for row in map(json.loads, archive.read(name).splitlines())
        }
        for name in archive.namelist():
            table = name.removesuffix("/documents.jsonl")
            if table not in numbers:
                continue
            for line in archive.read(name).splitlines():
                document = encoded_document(export_to_encoded_text(line))
                text = document["_id"]
                assert isinstance(text, str)
                decoded = decode_id(text)
                assert decoded.table_number == numbers[table]
                assert encode_id(decoded.table_number, decoded.internal) == text
                assert index_key([], text) == fixtures.index_key({"_id": text}, [])
                count += 1
    assert count > 500

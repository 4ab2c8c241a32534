"""`data`: the tables, and documents of every kind in every format."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.store.sqlite import memory_store
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import encode_id
from tests.conformance.genuine import Clis, make_clis
from tests.support.node import node_modules
from tests.support.served import Served, served

FORMATS = ["pretty", "jsonArray", "jsonLines"]
"""The genuine `json` and `jsonl` are other names of the last two; ours are valid JSON instead, which theirs are not."""
TABLE_NUMBER = 10001

ODD_VALUES: dict[str, JsonValue] = {
    "text": 'quotes " \\ / controls \u0000\b\t\n\u001b[31m\u007f\u009b lines \u2028\u2029 ü 漢 🎉 \ufeff',
    "wide": "漢字かな交じり文",
    "combining": "é = e\u0301",
    "html": "<b>[red]not markup[/red]</b>",
    "null": None,
    "yes": True,
    "int": {"$integer": "//////////8="},
    "largest": {"$integer": "/////////38="},
    "bytes": {"$bytes": "AP+A"},
    "noBytes": {"$bytes": ""},
    "nan": {"$float": "AAAAAAAA+H8="},
    "infinity": {"$float": "AAAAAAAA8H8="},
    "negativeZero": {"$float": "AAAAAAAAAIA="},
    "floats": [0.1, 1.0, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 9007199254740993, -1.5],
    "keys": {"b": 1, "a": 2, "10": 3, "9": 4, "01": 5, "-1": 6, "": 7, 'quote"': 8},
    "empty": [[], {}, [[]]],
    "deep": {"a": [{"b": [{"c": [{"d": None}]}]}]},
}


def _odd_dataset() -> Dataset:
    """A table in which every row lacks some columns, and one row is nothing but system fields."""
    rows: list[JsonObject] = [
        {"_id": _id(0), "_creationTime": 1.5, **ODD_VALUES},
        {"_id": _id(1), "_creationTime": 2.0},
        *(
            {"_id": _id(number), "_creationTime": 1000.0 + number, "value": value, "Upper": number}
            for number, value in enumerate(ODD_VALUES.values(), 2)
        ),
    ]
    return Dataset(name="odd", store=memory_store({"odd": rows, "empty": []}, numbers={"odd": TABLE_NUMBER}))


def _id(number: int) -> str:
    return encode_id(TABLE_NUMBER, number.to_bytes(16, "big"))


@pytest.fixture(scope="module")
def odd_server() -> Iterator[Served]:
    node_modules()
    with served(_odd_dataset()) as server:
        yield server


@pytest.fixture(scope="module")
def odd(odd_server: Served, tmp_path_factory: pytest.TempPathFactory) -> Clis:
    return make_clis(odd_server, tmp_path_factory.mktemp("odd"))


def _same(clis: Clis, *arguments: str) -> bytes:
    genuine, ours = clis.both("data", *arguments)
    assert genuine.exit_code == 0, genuine.stderr
    assert ours.stdout == genuine.stdout
    assert ours.exit_code == 0
    return genuine.stdout


@pytest.mark.conforms("system query", "cli/tables")
@pytest.mark.conforms("cli data")
def test_tables_are_listed_by_name(clis: Clis) -> None:
    assert b"typeZoo\nuser\n" in _same(clis)


@pytest.mark.conforms("cli data", "[table]", "--component")
def test_a_component_has_its_own_tables(clis: Clis) -> None:
    assert _same(clis, "--component", "rateLimiter") == b"rateLimits\n"
    assert _same(clis, "rateLimits", "--component", "rateLimiter")


@pytest.mark.conforms("cli data", "[table]", "--format")
@pytest.mark.parametrize("format_", FORMATS)
def test_every_value_type_in_every_format(clis: Clis, format_: str) -> None:
    assert _same(clis, "typeZoo", "--format", format_)


@pytest.mark.conforms("cli data", "[table]", "--format")
@pytest.mark.parametrize("format_", FORMATS)
def test_odd_documents_in_every_format(odd: Clis, format_: str) -> None:
    assert _same(odd, "odd", "--format", format_)


@pytest.mark.conforms("cli data", "[table]", "--limit", "--order")
@pytest.mark.parametrize(
    "arguments",
    [
        ("user",),
        ("user", "--limit", "2"),
        ("user", "--limit", "3", "--order", "asc"),
        ("project", "--limit", "200", "--order", "desc", "--format", "jsonLines"),
    ],
    ids=" ".join,
)
def test_order_and_limit(clis: Clis, arguments: tuple[str, ...]) -> None:
    assert _same(clis, *arguments)


def test_the_genuine_cli_says_that_there_is_more(clis: Clis) -> None:
    assert "Showing the 2 most recently created documents" in clis.genuine("data", "user", "--limit", "2").stderr


def test_a_table_without_documents_prints_nothing(odd: Clis) -> None:
    assert _same(odd, "empty") == b""


@pytest.mark.conforms(
    "cli data", "--format", better="`json` and `jsonl` print valid JSON, which the genuine ones do not"
)
def test_the_short_names_hold_the_same_documents(odd: Clis) -> None:
    genuine = odd.genuine("data", "odd", "--format", "json"), odd.genuine("data", "odd", "--format", "jsonl")
    assert genuine[0].stdout == odd.ours("data", "odd", "--format", "jsonArray").stdout
    assert genuine[1].stdout == odd.ours("data", "odd", "--format", "jsonLines").stdout
    documents = json.loads(odd.ours("data", "odd", "--format", "json").stdout)
    assert [json.loads(line) for line in odd.ours("data", "odd", "--format", "jsonl").stdout.splitlines()] == documents
    assert len(documents) == len(ODD_VALUES) + 2

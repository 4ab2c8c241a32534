"""kitcn's dates on the wire, and as people write and read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.calling import parse_arguments
from kitcn_repl.explore.crpc_dates import date_in, encode_dates, holds_dates, is_procedure, iso_text, wire_date
from kitcn_repl.project.layout import find_project
from kitcn_repl.values import JsonValue
from tests.support.projects import write_project


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [
        ('"2026-03-02"', 1772409600000),
        ('"2026-03-02T12:00:00Z"', 1772452800000),
        ('"2026-03-02T12:00:00.250+02:00"', 1772445600250),
        ('"1969-12-31T23:59:59.999Z"', -1),
        ("1772452800000", 1772452800000),
        ("0", 0),
    ],
)
def test_dates_are_written_as_people_write_them(written: str, milliseconds: int) -> None:
    args = parse_arguments(f"{{deep: [{{at: {{$date: {written}}}}}]}}")
    assert args == {"deep": [{"at": {"__crpc": 1, "t": "$date", "v": milliseconds}}]}
    assert holds_dates(args)


@pytest.mark.parametrize(
    "written", ['"soon"', '"2026-03-02T12:00:00"', '"2026-13-02"', "true", "null", "1e17", "Infinity", "{}", "5n"]
)
def test_what_is_no_date_is_refused_in_one_line(written: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_arguments(f"{{at: {{$date: {written}}}}}")
    assert caught.value.message.startswith("Invalid arguments: $date")
    assert "\n" not in caught.value.message


def test_a_date_is_no_object_of_arguments() -> None:
    with pytest.raises(UsageError, match="must be an object"):
        parse_arguments("{$date: '2026-03-02'}")


@pytest.mark.parametrize(
    "value",
    [
        {"__crpc": 1, "t": "$date"},
        {"__crpc": 2, "t": "$date", "v": 5},
        {"__crpc": 1, "t": "$map", "v": 5},
        {"__crpc": 1, "t": "$date", "v": "5"},
        {"__crpc": 1, "t": "$date", "v": True},
        {"__crpc": 1, "t": "$date", "v": 1e300},
        {"__crpc": 1, "t": "$date", "v": 5, "more": 1},
        [],
        None,
    ],
    ids=repr,
)
def test_only_the_exact_form_is_a_date(value: JsonValue) -> None:
    assert date_in(value) is None
    assert not holds_dates([value])


def test_text() -> None:
    assert iso_text(1772452800000) == "2026-03-02T12:00:00Z"
    assert iso_text(1772452800250.0) == "2026-03-02T12:00:00.250Z"
    assert iso_text(8.64e15) == "8640000000000000 ms"
    assert encode_dates([1, "a", None]) == [1, "a", None]
    assert date_in(wire_date(5)) == 5.0


def test_the_project_tells_what_is_a_procedure(tmp_path: Path) -> None:
    project = find_project(write_project(tmp_path))
    assert is_procedure(project, "messages:list") is True
    assert is_procedure(project, "nobody:knows") is False
    assert is_procedure(None, "messages:list") is None

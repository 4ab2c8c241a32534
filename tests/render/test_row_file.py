from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from kitcn_repl.errors import KitcnError
from kitcn_repl.render.row_file import RowFile
from kitcn_repl.render.rows import as_csv, streamed
from kitcn_repl.values import JsonObject

ROWS: list[JsonObject] = [
    {"_id": "a", "name": 'say "hi",\nthen go', "n": 1.0},
    {"_id": "b", "extra": {"$integer": "BQAAAAAAAAA="}, "name": "=1+1"},
    {"_id": "c", "half": "\ud800"},
]


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl", "rows.csv", "rows"])
def test_a_file_is_what_the_command_line_prints(tmp_path: Path, name: str) -> None:
    file = RowFile(tmp_path / name)
    for row in ROWS:
        file.write([row])
    file.finish()
    expected = as_csv(ROWS) if name.endswith("csv") else streamed("json" if name.endswith("json") else "jsonl", ROWS)
    with (tmp_path / name).open(encoding="utf-8", errors="surrogatepass", newline="") as written:
        text = written.read()
    assert text == expected
    assert list(tmp_path.iterdir()) == [tmp_path / name]
    if name.endswith("csv"):
        assert len(list(csv.DictReader(text.splitlines(keepends=True)))) == 3
    elif name.endswith("json"):
        assert len(json.loads(text)) == 3


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl", "rows.csv"])
def test_no_rows_are_a_whole_file_too(tmp_path: Path, name: str) -> None:
    file = RowFile(tmp_path / name)
    file.finish()
    assert (tmp_path / name).read_text() == ("[]\n" if name == "rows.json" else "")


def test_what_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    file = RowFile(tmp_path / "rows.csv")
    file.write(ROWS)
    assert not (tmp_path / "rows.csv").exists()
    file.abandon()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "rows.json"
    late = RowFile(path)
    path.write_text("mine")
    with pytest.raises(KitcnError, match="already"):
        RowFile(path)
    with pytest.raises(KitcnError, match="already"):
        late.finish()
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_that_says_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KitcnError, match="csv"):
        RowFile(tmp_path / "rows.xlsx")
    with pytest.raises(KitcnError, match="cannot be written"):
        RowFile(tmp_path / "nowhere" / "rows.csv")

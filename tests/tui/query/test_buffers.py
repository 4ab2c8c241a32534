"""Open texts, and where they stay."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from kitcn_tui.query.buffers import Buffer, Buffers, BufferStore


def test_opening_closing_and_bringing_back() -> None:
    buffers = Buffers()
    assert [buffer.name for buffer in buffers.all] == ["Query 1"]
    second = buffers.open("b")
    third = buffers.open("c", "top users")
    assert [buffer.name for buffer in buffers.all] == ["Query 1", "Query 2", "top users"]
    buffers.step(1)
    assert buffers.current.name == "Query 1"
    buffers.show(second)
    assert buffers.close() is second
    assert buffers.current is third
    assert buffers.open().name == "Query 2"
    assert buffers.reopen() is second
    assert buffers.reopen() is None
    while len(buffers.all) > 1:
        buffers.close()
    buffers.close()
    assert len(buffers.all) == 1


def test_names_are_told_apart() -> None:
    buffers = Buffers([Buffer("a"), Buffer("a (2)")])
    assert buffers.unique(" a\n") == "a (3)"
    assert buffers.unique("x" * 200) == "x" * 60


def test_kept_with_text_cursor_and_the_one_that_is_shown(tmp_path: Path) -> None:
    store = BufferStore(tmp_path / "state")
    buffers = store.load()
    buffers.current.text = "one\ud800"
    second = buffers.open("two", saved="was two")
    second.cursor = (0, 3)
    store.save(buffers)
    path = tmp_path / "state" / "queries.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = BufferStore(tmp_path / "state").load()
    assert [buffer.text for buffer in again.all] == ["one\ud800", "two"]
    assert again.current.cursor == (0, 3)
    assert again.current.is_changed


def test_two_applications_keep_each_others_buffers(tmp_path: Path) -> None:
    first, second = BufferStore(tmp_path), BufferStore(tmp_path)
    ours, theirs = first.load(), second.load()
    ours.current.text, theirs.current.text = "ours", "theirs"
    first.save(ours)
    second.save(theirs)
    ours.open("ours too")
    first.save(ours)
    assert {buffer.text for buffer in BufferStore(tmp_path).load().all} == {"ours", "theirs", "ours too"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"format": 1}',
        b'{"format": 1, "buffers": [1, {}, {"key": "a b", "name": "n", "text": "t"}, {"key": 1, "name": 2}]}',
        b'{"format": 99, "buffers": [{"key": "a", "name": "n", "text": "t"}]}',
        b"\xff\xfe",
    ],
    ids=["empty", "cut", "list", "bare", "wrong", "newer", "binary"],
)
def test_damaged_files_count_as_none_and_are_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "queries.json"
    path.write_bytes(content)
    store = BufferStore(tmp_path)
    buffers = store.load()
    assert [buffer.text for buffer in buffers.all] == [""]
    buffers.current.text = "new"
    store.save(buffers)
    assert [buffer.text for buffer in BufferStore(tmp_path).load().all] == ["new"]
    is_ours = content.startswith(b'{"format": 1, "buffers"')
    assert is_ours or path.with_suffix(".damaged").read_bytes() == content


def test_odd_cursors_are_the_start(tmp_path: Path) -> None:
    entry = {"key": "a1", "name": "n", "text": "t", "cursor": [-1, "x"]}
    (tmp_path / "queries.json").write_text(json.dumps({"format": 1, "buffers": [entry]}))
    assert BufferStore(tmp_path).load().current.cursor == (0, 0)

"""A long log in little memory."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from kitcn_repl.explore.logs.kept import BLOCK, LONGEST_TEXT, KeptLog, Line, lines_before
from kitcn_repl.values import JsonObject
from tests.support.log_entries import LogStream


def completion(number: int, *lines: str, error: str | None = None, request: str | None = None) -> JsonObject:
    return {
        "kind": "Completion", "udfType": "Query", "identifier": "a:b", "timestamp": float(number), "error": error,
        "requestId": request or f"r{number}", "executionId": f"e{number}", "executionTime": 0.004,
        "logLines": [f"[LOG] {line}" for line in lines],
        "usageStats": {"databaseReadDocuments": 3, "databaseReadBytes": 900},
    }  # fmt: skip


def test_lines_and_how_an_execution_ended() -> None:
    kept = KeptLog()
    said, ended = map(Line, kept.add([completion(1, "hello")]))
    assert (said.text, said.level, said.outcome, said.function) == ("hello", "LOG", None, "a:b")
    assert (ended.text, ended.outcome, ended.duration, ended.documents_read) == ("", "ok", 4.0, 3)
    (failed,) = map(Line, kept.add([completion(2, error="Uncaught Error: no")]))
    assert (failed.outcome, failed.text, failed.level) == ("failed", "Uncaught Error: no", "ERROR")
    (again,) = map(Line, kept.add([{**completion(3, error="conflict"), "willRetry": True}]))
    assert again.outcome == "retried"
    assert [Line(line).entry for line in kept.lines] == [0, 0, 1, 2]


def test_every_entry_comes_back_as_it_was() -> None:
    entries = list(LogStream(seed=4).entries(500))
    kept = KeptLog()
    for at in range(0, len(entries), 37):
        kept.add(entries[at : at + 37])
    assert [kept.entry(number).raw for number in range(len(entries))] == entries  # type: ignore[union-attr]
    assert kept.entry(len(entries)) is None
    assert kept.entry(-1) is None


def test_the_oldest_go_first_and_are_counted() -> None:
    kept = KeptLog(most_entries=3 * BLOCK)
    kept.add(completion(number, "x") for number in range(10 * BLOCK))
    assert kept.total == 10 * BLOCK
    assert kept.first == 7 * BLOCK
    assert Line(kept.lines[0]).entry == kept.first
    assert kept.entry(kept.first - 1) is None
    oldest = kept.entry(kept.first)
    assert oldest is not None
    assert oldest.request_id == f"r{kept.first}"


def test_big_texts_count_by_their_size() -> None:
    kept = KeptLog(most_bytes=2 * 1024 * 1024)
    kept.add(completion(number, "y" * 100_000) for number in range(1000))
    assert len(Line(kept.lines[-2]).text) == LONGEST_TEXT
    assert Line(kept.lines[-2]).is_cut
    assert sum(len(Line(line).text) for line in kept.lines) < 2 * 1024 * 1024
    newest = kept.entry(999)
    assert newest is not None
    assert next(newest.said()).text == "y" * 100_000


@pytest.mark.slow
def test_an_entry_takes_little_memory() -> None:
    stream = LogStream(seed=1)
    tracemalloc.start()
    try:
        kept = KeptLog()
        page: list[JsonObject] = []
        for entry in stream.entries(10_000):
            page.append(entry)
            if len(page) == 1000:
                kept.add(page)
                page = []
        kept.add(page)
        del page
        used = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert kept.total >= 10_000
    assert used / kept.total < 800  # bytes; as JSON it has a thousand, and as objects some thousands


def test_the_garbage_collector_has_nothing_to_look_at() -> None:
    kept = KeptLog()
    kept.add(completion(number, "said", error="why" if number % 3 else None) for number in range(1000))
    gc.collect()
    assert not any(gc.is_tracked(line) for line in kept.lines)


def test_what_a_request_did() -> None:
    kept = KeptLog()
    kept.add(completion(number, request="even" if number % 2 == 0 else "odd") for number in range(200))
    found = kept.of_request("even")
    assert [entry.raw["timestamp"] for entry in found] == [float(number) for number in range(0, 200, 2)]
    assert kept.of_request("none") == []


def test_hostile_texts_survive_packing() -> None:
    kept = KeptLog()
    text = "\ud800 half, \x1b[31m, \u202e, 👩‍👩‍👧, \x00"
    kept.add(completion(number, text) for number in range(BLOCK + 1))
    first = kept.entry(0)
    assert first is not None
    assert next(first.said()).text == text


def test_where_lines_of_an_entry_begin() -> None:
    kept = KeptLog()
    kept.add([completion(1, "a", "b"), completion(2), completion(3, "c")])
    assert [lines_before(kept.lines, number) for number in range(5)] == [0, 3, 4, 6, 6]

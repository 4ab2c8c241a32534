"""Insights from a deployment's own log: exactly those that were planted, and no more memory or time than it takes."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from kitcn_repl.deployment.models import LogPage
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.deployment.retry import NO_RETRIES
from kitcn_repl.explore.insights.collecting import Collector, cancel
from kitcn_repl.explore.insights.entries import findings, times
from kitcn_repl.explore.insights.history import History, open_history
from kitcn_repl.explore.insights.kinds import KINDS
from kitcn_repl.explore.insights.live import live_history, live_insights, remembering
from kitcn_repl.explore.insights.model import HOUR, Insight
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.execution_log import ExecutionLog
from kitcn_repl.offline.log_entries import Conflict, Execution, entry_time
from kitcn_repl.offline.offline import Offline
from kitcn_repl.values import JsonObject
from tests.support.log_entries import LogStream
from tests.support.served import served

_PAGE = 1_000


def _pages(stream: LogStream, executions: int) -> Iterator[list[JsonObject]]:
    entries = stream.entries(executions)
    while page := list(islice(entries, _PAGE)):
        yield page


def _feed(history: History, pages: Iterator[list[JsonObject]]) -> None:
    asked = history.cursor()
    for page in pages:
        found = times(page)
        assert found is not None
        assert history.record(asked, found[1], list(findings(page)), found, len(page))
        asked = found[1]


def _planted(stream: LogStream) -> Counter[tuple[str, str, str, str | None, str | None]]:
    return Counter((one.kind, one.function, one.component or "", one.table, one.execution_id) for one in stream.planted)


def _seen(insights: list[Insight]) -> Counter[tuple[str, str, str, str | None, str | None]]:
    return Counter(
        (insight.kind, insight.function, insight.component, insight.table, event.execution_id)
        for insight in insights
        for event in insight.events
    )


@pytest.mark.slow
async def test_exactly_the_planted_ones_of_100_000_executions_and_memory_stays_flat() -> None:
    stream = LogStream(seed=2026, every=400)
    pages = _pages(stream, 100_000)
    with closing(History(None)) as history:
        _feed(history, islice(pages, 20))
        tracemalloc.start()
        try:
            _feed(history, islice(pages, 20))
            before, _ = tracemalloc.get_traced_memory()
            tracemalloc.reset_peak()
            _feed(history, islice(pages, 20))
            after, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        # What grows is the list of what was planted; a page that is being read comes and goes.
        assert after - before < 200_000
        assert peak - before < 20_000_000
        _feed(history, pages)
        silent = Offline(replace(demo_dataset(), logs=tuple))
        found = (await live_insights(silent, history, stream.planted[-1].timestamp)).insights
        await silent.aclose()
    assert len(stream.planted) > 200
    assert {insight.kind for insight in found} == set(KINDS)
    assert _seen(found) == _planted(stream)
    counts = {(insight.kind, insight.function): insight.count for insight in found}
    assert counts == Counter((one.kind, one.function) for one in stream.planted)
    assert all(sum(hour.count for hour in insight.hours) == insight.count for insight in found)


@pytest.mark.slow
def test_finding_takes_less_time_than_parsing() -> None:
    """So 20,000 entries a second are no question of ours; `benchmarks/live_insights.py` tells how many there are."""
    stream = LogStream(seed=1)
    texts = [json.dumps(entry) for entry in stream.entries(20_000)]
    entries = [json.loads(text) for text in texts]

    def fastest(work: object) -> float:
        took = []
        for _ in range(5):
            began = time.process_time()
            work()  # type: ignore[operator]
            took.append(time.process_time() - began)
        return min(took)

    with closing(History(None)) as history:
        cursors = iter(range(1_000_000))

        def ours() -> None:
            for start in range(0, len(entries), _PAGE):
                page, asked = entries[start : start + _PAGE], history.cursor()
                history.record(asked, asked + 1 + next(cursors), list(findings(page)), times(page), len(page))

        assert fastest(ours) < fastest(lambda: [json.loads(text) for text in texts])


def _logging(entries: list[JsonObject], **more: object) -> Offline:
    return Offline(replace(demo_dataset(), name="busy", logs=lambda: entries, **more))  # type: ignore[arg-type]


def _entries(seed: int, executions: int, start: float, every: int = 20) -> tuple[LogStream, list[JsonObject]]:
    stream = LogStream(seed=seed, start=start, every=every)
    return stream, list(stream.entries(executions))


async def test_a_window_builds_up_over_several_runs(tmp_path: Path) -> None:
    """Each run sees what came since the last one, and all runs together count everything once."""
    now = time.time() * 1000
    first, older = _entries(1, 600, now - 5 * HOUR)
    second, newer = _entries(2, 600, now - HOUR)
    offline = _logging(older)
    with served(offline) as server:
        lives = []
        for round_ in range(4):
            if round_ == 2:
                newest = max(map(entry_time, older))
                assert min(map(entry_time, newer)) > newest
                _in_server(offline.execution_log, newer)
            remote = Remote(server.url, server.admin_key)
            history, problem = await live_history(remote, tmp_path)
            assert problem is None
            with closing(history):
                live = await live_insights(remote, history, now)
            await remote.aclose()
            lives.append(live)
    one, both = len(first.planted), len(first.planted) + len(second.planted)
    assert [sum(insight.count for insight in live.insights) for live in lives] == [one, one, both, both]
    assert _seen(lives[-1].insights) == _planted(first) + _planted(second)
    assert lives[-1].seen[0].begin <= first.planted[0].timestamp


def _in_server(log: ExecutionLog, entries: list[JsonObject]) -> None:
    """The server is in another thread; nobody waits for its log now, so nobody has to be woken."""
    log.add(entries)


async def test_a_log_that_began_anew_is_read_from_its_start(tmp_path: Path) -> None:
    now = time.time() * 1000
    first, long = _entries(3, 600, now - HOUR)
    second, short = _entries(4, 300, now - 3 * HOUR)
    lives = []
    with closing(open_history(tmp_path, "x")) as history:
        for entries in (long, short, short):
            offline = _logging(entries)
            lives.append(await live_insights(offline, history, now))
            await offline.aclose()
    assert _seen(lives[-1].insights) == _planted(first) + _planted(second)


class _Paged:
    """A deployment whose log comes in small pages, as no backend does, but a proxy may."""

    def __init__(self, offline: Offline, size: int) -> None:
        self._offline = offline
        self._size = size

    def __getattr__(self, name: str) -> object:
        return getattr(self._offline, name)

    async def function_logs(self, cursor: float = 0.0) -> LogPage:
        entries = [one for one in self._offline.execution_log.remembered() if entry_time(one) > cursor]
        if not entries:
            await asyncio.Event().wait()
        page = entries[: self._size]
        return LogPage(page, entry_time(page[-1]))


async def test_a_log_in_pages_counts_once() -> None:
    now = time.time() * 1000
    stream, entries = _entries(5, 900, now - HOUR)
    entries.sort(key=entry_time)
    offline = _logging(entries)
    with closing(History(None)) as history:
        for _ in range(2):
            live = await live_insights(_Paged(offline, 70), history, now)  # type: ignore[arg-type]
            assert _seen(live.insights) == _planted(stream)
    await offline.aclose()


async def test_two_that_follow_count_once(tmp_path: Path) -> None:
    now = time.time() * 1000
    stream, entries = _entries(6, 800, now - HOUR)
    entries.sort(key=entry_time)
    offline = _logging(entries[:100])
    histories = [open_history(tmp_path, "x") for _ in range(3)]
    collectors = [Collector(offline, history) for history in histories[:2]]
    tasks = [asyncio.ensure_future(collector.follow()) for collector in collectors]
    for start in range(100, len(entries), 100):
        offline.execution_log.add(entries[start : start + 100])
        for _ in range(20):
            await asyncio.sleep(0)  # a turn for everybody
    live = await live_insights(offline, histories[2], now)
    for task in tasks:
        await cancel(task)
    for history in histories:
        history.close()
    assert sum(collector.executions for collector in collectors) >= len(entries) // 2
    await offline.aclose()
    assert _seen(live.insights) == _planted(stream)


async def test_an_empty_log_is_not_waited_for() -> None:
    offline = _logging([])
    offline.execution_log.patience = 1e9
    with closing(History(None)) as history:
        async with asyncio.timeout(60):
            live = await live_insights(offline, history, 1e12)
    await offline.aclose()
    assert (live.insights, live.has_entries) == ([], False)


async def test_a_log_that_ended_long_ago_is_shown_as_of_its_end() -> None:
    stream, entries = _entries(8, 300, 1_500_000_000_000.0)
    offline = _logging(entries)
    with closing(History(None)) as history:
        live = await live_insights(offline, history, 1_790_000_000_000.0)
    await offline.aclose()
    assert _seen(live.insights) == _planted(stream)
    assert "2017-07-14" in live.notes[0]


async def test_entries_of_any_form_do_no_harm() -> None:
    strange: list[object] = [
        {}, {"occInfo": 7}, {"occInfo": {"retryCount": "x"}}, {"usageStats": []}, {"usageStats": "text", "error": 1},
        {"usageStats": {"databaseReadDocuments": "many"}, "timestamp": 5}, {"timestamp": float("inf"), "occInfo": {}},
        {"occInfo": {"tableName": 5}, "timestamp": 1e300}, None, 7,
        {"kind": "Progress", "timestamp": 1.0, "logLines": []},
    ]  # fmt: skip
    assert list(findings(strange)) == []  # type: ignore[arg-type]


def _execution(kind: str, documents: int, size: int, error: str | None = None) -> JsonObject:
    return Execution(
        kind, "a:b", 1e12, 5, "r", "e", documents_read=documents, bytes_read=size, error=error  # type: ignore[arg-type]
    ).completion()  # fmt: skip


@pytest.mark.parametrize(
    ("documents", "size", "error", "kinds"),
    [
        (25_599, 13_421_771, None, []),
        (25_600, 0, None, ["documentsReadThreshold"]),
        (0, 13_421_772, None, ["bytesReadThreshold"]),
        (31_999, 16_777_215, None, ["documentsReadThreshold", "bytesReadThreshold"]),
        (32_000, 16_777_216, None, ["documentsReadLimit", "bytesReadLimit"]),
        (40_000, 100, None, ["documentsReadLimit"]),
        (10, 100, "Uncaught Error: Too many bytes read in a single function execution (limit: ...", ["bytesReadLimit"]),
        (10, 100, "Uncaught Error: something else", []),
    ],
)
def test_limits(documents: int, size: int, error: str | None, kinds: list[str]) -> None:
    found = list(findings([_execution("Query", documents, size, error)]))
    assert [one.kind for one in found] == kinds
    assert all(one.success == (error is None) for one in found)
    # An action has no such limits: its queries have.
    assert list(findings([_execution("Action", documents, size, error)])) == []


async def test_nothing_of_a_document_but_its_id_is_kept(tmp_path: Path) -> None:
    secret = "a-secret-of-a-document"
    conflict = Execution(
        "Mutation", "a:b", 1e12, 5, "r", "e", conflict=Conflict("t", "doc1", "a:b", 2), will_retry=True,
        error=f"Uncaught Error: {secret}", lines=({"messages": [secret], "timestamp": 1e12},),
    ).completion()  # fmt: skip
    offline = _logging([conflict, _execution("Query", 32_000, 5, f"Uncaught Error: {secret}")])
    with closing(open_history(tmp_path, "x")) as history:
        await Collector(offline, history).catch_up()
        assert len([*history.insights()]) == 2
    await offline.aclose()
    kept = _bytes_in(tmp_path)
    assert b"doc1" in kept
    assert secret.encode() not in kept


def _bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_what_runs_for_long_remembers_meanwhile(tmp_path: Path) -> None:
    now = time.time() * 1000
    stream, entries = _entries(9, 400, now - HOUR)
    with served(_logging(entries)) as server:
        remote = Remote(server.url, server.admin_key)
        async with remembering(remote, tmp_path):
            await asyncio.to_thread(_wait_for, tmp_path, max(map(entry_time, entries)))
        history, _ = await live_history(remote, tmp_path)
        await remote.aclose()
    # The log may forget now.
    silent = _logging([])
    with closing(history):
        live = await live_insights(silent, history, now)
    await silent.aclose()
    assert _seen(live.insights) == _planted(stream)


def _wait_for(folder: Path, cursor: float) -> None:
    """Until the only history in `folder` has come so far."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for path in folder.glob("*.history"):
            with closing(sqlite3.connect(path)) as database, suppress(sqlite3.OperationalError):
                row = database.execute("SELECT cursor FROM state").fetchone()
                if row is not None and row[0] >= cursor - 1:
                    return
    raise AssertionError("nothing was remembered")


async def test_remembering_never_fails(tmp_path: Path) -> None:
    remote = Remote("http://127.0.0.1:9", "key", retry=NO_RETRIES)
    async with remembering(remote, tmp_path):
        pass
    await remote.aclose()
    assert _bytes_in(tmp_path) == b""


class _Hasty(Offline):
    """Says at once that there is nothing new, as some proxies do."""

    polls = 0

    async def function_logs(self, cursor: float = 0.0) -> LogPage:
        self.polls += 1
        await asyncio.sleep(0)
        return LogPage([], cursor)


async def test_who_says_at_once_that_there_is_nothing_is_not_asked_without_end() -> None:
    hasty = _Hasty(demo_dataset())
    with closing(History(None)) as history:
        following = asyncio.ensure_future(Collector(hasty, history).follow())
        for _ in range(500):
            await asyncio.sleep(0)  # a turn for everybody
        following.cancel()
        await asyncio.wait((following,))
    await hasty.aclose()
    assert 2 <= hasty.polls < 10

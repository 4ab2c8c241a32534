"""The history of findings: shared, killed, bounded, private."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from kitcn_repl.explore.insights.entries import Finding, findings
from kitcn_repl.explore.insights.history import MOST_EVENTS_OF_ONE, History, open_history
from kitcn_repl.explore.insights.kinds import OCC_RETRIED
from kitcn_repl.explore.insights.model import HOUR, Span
from kitcn_repl.values import JsonObject

_ROOT = Path(__file__).parents[3]
_NOW = 1_772_452_800_000.0

_WRITER = """
import sys
from pathlib import Path
from kitcn_repl.explore.insights.entries import Finding
from kitcn_repl.explore.insights.history import open_history

pages = int(sys.argv[2])
history = open_history(Path(sys.argv[1]), "shared")
print("ready", flush=True)
while (asked := history.cursor()) < pages:
    at = 1_772_452_800_000.0 + asked
    found = [Finding("occRetried", "", "a:b", "t", at, "r", f"{asked}") for _ in range(3)]
    history.record(asked, asked + 1, found, (at, at), 10)
history.close()
"""


def _finding(at: float, execution: str = "e", function: str = "a:b") -> Finding:
    return Finding(OCC_RETRIED, "", function, "t", at, "r", execution, document="d", write_source="a:b", retries=1)


def _record(history: History, found: Sequence[Finding], newest: float = _NOW) -> None:
    asked = history.cursor()
    assert history.record(asked, asked + 1, found, (newest, newest), len(found))


def _total(history: History) -> int:
    return sum(hour.count for number, _ in history.insights() for hour in history.hours(number, 0, 1e15))


def _writer(folder: Path, pages: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(folder), str(pages)], cwd=_ROOT, stdout=subprocess.PIPE, text=True
    )


def test_several_processes_count_every_page_once(tmp_path: Path) -> None:
    writers = [_writer(tmp_path, 400) for _ in range(4)]
    for writer in writers:
        writer.communicate(timeout=120)
        assert writer.returncode == 0
    with closing(open_history(tmp_path, "shared")) as history:
        assert (history.cursor(), _total(history)) == (400, 1200)
        ((number, key),) = history.insights()
        executions = [event.execution_id for event in history.events(number, key, 0, 1e15)]
        assert sorted(executions) == sorted(f"{float(page)}" for page in range(400) for _ in range(3))


def test_killed_processes_leave_whole_pages(tmp_path: Path) -> None:
    for _ in range(5):
        writer = _writer(tmp_path, 10**9)
        assert writer.stdout is not None
        writer.stdout.readline()
        with closing(open_history(tmp_path, "shared")) as history:
            before = history.cursor()
            while history.cursor() < before + 20:  # it is in the middle of its work
                assert writer.poll() is None
        writer.send_signal(signal.SIGKILL)
        writer.communicate(timeout=60)
        with closing(open_history(tmp_path, "shared")) as history:
            assert history.cursor() >= before + 20
            assert _total(history) == 3 * history.cursor()


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "insights"
    with closing(open_history(folder, "x")) as history:
        _record(history, [_finding(_NOW)])
        files = list(folder.iterdir())
        assert len(files) == 3  # with those that SQLite keeps beside it
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_page_of_another_moment_is_not_taken() -> None:
    with closing(History(None)) as history:
        assert history.record(0, 5, [_finding(_NOW)], (_NOW, _NOW), 1)
        assert not history.record(0, 5, [_finding(_NOW)], (_NOW, _NOW), 1)
        assert not history.record(4, 9, [_finding(_NOW)], (_NOW, _NOW), 1)
        assert (history.cursor(), _total(history)) == (5, 1)


def test_it_is_bounded(tmp_path: Path) -> None:
    with closing(open_history(tmp_path, "x")) as history:
        for page in range(5):
            _record(history, [_finding(_NOW + page, f"{page}-{n}") for n in range(MOST_EVENTS_OF_ONE)], _NOW + page)
        ((number, key),) = history.insights()
        events = list(history.events(number, key, 0, 1e15))
        assert {event.execution_id.partition("-")[0] for event in events} == {"4"}
        assert len(events) == MOST_EVENTS_OF_ONE
        assert _total(history) == 5 * MOST_EVENTS_OF_ONE
        _record(history, [_finding(_NOW + 5, "x" * 100_000, "f" * 100_000)], _NOW + 5)
        assert all(
            len(event.execution_id) <= 300 for n, k in history.insights() for event in history.events(n, k, 0, 1e15)
        )
        for page in range(3):
            _record(history, [_finding(_NOW + 6, "e", f"f{page}-{n}:x") for n in range(600)], _NOW + 6)
        assert len(list(history.insights())) == 1000
    (path,) = tmp_path.iterdir()
    assert path.stat().st_size < 3_000_000


def test_what_is_older_than_72_hours_goes() -> None:
    with closing(History(None)) as history:
        _record(history, [_finding(_NOW - 80 * HOUR, function="old:one"), _finding(_NOW - 71 * HOUR)])
        assert [key[2] for _, key in history.insights()] == ["a:b"]
        _record(history, [], _NOW + 10 * HOUR)
        assert list(history.insights()) == []


def test_what_was_seen_is_known() -> None:
    with closing(History(None)) as history:
        history.record(0, _NOW + 5, [], (_NOW, _NOW + 5), 700)
        history.record(_NOW + 5, _NOW + 9, [], (_NOW + 7, _NOW + 9), 20)
        assert history.spans() == [Span(_NOW, _NOW + 9, 720)]
        # As many as a backend remembers: it may have forgotten some before them.
        history.record(_NOW + 9, _NOW + 30, [], (_NOW + 20, _NOW + 30), 1000)
        # Its log did not reach back: it was started anew.
        history.record(_NOW + 30, _NOW + 50, [], (_NOW + 40, _NOW + 50), 4, unbroken=False)
        assert history.spans() == [
            Span(_NOW, _NOW + 9, 720), Span(_NOW + 20, _NOW + 30, 1000), Span(_NOW + 40, _NOW + 50, 4),
        ]  # fmt: skip


def test_a_file_that_is_none_is_replaced(tmp_path: Path) -> None:
    with closing(open_history(tmp_path, "x")):
        (path,) = (one for one in tmp_path.iterdir() if one.suffix == ".history")
    path.write_bytes(b"no database at all, however long it may be" * 100)
    with closing(open_history(tmp_path, "x")) as history:
        _record(history, [_finding(_NOW)])
        assert _total(history) == 1
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_deployments_have_histories_of_their_own(tmp_path: Path) -> None:
    with closing(open_history(tmp_path, "x")) as one, closing(open_history(tmp_path, "y")) as other:
        _record(one, [_finding(_NOW)])
        assert (_total(one), _total(other)) == (1, 0)


def test_what_sqlite_cannot_hold_is_kept_as_well_as_can_be() -> None:
    info: JsonObject = {"tableName": "t\ud800", "documentId": "\udfff", "retryCount": 10**30}
    usage: JsonObject = {"databaseReadDocuments": 10**30, "databaseReadBytes": 10**30}
    entry: JsonObject = {
        "kind": "Completion",
        "identifier": "a:\ud800",
        "timestamp": _NOW / 1000,
        "requestId": "\ud800",
        "occInfo": info,
        "usageStats": usage,
        "willRetry": True,
    }
    with closing(History(None)) as history:
        _record(history, list(findings([entry])))
        ((number, key),) = history.insights()
        assert key == (OCC_RETRIED, "", "a:\ufffd", "t\ufffd")
        assert [event.retries for event in history.events(number, key, 0, 1e15)] == [0]

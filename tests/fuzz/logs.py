"""Entries of a function log, as they are printed, drawn as trees, kept, and looked through for insights."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

from kitcn_repl.deployment.remote import Remote
from kitcn_repl.deployment.retry import NO_RETRIES
from kitcn_repl.deployment.transport import Answer
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.insights.entries import findings, times
from kitcn_repl.explore.insights.history import History
from kitcn_repl.explore.logs.calls import OpenRequests, request_calls
from kitcn_repl.explore.logs.choosing import Wanted
from kitcn_repl.explore.logs.entry import LogEntry
from kitcn_repl.explore.logs.kept import KeptLog
from kitcn_repl.render.local_time import LocalTime
from kitcn_repl.render.log_lines import LogLines
from kitcn_repl.render.log_tree import draw_requests
from kitcn_repl.render.style import Style
from kitcn_repl.values import JsonObject
from kitcn_repl.values.javascript import plain_stringify
from tests.fuzz import hostile
from tests.fuzz.answers import URL, Scripted
from tests.fuzz.harness import Family
from tests.fuzz.oracle import SECRET, assert_safe_to_show, clear_line
from tests.support.log_entries import LogStream

_SEEDS = tuple(LogStream(seed=7, every=3).entries(60))


def make(random: Random) -> bytes:
    entries = [json.loads(json.dumps(random.choice(_SEEDS))) for _ in range(random.randrange(1, 5))]
    page = {"entries": entries, "newCursor": 1790000000000.0}
    target = page if random.random() < 0.1 else random.choice(entries)
    changed = hostile.mutated_json(random, target)
    if target is page:
        page = changed
    else:
        entries[entries.index(target)] = changed
    return hostile.dumped(random, page)


def check(case: bytes, _folder: Path) -> str:
    try:
        page = asyncio.run(_poll(case))
    except KitcnError as error:
        clear_line(error, quotes_server=True)
        return "refused"
    entries = [LogEntry(raw) for raw in page]
    _draw(entries)
    if len(case) % 8 == 0:
        _keep(page)
    with closing(History(None)) as history:
        try:
            assert history.record(0.0, 1.0, list(findings(page)), times(page), len(page))
            for number, key in history.insights():
                list(history.events(number, key, 0.0, 1e15))
        except sqlite3.Error as error:
            raise AssertionError("the history cannot take an entry") from error
    return "read"


async def _poll(body: bytes) -> list[JsonObject]:
    remote = Remote(
        URL, SECRET, transport=Scripted((Answer(200, {"content-type": "application/json"}, body),)), retry=NO_RETRIES
    )
    return list((await remote.function_logs(0.0)).entries)


def _draw(entries: list[LogEntry]) -> None:
    at, style = LocalTime({}), Style(False)
    for wanted in (Wanted(success=True), Wanted(level="WARN", text="x", function="m*", since=1.0, request="a")):
        for entry in entries:
            said = list(wanted.said(entry)) if wanted.takes(entry) else []
            assert_safe_to_show(LogLines(style, at, is_terminal=True).text(entry, said))
            LogLines(style, at, is_terminal=False).text(entry, said).encode()
    assert_safe_to_show(draw_requests(request_calls(entries), style, at, 80))
    assert_safe_to_show(draw_requests(OpenRequests().add(entries), style, at, None))
    for entry in entries:
        json.loads(plain_stringify(entry.raw))
        plain_stringify(entry.raw).encode()


def _keep(page: list[JsonObject]) -> None:
    kept = KeptLog()
    for _ in range(64 // len(page) + 1 if page else 0):
        kept.add(page)
    for number in range(kept.first, kept.total, 17):
        assert kept.entry(number) is not None
    kept.of_request("x")


FAMILY = Family("logs", make, check, bytes, lambda size: (24 << 20) + 200 * size)

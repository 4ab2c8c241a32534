"""Log lines and trees of calls: exact without a terminal, safe on one."""

from __future__ import annotations

import re

import pytest

from kitcn_repl.explore.logs.calls import request_calls
from kitcn_repl.explore.logs.entry import LogEntry
from kitcn_repl.offline.log_entries import Conflict, Execution, log_line
from kitcn_repl.render.local_time import LocalTime
from kitcn_repl.render.log_lines import LogLines
from kitcn_repl.render.log_tree import draw_requests
from kitcn_repl.render.style import PLAIN, Style
from tests.support.node import run_module

EVIL = "\x1b[2J\u202eevil\r\n3/2/2026, 9:00:00 AM [CONVEX Q(bank:pay)] [LOG] all is well \x9b31m"
TIMES = LocalTime({})
COLOURS = re.compile(r"\x1b\[\d+(?:;\d+)*m")


def evil_entry() -> LogEntry:
    execution = Execution(
        "Query", f"a:b{EVIL}", 0.0, 1.0, EVIL, EVIL, component=EVIL, caller=EVIL, error=EVIL, status=EVIL,
        lines=(log_line([EVIL], 0.0, EVIL, function=EVIL, component=EVIL),),
        conflict=Conflict(EVIL, EVIL, EVIL),
    )  # fmt: skip
    return LogEntry({**execution.completion(), "udfType": EVIL})


@pytest.mark.parametrize("enabled", [True, False])
def test_a_terminal_obeys_nothing_and_no_message_looks_like_a_line(enabled: bool) -> None:
    entry, style = evil_entry(), Style(enabled)
    drawn = LogLines(style, TIMES, is_terminal=True).text(entry, entry.said())
    tree = draw_requests(request_calls([entry]), style, TIMES, 80)
    for text in (drawn, tree):
        plain = COLOURS.sub("", text)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", plain)
        assert "\\u001b[2J" in plain
    starts = [line for line in COLOURS.sub("", drawn).splitlines() if not line.startswith("    ")]
    assert len(starts) == 2


def test_without_a_terminal_messages_are_exact() -> None:
    entry = LogEntry(
        Execution("Mutation", "a:b", 0.0, 1.0, "r", "e", lines=(log_line([EVIL, "\ud800x"], 0.0),)).completion()
    )
    drawn = LogLines(PLAIN, TIMES, is_terminal=False).text(entry, entry.said(success=True))
    assert drawn.startswith(f"{TIMES.text(0)} [CONVEX M(a:b)] [LOG] {EVIL} \ufffdx\n")
    assert drawn.endswith(f"{TIMES.text(1)} [CONVEX M(a:b)] Function executed in 1 ms\n")


def test_levels_and_errors_have_colours() -> None:
    entry = LogEntry(
        Execution(
            "Query", "a:b", 0.0, 1.0, "r", "e", lines=(log_line(["x"], 0.0, "WARN"), log_line(["y"], 0.0)), error="Boom"
        ).completion()
    )
    warned, said, failed = LogLines(Style(True), TIMES, is_terminal=True).text(entry, entry.said()).splitlines()
    assert "\x1b[33m[WARN]\x1b[0m x" in warned
    assert said.startswith("\x1b[36m")
    assert failed.startswith("\x1b[31m")


LOCALES = [
    "en_US.UTF-8",
    "C",
    "en_GB",
    "en_CA",
    "en_AU",
    "en_IN",
    "de_DE.UTF-8",
    "de_AT",
    "es_ES",
    "fr_FR",
    "it_IT",
    "ja_JP",
    "nl_NL",
    "pl_PL",
    "pt_BR",
    "sv_SE",
    "zh_CN",
]
MOMENTS = [
    0,
    1_772_452_800_123,
    1_772_406_001_999,
    1_772_406_061_000,
    1_780_000_000_000,
    951_782_400_000,
    -86_400_000 * 365,
]


def test_times_are_written_as_node_does() -> None:
    tags = {name: "en-US" if name == "C" else name.partition(".")[0].replace("_", "-") for name in LOCALES}
    source = (
        "import { text } from 'node:stream/consumers';"
        "const { tags, moments } = JSON.parse(await text(process.stdin));"
        "console.log(JSON.stringify(tags.map((tag) => moments.map((at) => new Date(at).toLocaleString(tag)))));"
    )
    genuine = run_module(source, {"tags": list(tags.values()), "moments": MOMENTS})
    ours = [[LocalTime({"LANG": name}).text(at) for at in MOMENTS] for name in tags]
    assert dict(zip(tags, ours, strict=True)) == dict(zip(tags, genuine, strict=True))


def test_a_time_that_no_calendar_has() -> None:
    assert LocalTime({"LANG": "de_DE"}).text(1e25) == "Invalid Date"


def test_a_tree_tells_durations_reads_and_conflicts() -> None:
    conflict = Conflict("counters", "id", "counters:add", 1)
    entries = [
        Execution("Mutation", "counters:add", 0.0, 5.0, "r", "1", conflict=conflict, error="changed", will_retry=True),
        Execution("Mutation", "counters:add", 100.0, 1500.0, "r", "2", documents_read=30_000, bytes_read=2048),
        Execution("Query", "a:b", 200.0, 0.25, "r", "3", parent="2", component="lib", caller="Action", is_cached=True),
    ]
    text = draw_requests(request_calls([LogEntry(each.completion()) for each in entries]), PLAIN, TIMES, None)
    assert text == (
        f"{TIMES.text(0)}  request r\n"
        "├─ M counters:add  5 ms  SyncWorker  write conflict on counters, retry 1\n"
        "└─ M counters:add  1.5 s  SyncWorker  30,000 documents, 2 KiB read\n"
        "   └─ Q lib/a:b  <1 ms  cached\n"
    )


def test_what_has_not_ended_says_so() -> None:
    progress = Execution("Action", "a:b", 0.0, 5.0, "r", "1", lines=(log_line(["x"], 0.0),)).progress()
    text = draw_requests(request_calls(map(LogEntry, progress)), PLAIN, TIMES, None)
    assert text.splitlines()[1:] == ["└─ A a:b  not ended yet", "   └─ [LOG] x"]

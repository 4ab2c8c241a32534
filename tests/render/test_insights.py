"""Every view of insights, on rows of any form."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kitcn_repl.explore.insights.model import HOUR, Report, Span
from kitcn_repl.explore.insights.rows import insights_of_rows
from kitcn_repl.render.insights.genuine import as_text
from kitcn_repl.render.insights.machine import as_flat, as_object, json_text
from kitcn_repl.render.insights.terminal import lines
from kitcn_repl.render.style import PLAIN, Style
from tests.support.usage_rows import believable_rows, crashing_rows, generated_rows

_MOMENT = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
_NOW = _MOMENT.timestamp() * 1000

_SCALARS: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 8.64e15, 1e308, 10**400, 2**70, "", "x", "2026-03-02T10:00:00", "\ud800", "\x1b[2J", "日本",
    "a b",
)  # fmt: skip
_NAMES = (
    "occCalls", "count", "occTableName", "hourlyCounts", "recentEvents", "hour", "timestamp", "id", "request_id",
    "occ_retry_count", "occ_document_id", "occ_write_source", "calls", "success", "table_name", "documents_read",
    "bytes_read", "10", "9",
)  # fmt: skip


def _any(random: Random, depth: int) -> Any:
    if depth == 0 or random.random() < 0.3:
        return random.choice(_SCALARS)
    if random.random() < 0.4:
        return [_any(random, depth - 1) for _ in range(random.randrange(4))]
    return {random.choice(_NAMES): _any(random, depth - 1) for _ in range(random.randrange(7))}


def _row(random: Random) -> Any:
    kind = random.choice(("occRetried", "occFailedPermanently", "bytesReadLimit", "documentsReadThreshold", "new\x1b"))
    details = _any(random, 4)
    try:
        text = json.dumps(details)
    except ValueError:  # a number with more digits than Python writes
        text = "{"
    row = [kind, random.choice(_SCALARS), random.choice(_SCALARS), random.choice((text, details))]
    return row[: random.choice((1, 2, 3, 4, 4, 4, 4))] if random.random() < 0.9 else _any(random, 2)


def _report(rows: list[Any], **more: Any) -> Report:
    insights, _ = insights_of_rows(rows)
    facts: dict[str, Any] = {"source": "cloud", "begin": _NOW - 72 * HOUR, "end": _NOW, **more}
    return Report("happy-otter-101", insights=tuple(insights), dashboard="http://localhost/d", **facts)


@pytest.mark.parametrize("seed", range(5))
def test_rows_of_any_form_are_shown(seed: int) -> None:
    random = Random(seed)
    rows = [*(_row(random) for _ in range(300)), *crashing_rows(), *generated_rows(seed, 50)]
    report = _report(rows)
    assert len(report.insights) > 200
    for details in (False, True):
        as_text(report, details=details)
        shown = "\n".join(lines(report, PLAIN, 80, details=details))
        assert not any(char < " " and char != "\n" for char in shown)
        text = json_text(as_object(report, details=details), 2)
        text.encode()
        assert len(json.loads(text)["insights"]) == len(report.insights)
    for insight in report.insights:
        as_flat(insight)


def test_deep_nesting_is_no_end() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    report = _report([["occRetried", "a:b", None, deep], ["occRetried", "a:c", None, f'{{"recentEvents": {deep}}}']])
    assert as_text(report, details=True).count("OCC Retried") == 2


@pytest.mark.parametrize("width", [60, 80, 120, 160])
def test_lines_are_as_wide_as_the_terminal(width: int) -> None:
    report = _report(believable_rows(_MOMENT))
    shown = list(lines(report, PLAIN, width, details=True))
    # A command is one line, so that it can be copied.
    assert max(len(line) for line in shown if not line.lstrip().startswith(("kitcn ", "http"))) <= min(width, 120)
    assert all(line == line.rstrip() for line in shown)
    if width >= 80:
        assert "A mark is an hour, the newest on the right." in shown
    else:
        assert "A mark is 2 hours, the newest on the right." in shown


def test_hours_that_nobody_saw_are_left_blank() -> None:
    insights, _ = insights_of_rows(believable_rows(_MOMENT))  # type: ignore[arg-type]
    seen = Span(_NOW - 10 * HOUR, _NOW, 40)
    report = Report("x", "live", _NOW - 72 * HOUR, _NOW, (insights[0],), seen=(seen,))
    shown = list(lines(report, PLAIN, 80))
    marks = next(line for line in shown if "█" in line)
    assert marks[2:] == " " * 41 + "▄" + " " * 19 + "·····█·····"
    assert any("kitcn has seen 10 h (40 executions)" in line for line in shown)


def test_words_for_nothing() -> None:
    begin = _NOW - 72 * HOUR
    whole, part = Span(begin - 1, _NOW, 5), Span(_NOW - HOUR, _NOW, 5)
    for seen, text, drawn in (
        ((whole,), "is healthy over the last 72 hours.", "No issues found in the last 72 hours."),
        ((part,), "in what is known of the last 72 hours.", "No issues found in what is known of the last 72 hours."),
        ((), "in what is known of the last 72 hours.", "Nothing is known of the last 72 hours."),
    ):
        report = Report("x", "live", begin, _NOW, (), seen=seen)
        assert text in as_text(report, details=False)
        assert next(lines(report, PLAIN, 80)) == drawn
    assert next(lines(_report([]), Style(enabled=True), 80)) == "\x1b[32mNo issues found\x1b[0m in the last 72 hours."


@pytest.mark.parametrize("name", ["healthy", "errors-and-warnings", "local"])
def test_screens(name: str) -> None:
    report = _report([])
    if name == "errors-and-warnings":
        report = _report(believable_rows(_MOMENT))
    elif name == "local":
        conflicts = [row for row in believable_rows(_MOMENT) if row[0] == "occRetried"]
        seen = (Span(_NOW - 30 * HOUR, _NOW, 812),)
        report = replace(_report(conflicts, source="live", seen=seen), dashboard=None)
    expected = (Path(__file__).parent / "pictures" / f"insights-{name}.txt").read_text(encoding="utf-8")
    flags = ["--deployment", "local"] if name == "local" else []
    assert "".join(f"{line}\n" for line in lines(report, PLAIN, 80, flags=flags)) == expected

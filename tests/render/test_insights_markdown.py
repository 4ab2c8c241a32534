"""Insights as Markdown, and as a series of hours with honest gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from kitcn_repl.explore.insights.model import HOUR, Advice, Report, Span
from kitcn_repl.explore.insights.rows import insights_of_rows
from kitcn_repl.render.insights.hours import covered, series
from kitcn_repl.render.insights.markdown import as_markdown, insight_markdown
from tests.support.usage_rows import believable_rows, generated_rows

NOW = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
END = NOW.timestamp() * 1000


def report() -> Report:
    insights, _ = insights_of_rows([list(row) for row in believable_rows(NOW)])
    return Report("happy-otter-101", "cloud", END - 72 * HOUR, END, tuple(insights))


def test_an_issue_can_be_made_of_it() -> None:
    text = as_markdown(report(), ["--prod"])
    assert text.startswith(
        "# Insights of happy-otter-101\n\n3 errors and 3 warnings in the last 72 hours (until 2026-03"
    )
    assert (
        "## Write conflict, retried: `messages:send`\n\n- severity: warning (`occRetried`), 49×\n- table: `message`"
        in text
    )
    assert "- written by `messages:send` (6), `counters:bump` (2)" in text
    assert "    kitcn logs --request 000000000" in text
    assert "--prod\n" in text


def test_text_from_elsewhere_is_no_markup() -> None:
    first = replace(
        report().insights[0], function="a`b|c\x1b[31m<script>", advice=Advice(("use *this* <b>|</b>",), "index('x')")
    )
    text = insight_markdown(first)
    assert "\x1b" not in text
    assert "`a'b\\|c\\u001b[31m<script>`" in text
    assert "- [ ] use \\*this\\* \\<b\\>\\|\\</b\\>" in text
    assert "\n    index('x')\n" in text
    for insight in insights_of_rows([list(row) for row in generated_rows(3, 200)])[0]:
        assert insight_markdown(insight).startswith("## ")


def test_hours_that_nobody_saw_are_unknown() -> None:
    whole = report()
    insight = replace(whole.insights[0], hours=())
    seen = (Span(END - 10 * HOUR, END - 8 * HOUR, 5), Span(END - 2 * HOUR, END - HOUR, 5))
    live = replace(whole, source="live", seen=seen)
    counts, each = series(live, insight, 100)
    assert each == 1
    assert [at - len(counts) for at, count in enumerate(counts) if count == 0] == [-11, -10, -9, -3, -2, -1]
    assert all(covered(whole, 72))
    assert not any(covered(replace(live, seen=()), 72))

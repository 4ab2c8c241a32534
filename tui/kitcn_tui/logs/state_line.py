"""The line above the log: whether it goes on, and how much is shown of how much."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from kitcn_repl.explore.logs.line_filter import LineFilter
from kitcn_repl.render.quantity import counted
from kitcn_repl.render.text import visible
from kitcn_tui.logs.follower import Follower
from kitcn_tui.widgets.painted import MUTED

_QUIET_FAILURES = 2
"""So many polls in a row may fail before anybody hears of it: a connection that is cut now and then is nothing."""


class StateLine(Static):
    DEFAULT_CSS = """
    StateLine { height: 1; padding: 0 1; }
    """

    def complain(self, problem: str) -> None:
        self.update(Content.styled(visible(problem), "$text-error"), layout=False)

    def show(
        self,
        follower: Follower,
        *,
        shown: int,
        paused: int | None,
        below: int,
        is_at_end: bool,
        filtered: LineFilter,
        width: int,
    ) -> None:
        """`paused` is how many lines wait, None if it goes on; `below` how many came beneath what is looked at."""
        left = self._state(follower, paused, below, is_at_end=is_at_end)
        kept = follower.kept
        told = counted(shown, "line") if filtered.is_empty else f"{shown:,} of {counted(len(kept.lines), 'line')}"
        if kept.first:
            told += f" · the oldest {counted(kept.first, 'entry', 'entries')} dropped"
        right = Content.styled(told, MUTED)
        gap = max(2, width - 2 - left.cell_length - right.cell_length)
        self.update(Content.assemble(left, " " * gap, right), layout=False)

    def _state(self, follower: Follower, paused: int | None, below: int, *, is_at_end: bool) -> Content:
        failure, trouble = follower.failure, follower.trouble
        if failure is not None:
            return Content.styled(f"✗ {visible(failure.message)} Trying again.", "$text-error")
        if trouble is not None and trouble.failures > _QUIET_FAILURES:
            again = f"next try in {trouble.wait:.0f} s" if trouble.wait >= 1 else "trying again"
            return Content.styled(f"✗ {visible(trouble.error.message)} ({again})", "$text-error")
        if not follower.is_begun:
            return Content.styled("… reading the log", MUTED)
        if paused is not None:
            told = f" · {paused:,} new" if paused else ""
            return Content.styled(f"⏸ paused{told}", "bold $text-warning")
        if not is_at_end:
            told = f" · {below:,} new below" if below else ""
            return Content.styled(f"↑ looking back{told} · G follows", "$text-accent")
        return Content.styled("● following", "$text-success")

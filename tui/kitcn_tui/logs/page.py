"""What the Logs tab shows, and how it comes there: what functions say, as they say it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.timer import Timer
from textual.widgets import Input

from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.explore.logs.kept import KeptLog, PackedLine, lines_before
from kitcn_repl.explore.logs.line_filter import BoundFilter, LineFilter
from kitcn_repl.render.local_time import LocalTime
from kitcn_tui.logs.details import EntryDetails
from kitcn_tui.logs.follower import Follower
from kitcn_tui.logs.lines import LogLines
from kitcn_tui.logs.state_line import StateLine
from kitcn_tui.places import LogsPlace, Place
from kitcn_tui.views.view import View
from kitcn_tui.widgets.failure import Failure

if TYPE_CHECKING:
    from kitcn_repl.explore.workspace import Workspace

_SLICE: Final = 2_000
_SYNTAX: Final = "words  -without  level:warn  function:users  request:7f3a  since:1h  is:failed"


class LogsPage(View):
    """The log is read from the first visit on, also while another tab is shown, so that nothing is missing later."""

    TAB = LogsPlace.tab
    DEFAULT_CSS = """
    LogsPage {
        & > #log-filter {
            height: 1; border: none; padding: 0 1; background: $panel; display: none;
            &:focus { border: none; }
        }
        & > #log-body { layout: vertical; height: 1fr; }
        & > #log-body.-wide { layout: horizontal; }
        & > #log-body.-details EntryDetails { display: block; height: 55%; }
        & > #log-body.-details.-wide EntryDetails {
            height: 1fr; width: 45%; border-top: none; border-left: solid $border-blurred;
            &:focus { border-left: solid $border; }
        }
    }
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._times = LocalTime(workspace.surroundings.variables)
        self._kept = KeptLog()
        self._follower = Follower(workspace, self._kept, on_lines=self._on_lines, on_state=self._on_state)
        self._filter = LineFilter()
        self._bound: BoundFilter | None = None
        self._place = LogsPlace()
        self._is_ready = False
        self._is_paused = False
        self._waiting: list[PackedLine] = []
        """Lines that came while paused, or out of sight of who looks at older ones, and are to be shown."""
        self._is_choosing = False
        """Whether a filter goes through what is kept; it finds what comes meanwhile too."""
        self._unseen = 0
        self._typing: Timer | None = None
        self._told: DeploymentError | None = None
        """The failure that is shown instead of a log."""

    def compose(self) -> ComposeResult:
        yield StateLine()
        yield Input(id="log-filter", placeholder=_SYNTAX)
        with Container(id="log-body"):
            yield LogLines()
            yield EntryDetails()

    def on_mount(self) -> None:
        self._is_ready = True
        self._apply(self._filter)
        self._read()

    def take_focus(self) -> None:
        if self._had_focus is None:
            self.query_one(LogLines).focus(scroll_visible=False)
        else:
            super().take_focus()

    def visit(self, place: Place) -> None:
        if not isinstance(place, LogsPlace) or place == self._place:
            return
        self._place = place
        self._apply(replace(self._filter, function=place.function, request=place.request_id))

    def here(self) -> LogsPlace:
        return LogsPlace(self._filter.function, self._filter.request)

    def action_reload(self) -> None:
        """Ask at once, also if the next try was to be later."""
        self._read()

    def on_failure_retry(self) -> None:
        self._read()

    def _read(self) -> None:
        self.run_worker(self._follow(), group="follow", exclusive=True)

    async def _follow(self) -> None:
        try:
            await self._follower.run()
        except DeploymentError:
            self._on_state()

    # What comes.

    def _on_lines(self, lines: list[PackedLine]) -> None:
        shown = self.query_one(LogLines)
        if self._kept.first and shown.lines:
            shown.drop(lines_before(shown.lines, self._kept.first))
        if self._is_choosing or self._bound is None:
            return
        wanted = [line for line in lines if self._bound.takes(line)]
        if self._is_paused:
            self._waiting += wanted
        elif wanted:
            if not shown.is_at_end:
                self._unseen += len(wanted)
            shown.append(wanted)
        self._on_state()

    def _on_state(self) -> None:
        if not self.is_attached:
            return
        follower, shown = self._follower, self.query_one(LogLines)
        if shown.is_at_end:
            self._unseen = 0
        state = self.query_one(StateLine)
        state.show(
            follower,
            shown=len(shown.lines),
            paused=len(self._waiting) if self._is_paused else None,
            below=self._unseen,
            is_at_end=shown.is_at_end,
            filtered=self._filter,
            width=self.size.width,
        )
        self._show_body()

    def _show_body(self) -> None:
        shown, body = self.query_one(LogLines), self.query_one("#log-body")
        failure = self._follower.failure
        is_hopeless = failure is not None and not self._kept.total
        if self._told is not None and (self._told is not failure or not is_hopeless):
            self.query(Failure).remove()
            self._told = None
        if is_hopeless and failure is not None and self._told is None:
            self._told = failure
            self.mount(Failure(failure), before=body)
        body.display = not is_hopeless
        shown.nothing = "" if shown.lines else self._why_nothing()

    def _why_nothing(self) -> str:
        if not self._follower.is_begun:
            return "Reading the log …"
        if self._kept.total:
            entries = f"{self._kept.total:,} {'entry' if self._kept.total == 1 else 'entries'}"
            return f"None of the {entries} is what the filter asks for.\n\nescape shows everything again"
        if self.workspace.target.kind in ("snapshot", "sqlite"):
            return "Data files hold no function log.\n\nQueries that you run here will be logged."
        return "Nothing was logged yet.\n\nCall a function of the deployment, and it shows here."

    # The filter.

    def _apply(self, wanted: LineFilter) -> None:
        """Show what `wanted` takes, and keep place."""
        self._filter = wanted
        self._place = self.here()
        if not self._is_ready:
            return  # then it is done on mount
        field = self.query_one("#log-filter", Input)
        if not field.has_focus:
            field.display = not wanted.is_empty
            with field.prevent(Input.Changed):
                field.value = wanted.text
        self._bound = wanted.bound(self._follower.present)
        self._is_choosing = True
        self.run_worker(self._choose(self._bound), group="choose", exclusive=True)

    async def _choose(self, bound: BoundFilter) -> None:
        """Go through what is kept, a slice at a time."""
        shown = self.query_one(LogLines)
        stays = shown.current.entry if shown.current is not None and not shown.is_at_end else None
        found: list[PackedLine] = []
        after = -1
        while True:
            at = lines_before(self._kept.lines, after + 1)
            some = self._kept.lines[at : at + _SLICE]
            if not some:
                break
            # whole entries, so that the next slice begins with one
            rest = at + len(some)
            while rest < len(self._kept.lines) and self._kept.lines[rest][0] == some[-1][0]:
                some.append(self._kept.lines[rest])
                rest += 1
            after = some[-1][0]
            found += [line for line in some if bound.takes(line)]
            await asyncio.sleep(0)
        self._is_choosing = False
        self._waiting = []
        found = found[lines_before(found, self._kept.first) :]
        shown.show_lines(found, cursor=len(found) - 1 if stays is None else lines_before(found, stays))
        self._on_state()

    # Looking.

    @on(LogLines.Moved)
    def _on_moved(self) -> None:
        self._on_state()
        if self._shows_details:
            self._show_details()

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#log-body").set_class(event.size.width >= 150, "-wide")
        self.call_after_refresh(self._on_state)

    @property
    def _shows_details(self) -> bool:
        return self.query_one("#log-body").has_class("-details")

    def _show_details(self) -> None:
        line = self.query_one(LogLines).current
        if line is not None:
            entry = self._kept.entry(line.entry)
            request = self._kept.of_request(line.request_id) if line.request_id else []
            self.query_one(EntryDetails).show(entry, request, self._times)

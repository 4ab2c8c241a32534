"""The Logs tab: what functions say, as they say it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.timer import Timer
from textual.widgets import Input

from kitcn_repl.deployment.errors import DeploymentError
from kitcn_repl.errors import UsageError
from kitcn_repl.explore.logs.entry import LogEntry
from kitcn_repl.explore.logs.kept import KeptLog, Line, PackedLine, lines_before
from kitcn_repl.explore.logs.line_filter import BoundFilter, LineFilter, next_level, parse_filter
from kitcn_repl.render.local_time import LocalTime
from kitcn_repl.render.text import visible
from kitcn_tui.actions import bindings
from kitcn_tui.logs.actions import ACTIONS
from kitcn_tui.logs.details import EntryDetails
from kitcn_tui.logs.follower import Follower
from kitcn_tui.logs.lines import LogLines, clock
from kitcn_tui.logs.state_line import StateLine
from kitcn_tui.places import DocumentPlace, FunctionsPlace, InsightsPlace, LogsPlace, Place
from kitcn_tui.views.view import View
from kitcn_tui.widgets.failure import Failure

if TYPE_CHECKING:
    from kitcn_repl.explore.workspace import Workspace

_TYPING: Final = 0.15
"""Seconds without a key until a filter that is typed is used."""
_SLICE: Final = 2_000
_SYNTAX: Final = "words  -without  level:warn  function:users  request:7f3a  since:1h  is:failed"


class LogsView(View):
    """The log is read from the first visit on, also while another tab is shown, so that nothing is missing later."""

    TAB = LogsPlace.tab
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIONS)]
    DEFAULT_CSS = """
    LogsView {
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

    @on(Input.Changed, "#log-filter")
    def _on_typing(self, event: Input.Changed) -> None:
        event.stop()
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(_TYPING, lambda: self._use(event.value))

    @on(Input.Submitted, "#log-filter")
    def _on_typed(self, event: Input.Submitted) -> None:
        event.stop()
        if self._use(event.value):
            self.query_one(LogLines).focus()
            event.input.display = not self._filter.is_empty

    def _use(self, text: str) -> bool:
        if self._typing is not None:
            self._typing.stop()
            self._typing = None
        try:
            wanted = parse_filter(text)
        except UsageError as error:
            self.query_one(StateLine).complain(error.message)
            return False
        if wanted != self._filter:
            self._apply(wanted)
        else:
            self._on_state()
        return True

    # Looking.

    @on(LogLines.Moved)
    def _on_moved(self) -> None:
        self._on_state()
        if self._shows_details:
            self._show_details()

    @on(LogLines.Chosen)
    def _on_chosen(self) -> None:
        self.action_details()

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

    def _current(self) -> Line | None:
        return self.query_one(LogLines).current

    def _entry(self) -> LogEntry | None:
        line = self._current()
        return None if line is None else self._kept.entry(line.entry)

    # What one can do.

    def action_filter(self) -> None:
        field = self.query_one("#log-filter", Input)
        field.display = True
        field.focus()

    def action_pause(self) -> None:
        self._is_paused = not self._is_paused
        if not self._is_paused:
            waiting, self._waiting = self._waiting, []
            shown = self.query_one(LogLines)
            shown.append(waiting[lines_before(waiting, self._kept.first) :])
        self._on_state()

    def action_to_end(self) -> None:
        if self._is_paused:
            self.action_pause()
        self.query_one(LogLines).action_last()
        self._on_state()

    def action_level(self) -> None:
        self._apply(replace(self._filter, level=next_level(self._filter.level)))

    def action_failures(self) -> None:
        self._apply(replace(self._filter, failed=not self._filter.failed))

    def action_quiet(self) -> None:
        self._apply(replace(self._filter, quiet=not self._filter.quiet))

    def action_this_function(self) -> None:
        line = self._current()
        if self._filter.function is not None:
            self._apply(replace(self._filter, function=None))
        elif line is not None:
            self._apply(replace(self._filter, function=line.function))

    def action_this_request(self) -> None:
        line = self._current()
        if self._filter.request is not None:
            self._apply(replace(self._filter, request=None))
        elif line is not None and line.request_id:
            self._apply(replace(self._filter, request=line.request_id))

    def action_details(self) -> None:
        body = self.query_one("#log-body")
        body.toggle_class("-details")
        if self._shows_details:
            self.call_after_refresh(self._show_details)
        self.call_after_refresh(self.query_one(LogLines).show_cursor)

    def action_clear_filter(self) -> None:
        field = self.query_one("#log-filter", Input)
        if field.has_focus:
            self.query_one(LogLines).focus()
            field.value = ""
            self._use("")
            field.display = False
        elif self._shows_details:
            self.action_details()
            self.query_one(LogLines).focus()
        elif not self._filter.is_empty:
            self._apply(LineFilter())

    def action_wrap(self) -> None:
        shown = self.query_one(LogLines)
        shown.wraps = not shown.wraps

    def action_left(self) -> None:
        self.query_one(LogLines).action_sideways(-1)

    def action_right(self) -> None:
        self.query_one(LogLines).action_sideways(1)

    def action_to_function(self) -> None:
        line = self._current()
        if line is not None and line.identifier:
            self.go(FunctionsPlace(specified(line.identifier)))

    def action_to_insights(self) -> None:
        line = self._current()
        if line is not None and line.identifier:
            self.go(InsightsPlace(line.identifier))

    def action_to_document(self) -> None:
        entry = self._entry()
        conflict = entry.conflict if entry is not None else None
        document = conflict.get("documentId") if conflict is not None else None
        if isinstance(document, str):
            self.go(DocumentPlace(document))
        else:
            self.app.notify("Only write conflicts name a document.")

    def action_copy(self) -> None:
        line = self._current()
        if line is not None:
            word = line.outcome or line.level
            self._copied(f"{clock(line.time, with_day=True)} {word} {line.function} {line.text}".rstrip(), "Line")

    def action_copy_entry(self) -> None:
        entry = self._entry()
        if entry is not None:
            self._copied(json.dumps(entry.raw, ensure_ascii=False, indent=2), "Entry")

    def action_copy_request(self) -> None:
        line = self._current()
        if line is not None and line.request_id:
            self._copied(line.request_id, f"Request id {visible(line.request_id)}")

    def _copied(self, text: str, what: str) -> None:
        self.app.copy_to_clipboard(text)
        self.app.notify(f"{what} copied.", markup=False)


def specified(identifier: str) -> str:
    """As specifications name it: `messages.js:list`; a route stays what it is."""
    module, colon, name = identifier.partition(":")
    if not colon or " " in module:
        return identifier
    return f"{module.removesuffix('.js')}.js:{name}"

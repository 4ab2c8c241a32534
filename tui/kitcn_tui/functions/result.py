"""What a call answered: as tree, JSON or logs, or how it failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Literal

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from kitcn_repl.errors import KitcnError
from kitcn_repl.render.quantity import counted, duration
from kitcn_repl.values import JsonValue
from kitcn_tui.document.nodes import Light
from kitcn_tui.document.values import table_number
from kitcn_tui.results.form_bar import FormBar
from kitcn_tui.results.forms import JsonForm, LogForm, TreeForm
from kitcn_tui.widgets.failure import Failure

CallForm = Literal["tree", "json", "logs"]
_FORMS: tuple[CallForm, ...] = ("tree", "json", "logs")


@dataclass(frozen=True, slots=True)
class Answer:
    """Either a value or an error. `elapsed` is in seconds, None for what was watched."""

    value: JsonValue = None
    error: KitcnError | None = None
    log_lines: tuple[str, ...] = ()
    elapsed: float | None = None


class CallResult(Vertical):
    """Keeps an answer until another one comes; while a call runs it is dimmed and can still be read."""

    DEFAULT_CSS = """
    CallResult { height: 1fr; min-height: 6; }
    CallResult.running ContentSwitcher { opacity: 60%; }
    CallResult ContentSwitcher { height: 1fr; }
    CallResult.empty { display: none; }
    """

    def __init__(self) -> None:
        super().__init__(id="call-result", classes="empty")
        self._answer: Answer | None = None
        self._tables: Mapping[int, str] = {}
        self._form: CallForm = "tree"
        self._reveals = False
        self._failed: str | None = None
        self._numbers = count()

    def compose(self) -> ComposeResult:
        yield FormBar()
        with ContentSwitcher(initial="call-tree"):
            yield TreeForm(id="call-tree")
            yield JsonForm(id="call-json")
            yield LogForm(id="call-logs")

    @property
    def answer(self) -> Answer | None:
        return self._answer

    @property
    def _bar(self) -> FormBar:
        return self.query_one(FormBar)

    @property
    def _switcher(self) -> ContentSwitcher:
        return self.query_one(ContentSwitcher)

    @property
    def body(self) -> Widget | None:
        return self._switcher.visible_content

    def know(self, tables: Mapping[int, str]) -> None:
        self._tables = tables

    def clear(self) -> None:
        self._answer = None
        self._switcher.current = None
        self._bar.show_forms(None, (), 0)
        self.add_class("empty")
        self.remove_class("running")

    def say(self, text: str, style: str = "") -> None:
        """How the call goes."""
        self.remove_class("empty")
        self._bar.say((text, style))

    def start(self, text: str) -> None:
        self.add_class("running")
        self.say(text, "$text-accent bold")

    def stop(self, text: str) -> None:
        self.remove_class("running")
        self.say(text, "$text-warning")

    def show(self, answer: Answer) -> None:
        self.remove_class("running", "empty")
        self._answer = answer
        for old in self.query(Failure):
            old.remove()
        elapsed = "" if answer.elapsed is None else duration(answer.elapsed)
        if answer.error is not None:
            failure = Failure(answer.error)
            self._failed = failure.id = f"call-failed-{next(self._numbers)}"
            self._switcher.mount(failure)
            self._switcher.current = self._failed
            offered: tuple[CallForm, ...] = ("logs",) if answer.log_lines else ()
            self._bar.show_forms(None, offered, len(answer.log_lines))
            self._bar.say(("✗ failed", "$text-error bold"), (f" · {elapsed}" if elapsed else "", ""))
            return
        self._show_form(self._form)
        parts = [part for part in (_extent(answer.value), elapsed) if part]
        self._bar.say((" · ".join(parts), ""))

    def _show_form(self, form: CallForm) -> None:
        answer = self._answer
        if answer is None:
            return
        if form == "logs":
            self.query_one(LogForm).show_lines(answer.log_lines)
        elif form == "json":
            self.query_one(JsonForm).show_value(answer.value, self._table_of, reveals=self._reveals)
        else:
            self.query_one(TreeForm).show_value(answer.value, Light(tables=self._tables, reveals=self._reveals))
        had_focus = self.body is not None and self.body.has_focus
        self._switcher.current = f"call-{form}"
        if had_focus and self.body is not None:
            self.body.focus()
        self._bar.show_forms(form, _FORMS if answer.error is None else ("logs",), len(answer.log_lines))

    def _table_of(self, text: str) -> str | None:
        number = table_number(text)
        return None if number is None else self._tables.get(number)

    def next_form(self) -> None:
        answer = self._answer
        if answer is None:
            return
        if answer.error is not None:
            if answer.log_lines:
                is_logs = self._switcher.current == "call-logs"
                if is_logs:
                    self._switcher.current = self._failed
                else:
                    self._show_form("logs")
            return
        self._form = _FORMS[(_FORMS.index(self._form) + 1) % len(_FORMS)]
        self._show_form(self._form)

    def toggle_secrets(self) -> None:
        self._reveals = not self._reveals
        if self._answer is not None and self._answer.error is None:
            self._show_form(self._form)

    def on_form_bar_wanted(self, message: FormBar.Wanted) -> None:
        message.stop()
        if message.form in _FORMS and self._answer is not None:
            if self._answer.error is None:
                self._form = message.form
            self._show_form(message.form)


def _extent(value: JsonValue) -> str:
    if isinstance(value, list):
        return counted(len(value), "item")
    return "null" if value is None else ""

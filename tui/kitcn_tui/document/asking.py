"""Asking for an id."""

from __future__ import annotations

from collections.abc import Mapping

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from kitcn_repl.render.text import visible
from kitcn_repl.values.ids import IdError, decode_id


class AskForId(Vertical):
    """A line to type or paste an id into; it says at once which table the id belongs to."""

    DEFAULT_CSS = """
    AskForId {
        height: auto; display: none; padding: 0 1; background: $surface;
        & > Input, & > Input:focus { border: none; height: 1; padding: 0 1; background: $panel; }
        & > Static { color: $text-muted; height: 1; padding: 0 1; }
        &.-shown { display: block; }
    }
    """

    class Answered(Message):
        """Somebody wants this document."""

        def __init__(self, document_id: str) -> None:
            super().__init__()
            self.document_id = document_id

    class Dropped(Message):
        """Nobody wants to know any more."""

    def __init__(self) -> None:
        super().__init__(id="ask-for-id")
        self.tables: Mapping[int, str] = {}

    def compose(self) -> ComposeResult:
        yield Input(placeholder="Document id", compact=True, id="document-id")
        yield Static("", markup=False)

    def ask(self) -> None:
        self.add_class("-shown")
        line = self.query_one(Input)
        line.value = ""
        line.focus()
        self._say("enter opens it, escape leaves")

    def _say(self, text: str) -> None:
        self.query_one(Static).update(Content(text))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        text = event.value.strip()
        if not text:
            self._say("enter opens it, escape leaves")
            return
        try:
            number = decode_id(text).table_number
        except IdError as error:
            self._say(f"{len(text)} characters. {error}")
            return
        table = self.tables.get(number)
        if table is not None:
            self._say(f"in {visible(table)}")
        else:
            self._say(f"table number {number}" + (", which is no table here" if self.tables else ""))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if text:
            self.remove_class("-shown")
            self.post_message(self.Answered(text))

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.remove_class("-shown")
            self.post_message(self.Dropped())

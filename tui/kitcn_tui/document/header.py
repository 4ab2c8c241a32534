"""What document this is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from kitcn_repl.render.text import visible
from kitcn_tui.widgets.colours import table_variable
from kitcn_tui.widgets.painted import MUTED

Form = Literal["stored", "orm", "json"]
FORMS: tuple[Form, ...] = ("stored", "orm", "json")
NAMES: dict[Form, str] = {"stored": "Stored", "orm": "ORM", "json": "JSON"}


class FormName(Static):
    """One of the forms; a click chooses it."""

    class Chosen(Message):
        """The document is to be shown in this form."""

        def __init__(self, form: Form) -> None:
            super().__init__()
            self.form = form

    def __init__(self, form: Form) -> None:
        super().__init__(NAMES[form], id=f"form-{form}", markup=False)
        self.form = form

    def on_click(self) -> None:
        self.post_message(self.Chosen(self.form))


@dataclass(frozen=True, slots=True)
class Heading:
    """`facts` stand in a second line; all texts are safe to show."""

    table: str
    document_id: str
    label: str
    facts: tuple[str, ...]


class Header(Vertical):
    """Table, id and the forms to choose from; beneath it what a person would call the document, and facts."""

    DEFAULT_CSS = """
    Header {
        height: 2; padding: 0 1; background: $surface;
        & Static { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > Horizontal { height: 1; }
        & #header-id { width: 1fr; }
        & FormName { width: auto; padding: 0 1; color: $text-muted; }
        & FormName:hover { color: $foreground; }
        & FormName.-chosen { color: $foreground; text-style: bold underline; }
    }
    """

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("", id="header-id", markup=False)
            for form in FORMS:
                yield FormName(form)
        yield Static("", id="header-facts", markup=False)

    def show(self, heading: Heading, form: Form) -> None:
        name = (heading.table, f"bold ${table_variable(heading.table)}")
        self.query_one("#header-id", Static).update(Content.assemble(name, "  ", (heading.document_id, MUTED)))
        facts = "  ·  ".join(heading.facts)
        label = heading.label + ("   " if heading.label else "")
        self.query_one("#header-facts", Static).update(Content.assemble(label, (facts, MUTED)))
        for each in self.query(FormName):
            each.set_class(each.form == form, "-chosen")

    def wait(self, document_id: str) -> None:
        """There is nothing but the id yet."""
        self.query_one("#header-id", Static).update(Content.styled(visible(document_id[:64]), MUTED))
        self.query_one("#header-facts", Static).update("")

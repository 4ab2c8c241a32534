"""The arguments of a function as a form, and the identity to act as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Select, Static, TextArea

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.calling import parse_arguments, parse_identity
from kitcn_repl.explore.calls.fields import ArgumentField, FieldError, mistake, read_field
from kitcn_repl.render.text import visible
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_tui.functions.history import Typed

IDENTITY, WHOLE = " identity", " arguments"
"""Names of entries that are no arguments; no field of Convex begins with a blank."""
_LONGEST_TYPE, _WIDEST_TYPE = 80, 32
_WIDEST_NAME, _BESIDE_NAME = 18, 4
_ACT_AS = "act as"


class ArgumentEntry(Vertical):
    """A line of the form: name, what is typed, and beneath it what is wrong with that."""

    DEFAULT_CSS = """
    ArgumentEntry {
        height: auto;
        & .entry-line { height: auto; }
        & .entry-name { padding: 0 2; color: $text-primary; text-wrap: nowrap; text-overflow: ellipsis; }
        & .entry-type {
            max-width: 30%; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & .entry-problem { height: auto; color: $text-error; display: none; }
        &.wrong .entry-problem { display: block; }
        & Input, & TextArea, & Select { width: 1fr; background: $foreground 6%; }
        & Input:focus, & TextArea:focus { background: $foreground 12%; }
        & TextArea { height: auto; max-height: 6; padding: 0; border: none; }
        &.quiet .entry-name { color: $text-muted; }
    }
    """

    class Edited(Message):
        """Something else is in an entry."""

        def __init__(self, entry: ArgumentEntry) -> None:
            super().__init__()
            self.entry = entry

    class Submitted(Message):
        """Enter in a line of text."""

    def __init__(
        self, name: str, label: str, kind: str, widths: tuple[int, int], field: ArgumentField | None = None
    ) -> None:
        """`widths` are the cells in which the names and the types of the form stand."""
        super().__init__(classes="quiet" if field is None or field.optional else "")
        self.entry_name = name
        self.field = field
        self._label = label
        self._kind = kind
        self._widths = widths

    def compose(self) -> ComposeResult:
        name, kind = self._widths
        with Horizontal(classes="entry-line"):
            label = Static(Content(visible(self._label)), classes="entry-name", markup=False)
            label.styles.width = name
            yield label
            yield self._input()
            types = Static(Content(self._type_text), classes="entry-type", markup=False)
            types.styles.width = kind
            yield types
        problem = Static("", classes="entry-problem", markup=False)
        problem.styles.margin = (0, 0, 0, name)
        yield problem

    def _input(self) -> Widget:
        field = self.field
        if field is not None and field.kind == "choice":
            options = [(Content(visible(text)), text) for text, _ in field.choices]
            return Select(options, prompt="left out" if field.optional else "choose", compact=True)
        if self._kind == "json":
            placeholder = "left out" if field is not None and field.optional else "JSON"
            return TextArea(compact=True, highlight_cursor_line=False, placeholder=placeholder)
        return Input(placeholder=self._placeholder(), compact=True, select_on_focus=False)

    @property
    def _type_text(self) -> str:
        return "" if self.field is None else visible(self.field.type_text[:_LONGEST_TYPE])

    def _placeholder(self) -> str:
        if self.field is None:
            return '{"subject": "user-1"}'
        if self.field.optional:
            return "left out"
        return {"id": f"an id of {self.field.table}", "number": "a number", "int64": "a whole number"}.get(
            self.field.kind, ""
        )

    @property
    def input(self) -> Widget:
        return self.query("Input, TextArea, Select").first()

    @property
    def text(self) -> str:
        match self.input:
            case Input() as line:
                return line.value
            case TextArea() as area:
                return area.text
            case Select() as select:
                return "" if select.is_blank() else str(select.value)
        return ""

    @text.setter
    def text(self, text: str) -> None:
        match self.input:
            case Input() as line:
                line.value = text
            case TextArea() as area:
                area.text = text
            case Select() as select:
                known = self.field is not None and text in [written for written, _ in self.field.choices]
                if known:
                    select.value = text
                else:
                    select.clear()

    def complain(self, problem: str | None) -> None:
        self.set_class(problem is not None, "wrong")
        self.query_one(".entry-problem", Static).update(Content(f"✗ {visible(problem)}" if problem else ""))

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    def _on_changed(self, message: Message) -> None:
        message.stop()
        self.post_message(self.Edited(self))

    @on(Input.Submitted)
    def _on_submitted(self, message: Message) -> None:
        message.stop()
        self.post_message(self.Submitted())


class ArgumentForm(Vertical):
    """Entries for the arguments of one function. What is typed is looked at while it is typed."""

    DEFAULT_CSS = """
    ArgumentForm { height: auto; }
    """

    def __init__(self, fields: Sequence[ArgumentField] | None, typed: Typed, tables: Mapping[int, str]) -> None:
        super().__init__()
        self._fields = fields
        self._typed = typed
        self.tables = tables
        self.is_ready = False
        self._wants_focus = False

    def compose(self) -> ComposeResult:
        fields = self._fields or ()
        labels = ["arguments"] if self._fields is None else [f"{field.name}{'?' * field.optional}" for field in fields]
        names = [cell_len(visible(label)) + _BESIDE_NAME for label in (*labels, _ACT_AS)]
        types = [cell_len(field.type_text) + 2 for field in fields]
        widths = min(_WIDEST_NAME, max(names)), min(_WIDEST_TYPE, max(types, default=0))
        if self._fields is None:
            yield ArgumentEntry(WHOLE, labels[0], "json", widths)
        for field, label in zip(fields, labels, strict=False):
            yield ArgumentEntry(field.name, label, "json" if field.kind == "json" else "line", widths, field)
        yield ArgumentEntry(IDENTITY, _ACT_AS, "line", widths)

    def on_mount(self) -> None:
        self.fill(self._typed)
        self.is_ready = True
        if self._wants_focus:
            self.take_focus()

    def take_focus(self) -> None:
        """To the first entry, as soon as it is there."""
        self._wants_focus = not self.is_ready
        if self.is_ready:
            self.entries[0].input.focus()

    @property
    def entries(self) -> list[ArgumentEntry]:
        return list(self.query(ArgumentEntry))

    @property
    def typed(self) -> Typed:
        if not self.is_ready:
            return self._typed
        return {entry.entry_name: entry.text for entry in self.entries if entry.text}

    @property
    def typed_identity(self) -> JsonObject | None:
        """The identity without what is filled in for a call; of a form that says no call, None."""
        text = self.typed.get(IDENTITY)
        return None if text is None else parse_arguments(text)

    def fill(self, typed: Typed) -> None:
        for entry in self.entries:
            entry.text = typed.get(entry.entry_name, "")
            entry.complain(None)

    def complain(self, name: str, problem: str) -> bool:
        """Say what is wrong with an argument; False if there is no such entry."""
        for entry in self.entries:
            if entry.entry_name == name:
                entry.complain(problem)
                entry.input.focus()
                return True
        return False

    def read(self) -> tuple[JsonObject, JsonObject | None] | None:
        """Arguments and identity, encoded. None where something is wrong, which is told where it is."""
        args: JsonObject = {}
        identity: JsonObject | None = None
        wrong: ArgumentEntry | None = None
        for entry in self.entries:
            try:
                value = self._value(entry)
            except _Missing:
                continue
            except KitcnError as error:
                entry.complain(error.message)
                wrong = wrong or entry
                continue
            entry.complain(None)
            if entry.entry_name == IDENTITY and isinstance(value, dict):
                identity = value
            elif entry.entry_name == WHOLE and isinstance(value, dict):
                args = value
            else:
                args[entry.entry_name] = value
        if wrong is not None:
            wrong.input.focus()
            return None
        return args, identity

    def _value(self, entry: ArgumentEntry) -> JsonValue:
        """The encoded value of an entry. Raises _Missing if it is left out, KitcnError if it is wrong."""
        text = entry.text
        field = entry.field
        if not text.strip() and not (text and field is not None and field.kind == "text"):
            if field is not None and not field.optional:
                hint = ' (write "" for an empty text)' if field.kind == "text" else ""
                raise FieldError(f"is missing{hint}")
            raise _Missing
        if field is None:
            return parse_identity(text) if entry.entry_name == IDENTITY else parse_arguments(text)
        value = read_field(field, text)
        problem = mistake(field, value, self.tables)
        if problem is not None:
            raise FieldError(problem)
        return value

    def on_argument_entry_edited(self, message: ArgumentEntry.Edited) -> None:
        """While somebody types, only say what is wrong with what is there."""
        entry = message.entry
        if not entry.is_attached:
            return
        try:
            if entry.text.strip():
                self._value(entry)
        except _Missing:
            pass
        except KitcnError as error:
            entry.complain(error.message)
            return
        entry.complain(None)


class _Missing(Exception):
    """An argument that is left out."""

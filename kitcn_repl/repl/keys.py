"""Keys that mean something of their own here; all others are those of emacs or vi."""

from __future__ import annotations

from prompt_toolkit.application.current import get_app
from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.filters import (
    Condition,
    completion_is_selected,
    emacs_insert_mode,
    has_completions,
    has_focus,
    has_selection,
    vi_insert_mode,
)
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from kitcn_repl.explore.completion import Words, is_unasked_query
from kitcn_repl.explore.inline.completeness import is_complete
from kitcn_repl.repl.completer import ShellCompleter
from kitcn_repl.repl.words import is_command

_INDENT = "  "
_OPENING = ("(", "[", "{")
_CLOSING = {")": "(", "]": "[", "}": "{"}


@Condition
def _is_at_blank_line() -> bool:
    return not get_app().current_buffer.document.current_line_before_cursor.strip()


def key_bindings(completer: ShellCompleter) -> KeyBindings:
    """Enter runs what is whole; alt-enter never does. Tab completes, and indents where nothing is typed yet."""
    bindings = KeyBindings()
    typing = has_focus("DEFAULT_BUFFER") & ~has_selection
    inserting = typing & (emacs_insert_mode | vi_insert_mode)

    @bindings.add("enter", filter=typing & completion_is_selected)
    @bindings.add("c-j", filter=typing & completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        """What is chosen in the menu is taken, and nothing else happens."""
        event.current_buffer.complete_state = None

    @bindings.add("enter", filter=typing & ~completion_is_selected)
    @bindings.add("c-j", filter=typing & ~completion_is_selected)  # Enter of some terminals, and of what is typed ahead
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if may_run(buffer.text, buffer.cursor_position, completer.words()):
            buffer.validate_and_handle()
        else:
            _new_line(buffer)

    @bindings.add("escape", "enter", filter=typing)
    @bindings.add("escape", "c-j", filter=typing)
    def _(event: KeyPressEvent) -> None:
        _new_line(event.current_buffer)

    @bindings.add("tab", filter=inserting & ~has_completions)
    def _(event: KeyPressEvent) -> None:
        """At once: the menu that comes while somebody types may still be on its way."""
        buffer = event.current_buffer
        if "\n" in buffer.text and _is_at_blank_line():
            buffer.insert_text(_INDENT)
            return
        found = list(completer.get_completions(buffer.document, CompleteEvent(completion_requested=True)))
        if found:
            buffer.complete_state = CompletionState(buffer.document, found)
            buffer.go_to_completion(0)

    for closing in _CLOSING:

        @bindings.add(closing, filter=typing & _is_at_blank_line)
        def _(event: KeyPressEvent) -> None:
            """A bracket that closes stands where the line of its partner does."""
            buffer = event.current_buffer
            before = buffer.document.current_line_before_cursor
            if before.endswith(_INDENT):
                buffer.delete_before_cursor(len(_INDENT))
            buffer.insert_text(event.data)

    return bindings


def may_run(text: str, cursor: int, words: Words) -> bool:
    """Whether Enter runs the text: it is a command, or whole.

    A query that nobody asks for documents yet is not, as its `.take(5)` may follow in the next line. On an empty last
    line somebody insists on it, and on two of them on anything.
    """
    if not text.strip() or is_command(text):
        return True
    empty = 0 if cursor < len(text) else len(text) - len(text.rstrip(" \n"))
    lines = text[len(text) - empty :].count("\n")
    if is_complete(text):
        return lines > 0 or not is_unasked_query(text, words)
    return lines > 1


def _new_line(buffer: Buffer) -> None:
    """Indented like the line before, and once more behind an opening bracket."""
    line = buffer.document.current_line_before_cursor
    indent = line[: len(line) - len(line.lstrip())]
    if line.rstrip().endswith((*_OPENING, "=>")):
        indent += _INDENT
    buffer.insert_text("\n" + indent)

"""The menu of the prompt, from the engine of `explore.completion` and the grammar of the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from kitcn_repl.explore.completion import Suggestion, Words, complete
from kitcn_repl.repl.words import is_command

if TYPE_CHECKING:
    from kitcn_repl.repl.shell import Shell

_SHOWN_DETAIL = 44


class ShellCompleter(Completer):
    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        text, cursor = document.text, document.cursor_position
        if is_command(text) or text.strip() == ".":
            from kitcn_repl.repl.command_completion import complete_command

            suggestions: Sequence[Suggestion] = complete_command(self._shell, document.text_before_cursor)
        else:
            suggestions = complete(text, cursor, self.words())
            if not complete_event.completion_requested and _is_unasked(suggestions, document):
                return
        for suggestion in suggestions:
            yield _completion(suggestion, text, cursor)

    def words(self) -> Words:
        words = self._shell.opened.words or Words()
        return words.including(self._shell.scope.values)


def _is_unasked(suggestions: Sequence[Suggestion], document: Document) -> bool:
    """Where a name starts and nothing is typed yet, a menu of all that could follow would only be in the way."""
    if not suggestions:
        return True
    is_empty = suggestions[0].start == document.cursor_position
    before = document.text_before_cursor.rstrip()
    if is_empty and not document.text_before_cursor.endswith((".", '"', "'", "`")):
        return True
    only = suggestions[0].text == document.text[suggestions[0].start : suggestions[0].end]
    return (len(suggestions) == 1 and only) or not before


def _completion(suggestion: Suggestion, text: str, cursor: int) -> Completion:
    inserted = suggestion.text
    rest = text[cursor : suggestion.end]
    if rest and inserted.endswith(rest):
        # The rest of the word stays, as only what is before the cursor can be replaced.
        inserted = inserted[: -len(rest)]
    detail = suggestion.detail
    detail = detail if len(detail) <= _SHOWN_DETAIL else detail[: _SHOWN_DETAIL - 1] + "…"
    return Completion(
        inserted,
        start_position=suggestion.start - cursor,
        display=[(f"class:kind.{suggestion.kind}", _shown(suggestion.text))],
        display_meta=detail or suggestion.kind,
    )


def _shown(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"

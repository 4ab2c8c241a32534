"""The forms in which a document and its parts can be copied."""

from __future__ import annotations

from collections.abc import Iterator

from kitcn_repl.explore.orm_rows import orm_json
from kitcn_repl.explore.spelling.views import document_command, documents_cell, documents_query
from kitcn_repl.render.secrets import redacted
from kitcn_repl.render.text import visible
from kitcn_repl.targets.target import Target
from kitcn_repl.values import JsonValue
from kitcn_repl.values.javascript import stringify
from kitcn_tui.document.nodes import Node
from kitcn_tui.document.opened import Opened
from kitcn_tui.widgets.copy_as import Spelling


def spellings(opened: Opened, node: Node | None, target: Target) -> Iterator[Spelling]:
    """The value under the cursor first. Credentials are only in it where they are shown."""
    document_id = opened.document_id
    if node is not None and not node.is_masked:
        yield from _of_value(visible(node.path), node.stored if node.light.reveals else redacted(node.stored))
    yield Spelling("document id", lambda: document_id, document_id)
    yield Spelling("document as JSON", lambda: stringify(opened.shown, 2))
    yield Spelling("document as JSON on one line", lambda: stringify(opened.shown, None))
    yield Spelling("document as the ORM gives it", lambda: stringify(orm_json(opened.shown, opened.light.fields), 2))
    command = document_command(document_id, target, opened.component)
    yield Spelling("kitcn command", lambda: command, command)
    query = documents_query([document_id])
    yield Spelling("inline query", lambda: query, query)
    cell = documents_cell([document_id], target, opened.component)
    yield Spelling("notebook cell", lambda: cell, cell)


def _of_value(path: str, value: JsonValue) -> Iterator[Spelling]:
    if isinstance(value, str):
        yield Spelling(f"text of {path}", lambda: value, value[:200])
    yield Spelling(f"{path} as JSON", lambda: stringify(value, 2), "")

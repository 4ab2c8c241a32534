"""The forms in which rows, a cell or the view can be copied."""

from __future__ import annotations

from collections.abc import Iterator

from kitcn_repl.explore.browsing.table_view import Prepared
from kitcn_repl.explore.spelling.views import (
    document_command,
    documents_cell,
    documents_query,
    view_cell,
    view_command,
    view_query,
)
from kitcn_repl.render.quantity import counted
from kitcn_repl.render.rows import as_csv, as_markdown, streamed
from kitcn_repl.render.secrets import MASK, is_credential, redacted
from kitcn_repl.render.text import visible
from kitcn_repl.targets.target import Target
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.javascript import stringify
from kitcn_tui.grid.grid import Grid
from kitcn_tui.widgets.copy_as import Spelling


def spellings(grid: Grid, prepared: Prepared, target: Target) -> Iterator[Spelling]:
    """What is under the cursor or selected, then the view. Credentials are only in it where they are shown."""
    reveals = grid.typing.reveals
    stored = grid.documents
    documents = [_shown(document, prepared.view.table, reveals=reveals) for document in stored]
    ids = [row_id for document in stored if isinstance(row_id := document.get("_id"), str)]
    component = prepared.view.component
    columns = [column.name for column in grid.columns.shown]
    row, column = grid.row, grid.column
    if len(stored) == 1 and row is not None and column is not None and column.name in documents[0]:
        yield from _cell(column.name, documents[0][column.name])
    what = "document" if len(stored) == 1 else counted(len(stored), "document")
    if len(documents) == 1:
        yield Spelling("document as JSON", lambda: stringify(documents[0], 2))
    elif documents:
        yield Spelling(f"{what} as JSON", lambda: streamed("json", documents))
        yield Spelling(f"{what} as JSON lines", lambda: streamed("jsonl", documents))
    if ids:
        yield Spelling("id" if len(ids) == 1 else f"{len(ids)} ids", lambda: "\n".join(ids), ids[0])
    if documents:
        yield Spelling(f"{what} as CSV", lambda: as_csv(documents, columns))
        yield Spelling(f"{what} as Markdown", lambda: as_markdown(documents, columns))
    if ids:
        if len(ids) == 1:
            command = document_command(ids[0], target, component)
            yield Spelling("kitcn command for the document", lambda: command, command)
        query = documents_query(ids)
        yield Spelling(f"inline query for {what}", lambda: query, query)
        yield Spelling(f"notebook cell for {what}", lambda: documents_cell(ids, target, component))
    view = view_command(prepared, target)
    yield Spelling("kitcn command for the view", lambda: view, view)
    text = view_query(prepared)
    yield Spelling("inline query for the view", lambda: text, text)
    yield Spelling("notebook cell for the view", lambda: view_cell(prepared, target))


def _cell(name: str, value: JsonValue) -> Iterator[Spelling]:
    shown = visible(name)
    if isinstance(value, str):
        yield Spelling(f"text of {shown}", lambda: value, value[:200])
    else:
        yield Spelling(f"{shown} as JSON", lambda: stringify(value, 2))


def _shown(document: JsonObject, table: str, *, reveals: bool) -> JsonObject:
    if reveals:
        return document
    return {name: MASK if is_credential(document, name, table) else redacted(value) for name, value in document.items()}

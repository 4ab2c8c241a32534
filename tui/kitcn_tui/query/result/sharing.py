"""A result outside: what of it can be copied, and how it is written to a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kitcn_repl.errors import UsageError
from kitcn_repl.explore.spelling.queries import query_cell, query_command
from kitcn_repl.render.quantity import counted
from kitcn_repl.render.rows import as_csv, as_markdown, streamed
from kitcn_repl.render.secrets import redacted
from kitcn_repl.targets.target import Target
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import is_id
from kitcn_repl.values.javascript import stringify
from kitcn_tui.query.result.outcome import Outcome
from kitcn_tui.widgets.copy_as import Spelling


def spellings(
    outcome: Outcome,
    under_cursor: JsonValue,
    selected: list[JsonObject],
    target: Target,
    component: str,
    *,
    reveals: bool,
) -> Iterator[Spelling]:
    """What is under the cursor or selected, the whole result, and the query. Credentials only where they are shown."""

    def shown(value: JsonValue) -> JsonValue:
        return value if reveals else redacted(value)

    if isinstance(under_cursor, str):
        yield Spelling("id" if is_id(under_cursor) else "text", lambda: under_cursor, under_cursor[:200])
    elif under_cursor is not None:
        yield Spelling("value under the cursor as JSON", lambda: stringify(shown(under_cursor), 2))
    if selected:
        many = len(selected) > 1
        what = counted(len(selected), "row") if many else "row"
        yield Spelling(f"{what} as JSON", lambda: stringify(shown([*selected] if many else selected[0]), 2))
        ids = [document_id for row in selected if isinstance(document_id := row.get("_id"), str)]
        if ids and ids != [under_cursor]:
            yield Spelling("id" if len(ids) == 1 else f"{len(ids)} ids", lambda: "\n".join(ids), ids[0])
    rows = outcome.rows
    if outcome.result is not None:
        yield Spelling("result as JSON", lambda: stringify(shown(outcome.value), 2))
        if rows:
            yield Spelling("result as JSON lines", lambda: streamed("jsonl", _shown_rows(rows, reveals=reveals)))
            yield Spelling("result as CSV", lambda: as_csv(_shown_rows(rows, reveals=reveals)))
            yield Spelling("result as Markdown", lambda: as_markdown(_shown_rows(rows, reveals=reveals)))
    if outcome.log_lines:
        yield Spelling("logs", lambda: "\n".join(outcome.log_lines), outcome.log_lines[0])
    if outcome.error is not None:
        yield Spelling("error", lambda: str(outcome.error), outcome.error.message)
    text = outcome.asked.written
    yield Spelling("query", lambda: text, text)
    command = query_command(text, target, component)
    yield Spelling("kitcn command", lambda: command, command)
    yield Spelling("notebook cell", lambda: query_cell(text, target, component))


def _shown_rows(rows: list[JsonObject], *, reveals: bool) -> list[JsonObject]:
    return rows if reveals else [row for row in map(redacted, rows) if isinstance(row, dict)]


def write(outcome: Outcome, path: Path) -> int:
    """Write the result, exactly, in the format that the file's ending names; gives its size in bytes.

    Raises UsageError for a format that the result does not have, and OSError, FileExistsError among it.
    """
    rows = outcome.rows
    if path.suffix == ".json":
        text = stringify(outcome.value, 2) + "\n"
    elif rows is None:
        raise UsageError(f"Only a list of objects can be written as {path.suffix}; .json takes any result.")
    else:
        text = as_csv(rows) if path.suffix == ".csv" else streamed("jsonl", rows)
    data = text.encode("utf-8", "surrogatepass")
    with path.open("xb") as file:
        file.write(data)
    return len(data)

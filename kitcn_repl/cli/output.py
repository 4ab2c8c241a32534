"""Results on stdout in the format that was asked for, and on stderr what that format could not show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitcn_repl.cli.session import Session
from kitcn_repl.render.quantity import counted
from kitcn_repl.values import JsonObject, JsonValue

if TYPE_CHECKING:
    from kitcn_repl.schema.model import Field


@dataclass(frozen=True, slots=True)
class Documents:
    """What is known of rows that are documents: their table, its fields, and whether to show them as stored."""

    table: str | None = None
    fields: Mapping[str, Field] | None = None
    raw: bool = False


def write_rows(
    session: Session,
    rows: Sequence[JsonObject],
    format_: str,
    *,
    columns: Sequence[str] | None = None,
    documents: Documents | None = None,
    show_secrets: bool = False,
) -> None:
    """`format_` is one of `options.FORMATS`. On a terminal `pretty` and `table` mean the same."""
    from kitcn_repl.render import rows as machine

    if format_ in machine.STREAMS:
        session.data(machine.streamed(format_, rows))
    elif format_ == "csv":
        session.data(machine.as_csv(rows, columns))
    elif format_ == "markdown":
        session.data(machine.as_markdown(rows, columns))
    elif rows:
        draw_rows(session, rows, columns=columns, documents=documents, show_secrets=show_secrets)


def draw_rows(
    session: Session,
    rows: Sequence[JsonObject],
    *,
    columns: Sequence[str] | None = None,
    documents: Documents | None = None,
    show_secrets: bool = False,
) -> None:
    """A table for people; on a terminal it is as wide as that."""
    from kitcn_repl.render.documents import draw_documents

    environment = session.environment
    width = environment.width if environment.stdout_is_tty else None
    known = documents or Documents()
    drawn = draw_documents(
        rows,
        environment.out_style,
        width,
        columns=columns,
        table=known.table,
        show_secrets=show_secrets,
        fields=known.fields,
        raw=known.raw,
    )
    session.drawn("".join(line + "\n" for line in drawn.drawing.lines))
    note_missing(session, drawn.drawing.cut_cells, drawn.drawing.left_out)
    note_masked(session, drawn.masked)
    if drawn.stored_otherwise:
        what = counted(drawn.stored_otherwise, "document")
        session.advise(f"{what} with a createdAt of another time: the ORM shows _creationTime as createdAt.")


def note_missing(session: Session, cut_cells: int, left_out: Sequence[str]) -> None:
    """Say what a table on a terminal had no room for."""
    missing = []
    if left_out:
        missing.append(f"{counted(len(left_out), 'column')} not shown ({', '.join(left_out)})")
    if cut_cells:
        missing.append(f"{counted(cut_cells, 'cell')} shortened")
    if missing:
        session.advise(f"{' and '.join(missing)}; --format json shows everything.")


def note_masked(session: Session, masked: int) -> None:
    if masked:
        session.advise(f"{counted(masked, 'credential')} masked; --show-secrets shows them.")


def write_value(
    session: Session,
    value: JsonValue,
    format_: str | None,
    *,
    documents: Documents | None = None,
    show_secrets: bool = False,
    print_null: bool = True,
) -> None:
    """One value: laid out for people on a terminal, else as the genuine CLI prints it (nothing for null, unless
    `print_null`). With a format of rows, a list gives its items."""
    from kitcn_repl.values.javascript import stringify

    is_tty = session.environment.stdout_is_tty
    if format_ is None or format_ == "pretty":
        if is_tty:
            _view(session, value, documents or Documents(), show_secrets)
        elif value is not None or print_null:
            session.data(stringify(value, 2) + "\n")
    elif format_ == "json":
        session.data(stringify(value, 2) + "\n")
    elif format_ in ("jsonl", "jsonLines", "jsonArray"):
        from kitcn_repl.render import rows as machine

        session.data(machine.streamed(format_, value if isinstance(value, list) else [value]))
    else:
        from kitcn_repl.render.rows import rows_of

        write_rows(session, list(rows_of(value)), format_, documents=documents, show_secrets=show_secrets)


def _view(session: Session, value: JsonValue, documents: Documents, show_secrets: bool) -> None:
    from kitcn_repl.render.value import ValueView

    environment = session.environment
    dates = _dates(value, documents)
    view = ValueView(
        environment.out_style, environment.width, show_secrets=show_secrets, table=documents.table, dates=dates
    )
    session.drawn(view.render(value) + "\n")
    note_masked(session, view.masked)


def _dates(value: JsonValue, documents: Documents) -> dict[str, str]:
    """What the ORM shows of a document's times, where its table is known."""
    if documents.table is None or documents.raw or not isinstance(value, dict):
        return {}
    from kitcn_repl.explore.hydration import iso_time, orm_text, stored_otherwise
    from kitcn_repl.values.javascript import stringify

    fields = documents.fields or {}
    dates = {name: date for name in value if (date := orm_text(fields.get(name), value[name])) is not None}
    created = value.get("_creationTime")
    if isinstance(created, int | float) and (date := iso_time(created)) is not None:
        dates["_creationTime"] = date
    if stored_otherwise(value, fields):
        stored = dates.get("createdAt") or stringify(value["createdAt"])
        dates["createdAt"] = f"{stored} (stored; the ORM shows _creationTime)"
    return dates

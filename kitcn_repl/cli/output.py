"""Results on stdout in the format that was asked for, and on stderr what that format could not show."""

from __future__ import annotations

from collections.abc import Sequence

from kitcn_repl.cli.session import Session
from kitcn_repl.render.quantity import counted
from kitcn_repl.values import JsonObject, JsonValue


def write_rows(
    session: Session,
    rows: Sequence[JsonObject],
    format_: str,
    *,
    columns: Sequence[str] | None = None,
    table: str | None = None,
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
        draw_rows(session, rows, columns=columns, table=table, show_secrets=show_secrets)


def draw_rows(
    session: Session,
    rows: Sequence[JsonObject],
    *,
    columns: Sequence[str] | None = None,
    table: str | None = None,
    show_secrets: bool = False,
) -> None:
    """A table for people; on a terminal it is as wide as that."""
    from kitcn_repl.render.documents import draw_documents

    environment = session.environment
    width = environment.width if environment.stdout_is_tty else None
    drawn = draw_documents(rows, environment.out_style, width, columns=columns, table=table, show_secrets=show_secrets)
    session.drawn("".join(line + "\n" for line in drawn.drawing.lines))
    missing = []
    if drawn.drawing.left_out:
        names = ", ".join(drawn.drawing.left_out)
        missing.append(f"{counted(len(drawn.drawing.left_out), 'column')} not shown ({names})")
    if drawn.drawing.cut_cells:
        missing.append(f"{counted(drawn.drawing.cut_cells, 'cell')} shortened")
    if missing:
        session.advise(f"{' and '.join(missing)}; --format json shows everything.")
    note_masked(session, drawn.masked)


def note_masked(session: Session, masked: int) -> None:
    if masked:
        session.advise(f"{counted(masked, 'credential')} masked; --show-secrets shows them.")


def write_value(
    session: Session,
    value: JsonValue,
    format_: str | None,
    *,
    table: str | None = None,
    show_secrets: bool = False,
    print_null: bool = True,
) -> None:
    """One value: laid out for people on a terminal, else as the genuine CLI prints it (nothing for null, unless
    `print_null`). With a format of rows, a list gives its items."""
    from kitcn_repl.values.javascript import stringify

    is_tty = session.environment.stdout_is_tty
    if format_ is None or format_ == "pretty":
        if is_tty:
            _view(session, value, table, show_secrets)
        elif value is not None or print_null:
            session.data(stringify(value, 2) + "\n")
    elif format_ == "json":
        session.data(stringify(value, 2) + "\n")
    elif format_ in ("jsonl", "jsonLines", "jsonArray"):
        from kitcn_repl.render import rows as machine

        session.data(machine.streamed(format_, value if isinstance(value, list) else [value]))
    else:
        from kitcn_repl.render.rows import rows_of

        write_rows(session, list(rows_of(value)), format_, table=table, show_secrets=show_secrets)


def _view(session: Session, value: JsonValue, table: str | None, show_secrets: bool) -> None:
    from kitcn_repl.render.value import ValueView

    environment = session.environment
    view = ValueView(environment.out_style, environment.width, show_secrets=show_secrets, table=table)
    session.drawn(view.render(value) + "\n")
    note_masked(session, view.masked)

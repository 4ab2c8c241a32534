"""Results on the shell's output: tables of documents, trees of anything else, and the machine formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitcn_repl.cli.output import write_value
from kitcn_repl.cli.session import Session
from kitcn_repl.render.quantity import byte_size, count, counted, duration
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import IdError, decode_id
from kitcn_repl.values.kinds import kind_of

if TYPE_CHECKING:
    from kitcn_repl.explore.inline import InlineResult, ReadCost
    from kitcn_repl.explore.knowledge import Knowledge
    from kitcn_repl.repl.asking import Reply
    from kitcn_repl.schema.model import Field

SHOW_SECRETS = "--show-secrets"
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Look:
    """How to show: one of `settings.FORMATS`, what is known of the tables, and whether credentials show."""

    format: str
    knowledge: Knowledge | None = None
    show_secrets: bool = False


def show(session: Session, value: JsonValue, look: Look) -> None:
    """On a terminal as `look` says; on a pipe `auto`, `table` and `tree` are the JSON that `kitcn run` prints."""
    if look.format not in ("auto", "table", "tree") or not session.environment.stdout_is_tty:
        format_ = None if look.format in ("auto", "tree") else look.format
        write_value(session, value, format_, show_secrets=look.show_secrets)
        return
    rows = rows_of(value)
    if look.format == "table" and not rows:
        from kitcn_repl.render.rows import rows_of as rows_of_anything

        rows = list(rows_of_anything(value))
    if look.format != "tree" and rows:
        _draw_table(session, rows, look)
    else:
        _draw_tree(session, value, look)
    if isinstance(value, dict) and rows and value.get("isDone") is False:
        session.aside(f"one page of more, which go on with the cursor {value.get('continueCursor')}")


def _draw_table(session: Session, rows: Sequence[JsonObject], look: Look) -> None:
    from kitcn_repl.render.documents import draw_documents

    environment = session.environment
    table, fields = _known(rows, look.knowledge)
    drawn = draw_documents(
        rows, environment.out_style, environment.width, table=table, fields=fields, show_secrets=look.show_secrets
    )
    session.drawn("".join(line + "\n" for line in drawn.drawing.lines))
    missing = []
    if drawn.drawing.left_out:
        missing.append(
            f"{counted(len(drawn.drawing.left_out), 'column')} not shown ({', '.join(drawn.drawing.left_out)})"
        )
    if drawn.drawing.cut_cells:
        missing.append(f"{counted(drawn.drawing.cut_cells, 'cell')} shortened")
    if missing:
        session.aside(f"{', '.join(missing)}: .show tree, or json")
    _note_masked(session, drawn.masked)


def _draw_tree(session: Session, value: JsonValue, look: Look) -> None:
    from kitcn_repl.render.value import ValueView

    environment = session.environment
    table, _ = _known([value] if isinstance(value, dict) else rows_of(value), look.knowledge)
    view = ValueView(environment.out_style, environment.width, show_secrets=look.show_secrets, table=table)
    session.drawn(view.render(value) + "\n")
    _note_masked(session, view.masked)


def _note_masked(session: Session, masked: int) -> None:
    if masked:
        session.aside(f"{counted(masked, 'credential')} masked: .show {SHOW_SECRETS}")


def rows_of(value: JsonValue) -> list[JsonObject]:
    """The objects of a list or of a page, if it holds nothing else."""
    if isinstance(value, dict) and {"page", "isDone", "continueCursor"} <= value.keys():
        value = value["page"]
    if not isinstance(value, list):
        return []
    rows = [item for item in value if isinstance(item, dict) and kind_of(item) == "object"]
    return rows if len(rows) == len(value) else []


def _known(rows: Sequence[JsonObject], knowledge: Knowledge | None) -> tuple[str | None, Mapping[str, Field] | None]:
    """The table that all rows are of, as far as their ids tell, and its fields."""
    if knowledge is None or not rows:
        return None, None
    numbers = {_table_number(row) for row in rows[:_LOOKED_AT]}
    name = knowledge.tables.get(next(iter(numbers)) or 0) if len(numbers) == 1 else None
    table = knowledge.schema.tables.get(name) if name is not None else None
    return name, table.fields if table is not None else None


def _table_number(row: JsonObject) -> int | None:
    document_id = row.get("_id")
    try:
        return decode_id(document_id).table_number if isinstance(document_id, str) else None
    except IdError:
        return None


def described(value: JsonValue) -> str:
    """A value in a few words: `20 documents`, `an object of 3 fields`."""
    rows = rows_of(value)
    if rows:
        return counted(len(rows), "document" if all("_id" in row for row in rows) else "object")
    if isinstance(value, list):
        return "an empty list" if not value else f"a list of {count(len(value))}"
    kind = kind_of(value)
    if isinstance(value, dict) and kind == "object":
        return "a document" if "_id" in value else f"an object of {counted(len(value), 'field')}"
    return "null" if kind == "null" else f"a {kind}"


def summary(reply: Reply) -> str:
    """`_3 · 20 documents · read 20 documents, 3.2 KiB · 12 ms`."""
    parts = []
    if reply.name is not None:
        parts += [reply.name, described(reply.result.value)]
    parts += [f"{name} = {described(value)}" for name, value in reply.declared.items()]
    if reply.result.cost is not None and reply.result.cost.documents_read:
        parts.append(cost_text(reply.result.cost))
    return " · ".join([*parts, duration(reply.result.elapsed)])


def cost_text(cost: ReadCost) -> str:
    """With the limits once a tenth of one is used: what is far from them needs no second number."""
    documents = counted(cost.documents_read, "document")
    if cost.documents_read * 10 >= cost.documents_limit:
        documents = f"{count(cost.documents_read)} of {count(cost.documents_limit)} documents"
    size = byte_size(cost.bytes_read)
    if cost.bytes_read * 10 >= cost.bytes_limit:
        size += f" of {byte_size(cost.bytes_limit)}"
    return f"read {documents}, {size}"


def budget_text(cost: ReadCost) -> str:
    """`20 of 32,000 documents · 3.2 KiB of 16 MiB` of one execution."""
    return (
        f"{count(cost.documents_read)} of {count(cost.documents_limit)} documents · "
        f"{byte_size(cost.bytes_read)} of {byte_size(cost.bytes_limit)}"
    )


def log(session: Session, result: InlineResult) -> None:
    for line in result.log_lines:
        session.note(line)

"""How one value looks on a line of the tree."""

from __future__ import annotations

from collections.abc import Iterator

from kitcn_repl.explore.hydration import iso_time, orm_text
from kitcn_repl.render.quantity import byte_size, count
from kitcn_repl.render.secrets import MASK, is_credential
from kitcn_repl.render.text import visible
from kitcn_repl.render.value import quoted, special
from kitcn_repl.schema.model import Field
from kitcn_repl.schema.validators import describe
from kitcn_repl.values import JsonValue
from kitcn_repl.values.forms import bytes_of
from kitcn_repl.values.ids import IdError, decode_id
from kitcn_repl.values.javascript import number_text
from kitcn_repl.values.kinds import kind_of
from kitcn_tui.outline.rows import Span

LONG_TEXT = 120
"""Characters from which on a text can be unfolded."""

_PREVIEWED = 400
_PREVIEWED_ITEMS = 4
_TIME_NAMES = ("At", "Time", "Date", "Timestamp", "Until")
_PLAUSIBLE = range(946_684_800_000, 4_102_444_800_000)
"""Milliseconds of 2000 to 2100: a plain number in it, under a name that says so, is a time."""


def table_number(value: JsonValue) -> int | None:
    """The table number in a document's id; None for a value that is no id."""
    if not isinstance(value, str) or not 31 <= len(value) <= 37:
        return None
    try:
        return decode_id(value).table_number
    except IdError:
        return None


def is_container(value: JsonValue) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and special(value) is None)


def is_long(value: JsonValue) -> bool:
    """Whether a text is cut on its line, so that it has lines of its own to unfold."""
    return isinstance(value, str) and (len(value) > LONG_TEXT or "\n" in value)


def type_text(value: JsonValue, field: Field | None) -> str:
    """The column's kind as kitcn has it, else what the validator or the value itself says."""
    if field is not None and field.kind is not None:
        return field.kind
    if field is not None and field.validator is not None and field.validator.get("type") not in ("any", None):
        text = describe(field.validator)
        if len(text) <= 24:
            return visible(text)
    return kind_of(value)


def date_of(name: str, value: JsonValue, field: Field | None) -> tuple[str, bool] | None:
    """The date that a number stands for, and whether that is certain and not only likely by its name."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    if name == "_creationTime" or (field is not None and field.kind == "timestamp"):
        text = iso_time(value)
        return None if text is None else (text, True)
    if field is not None and field.kind is not None:
        return None
    is_called_so = name.endswith(_TIME_NAMES) or name in ("time", "timestamp", "ts")
    text = iso_time(value) if is_called_so and int(value) in _PLAUSIBLE else None
    return None if text is None else (text, False)


def spans(name: str, value: JsonValue, field: Field | None) -> Iterator[Span]:
    """The value on one line; what is long comes shortened."""
    date = date_of(name, value, field)
    if date is not None and isinstance(value, int | float):
        text, is_certain = date
        pair = [Span(_readable(text), "number"), Span(f"  {number_text(value)}", "muted", whole=True)]
        if not is_certain:
            pair = [Span(number_text(value), "number"), Span(f"  {_readable(text)}?", "muted", whole=True)]
        yield from pair
    elif isinstance(value, str):
        date_text = orm_text(field, value)
        yield Span(quoted(value[:_PREVIEWED]) if len(value) <= _PREVIEWED else _opened(value), "string")
        if date_text is not None and field is not None and field.mode == "date":
            yield Span("  date", "muted")
    elif is_container(value):
        yield from _preview(value)
    else:
        yield _plain(value)


def _readable(iso: str) -> str:
    return iso.replace("T", " ").replace("Z", " UTC")


def _opened(value: str) -> str:
    """The beginning of a long text, without its closing quote."""
    return quoted(value[:_PREVIEWED])[:-1]


def _plain(value: JsonValue) -> Span:
    if value is None or isinstance(value, bool):
        return Span({None: "null", True: "true", False: "false"}[value], "constant")
    if isinstance(value, int | float):
        return Span(number_text(value), "number")
    if isinstance(value, str):
        return Span(quoted(value[:40]) + ("…" if len(value) > 40 else ""), "string")
    if isinstance(value, dict) and "$bytes" in value:
        return Span(_bytes(str(value["$bytes"])), "number")
    text = special(value)
    return Span("…" if text is None else text, "number")


def _bytes(text: str) -> str:
    data = bytes_of(text[:128] if len(text) > 128 else text)
    size = len(text) // 4 * 3 - text[-2:].count("=")
    shown = data[:32].hex(" ")
    return f"{byte_size(size)}  {shown}{' …' if size > 32 else ''}" if size else "0 B"


def _preview(value: JsonValue) -> Iterator[Span]:
    """What is in a folded container."""
    if isinstance(value, list):
        yield Span(f"[{count(len(value))}] " if value else "[]", "plain" if value else "muted")
        items: list[tuple[str, JsonValue]] = [("", item) for item in value[:_PREVIEWED_ITEMS]]
        more = len(value) - len(items)
    else:
        assert isinstance(value, dict)
        yield Span(f"{{{count(len(value))}}} " if value else "{}", "plain" if value else "muted")
        items = [(name, value[name]) for name, _at in zip(value, range(_PREVIEWED_ITEMS), strict=False)]
        more = len(value) - len(items)
    for place, (name, item) in enumerate(items):
        before = ", " if place else ""
        yield Span(f"{before}{visible(name[:40])}: " if name else before, "muted")
        if isinstance(value, dict) and is_credential(value, name):
            yield Span(MASK, "muted")
        elif is_container(item):
            yield Span("[…]" if isinstance(item, list) else "{…}", "muted")
        else:
            yield Span(_plain(item).text, "muted")
    if more > 0:
        yield Span(", …", "muted")

"""The tree of a document's values. Nodes are made when their parent is unfolded, and drawn when they are on screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rich.cells import cell_len, chop_cells

from kitcn_repl.render.quantity import byte_size
from kitcn_repl.render.secrets import MASK, is_credential
from kitcn_repl.render.text import visible, visible_lines
from kitcn_repl.schema.model import Field
from kitcn_repl.values import JsonValue
from kitcn_repl.values.size import value_size
from kitcn_tui.document import values
from kitcn_tui.outline.rows import Row, Span, padded

_WIDEST_NAME, _WIDEST_TYPE = 24, 20
_SIZE = 9
_TYPED, _WEIGHED, _ROOMY = 44, 66, 84
"""Cells from which on there is room for types, for the sizes of what is large, and for all sizes."""
_MEASURED_NAMES = 200
_CHOPPED = 20_000
_SIZED = 64
"""Bytes from which on a text's size is worth its room."""


@dataclass(slots=True)
class Light:
    """What is known around a document, in whose light its values are shown.

    `tables` gives table names by number, `elsewhere` those of the app around a component; `labels` what related
    documents are called, `dangling` the ids that lead nowhere, `misfits` by field what it ought to be, `sizes` bytes by
    the identity of a container.
    """

    table: str | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    tables: Mapping[int, str] = field(default_factory=dict)
    elsewhere: Mapping[int, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    dangling: frozenset[str] = frozenset()
    misfits: Mapping[str, str] = field(default_factory=dict)
    sizes: Mapping[int, int] = field(default_factory=dict)
    reveals: bool = False


@dataclass(slots=True)
class Columns:
    """Widths that the children of one node share. `has_large` says whether a size among them is worth its room."""

    name: int
    type: int = 0
    size: int = 0
    has_large: bool = False


class Node(Row):
    """A value with its name. `path` is dotted; items of arrays have their number."""

    __slots__ = ("children", "columns", "date", "depth", "field", "is_secret", "light", "name", "parent", "stored")
    yields_right = True

    def __init__(
        self,
        name: str,
        stored: JsonValue,
        light: Light,
        *,
        parent: Node | None = None,
        columns: Columns,
        column: Field | None = None,
        is_secret: bool = False,
        date: str | None = None,
    ) -> None:
        self.name = name
        self.stored = stored
        self.light = light
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.columns = columns
        self.field = column
        self.is_secret = is_secret
        self.date = date
        self.children: list[Row] | None = None

    @property
    def path(self) -> str:
        names = [self.name]
        parent = self.parent
        while parent is not None:
            names.append(parent.name)
            parent = parent.parent
        return ".".join(reversed(names))

    @property
    def is_masked(self) -> bool:
        return self.is_secret and not self.light.reveals

    @property
    def is_foldable(self) -> bool:
        value = self.stored
        if self.is_masked:
            return False
        return (values.is_container(value) and bool(value)) or values.is_long(value)

    @property
    def link(self) -> tuple[str, str | None] | None:
        """The id that the value is, and the table that it belongs to, None for one that is not there."""
        number = values.table_number(self.stored)
        if number is None or self.is_masked or not self.light.tables:
            return None
        assert isinstance(self.stored, str)
        return self.stored, self.light.tables.get(number) or self.light.elsewhere.get(number)

    @property
    def leads_out(self) -> bool:
        """Whether it is an id of the app around the component that the document is in."""
        return values.table_number(self.stored) not in self.light.tables

    def left(self, width: int) -> Iterator[Span]:
        marker = ("▾ " if self.children is not None else "▸ ") if self.is_foldable else "  "
        yield Span("  " * self.depth)
        yield Span(marker, "muted", press="fold" if self.is_foldable else None)
        yield Span(padded(visible(self.name[:80]), self.columns.name), "key")
        yield Span("  ")
        yield from self._value()

    def _value(self) -> Iterator[Span]:
        problem = None if self.parent is not None else self.light.misfits.get(self.name)
        if problem is not None:
            yield Span(f"⚠ {visible(problem)}  ", "warning")
        if self.is_masked:
            yield Span(MASK, "muted")
            return
        link = self.link
        if link is not None:
            yield from self._link(*link)
        elif self.date is not None:
            yield Span(f"Date {self.date}" if self.date.endswith("Z") else self.date, "number")
        elif self.children is not None and values.is_container(self.stored):
            yield Span(_extent(self.stored), "muted")
        else:
            yield from values.spans(self.name if self.parent is None else "", self.stored, self.field)

    def _link(self, document_id: str, table: str | None) -> Iterator[Span]:
        if table is None:
            yield Span("⚠ ", "warning")
            yield Span(f'"{document_id}"', "string", firm=True)
            yield Span("  of no table here", "warning")
            return
        if document_id in self.light.dangling:
            yield Span("✗ ", "error")
            yield Span(document_id, "error", firm=True)
            yield Span(f"  no such {visible(table)}", "error")
            return
        is_own = self.parent is None and self.name in ("_id", "id")
        yield Span(document_id, table=table, press=None if is_own else "enter", firm=True)
        if is_own:
            return
        where = " of the app" if self.leads_out else ""
        yield Span(f"  → {visible(table)}{where}", "muted", whole=True)
        label = self.light.labels.get(document_id)
        if label:
            yield Span(f"  {label}")

    def right(self, width: int) -> Sequence[Span]:
        columns = self.columns
        if width < _TYPED or not columns.type:
            return ()
        parts = [Span(padded(self.type_text, columns.type), "muted")]
        if columns.size and width >= (_WEIGHED if columns.has_large else _ROOMY):
            parts.append(Span(f"  {self.size_text:>{_SIZE}}", "muted"))
        return parts

    @property
    def type_text(self) -> str:
        if self.field is None and self.link is not None:
            return "id"
        return values.type_text(self.stored, self.field)

    @property
    def size_text(self) -> str:
        """How large it is, as Convex counts; empty for what is always as large."""
        value = self.stored
        if id(value) in self.light.sizes:
            return byte_size(self.light.sizes[id(value)])
        if isinstance(value, str) or (isinstance(value, dict) and "$bytes" in value):
            return byte_size(value_size(value))
        return ""

    @property
    def is_large(self) -> bool:
        """Whether its size is worth telling."""
        return values.is_container(self.stored) or (isinstance(self.stored, str) and len(self.stored) >= _SIZED)

    def unfold(self, width: int) -> list[Row]:
        """Make the rows beneath. `width` is that of the lines of a long text."""
        if self.children is None:
            self.children = list(self._beneath(width))
        return self.children

    def _beneath(self, width: int) -> Iterable[Row]:
        value = self.stored
        if isinstance(value, str):
            room = max(20, width - 2 * self.depth - 6)
            return [TextLine(text, self) for text in lines_of(value, room)]
        if isinstance(value, list):
            columns = replace(self.columns, name=len(str(len(value) - 1)))
            light = self.light
            return [Node(str(at), item, light, parent=self, columns=columns) for at, item in enumerate(value)]
        assert isinstance(value, dict)
        columns = columns_of(value, self.columns)
        return [
            Node(name, item, self.light, parent=self, columns=columns, is_secret=is_credential(value, name))
            for name, item in value.items()
        ]


class TextLine(Row):
    """A line of a long text."""

    __slots__ = ("node", "text")

    def __init__(self, text: str, node: Node) -> None:
        self.text = text
        self.node = node

    def left(self, width: int) -> Iterator[Span]:
        yield Span("  " * (self.node.depth + 1) + "│ ", "muted")
        yield Span(self.text, "string")


def _extent(value: JsonValue) -> str:
    assert isinstance(value, list | dict)
    noun = ("item" if len(value) == 1 else "items") if isinstance(value, list) else "field" + "s" * (len(value) != 1)
    return f"{len(value):,} {noun}"


def columns_of(value: Mapping[str, JsonValue], outer: Columns | None = None) -> Columns:
    names = [visible(name[:80]) for name, _at in zip(value, range(_MEASURED_NAMES), strict=False)]
    widest = max(map(cell_len, names), default=1)
    return replace(outer or Columns(0), name=min(_WIDEST_NAME, widest))


def lines_of(text: str, width: int) -> Iterator[str]:
    """The text in lines of at most `width` cells, safe to show."""
    for line in visible_lines(text).split("\n"):
        if line.isascii():
            yield from (line[at : at + width] for at in range(0, len(line), width)) if line else ("",)
        elif len(line) <= _CHOPPED:
            yield from chop_cells(line, width)
        else:
            # no character is wider than two cells
            step = max(1, width // 2)
            yield from (line[at : at + step] for at in range(0, len(line), step))


def top(
    named: Iterable[tuple[str, JsonValue, Field | None, str | None]],
    light: Light,
    is_secret: Callable[[str], bool],
) -> list[Node]:
    """The nodes of a document's own fields: name, stored value, what is known of the field, and its date."""
    entries = list(named)
    columns = columns_of({name: value for name, value, _field, _date in entries})
    nodes = [
        Node(name, value, light, columns=columns, column=column, date=date, is_secret=is_secret(name))
        for name, value, column, date in entries
    ]
    columns.type = min(_WIDEST_TYPE, max((cell_len(node.type_text) for node in nodes[:_MEASURED_NAMES]), default=0))
    columns.size = _SIZE if any(node.size_text for node in nodes) else 0
    columns.has_large = any(node.is_large for node in nodes)
    return nodes


def measure(value: JsonValue) -> dict[int, int]:
    """Bytes of every container in a value, by its identity, as Convex counts them."""
    sizes: dict[int, int] = {}
    _measure(value, sizes)
    return sizes


def _measure(value: JsonValue, sizes: dict[int, int]) -> int:
    if isinstance(value, list):
        size = 2 + sum([_measure(item, sizes) for item in value])
    elif isinstance(value, dict) and values.is_container(value):
        size = 2 + sum([len(name) + 1 + _measure(item, sizes) for name, item in value.items()])
    else:
        return value_size(value)
    sizes[id(value)] = size
    return size

"""The ways from a document, with what was found along each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.spelling.conditions import condition_text
from kitcn_repl.render.edges import origins, via
from kitcn_repl.render.quantity import count
from kitcn_repl.render.summary import label
from kitcn_repl.render.text import visible
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_tui.document.neighbours import Neighbours, Path
from kitcn_tui.outline.outline import Outline
from kitcn_tui.outline.prose import prose
from kitcn_tui.outline.rows import BLANK, Line, Row, Span, padded, told
from kitcn_tui.places import TablePlace
from kitcn_tui.widgets.failure import Failure

_WIDEST_LABEL = 26
_WIDE = 50


class PathRow(Row):
    """A way: its name, where it leads, how many there are, and how that is known."""

    __slots__ = ("path", "width")

    def __init__(self, path: Path, width: int) -> None:
        self.path = path
        self.width = width

    def left(self, width: int) -> Iterator[Span]:
        path, way = self.path, self.path.way
        has_more = path.related is not None and bool(path.related.documents or path.related.dangling)
        marker = ("▾ " if path.is_open else "▸ ") if has_more else "  "
        yield Span(marker, "muted", press="fold" if has_more else None)
        yield Span(f"{path.arrow} ", "muted")
        if width < _WIDE:
            yield Span(visible(way.label), table=way.end, press="enter")
            return
        yield Span(padded(visible(way.label), self.width), table=way.end, press="enter")
        yield Span(f"  {self.how}", "muted")

    @property
    def how(self) -> str:
        """How the documents were found."""
        related = self.path.related
        return "" if related is None else related.via.replace(" documents", "").replace("scan of at most", "scan of")

    def right(self, width: int) -> Sequence[Span]:
        path = self.path
        if path.progress == "offered":
            return (Span(f"scan ≤ {count(path.scans)}?", "warning", press="enter"),)
        if path.progress == "failed":
            return (Span("failed", "error", press="enter"),)
        if path.related is None:
            return (Span("…", "muted"),)
        found = path.related.count
        if path.related.dangling:
            deleted = Span(f"✗ {count(len(path.related.dangling))} deleted", "error")
            return (deleted, Span(f"  {count(found.n)}", "title")) if found.n else (deleted,)
        if found.n == 0:
            return (Span("none" if found.exact else "none found", "muted"),)
        return (Span(count(found.n) if found.exact else f"at least {count(found.n)}", "title"),)


class DocumentRow(Row):
    """A document that was found along a way."""

    __slots__ = ("document", "path", "text")

    def __init__(self, document: JsonObject, path: Path, text: str) -> None:
        self.document = document
        self.path = path
        self.text = text

    @property
    def document_id(self) -> str:
        return str(self.document.get("_id"))

    def left(self, width: int) -> Iterator[Span]:
        yield Span("    ")
        yield Span(self.text or self.document_id, press="enter")

    def right(self, width: int) -> Sequence[Span]:
        if width < 36:
            return ()
        shown = self.document_id if width >= 90 else f"{self.document_id[:8]}…"
        return (Span(shown, table=self.path.way.end, press="enter"),)


class MoreRow(Row):
    """There are more documents than are shown."""

    __slots__ = ("number", "path")

    def __init__(self, number: int, path: Path) -> None:
        self.number = number
        self.path = path

    def left(self, width: int) -> Iterator[Span]:
        related = self.path.related
        at_least = "" if related is None or related.count.exact else "at least "
        yield Span(f"    … {at_least}{count(self.number)} more", "muted", press="enter")


class RelationsPane(Vertical):
    """The outline of ways, and beneath it what is to be said of the one under the cursor."""

    DEFAULT_CSS = """
    RelationsPane {
        height: 1fr;
        & > .relations-note { height: auto; max-height: 4; padding: 0 2; color: $text-muted; background: $surface; }
    }
    """

    def __init__(self) -> None:
        super().__init__(id="relations-pane")
        self.around: Neighbours | None = None

    def compose(self) -> ComposeResult:
        yield Outline(id="relations-outline")
        yield Static("", classes="relations-note", markup=False)

    @property
    def outline(self) -> Outline:
        return self.query_one("#relations-outline", Outline)

    @property
    def path(self) -> Path | None:
        """The way under the cursor, or the one that has led to what is there."""
        row = self.outline.row
        return row.path if isinstance(row, PathRow | DocumentRow | MoreRow) else None

    def say(self, text: str) -> None:
        """Instead of ways: that they are not known yet, or why they are not."""
        self.around = None
        self.outline.show([told(text)])
        self._note("")

    async def fail(self, error: KitcnError) -> None:
        """Say beneath the ways why they could not be followed, and offer to try again."""
        await self.recover()
        await self.mount(Failure(error), before=self.query_one(".relations-note"))
        if self.around is None:
            self.outline.show([told("Relations are not known.")])

    async def recover(self) -> None:
        """What failed is over."""
        await self.query(Failure).remove()

    def show(self, around: Neighbours, at: str | None = None) -> None:
        """The ways; the cursor stays where it is, or goes to `at`: a way's key, then `/ID` for a document there."""
        kept = at if at is not None else (self.here if self.around is around else None)
        self.around = around
        rows = list(self._rows(around))
        self.outline.show(rows, _place(rows, kept) if kept else 0)
        self.update_note()

    @property
    def here(self) -> str | None:
        """Where the cursor stands, as `show` takes it."""
        row = self.outline.row
        if isinstance(row, DocumentRow):
            return f"{row.path.key}/{row.document_id}"
        return row.path.key if isinstance(row, PathRow | MoreRow) else None

    def _rows(self, around: Neighbours) -> Iterator[Row]:
        if not around.paths:
            yield from prose("No relations of this table are known.", self.outline.size.width - 3, "muted")
            return
        groups = [
            ("Refers to", [path for path in around.paths if not path.points_here]),
            ("Referred to by", [path for path in around.paths if path.points_here]),
        ]
        width = min(_WIDEST_LABEL, max(len(visible(path.way.label)) for path in around.paths))
        for at, (title, paths) in enumerate((title, paths) for title, paths in groups if paths):
            if at:
                yield BLANK
            yield told(title, "title")
            for path in paths:
                yield PathRow(path, width)
                if path.is_open:
                    yield from self._beneath(path, around)

    def _beneath(self, path: Path, around: Neighbours) -> Iterator[Row]:
        if path.error is not None:
            yield told(visible(path.error.message), "error", 4)
        related = path.related
        if related is None:
            return
        table = around.knowledge.schema.tables.get(path.way.end)
        shown = related.documents[: path.shown]
        for document in shown:
            yield DocumentRow(document, path, label(document, path.way.end, table))
        for each in related.dangling:
            yield Line(Span("    "), Span("✗ ", "error"), Span(visible(each), "error"), can_stand=False)
        more = related.count.n - len(shown)
        if more > 0 and shown:
            yield MoreRow(more, path)

    def update_note(self) -> None:
        """Say how the way under the cursor is followed, and what would make its count exact."""
        path = self.path
        if path is None:
            self._note("")
            return
        way, related = path.way, path.related
        parts = [f"{visible(way.start)} {path.arrow} {visible(way.end)}: {via(way.edge)}"]
        parts.append(origins(way.edge))
        if related is not None:
            parts.append(related.via)
            parts += [visible(note) for note in related.notes]
            if related.advice is not None:
                parts.append(f"{visible(related.advice)} would make the count exact")
            if related.dangling:
                parts.append(f"{count(len(related.dangling))} of them deleted")
        elif path.progress == "offered":
            parts.append(
                f"no index serves; enter looks through {count(path.scans)} documents of {path.scanned} at most"
            )
        self._note(" · ".join(parts))

    def _note(self, text: str) -> None:
        self.query_one(".relations-note", Static).update(Content(text))


def _place(rows: Sequence[Row], at: str) -> int:
    key, _, document_id = at.partition("/")
    best = 0
    for place, row in enumerate(rows):
        if isinstance(row, PathRow) and (row.path.key == key or (best == 0 and row.path.key[:1] == key)):
            best = place
        elif isinstance(row, DocumentRow) and row.path.key == key and row.document_id == document_id:
            return place
    return best


def whole_list(path: Path, document: JsonObject) -> TablePlace | None:
    """Where the Data tab shows all documents of a way; None where no conditions on one table say it."""
    way = path.way
    table, fields, starts = way.end, way.end_fields, way.start_fields
    if way.junction is not None:
        # The rows of the junction say it: those of the other end are picked by ids that only they hold.
        table, fields = way.junction.table, way.junction.entry
    conditions: list[str | None] = []
    for field, start in zip(fields, starts, strict=True):
        value: JsonValue = document
        for name in start.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        is_one_value = value is not None and not isinstance(value, list) and "*" not in field
        conditions.append(condition_text(field, value) if is_one_value else None)
    if way.junction is None:
        conditions += [condition_text(field, value) for field, value in way.conditions if value is not None]
    known = tuple(text for text in conditions if text is not None)
    return TablePlace(table, conditions=known) if len(known) == len(conditions) else None

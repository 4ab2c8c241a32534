"""What a query read, against what one execution may read."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from kitcn_repl.explore.inline.envelope import ReadCost
from kitcn_repl.render.quantity import byte_size, count, counted

_NEAR = 0.8
"""From here on a backend warns."""
_BAR = 10
_EIGHTHS = " ▏▎▍▌▋▊▉█"


class CostLine(Static):
    """Two bars and three numbers; without room for bars only numbers."""

    DEFAULT_CSS = """
    CostLine { height: 1; padding: 0 1; color: $text-muted; display: none; }
    CostLine.known { display: block; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._cost: ReadCost | None = None

    def show(self, cost: ReadCost | None) -> None:
        self._cost = cost
        self.set_class(cost is not None, "known")
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._cost is not None:
            self.update(cost_content(self._cost, self.size.width or self.app.size.width))


def cost_content(cost: ReadCost, width: int) -> Content:
    """`read █▌········· 1,203 of 32,000 documents   ▏········· 1.1 MiB of 16 MiB   3 queries`, as far as it fits."""
    for bars, queries in ((True, True), (False, True)):
        content = _content(cost, bars=bars, queries=queries)
        if content.cell_length <= width:
            return content
    return _content(cost, bars=False, queries=False)


def _content(cost: ReadCost, *, bars: bool, queries: bool) -> Content:
    documents = f"{count(cost.documents_read)} of {count(cost.documents_limit)} documents"
    size = f"{byte_size(cost.bytes_read)} of {byte_size(cost.bytes_limit)}"
    gap = "   " if bars else " · "
    parts: list[str | Content] = [
        "read ",
        _part(cost.documents_read, cost.documents_limit, documents, bars=bars),
        gap,
        _part(cost.bytes_read, cost.bytes_limit, size, bars=bars),
    ]
    if queries:
        said = counted(cost.queries, "query", "queries")
        parts += [gap, _part(cost.queries, cost.queries_limit, said, bars=False)]
    return Content.assemble(*parts)


def _part(used: int, limit: int, text: str, *, bars: bool) -> Content:
    share = min(1.0, used / limit) if limit > 0 else 0.0
    is_near = share >= _NEAR
    # Not by colour alone.
    said = Content.styled(f"! {text} ({share:.0%})", "$text-warning bold") if is_near else Content(text)
    if not bars:
        return said
    colour = "$text-warning" if is_near else "$text-primary"
    full, rest = divmod(round(share * _BAR * 8), 8)
    if used and not full and not rest:
        rest = 1
    filled = "█" * full + (_EIGHTHS[rest] if rest else "")
    return Content.assemble((filled, colour), ("·" * (_BAR - len(filled)), "$foreground 30%"), " ", said)

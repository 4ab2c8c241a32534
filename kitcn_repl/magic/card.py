"""The status card: which deployment, why, what is in it, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.spelling.quoting import cell_word
from kitcn_repl.render.html.element import Html, element, join
from kitcn_repl.render.html.page import footer, framed, note, origin
from kitcn_repl.render.quantity import count, counted
from kitcn_repl.render.text import visible

if TYPE_CHECKING:
    from kitcn_repl.deployment.models import TableInfo
    from kitcn_repl.magic.session import Choice, MagicSession

_MOST_TABLES = 60


@dataclass(frozen=True, slots=True)
class StatusCard:
    """`label` is None where no deployment is selected; `problem` says what is wrong."""

    label: str | None
    is_prod: bool = False
    version: str | None = None
    tables: Sequence[TableInfo] = ()
    problem: str | None = None
    hints: Sequence[tuple[str, str]] = field(default_factory=tuple)

    def __repr__(self) -> str:
        lines = [visible((self.label or "no deployment") + (f" · Convex {self.version}" if self.version else ""))]
        if self.problem:
            lines.append(visible(self.problem))
        shown = self.tables[:_MOST_TABLES]
        if shown:
            width = max(len(visible(table.name)) for table in shown)
            lines += [f"  {visible(table.name):<{width}}  {_counted(table):>9}" for table in shown]
            if len(self.tables) > len(shown):
                lines.append(f"  … and {len(self.tables) - len(shown)} more tables")
        lines += [f"{visible(command):<28}  {what}" for command, what in self.hints]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = element("strong", origin(self.label or "no deployment", is_prod=self.is_prod))
        parts: list[Html] = [element("div", join(head, f" · Convex {self.version}" if self.version else ""))]
        if self.problem:
            parts.append(note(self.problem))
        if self.tables:
            parts.append(_tables_html(self.tables))
        hints = [
            element("div", element("code", command, css="kitcn-command"), element("span", what, css="kitcn-muted"))
            for command, what in self.hints
        ]
        return framed(*parts, element("div", *hints, css="kitcn-foot"))


def status_card(session: MagicSession, choice: Choice) -> StatusCard:
    """The card of what is chosen; a deployment that is not there is told on it, and is no error."""
    try:
        opened = session.opened(choice)
    except KitcnError as error:
        return StatusCard(None, problem=_told(error), hints=_NO_DEPLOYMENT)
    target = opened.connection.target
    opened.learn()
    try:
        info = opened.connection.info()
        tables = opened.connection.tables()
    except KitcnError as error:
        return StatusCard(target.label, target.is_prod, problem=_told(error), hints=_NO_DEPLOYMENT)
    return StatusCard(target.label, target.is_prod, info.version, tables, info.note, _hints(tables))


_NO_DEPLOYMENT = (
    ("%kitcn use demo", "the built-in demo deployment"),
    ("%kitcn deployment list", "what can be reached"),
)


def _hints(tables: Sequence[TableInfo]) -> list[tuple[str, str]]:
    largest = max(tables, key=lambda table: table.count or 0, default=None)
    name = largest.name if largest is not None else "TABLE"
    return [
        (f"%kitcn data {cell_word(name)}", "its newest documents"),
        ("%%kitcn -o result", "the cell as a query in JavaScript, the result in a variable"),
        ("%kitcn use SELECTOR", "another deployment"),
        ("%kitcn --help", "all commands"),
    ]


def _told(error: KitcnError) -> str:
    return f"{error.message} {error.hint}" if error.hint else error.message


def _counted(table: TableInfo) -> str:
    return "?" if table.count is None else count(table.count)


def _tables_html(tables: Sequence[TableInfo]) -> Html:
    head = element("tr", element("th", "table"), element("th", "documents", css="kitcn-right"))
    rows = [
        element("tr", element("td", table.name), element("td", _counted(table), css="kitcn-right"))
        for table in tables[:_MOST_TABLES]
    ]
    table = element("table", element("thead", head), element("tbody", *rows), css="kitcn-table")
    rest = len(tables) - _MOST_TABLES
    return join(
        element("div", table, css="kitcn-scroll"), footer(f"and {counted(rest, 'more table')}") if rest > 0 else ""
    )

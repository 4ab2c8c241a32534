"""Where source and deployment differ: for people by table, for machines one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from textwrap import wrap

from kitcn_repl.render.places import Places
from kitcn_repl.render.quantity import counted
from kitcn_repl.render.style import Style
from kitcn_repl.render.text import visible
from kitcn_repl.schema.differences import LEVELS, Difference, Level
from kitcn_repl.values import JsonObject

DIFFERENCE_COLUMNS = ("level", "kind", "table", "member", "what", "why", "fix", "place")
_COLOURS: Mapping[Level, str] = {"error": "red", "warning": "yellow", "info": "cyan"}
_NAMES: Mapping[Level, tuple[str, str]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "info": ("note", "notes"),
}


def draw_differences(found: Sequence[Difference], places: Places, style: Style, width: int | None) -> list[str]:
    """Table by table: what differs, why that matters, what to do; then a line that sums it up."""
    lines: list[str] = []
    for table, differing in groupby(found, key=lambda each: each.table):
        lines.append(style.bold(visible(table)))
        for each in differing:
            lines += _lines(each, places, style, width)
        lines.append("")
    numbers = [(level, sum(each.level == level for each in found)) for level in LEVELS]
    told = [getattr(style, _COLOURS[level])(counted(number, *_NAMES[level])) for level, number in numbers if number]
    return [*lines, ", ".join(told)] if told else []


def _lines(each: Difference, places: Places, style: Style, width: int | None) -> Iterator[str]:
    first = f"  {_NAMES[each.level][0]:<7}  "
    place = "" if each.place is None else f" ({places.text(each.place)})"
    what = _wrapped(f"{visible(each.what)}{place}", width, first)
    yield getattr(style, _COLOURS[each.level])(what[0][: len(first)]) + what[0][len(first) :]
    yield from what[1:]
    yield from (style.dim(line) for line in _wrapped(visible(each.why), width, " " * len(first)))
    yield from (style.green(line) for line in _wrapped(visible(each.fix), width, " " * len(first)))


def _wrapped(text: str, width: int | None, first: str) -> list[str]:
    if width is None:
        return [first + text]
    return wrap(
        text,
        max(40, width),
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )


def difference_json(each: Difference) -> JsonObject:
    return {
        "level": each.level,
        "kind": each.kind,
        "table": each.table,
        "member": each.member,
        "what": each.what,
        "why": each.why,
        "fix": each.fix,
        "place": None if each.place is None else str(each.place),
    }


def difference_row(each: Difference) -> JsonObject:
    """Without what is not there."""
    return {name: value for name, value in difference_json(each).items() if value is not None}

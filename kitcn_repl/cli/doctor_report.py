"""The doctor's report for people: rule by rule, the worst first, and a line that sums it up."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from kitcn_repl.cli.session import Session
from kitcn_repl.explore.doctor.model import LEVELS, Finding, Group, Level, Report
from kitcn_repl.explore.doctor.rules import RULES
from kitcn_repl.render.quantity import counted
from kitcn_repl.render.style import Style
from kitcn_repl.render.text import visible

_MOST_SHOWN: Mapping[Level, int] = {"error": 10, "warning": 10, "info": 3}
"""Findings of one rule; --json has them all."""

_MOST_IDS = 3
_WIDEST = 100
_GROUPS: Mapping[Group, str] = {
    "project": "the project",
    "schema": "the schema's source",
    "deployment": "the deployment",
    "data": "documents",
}
_NAMES: dict[Level, tuple[str, str]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "info": ("note", "notes"),
}


def draw_report(session: Session, report: Report) -> None:
    environment = session.environment
    width = min(environment.width, _WIDEST) if environment.stdout_is_tty else _WIDEST
    style = environment.out_style
    lines: list[str] = []
    for (_level, _rule), found in groupby(report.findings, key=lambda each: (each.level, each.rule)):
        lines += _rule_lines(list(found), style, width)
        lines.append("")
    for text in not_checked(report):
        lines += _wrapped(text, width, "", style.dim)
    for note in report.notes:
        lines += _wrapped(note, width, "", style.dim)
    lines.append(_summary(report, style))
    session.drawn("".join(f"{line}\n" for line in lines))


def not_checked(report: Report) -> Iterator[str]:
    """A line for each reason; rules are named where these are not all of their group."""
    for why, skipped in groupby(report.skipped, key=lambda each: each.why):
        parts = [
            f"{counted(len(each.rules), 'rule')} about {_GROUPS[each.group]}" if each.group else ", ".join(each.rules)
            for each in skipped
        ]
        yield f"Not checked: {', '.join(parts)} ({why})."


def _rule_lines(found: Sequence[Finding], style: Style, width: int) -> Iterator[str]:
    rule = RULES[found[0].rule]
    level = found[0].level
    number = f" ({len(found)})" if len(found) > 1 else ""
    yield f"{_coloured(level, style)}  {style.bold(rule.title)}{number}  {style.dim(rule.id)}"
    yield from _wrapped(rule.why, width, "  ", style.dim)
    shown = found[: _MOST_SHOWN[level]]
    same_fix = len({each.fix for each in found}) == 1
    for each in shown:
        where = "" if each.place is None else f"{each.place}  "
        yield from _wrapped(f"{where}{each.what}", width, "  ", None, first="• ")
        if each.documents:
            ids = ", ".join(each.documents[:_MOST_IDS])
            total = each.count if each.count is not None else len(each.documents)
            others = f", and {total - _MOST_IDS:,} more" if total > _MOST_IDS else ""
            yield from _wrapped(f"{ids}{others}", width, "    ", style.dim)
        if not same_fix:
            yield from _wrapped(f"Fix: {each.fix}", width, "    ", style.green)
    if len(found) > len(shown):
        yield f"  … and {len(found) - len(shown):,} more; --json has them all."
    if same_fix:
        yield from _wrapped(f"Fix: {found[0].fix}", width, "  ", style.green)
    yield from _wrapped(rule.docs, width, "  ", style.dim)


def _coloured(level: Level, style: Style) -> str:
    name = _NAMES[level][0]
    return {"error": style.red, "warning": style.yellow, "info": style.cyan}[level](name)


def _wrapped(text: str, width: int, indent: str, colour: object, *, first: str = "") -> Iterator[str]:
    """Lines that break between words; long ids and addresses stay whole."""
    lines = textwrap.wrap(
        visible(text),
        max(30, width),
        initial_indent=indent + first,
        subsequent_indent=indent + " " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        yield colour(line) if callable(colour) else line


def _summary(report: Report, style: Style) -> str:
    numbers = {level: report.of_level(level) for level in LEVELS}
    parts = [counted(numbers[level], *_NAMES[level]) for level in LEVELS if numbers[level]]
    checked = f"{counted(len(report.checked), 'rule')} checked"
    if not parts:
        return f"{style.green('No findings')}; {checked}."
    text = ", ".join(parts)
    return f"{style.red(text) if numbers['error'] else style.bold(text)}; {checked}."

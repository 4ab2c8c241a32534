"""Rows as an aligned table, Markdown or JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.frame.rows import Row, Side

HEADINGS: Final = ("benchmark", "what", "ours", "against", "theirs", "ratio", "spread", "memory, MB", "aim")


@dataclass(frozen=True, slots=True)
class Report:
    """What a run brought: rows by benchmark, and what could not run or failed, each with why."""

    rows: Mapping[str, Sequence[Row]]
    missing: Sequence[str]
    failed: Sequence[str]
    quick: bool
    minutes: float
    load: float

    @property
    def aims_missed(self) -> list[str]:
        """A quick run judges none."""
        return [
            f"{name}: {row.what}: {aim.text}"
            for name, rows in self.rows.items()
            for row in rows
            for aim in row.aims
            if not aim.met and not self.quick
        ]


def as_text(report: Report) -> str:
    cells = [HEADINGS, *_cells(report)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([*lines, "", *_remarks(report)]) + "\n"


def as_markdown(report: Report) -> str:
    lines = [f"| {' | '.join(HEADINGS)} |", "|" + "---|" * len(HEADINGS)]
    lines += [f"| {' | '.join(map(_escaped, row))} |" for row in _cells(report)]
    return "\n".join([*lines, "", *(f"- {remark}" for remark in _remarks(report) if remark)]) + "\n"


def as_readme(report: Report) -> str:
    """The rows that the README quotes: ratios alone."""
    lines = ["| what | against | time | least and greatest | memory | benchmark |", "|---|---|---|---|---|---|"]
    for name, rows in report.rows.items():
        for row in rows:
            if row.is_quoted and row.theirs is not None and row.ratio is not None:
                spread = "" if row.spread is None else _spread(row.spread)
                memory = "" if row.memory_ratio is None else short(row.memory_ratio)
                cells = (_escaped(row.what), row.theirs.name, short(row.ratio), spread, memory, f"`{name}`")
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def as_json(report: Report) -> str:
    whole: dict[str, Any] = {
        "quick": report.quick,
        "machine": _machine(),
        "loadBefore": report.load,
        "minutes": report.minutes,
        "benchmarks": {name: [row.encoded() for row in rows] for name, rows in report.rows.items()},
        "couldNotRun": list(report.missing),
        "failed": list(report.failed),
        "aimsMissed": report.aims_missed,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


FORMATS: Final = {"table": as_text, "markdown": as_markdown, "readme": as_readme, "json": as_json}


def _cells(report: Report) -> list[tuple[str, ...]]:
    cells: list[tuple[str, ...]] = []
    for name, rows in report.rows.items():
        for number, row in enumerate(rows):
            theirs, spread, ratio = row.theirs, row.spread, row.ratio
            cells.append(
                (
                    name if number == 0 else "",
                    row.what,
                    _figures(row.ours, row.unit),
                    "" if theirs is None else theirs.name,
                    "" if theirs is None else _figures(theirs, row.unit),
                    "" if ratio is None else short(ratio),
                    "" if spread is None else _spread(spread),
                    _memory(row),
                    "; ".join(_judged(aim.text, aim.met, report.quick) for aim in row.aims),
                )
            )
    return cells


def _spread(spread: tuple[float, float]) -> str:
    return f"{short(spread[0])} to {short(spread[1])}"


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


def _judged(text: str, met: bool, quick: bool) -> str:
    return text if quick else f"{text}: {'met' if met else 'MISSED'}"


def _memory(row: Row) -> str:
    if row.ours.memory is None:
        return ""
    if row.theirs is None or row.theirs.memory is None or row.memory_ratio is None:
        return f"{row.ours.memory:.0f}"
    return f"{row.ours.memory:.0f} / {row.theirs.memory:.0f} = {short(row.memory_ratio)}"


def _figures(side: Side, unit: str) -> str:
    """The median, and the least of several."""
    if len(side.values) == 1:
        return figure(side.middle, unit)
    return f"{figure(side.middle, unit)} ({figure(side.least, unit)})"


def figure(value: float, unit: str) -> str:
    """Seconds in the unit that one reads easily."""
    if unit == "s":
        if value >= 1:
            return f"{value:.2f} s"
        return f"{value * 1e3:.3g} ms" if value >= 1e-3 else f"{value * 1e6:.3g} us"
    return f"{short(value)} {unit}".rstrip()


def short(value: float) -> str:
    """Two figures that mean something, three from ten on."""
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}" if value < 1 else f"{value:.2f}"


def _machine() -> str:
    return f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors"


def _remarks(report: Report) -> list[str]:
    remarks = [f"{row.what}: {row.note}" for rows in report.rows.values() for row in rows if row.note]
    remarks += ["" for _ in remarks[:1]]
    remarks += [f"Could not run: {missing}." for missing in report.missing]
    remarks += [f"FAILED: {failed}" for failed in report.failed]
    remarks += [f"Aim missed: {missed}." for missed in report.aims_missed]
    remarks.append(
        "ours, theirs: median of the turns, the least in parentheses; ratio: ours by theirs, of the medians; spread:"
        " least and greatest ratio of one turn; memory: the sum of the peaks of a process and its children."
    )
    remarks.append(f"{_machine()}; load {report.load:.1f} before; {report.minutes:.1f} minutes.")
    if report.load > (os.cpu_count() or 1) / 4:
        remarks.append("The machine was busy: ratios are rougher than on a quiet one.")
    if report.quick:
        remarks.append("--quick: a smoke run; the figures mean nothing, and no aim is judged.")
    return remarks

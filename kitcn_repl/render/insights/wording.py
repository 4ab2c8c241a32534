"""Words that all views of insights share."""

from __future__ import annotations

from kitcn_repl.explore.insights.kinds import Severity
from kitcn_repl.explore.insights.model import HOUR, WINDOW_HOURS, Report
from kitcn_repl.render.ages import rough
from kitcn_repl.render.quantity import counted


def window(report: Report) -> str:
    """`72 hours`, `90 minutes`."""
    length = (report.end - report.begin) / HOUR
    if length < 1 or length % 1 > 0.01:
        return _counted(round(length * 60), "minute")
    return _counted(round(length), "hour")


def counted_by_severity(report: Report) -> str:
    """`2 errors and 1 warning`."""
    severities: tuple[Severity, ...] = ("error", "warning")
    numbers = ((report.of_severity(severity), severity) for severity in severities)
    parts = [_counted(number, severity) for number, severity in numbers if number]
    unknown = report.of_severity("unknown")
    if unknown and not parts:
        return f"{_counted(unknown, 'finding')} of a kind that kitcn does not know"
    return " and ".join(parts)


def verdict(report: Report) -> tuple[str, str]:
    """Of a report without insights: a word, and a sentence that says what it holds for."""
    if report.is_whole:
        return "Healthy", f"No issues found in the last {window(report)}."
    if report.seen:
        return "No issues seen", f"That holds for what is known of the last {window(report)}."
    return "Nothing is known", f"The last {window(report)} have not been seen."


def basis(report: Report) -> str:
    """What the insights rest on, in a sentence."""
    if report.source == "cloud":
        return "As Convex counts them, which may be a couple of hours behind."
    if not report.seen:
        return "Looked for in the function log."
    if report.is_whole:
        return "From the function log."
    executions = counted(sum(span.executions for span in report.seen), "execution")
    return (
        f"From the function log, of which kitcn has seen {seen(report)} ({executions});"
        f" what it sees it keeps for {WINDOW_HOURS} hours."
    )


def seen(report: Report) -> str:
    """How much of the window was seen of the log: `23 h`."""
    return rough(sum(min(span.end, report.end) - max(span.begin, report.begin) for span in report.seen) / 1000)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

"""Writing a report to a file."""

from __future__ import annotations

from pathlib import Path

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.insights.model import Report


def exported(report: Report, path: Path) -> None:
    """Write it as the file's name says: `.json` as `kitcn insights --json --details`, else Markdown.

    Raises KitcnError; a file that is there already stays as it is.
    """
    if path.suffix.lower() == ".json":
        from kitcn_repl.render.insights.machine import as_object, json_text

        text = json_text(as_object(report, details=True), 2) + "\n"
    else:
        from kitcn_repl.render.insights.markdown import as_markdown

        text = as_markdown(report)
    try:
        with path.open("x", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except FileExistsError:
        raise KitcnError(f"There is a file {path.name} already; choose another name.") from None
    except OSError as error:
        raise KitcnError(f"{path.name} cannot be written: {error.strerror}.") from error

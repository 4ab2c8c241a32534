"""An inline query in the spellings of the other front doors."""

from __future__ import annotations

from kitcn_repl.explore.spelling.quoting import shell_word
from kitcn_repl.explore.spelling.target import cell_line, with_flags
from kitcn_repl.targets.target import Target


def query_command(text: str, target: Target, component: str = "") -> str:
    """`kitcn run --inline-query '...'`."""
    named = f" --component {shell_word(component)}" if component else ""
    return with_flags(f"kitcn run --inline-query {shell_word(text)}{named}", target)


def query_cell(text: str, target: Target, component: str = "") -> str:
    """A notebook cell that runs it."""
    return f"{cell_line(target, component)}\n{text}"

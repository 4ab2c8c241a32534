"""An inline query in the spellings of the other front doors."""

from __future__ import annotations

import shlex

from kitcn_repl.explore.spelling.target import with_flags
from kitcn_repl.targets.target import Target


def query_command(text: str, target: Target, component: str = "") -> str:
    """`kitcn run --inline-query '...'`."""
    return with_flags(f"kitcn run --inline-query {shlex.quote(text)}{_component(component)}", target)


def query_cell(text: str, target: Target, component: str = "") -> str:
    """A notebook cell that runs it."""
    return f"{with_flags(f'%%kitcn{_component(component)}', target)}\n{text}"


def _component(component: str) -> str:
    return f" --component {shlex.quote(component)}" if component else ""

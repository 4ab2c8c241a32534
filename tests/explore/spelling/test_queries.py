"""A query as a command and as a notebook cell."""

from __future__ import annotations

import shlex

from kitcn_repl.explore.spelling.queries import query_cell, query_command
from kitcn_repl.targets.target import Target

_DEMO = Target("demo", "demo", "--demo")
_TEXT = "const it's = `$HOME \"x\"`;\nreturn it's"


def test_a_shell_gives_the_query_back_as_it_is() -> None:
    words = shlex.split(query_command(_TEXT, _DEMO, "rate limiter"))
    assert words == ["kitcn", "run", "--inline-query", _TEXT, "--component", "rate limiter", "--demo"]


def test_a_cell_has_its_flags_in_the_first_line() -> None:
    assert query_cell(_TEXT, _DEMO) == f"%%kitcn --demo\n{_TEXT}"

"""A result as text in one of the formats of the command line."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

from kitcn_repl.cli.environment import Environment
from kitcn_repl.cli.output import write_value
from kitcn_repl.cli.session import Session
from kitcn_repl.results import Result


def print_formatted(result: Result, format_: str, *, show_secrets: bool) -> None:
    """Data, log lines and notices go to the cell's output."""
    environment = Environment(io.StringIO(), sys.stdout, sys.stdout, Path(), time.monotonic, stdout_is_tty=False)
    session = Session(environment)
    for line in result.log_lines:
        session.note(line)
    write_value(session, result.encoded, format_, show_secrets=show_secrets)
    for notice in result.notices:
        session.advise(notice)
    if result.deployment is not None and result.origin is not None and result.origin.is_prod:
        session.note(result.deployment)

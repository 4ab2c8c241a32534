"""The command line in this process, with streams, variables and clock of the test's own."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from kitcn_repl.cli.environment import Environment, never_execute, never_open, nobody_answers
from kitcn_repl.cli.main import main


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.err.splitlines()


def ticks(step: float) -> Callable[[], float]:
    """A clock that moves on by `step` seconds whenever somebody looks."""
    times: Iterator[int] = count()
    return lambda: next(times) * step


@dataclass(frozen=True, slots=True)
class Console:
    """Runs `kitcn` with the given world; `tty` makes stdout and stderr a terminal without colours, `stdin_tty`
    stdin, so that it is asked."""

    cwd: Path = field(default_factory=Path)
    variables: Mapping[str, str] = field(default_factory=dict)
    stdin: str = ""
    tty: bool = False
    stdin_tty: bool = False
    colour: bool = False
    width: int = 80
    ask_secret: Callable[[str], str | None] = nobody_answers
    clock: Callable[[], float] = field(default_factory=lambda: ticks(0.001))
    execute: Callable[[Sequence[str], Mapping[str, str]], int] = never_execute
    open_page: Callable[[str], bool] = never_open

    def __call__(self, *argv: str) -> Outcome:
        out, err = io.StringIO(), io.StringIO()
        variables = {**self.variables, "FORCE_COLOR": "1"} if self.colour else {**self.variables, "NO_COLOR": "1"}
        environment = Environment(
            stdin=io.StringIO(self.stdin),
            stdout=out,
            stderr=err,
            cwd=self.cwd,
            clock=self.clock,
            variables=variables,
            stdin_is_tty=self.stdin_tty,
            stdout_is_tty=self.tty,
            stderr_is_tty=self.tty,
            width=self.width,
            ask_secret=self.ask_secret,
            execute=self.execute,
            open_page=self.open_page,
        )
        code = main(argv, environment)
        return Outcome(code, out.getvalue(), err.getvalue())

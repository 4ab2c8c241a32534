"""The command line in this process, with streams, variables and clock of the test's own."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from kitcn_repl.cli.environment import Environment, never_confirm
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
    """Runs `kitcn` with the given world; `tty` makes stdout and stderr a terminal without colours."""

    cwd: Path = field(default_factory=Path)
    variables: Mapping[str, str] = field(default_factory=dict)
    stdin: str = ""
    tty: bool = False
    colour: bool = False
    width: int = 80
    confirm: Callable[[str], bool] = never_confirm
    clock: Callable[[], float] = field(default_factory=lambda: ticks(0.001))

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
            stdout_is_tty=self.tty,
            stderr_is_tty=self.tty,
            width=self.width,
            confirm=self.confirm,
        )
        code = main(argv, environment)
        return Outcome(code, out.getvalue(), err.getvalue())

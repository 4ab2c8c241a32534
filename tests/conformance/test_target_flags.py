"""The flags that select a deployment, on commands that `test_selection.py` does not run: the same one is asked, with
the same key."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.cli.console import Console
from tests.conformance.marks import conforms
from tests.conformance.one_process import OneProcess, one_process
from tests.conformance.selection_rows import BEE, CAT, FOX, HEN, OTTER
from tests.support.control_plane import ACCESS_TOKEN, StandIn, Workplace, make_workplace, small_world, stand_in
from tests.support.node import genuine_cli, node

_PATIENCE = 120
"""Seconds; only ever spent on a client that hangs."""

COMMANDS = {
    "run": ("run", "--inline-query", "1"),
    "logs": ("logs", "--history", "--success"),
    "function-spec": ("function-spec",),
    "env": ("env", "list"),
}
FLAGS = {
    "--prod": (("--prod",), CAT),
    "--preview-name": (("--preview-name", "pr-1"), BEE),
    "--deployment-name": (("--deployment-name", FOX), FOX),
    "--deployment": (("--deployment", "go:dev/ada"), HEN),
    "--url --admin-key": (("--url", "<url>", "--admin-key", "<key>"), FOX),
    "--env-file": (("--env-file", "other.env"), FOX),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Deployments and keys, as they were asked; what was printed, if the command ends by itself."""

    reached: tuple[tuple[str, str], ...]
    printed: str


@dataclass(frozen=True, slots=True)
class Both:
    """The genuine CLI and ours, in a project of Ada's."""

    plane: StandIn
    place: Workplace
    program: OneProcess

    def genuine(self, arguments: tuple[str, ...]) -> Asked:
        before = len(self.plane.requests)
        if arguments[0] == "logs":
            self._follow(arguments)
            return self._asked(before, "")
        ran = self.program(*arguments)
        assert ran.exit_code == 0, ran.stderr
        return self._asked(before, ran.stdout.decode())

    def _follow(self, arguments: tuple[str, ...]) -> None:
        """A command that never ends, until it prints something."""
        with subprocess.Popen(
            [node(), genuine_cli(), *arguments],
            cwd=self.place.folder, env=self.place.variables(PATH=os.environ["PATH"], NO_COLOR="1"),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        ) as running:  # fmt: skip
            assert running.stdout is not None
            assert running.stdout.readline()
            running.send_signal(signal.SIGINT)
            running.communicate(timeout=_PATIENCE)

    def ours(self, arguments: tuple[str, ...]) -> Asked:
        before = len(self.plane.requests)
        more = ("--once",) if arguments[0] == "logs" else ()
        outcome = Console(cwd=self.place.folder, variables=self.place.variables())(*arguments, *more)
        assert outcome.code == 0, outcome.err
        return self._asked(before, "" if more else outcome.out)

    def _asked(self, before: int, printed: str) -> Asked:
        seen = [(one.server, one.authorization or "") for one in self.plane.requests[before:]]
        return Asked(tuple(dict.fromkeys(one for one in seen if one[0] != "control plane" and one[1])), printed)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with stand_in(small_world()) as plane:
        place = make_workplace(plane, tmp_path_factory.mktemp("flags"))
        place.env_local(f"CONVEX_DEPLOYMENT=dev:{OTTER}\n")
        (place.folder / "other.env").write_text(f"CONVEX_DEPLOYMENT=dev:{FOX}\n")
        place.log_in(ACCESS_TOKEN)
        with one_process(place.folder, place.variables(PATH=os.environ["PATH"], NO_COLOR="1")) as program:
            yield Both(plane, place, program)


@pytest.mark.parametrize(
    ("command", "flags"),
    [
        pytest.param(
            command, flags, id=f"{command}{flags.replace(' ', '')}", marks=conforms(f"cli {command}", *flags.split())
        )
        for command in COMMANDS
        for flags in FLAGS
    ],
)
def test_the_same_deployment_is_asked_with_the_same_key(command: str, flags: str, both: Both) -> None:
    given, reached = FLAGS[flags]
    fox = both.plane.world.deployment(FOX)
    assert fox is not None
    filled = tuple(word.replace("<url>", fox.url).replace("<key>", fox.key) for word in given)
    genuine, ours = (ask((*COMMANDS[command], *filled)) for ask in (both.genuine, both.ours))
    assert [name for name, _ in genuine.reached] == [reached]
    assert ours == genuine

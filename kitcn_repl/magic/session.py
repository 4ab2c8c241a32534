"""What stays from cell to cell: the deployment that is used, and the connections that are open."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, NamedTuple

from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.workspace import Surroundings
from kitcn_repl.magic.opened import Opened
from kitcn_repl.targets.precedence import select
from kitcn_repl.targets.target import Target, TargetFlags

if TYPE_CHECKING:
    from kitcn_repl.connection import Connection
    from kitcn_repl.targets.selection import Selection

NOTHING_SAID = TargetFlags()
_MOST_OPEN = 8


class Choice(NamedTuple):
    """What selects a deployment; `reason` is None where flags or surroundings speak for themselves."""

    flags: TargetFlags
    reason: str | None = None


class MagicSession:
    """`chosen` is what `%kitcn use` said, `configured` gives the selector that `%config` said, or an empty text."""

    def __init__(self, configured: Callable[[], str]) -> None:
        self.chosen = NOTHING_SAID
        self._configured = configured
        self._open: list[tuple[Selection, str | None, Opened]] = []
        self._opening = Lock()
        self._in_vain: Selection | None = None

    def surroundings(self) -> Surroundings:
        return Surroundings(Path.cwd(), os.environ)

    def choice(self, flags: TargetFlags = NOTHING_SAID) -> Choice:
        """The flags of a cell win over `%kitcn use`, and that over `%config`."""
        if flags != NOTHING_SAID:
            return Choice(flags)
        if self.chosen != NOTHING_SAID:
            return Choice(self.chosen, "%kitcn use")
        if selector := self._configured():
            return Choice(TargetFlags(deployment=selector), "%config KitcnMagics.deployment")
        return Choice(NOTHING_SAID)

    def opened(self, choice: Choice, *, tells: bool = True) -> Opened:
        """The deployment that is chosen; opened, if it is not yet. `tells` how that goes on. Raises KitcnError."""
        with self._opening:
            selection, found = self._find(choice)
            if found is not None:
                return found
            opened = Opened(_connect(choice, self.surroundings(), selection, tells))
            self._open.append((selection, choice.reason, opened))
            if len(self._open) > _MOST_OPEN:
                self._open.pop(0)[2].close()
            return opened

    def opened_already(self, choice: Choice) -> Opened | None:
        """As `opened`, but never waits: what is not open yet is opened meanwhile, unless that failed before."""
        if self._opening.locked():
            return None
        try:
            selection, found = self._find(choice)
        except KitcnError:
            return None
        if found is None and selection != self._in_vain:
            Thread(target=self._open_meanwhile, args=(choice, selection), daemon=True).start()
        return found

    def _open_meanwhile(self, choice: Choice, selection: Selection) -> None:
        try:
            self.opened(choice, tells=False).learn()
        except KitcnError:
            self._in_vain = selection

    def _find(self, choice: Choice) -> tuple[Selection, Opened | None]:
        """Selecting asks nobody, and sees that files, folder or variables have changed since the last cell."""
        surroundings = self.surroundings()
        selection = select(choice.flags, surroundings.variables, surroundings.cwd)
        for place, (known, reason, opened) in enumerate(self._open):
            if (known, reason) == (selection, choice.reason):
                self._open.append(self._open.pop(place))
                return selection, opened
        return selection, None

    def close(self) -> None:
        for _, _, opened in self._open:
            opened.close()
        self._open.clear()


def _connect(choice: Choice, surroundings: Surroundings, selection: Selection, tells: bool) -> Connection:
    from kitcn_repl.connection import connect_with

    target = selection.choice
    if not tells or not isinstance(target, Target) or target.path is None:
        return connect_with(choice.flags, surroundings, reason=choice.reason)
    import io
    import sys
    import time

    from kitcn_repl.cli.environment import Environment
    from kitcn_repl.cli.progress import ImportProgressBar

    screen = sys.stdout
    environment = Environment(io.StringIO(), screen, screen, surroundings.cwd, time.monotonic, stderr_is_tty=True)
    doing = "Importing" if target.kind == "snapshot" else "Copying"
    with ImportProgressBar(environment, doing, target.name) as progress:
        return connect_with(choice.flags, surroundings, reason=choice.reason, progress=progress)


def flag_words(flags: TargetFlags) -> list[str]:
    """The flags as words of the command line."""
    words: list[str] = []
    for one in fields(flags):
        value = getattr(flags, one.name)
        if value is True:
            words.append(f"--{one.name.replace('_', '-')}")
        elif isinstance(value, str):
            words += [f"--{one.name.replace('_', '-')}", value]
    return words

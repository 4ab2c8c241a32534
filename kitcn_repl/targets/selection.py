"""What flags, variables and files select, before the management service is asked anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kitcn_repl.targets.authorization import Authorization
    from kitcn_repl.targets.choices import Choice
    from kitcn_repl.targets.target import Target


@dataclass(frozen=True, slots=True)
class Selection:
    """The choice, why it was made, and with what and where the management service is asked.

    A `Target` needs no asking. `login_problem` says why the stored login was not used.
    """

    choice: Target | Choice
    reason: str
    control_plane: str
    authorization: Authorization | None = None
    login_problem: str | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """Where the management service is, and with what it is asked; `problem` says why the stored login was not used."""

    control_plane: str
    authorization: Authorization | None = None
    problem: str | None = None

"""`%kitcn use SELECTOR`: which deployment the following cells ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kitcn_repl.errors import UsageError
from kitcn_repl.magic.card import status_card
from kitcn_repl.magic.cell_options import parse_cell_options
from kitcn_repl.targets.target import TargetFlags

if TYPE_CHECKING:
    from kitcn_repl.magic.magics import KitcnMagics

HELP = """Usage: %kitcn use [SELECTOR] [FLAGS]

The cells that follow ask this deployment, until another is used. SELECTOR is dev, prod, local, a deployment's name,
an address, demo, snapshot:FILE.zip or sqlite:FILE; the flags are those of every command (--prod, --url, ...).
Without any, what the project and the environment select is used again.
"""


def use(magics: KitcnMagics, words: Sequence[str]) -> Any:
    """Opens the deployment and shows its card; the choice stays only if that worked. Raises KitcnError."""
    if any(word in ("-h", "--help") for word in words):
        print(HELP, end="")  # noqa: T201
        return None
    session = magics.session
    before, session.chosen = session.chosen, _flags(words)
    try:
        session.opened(session.choice())
    except BaseException:
        session.chosen = before
        raise
    return status_card(session, session.choice())


def _flags(words: Sequence[str]) -> TargetFlags:
    selectors = []
    if words and not words[0].startswith("-"):
        selectors = ["--deployment", words[0]]
        words = words[1:]
    options = parse_cell_options([*selectors, *words])
    if isinstance(options, str):
        raise UsageError("%kitcn use takes a deployment, and no question.")
    return options.flags

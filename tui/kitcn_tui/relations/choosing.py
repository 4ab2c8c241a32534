"""What of the graph somebody wants to see, remembered for the next time."""

from __future__ import annotations

from dataclasses import replace

from kitcn_repl.render.graph.tables import Choice
from kitcn_tui.state.memory import Drawer

_KEY = "relations.shown"
_TOGGLES = ("auth", "plugins", "guessed", "hubs")
_LARGE = 24
"""Tables from which on the auth library's own are left out at first."""


def remembered(memory: Drawer, tables: int) -> Choice:
    """What was chosen last, where it is known; else what suits so many tables."""
    kept = memory.get(_KEY)
    choice = Choice(auth=tables < _LARGE)
    if not isinstance(kept, dict):
        return choice
    return replace(choice, **{name: kept[name] for name in _TOGGLES if isinstance(kept.get(name), bool)})  # type: ignore[arg-type]


def remember(memory: Drawer, choice: Choice) -> None:
    memory.set(_KEY, {name: getattr(choice, name) for name in _TOGGLES})

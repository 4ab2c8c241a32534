"""The one table of actions, joined from those that every part of the application has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import kitcn_tui
from kitcn_tui.actions import Action
from kitcn_tui.views.tabs import TABS

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from kitcn_tui.shell.main import Main

_FIRST = ("app", "sidebar", *(tab.name for tab in TABS))
_TITLES = {"app": "Everywhere", "sidebar": "Sidebar", **{tab.name: tab.title for tab in TABS}}


@dataclass(frozen=True, slots=True)
class Scope:
    """The actions of one widget or tab."""

    name: str
    actions: tuple[Action, ...]

    @property
    def title(self) -> str:
        return scope_title(self.name)


def scope_title(name: str) -> str:
    """What people call the scope."""
    return _TITLES.get(name, name.capitalize().replace("_", " "))


@cache
def scopes() -> tuple[Scope, ...]:
    """Of every package that has a module `actions`: what works everywhere, then by tab, then single widgets."""
    found: dict[str, list[Action]] = {}
    for module in iter_modules(kitcn_tui.__path__):
        name = f"kitcn_tui.{module.name}.actions"
        if module.ispkg and find_spec(name) is not None:
            for action in import_module(name).ACTIONS:
                found.setdefault(action.scope, []).append(action)
    order = sorted(found, key=lambda scope: (_FIRST.index(scope) if scope in _FIRST else len(_FIRST), scope))
    return tuple(Scope(name, tuple(found[name])) for name in order)


def all_actions() -> tuple[Action, ...]:
    return tuple(action for scope in scopes() for action in scope.actions)


def target_of(action: Action, main: Main) -> DOMNode | None:
    """Who can do it where we are: the application, the focused widget or one around it, else one in the view."""
    method = f"action_{action.method.partition('(')[0]}"
    if action.scope == "app":
        return main.app
    candidates: list[DOMNode] = list(main.focused.ancestors_with_self) if main.focused is not None else []
    view = main.active_view
    if view is not None:
        candidates += [view, *(one for one in view.walk_children() if one.is_on_screen or one.display)]
    if action.scope == "sidebar":
        candidates += main.query("Sidebar, TableList")
    able = [node for node in candidates if hasattr(node, method)]
    return next((node for node in able if _is_of(action, node)), None)


def _is_of(action: Action, node: DOMNode) -> bool:
    """Whether the node's own class, or one that it is derived from, has the action in its bindings or its name."""
    if getattr(node, "TAB", None) == action.scope:
        return True
    for kind in type(node).__mro__:
        if any(getattr(binding, "id", None) == action.name for binding in kind.__dict__.get("BINDINGS", ())):
            return True
        if action.scope.replace("_", "") in kind.__name__.lower() and kind.__module__.startswith("kitcn_tui."):
            return True
    return False


def actions_here(main: Main) -> Sequence[tuple[Action, DOMNode]]:
    """What can be done where we are, and by whom."""
    return [(action, node) for action in all_actions() if (node := target_of(action, main)) is not None]

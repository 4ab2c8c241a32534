"""The table of actions, which docs/reference/keys.md is made from."""

from __future__ import annotations

from collections import Counter

from kitcn_tui.shell.keymap import _is_key
from kitcn_tui.shell.table import all_actions, scopes


def test_every_action_is_told_apart_and_told_well() -> None:
    actions = all_actions()
    assert [name for name, times in Counter(action.name for action in actions).items() if times > 1] == []
    for action in actions:
        assert action.name.count(".") == 1, action.name
        assert action.title, action.name
        assert not action.title.endswith("."), f"{action.name}: a title is no sentence"
        assert action.keys or action.palette, f"{action.name} cannot be reached"
        for key in action.keys.split(","):
            assert not key or _is_key(key.strip()), f"{action.name}: {key!r}"


def test_no_key_does_two_things_in_one_scope() -> None:
    for scope in scopes():
        keys = Counter(key.strip() for action in scope.actions for key in action.keys.split(",") if key.strip())
        assert [key for key, times in keys.items() if times > 1] == [], scope.name

"""Keys as somebody wants them: `keymap.toml` in the user's configuration folder.

    "app.switch" = "ctrl+e"
    "grid.follow" = "enter,f"
    "app.forward" = ""          # no key at all

Names are those of the actions (docs/reference/keys.md lists them), keys as Textual names them, several joined by
commas.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from kitcn_repl.project.state_folder import config_folder
from kitcn_repl.render.text import visible

FILE = "keymap.toml"
_LONGEST = 80


class Keymap(NamedTuple):
    """Keys by action; `problems` say, each in a line, what was wrong and is not used."""

    keys: Mapping[str, str]
    problems: tuple[str, ...] = ()


def keymap_path(variables: Mapping[str, str]) -> Path:
    return config_folder(variables) / FILE


def read_keymap(path: Path) -> Keymap:
    """What the file says; entries that cannot be used are left out."""
    import tomllib

    try:
        text = path.read_bytes()
    except OSError as error:
        return Keymap({}, (f"{path} cannot be read: {error.strerror}.",))
    try:
        stored = tomllib.loads(text.decode("utf-8"))
        entries = flattened(stored)
    except (ValueError, RecursionError) as error:
        return Keymap({}, (f"{path} is not TOML and was not used: {visible(str(error))[:_LONGEST]}.",))
    return checked(entries, path.name)


def flattened(stored: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    """`[app] switch = ...` is the same as `"app.switch" = ...`."""
    found: dict[str, object] = {}
    for name, value in stored.items():
        if isinstance(value, dict):
            found |= flattened(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found


def checked(entries: Mapping[str, object], file: str) -> Keymap:
    """Only what names an action, and keys for it."""
    from kitcn_repl.explore.suggestions import nearest
    from kitcn_tui.shell.table import all_actions

    known = {action.name for action in all_actions()}
    keys: dict[str, str] = {}
    problems: list[str] = []
    for name, value in entries.items():
        if name not in known:
            near = nearest(name, sorted(known))
            problems.append(
                f"{file}: there is no action {_shown(name)}" + (f"; did you mean {near!r}?" if near else ".")
            )
        elif not isinstance(value, str):
            problems.append(f"{file}: {name} must be a text such as 'ctrl+e', not {_shown(value)}.")
        elif (wrong := next((key for key in _keys(value) if not _is_key(key)), None)) is not None:
            problems.append(f"{file}: {name} has {_shown(wrong)}, which is no key such as f6, x or ctrl+e.")
        else:
            keys[name] = ",".join(_keys(value))
    return Keymap(keys, tuple(problems))


def _shown(value: object) -> str:
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _keys(value: str) -> list[str]:
    return [key.strip() for key in value.split(",") if key.strip()]


def _is_key(key: str) -> bool:
    from textual.keys import KEY_NAME_REPLACEMENTS, Keys, key_to_character

    *modifiers, last = key.split("+") if key != "+" else ["+"]
    if any(modifier not in ("ctrl", "shift", "alt", "super") for modifier in modifiers):
        return False
    named = {one.value for one in Keys} | set(KEY_NAME_REPLACEMENTS.values())
    return len(last) == 1 or last in named or key_to_character(last) is not None

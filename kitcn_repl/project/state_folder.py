"""Where kitcn keeps what it remembers between runs, and where people keep what they configured."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kitcn_repl.project.credentials import home
from kitcn_repl.project.settings import settings_folder_or_here

STATE_VARIABLE: Final = "KITCN_STATE_DIR"
CONFIG_VARIABLE: Final = "KITCN_CONFIG_DIR"
_APPLICATION: Final = "kitcn"


def state_folder(variables: Mapping[str, str]) -> Path:
    """`$KITCN_STATE_DIR`, else the user's state folder; given the environment's variables. Perhaps not there yet."""
    if chosen := variables.get(STATE_VARIABLE):
        return Path(chosen)
    if sys.platform == "linux":  # as platformdirs has it, without the time of its import
        named = variables.get("XDG_STATE_HOME", "")
        return (Path(named) if named.startswith("/") else home(variables) / ".local" / "state") / _APPLICATION
    from platformdirs import user_state_path

    return user_state_path(_APPLICATION)


def config_folder(variables: Mapping[str, str]) -> Path:
    """`$KITCN_CONFIG_DIR`, else the user's configuration folder. Only people write there."""
    if chosen := variables.get(CONFIG_VARIABLE):
        return Path(chosen)
    if sys.platform == "linux":
        named = variables.get("XDG_CONFIG_HOME", "")
        return (Path(named) if named.startswith("/") else home(variables) / ".config") / _APPLICATION
    from platformdirs import user_config_path

    return user_config_path(_APPLICATION)


def project_state_folder(variables: Mapping[str, str], cwd: Path) -> Path:
    """The part of the state folder that belongs to the project around `cwd`, or to `cwd` where there is none.

    One project is one folder that says what deployment is meant (`project.settings`), wherever in it somebody works.
    """
    root = Path(os.path.realpath(settings_folder_or_here(cwd)[0]))
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", root.name)[:40].strip("-.") or "root"
    return state_folder(variables) / "projects" / f"{name}-{hashlib.sha256(os.fsencode(root)).hexdigest()[:12]}"

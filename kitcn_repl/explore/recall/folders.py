"""Where a project's queries are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from kitcn_repl.explore.recall.saved import QUERIES, SavedQueries
from kitcn_repl.project.settings import settings_folder_or_here
from kitcn_repl.project.state_folder import project_state_folder

if TYPE_CHECKING:
    from kitcn_repl.explore.workspace import Surroundings

_SHARED: Final = ".kitcn"


def recall_folder(surroundings: Surroundings) -> Path:
    """The project's own part of the user's state folder (`$KITCN_STATE_DIR` wins); only its owner can read it."""
    return project_state_folder(surroundings.variables, surroundings.cwd) / "recall"


def saved_queries(surroundings: Surroundings) -> SavedQueries:
    """Those of the project's folder `.kitcn/queries` where somebody made one, to be committed and shared; else those
    that only this user has."""
    shared = settings_folder_or_here(surroundings.cwd)[0] / _SHARED
    return SavedQueries(shared if (shared / QUERIES).is_dir() else recall_folder(surroundings))

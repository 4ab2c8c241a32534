"""How the shell looks and feels, kept for the next time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kitcn_repl.project.private_files import write_private
from kitcn_repl.project.state_folder import state_folder

FORMATS: Final = ("auto", "table", "tree", "json", "jsonl", "csv", "markdown")
_FILE: Final = "repl.json"


class Settings(BaseModel):
    """`format` is how results show: `auto` draws a table of documents, and a tree of anything else."""

    model_config = ConfigDict(extra="ignore", validate_assignment=True)

    format: Literal["auto", "table", "tree", "json", "jsonl", "csv", "markdown"] = "auto"
    keys: Literal["emacs", "vi"] = "emacs"
    pager: bool = True


def load_settings(variables: Mapping[str, str]) -> Settings:
    """What was saved; the defaults where nothing was, or where it cannot be read."""
    with suppress(OSError, ValidationError, UnicodeDecodeError):
        return Settings.model_validate_json(_path(variables).read_text(encoding="utf-8"))
    return Settings()


def save_settings(settings: Settings, variables: Mapping[str, str]) -> None:
    """For next time; where it cannot be written, the shell goes on with them all the same."""
    with suppress(OSError):
        write_private(_path(variables), (json.dumps(settings.model_dump(), indent=2) + "\n").encode())


def _path(variables: Mapping[str, str]) -> Path:
    return state_folder(variables) / _FILE

"""The text in the editor that somebody prefers."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import SuspendNotSupported

if TYPE_CHECKING:
    from textual.app import App

_FALLBACK = "vi"


def edit_outside(app: App[Any], variables: Mapping[str, str], text: str) -> str | None:
    """Hand the terminal and the text to `$VISUAL` or `$EDITOR`; None if there was no editing.

    The text is in a private file meanwhile, which is removed afterwards.
    """
    command = variables.get("VISUAL") or variables.get("EDITOR") or _FALLBACK
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words:
        app.notify(f"$EDITOR is not a command: {command}", severity="error", markup=False)
        return None
    with tempfile.TemporaryDirectory(prefix="kitcn-") as folder:
        path = Path(folder) / "query.ts"
        path.write_text(text, encoding="utf-8", errors="replace")
        try:
            with app.suspend():
                ended = subprocess.run([*words, str(path)], check=False)
        except SuspendNotSupported:
            app.notify("This terminal cannot be handed over to another program.", severity="warning")
            return None
        except OSError as error:
            app.notify(f"{words[0]}: {error.strerror or error}", severity="error", markup=False)
            return None
        if ended.returncode != 0:
            app.notify(
                f"{words[0]} ended with {ended.returncode}; the text stays as it was.", severity="warning", markup=False
            )
            return None
        try:
            edited = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            app.notify("What the editor left is not UTF-8 text; the text stays as it was.", severity="error")
            return None
    return edited if text.endswith("\n") else edited.removesuffix("\n")

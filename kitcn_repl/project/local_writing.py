"""Writing which project a local deployment belongs to into its own file."""

from __future__ import annotations

import json

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.local_state import LocalState
from kitcn_repl.project.replacing import read_text, replace_text


def write_local_state(state: LocalState, name: str, project_id: int) -> None:
    """Set name and project; all else that the file says stays. Raises KitcnError."""
    path = state.directory / "config.json"
    try:
        stored = json.loads(read_text(path) or "")
    except ValueError:
        stored = None
    if not isinstance(stored, dict):
        raise KitcnError(f"{path} is not a JSON object any more: mend or remove it.")
    stored |= {"cloudProjectId": project_id, "deploymentName": name}
    replace_text(path, json.dumps(stored, separators=(",", ":"), ensure_ascii=False))
    outside = state.directory.parents[1] / ".gitignore"
    if state.directory.parts[-3:] == (".convex", "local", "default") and not outside.exists():
        replace_text(outside, "/*\n")

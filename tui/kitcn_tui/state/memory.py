"""What the application remembers of a project and of its deployments: layout, theme, columns.

    view.memory.set("columns.user", ["name", "email"])      # of this project's deployment
    view.memory.get("columns.user")                         # None where nothing is known

Values are plain JSON and must never hold documents or secrets. They may come from an older version of ours, or from a
person with an editor: whoever reads one checks its form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kitcn_repl.project.private_files import write_private
from kitcn_repl.project.state_folder import project_state_folder, state_folder
from kitcn_repl.values import JsonObject, JsonValue

_FORMAT: Final = 1
_FILE: Final = "tui.json"
_MOST: Final = 400
"""Values in one drawer; the oldest go."""


class Drawer:
    """Values by key, of one subject; `set` only notes them, the memory writes."""

    def __init__(self, values: JsonObject | None = None) -> None:
        self.values: JsonObject = {} if values is None else values
        self.changed: dict[str, None] = {}
        """Keys, the latest change last."""

    def get(self, key: str) -> JsonValue:
        """None if it is not known."""
        return self.values.get(key)

    def set(self, key: str, value: JsonValue) -> None:
        """None forgets it."""
        if self.values.get(key) != value:
            self.values.pop(key, None)
            if value is not None:
                self.values[key] = value
            self.changed.pop(key, None)
            self.changed[key] = None


@dataclass
class _File:
    """A JSON file of drawers by name, read once, written with what changed since."""

    path: Path
    drawers: dict[str, Drawer] = field(default_factory=dict)
    problem: str | None = None

    def read(self) -> None:
        stored, self.problem = _read(self.path)
        self.drawers = {name: Drawer(values) for name, values in stored.items()}

    def drawer(self, name: str) -> Drawer:
        return self.drawers.setdefault(name, Drawer())

    def save(self) -> None:
        """What another process stored meanwhile stays, unless it is the same thing. Raises OSError."""
        changed = {name: drawer for name, drawer in self.drawers.items() if drawer.changed}
        if not changed:
            return
        stored, _ = _read(self.path)
        for name, drawer in changed.items():
            values = stored.setdefault(name, {})
            keys, drawer.changed = drawer.changed, {}
            for key in keys:
                values.pop(key, None)
                if (value := drawer.values.get(key)) is not None:
                    values[key] = value
            for key in list(values)[: max(0, len(values) - _MOST)]:
                del values[key]
        text = json.dumps({"format": _FORMAT, "drawers": stored}, indent=1, ensure_ascii=False)
        write_private(self.path, text.encode("utf-8", "surrogatepass"))


class Memory:
    """Everything that is remembered for somebody who works in `cwd`."""

    def __init__(self, variables: Mapping[str, str], cwd: Path) -> None:
        self._own = _File(state_folder(variables) / _FILE)
        self._project = _File(project_state_folder(variables, cwd) / _FILE)
        self._own.read()
        self._project.read()

    @property
    def problems(self) -> list[str]:
        """What could not be read, each in a line for people."""
        return [file.problem for file in (self._own, self._project) if file.problem is not None]

    @property
    def own(self) -> Drawer:
        """What holds in every project, such as the theme."""
        return self._own.drawer("")

    @property
    def project(self) -> Drawer:
        return self._project.drawer("")

    def deployment(self, name: str, component: str = "") -> Drawer:
        """What holds for one component of a deployment of this project."""
        return self._project.drawer(f"deployment {name} {component}".rstrip())

    def save(self) -> None:
        """Write what changed. Raises OSError."""
        self._own.save()
        self._project.save()


def _read(path: Path) -> tuple[dict[str, JsonObject], str | None]:
    """Drawers by name, and why there are none where there should be."""
    try:
        stored = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {}, None
    except OSError as error:
        return {}, f"{path} cannot be read ({error.strerror}): the layout starts afresh."
    except (ValueError, RecursionError):
        stored = None
    if not isinstance(stored, dict) or not isinstance(stored.get("drawers"), dict):
        return {}, f"{path} is damaged: the layout starts afresh."
    if stored.get("format") != _FORMAT:
        return {}, None
    return {name: values for name, values in stored["drawers"].items() if isinstance(values, dict)}, None

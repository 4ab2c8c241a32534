"""Variables that select a deployment, each with the place that sets it."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kitcn_repl.errors import UsageError


@dataclass(frozen=True, slots=True)
class Variables:
    """Layers of variables, the winning one first. An empty value counts as unset, and still hides the layers below."""

    layers: tuple[tuple[str, Mapping[str, str]], ...]

    def get(self, name: str) -> str | None:
        for _place, layer in self.layers:
            if name in layer:
                return layer[name] or None
        return None

    def where(self, name: str) -> str:
        """`CONVEX_DEPLOYMENT in .env.local`."""
        place = next((place for place, layer in self.layers if name in layer), "nowhere")
        return f"{name} in {place}"

    def first(self, *names: str) -> str | None:
        """The first of these names that has a value."""
        return next((name for name in names if self.get(name) is not None), None)


def variables_of(environment: Mapping[str, str], folder: Path, cwd: Path) -> Variables:
    """The environment, then the env files of `folder`; they are named as seen from `cwd`."""
    from kitcn_repl.project.env_files import read_env_files

    files = tuple((_relative(path, cwd), layer) for path, layer in read_env_files(folder))
    return Variables((("the environment", environment), *files))


def variables_in_file(path: Path, given: str) -> Variables:
    """Only what an env file says that was `given` on the command line. Raises UsageError if there is none."""
    from kitcn_repl.project.env_files import read_env_file

    found = read_env_file(path)
    if found is None:
        raise UsageError(f"--env-file: there is no file {given}.")
    return Variables(((f"{given} (--env-file)", found),))


def check_quotes(environment: Mapping[str, str]) -> None:
    """Look for a deploy key that a shell cut at its `|` and took for a variable's name. Raises UsageError."""
    if environment.get("CONVEX_IGNORE_SUSPICIOUS_ENV_VARS"):
        return
    for name, value in environment.items():
        if value or not name.startswith("ey"):
            continue
        try:
            decoded = base64.b64decode(f"{name}=", validate=False)
        except (binascii.Error, ValueError):
            continue
        if b'"v2"' in decoded:
            raise UsageError(
                "A deploy key in the environment was cut at its `|`: put quotes around it,"
                " as in CONVEX_DEPLOY_KEY='dev:name|...'."
            )


def _relative(path: Path, cwd: Path) -> str:
    if path.parent == cwd:
        return path.name
    try:
        return Path(os.path.relpath(path, cwd)).as_posix()
    except ValueError:  # another drive
        return str(path)

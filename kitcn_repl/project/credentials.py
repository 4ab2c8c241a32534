"""Where Convex's own CLI keeps its access token: found, read, written and removed.

The file is `config.json` in `~/.convex`, or in `~/.convex-test-PORT` beside another control plane.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kitcn_repl.errors import KitcnError
from kitcn_repl.project.private_files import write_private

HOST_VARIABLE = "CONVEX_PROVISION_HOST"
PRODUCTION_HOST = "https://api.convex.dev"


@dataclass(frozen=True, slots=True)
class StoredToken:
    """`problem` says in one line why a file that is there gives no token."""

    path: Path
    token: str | None = field(default=None, repr=False)
    problem: str | None = None


def control_plane_url(environment: Mapping[str, str]) -> str:
    return environment.get(HOST_VARIABLE) or PRODUCTION_HOST


def home(environment: Mapping[str, str]) -> Path:
    """The home directory by `environment`, else the system's; the root folder for a user whom the system does not
    know, as in many containers."""
    named = environment.get("HOME") or environment.get("USERPROFILE")
    if named:
        return Path(named)
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")


def config_directory(environment: Mapping[str, str]) -> Path:
    """`~/.convex`; with CONVEX_PROVISION_HOST a directory of its own for each port, as the genuine CLI has it."""
    host = environment.get(HOST_VARIABLE)
    if not host:
        return home(environment) / ".convex"
    parts = host.split(":")
    port = parts[2] if len(parts) > 2 else "8050"
    return home(environment) / (".convex-test" if port == "8050" else f".convex-test-{port.replace('/', '_')}")


def read_token(environment: Mapping[str, str]) -> StoredToken:
    path = config_directory(environment) / "config.json"
    try:
        stored = _read(path)
    except KitcnError as error:
        return StoredToken(path, problem=error.message)
    token = stored.get("accessToken")
    if isinstance(token, str) and token:
        return StoredToken(path, token)
    return StoredToken(path, problem=f"{path} holds no accessToken." if stored else None)


def write_token(environment: Mapping[str, str], token: str) -> Path:
    """Store a new token, readable by its owner only; what else the file says is kept. Raises KitcnError.

    A file that is no JSON object is left alone: it may be somebody's half-edited configuration.
    """
    path = config_directory(environment) / "config.json"
    text = json.dumps({**_read(path), "accessToken": token}, indent=2, ensure_ascii=False)
    try:
        write_private(path, text.encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise KitcnError(f"{path} cannot be written: {error.strerror}.") from error
    return path


def check_token_file(environment: Mapping[str, str]) -> Path:
    """Where `write_token` would write. Raises KitcnError if it could not as things are now."""
    path = config_directory(environment) / "config.json"
    _read(path)
    folder = next(folder for folder in path.parents if folder.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise KitcnError(f"{path} cannot be written: {folder} is read-only.")
    return path


def remove_token(environment: Mapping[str, str]) -> Path | None:
    """Remove the file, as the genuine `logout` does. None if there was none. Raises KitcnError."""
    path = config_directory(environment) / "config.json"
    try:
        path.unlink()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KitcnError(f"{path} cannot be removed: {error.strerror}.") from error
    return path


def _read(path: Path) -> dict[str, object]:
    """The stored object, empty if there is no file. Raises KitcnError, which quotes nothing of it."""
    try:
        stored = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise KitcnError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError):
        stored = None
    if not isinstance(stored, dict):
        raise KitcnError(f"{path} is not a JSON object: mend or remove it.")
    return stored

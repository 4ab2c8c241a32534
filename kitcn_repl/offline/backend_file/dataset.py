"""Puts together what a backend's file holds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from kitcn_repl.deployment.models import ROOT_COMPONENT
from kitcn_repl.offline.backend_file.file import BackendFile, View
from kitcn_repl.offline.backend_file.modules import ModuleSources, function_specs, storage_folder
from kitcn_repl.offline.backend_file.private_copy import Progress
from kitcn_repl.offline.backend_file.revisions import parsed
from kitcn_repl.offline.backend_file.store import BackendFileStore, system_name
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.project.local_state import recorded_name
from kitcn_repl.values import JsonObject

_NANOSECONDS = 1_000_000_000
_LATEST = 253402300799  # what four digits of a year can say


def open_backend_file(path: Path, *, cache_dir: Path | None = None, progress: Progress | None = None) -> Dataset:
    """Open the SQLite file of a local or self-hosted backend, as it was after its last commit.

    Nothing is locked or changed. When somebody writes to the file, or a journal lies beside it, a private copy below
    `cache_dir` (else `$KITCN_CACHE_DIR`, else the user's cache folder) is read instead; `progress` is called while it
    is made. Raises BackendFileError, with one clear line, for whatever is wrong with the file.
    """
    file = BackendFile(path, cache_dir, progress)
    try:
        dataset = file.read(lambda view: _dataset(file, view))
    except BaseException:
        file.close()
        raise
    file.forget_progress()
    return dataset


def _dataset(file: BackendFile, view: View) -> Dataset:
    storage = storage_folder(file.path, _recorded_storage(view))
    modules = ModuleSources(file, view, storage)
    components = [component.path for component in view.layout.components]
    functions = {path: function_specs(view, path) for path in components}
    schemas = {path: schema for path in components if (schema := _active_schema(view, path)) is not None}
    environment = _environment(view)
    # Last, as damage is found by looking.
    flaws, notices = list(_flaws(file, view, modules)), tuple(_notices(file, view))
    return Dataset(
        name=recorded_name(file.path.parent) or file.name,
        note="; ".join([f"the file of a backend, as of {_time(view.revisions.ts)}", *flaws]),
        notices=notices,
        store=BackendFileStore(file),
        system=BackendFileStore(file, system_name),
        schemas=schemas,
        index_states={
            (path, tablet.name, name): state
            for path, tablets in view.layout.tables.items()
            for tablet in tablets.values()
            for name, state in tablet.states.items()
            if state != "done"
        },
        modules=modules,
        functions=functions[ROOT_COMPONENT],
        component_functions={path: specs for path, specs in functions.items() if path},
        environment=environment,
    )


def _flaws(file: BackendFile, view: View, modules: ModuleSources) -> Iterator[str]:
    if file.is_copy:
        yield "read from a private copy"
    if not modules.is_complete:
        yield "deployed functions cannot run, since their source is not beside it"
    if view.layout.damaged:
        yield f"{view.layout.damaged} damaged rows of system tables left out"


def _notices(file: BackendFile, view: View) -> Iterator[str]:
    if file.is_copy:
        yield f"{file.name} was read from a private copy: its backend was writing to it, or was interrupted."
    if view.layout.damaged:
        yield f"{file.name} is damaged: {view.layout.damaged} rows of its system tables cannot be read."


def _time(nanoseconds: int) -> str:
    seconds = min(max(nanoseconds // _NANOSECONDS, 0), _LATEST)
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))


def _active_schema(view: View, component: str) -> JsonObject | None:
    for _, row in view.layout.rows(view.revisions, component, "_schemas"):
        state = row.get("state")
        if isinstance(state, dict) and state.get("state") == "active":
            schema = parsed(row.get("schema"))
            if schema is None:
                view.layout.damaged += 1
            return schema
    return None


def _environment(view: View) -> dict[str, str]:
    rows = [row for _, row in view.layout.rows(view.revisions, ROOT_COMPONENT, "_environment_variables")]
    pairs = ((row.get("name"), row.get("value")) for row in rows)
    return {name: value for name, value in pairs if isinstance(name, str) and isinstance(value, str)}


def _recorded_storage(view: View) -> str | None:
    for _, row in view.layout.rows(view.revisions, ROOT_COMPONENT, "_db"):
        place = row.get("storageType")
        folder = place.get("dir") if isinstance(place, dict) else None
        if isinstance(folder, str):
            return folder
    return None

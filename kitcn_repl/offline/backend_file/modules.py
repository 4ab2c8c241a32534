"""Deployed functions: what a backend found out about its modules, and their source (offline-formats.md 4.12)."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from kitcn_repl.deployment.models import ROOT_COMPONENT, FunctionKind, FunctionSpec
from kitcn_repl.offline.backend_file.file import BackendFile, View
from kitcn_repl.offline.backend_file.layout import whole
from kitcn_repl.offline.backend_file.revisions import parsed
from kitcn_repl.values import JsonObject, JsonValue

_KINDS: Final = ("Query", "Mutation", "Action", "HttpAction")
_MOST_SOURCE_BYTES: Final = 64 << 20
_VERSIONS: Final = "_module_versions"
_USUAL_FOLDERS: Final = ("convex_local_storage", "storage")


def storage_folder(path: Path, recorded: str | None = None) -> Path | None:
    """The folder with stored files and modules beside a backend's file; `recorded` is where the backend had it."""
    stem = path.name.partition(".")[0]
    names = [f"{stem.removesuffix('_backend')}_storage", f"{stem}_storage", *_USUAL_FOLDERS]
    if recorded:
        names.insert(0, recorded.replace("\\", "/").rstrip("/").rpartition("/")[2])
    for name in names:
        folder = path.parent / name
        if name not in ("", ".", "..") and folder.is_dir():
            return folder
    return None


def function_specs(view: View, component: str) -> tuple[FunctionSpec, ...]:
    """Functions and HTTP routes of a component's modules, in the order of the modules' paths."""
    modules = {str(row.get("path")): row for _, row in view.layout.rows(view.revisions, component, "_modules")}
    return tuple(spec for path in sorted(modules) for spec in _specs(path, modules[path].get("analyzeResult")))


class ModuleSources(Mapping[str, str]):
    """Source by path of the app's modules, read from their packages when asked for. Modules that nobody has are absent.

    Deployments from before mid-2024 keep the source in the file itself.
    """

    def __init__(self, file: BackendFile, view: View, storage: Path | None) -> None:
        self._file = file
        self._storage = storage
        self._places = dict(_places(view))
        self._versions: dict[tuple[str, int], bytes] | None = None

    def __iter__(self) -> Iterator[str]:
        return (path for path, place in self._places.items() if self._has(place))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, path: object) -> bool:
        place = self._places.get(path) if isinstance(path, str) else None
        return place is not None and self._has(place)

    def __getitem__(self, path: str) -> str:
        place = self._places[path]
        source = self._in_package(path, place)
        if source is None:
            source = self._file.read(lambda view: self._in_file(view, place))
        if source is None:
            raise KeyError(path)
        return source

    @property
    def is_complete(self) -> bool:
        return len(self) == len(self._places)

    def _has(self, place: _Place) -> bool:
        blob = self._blob(place.package)
        return place.version is not None or (blob is not None and blob.is_file())

    def _blob(self, key: str | None) -> Path | None:
        if self._storage is None or key is None:
            return None
        parts = key.split("/")
        if any(part in ("", ".", "..") or "\0" in part or "\\" in part for part in parts):
            return None
        return self._storage.joinpath("modules", *parts[:-1], f"{parts[-1]}.blob")

    def _in_package(self, path: str, place: _Place) -> str | None:
        from zipfile import BadZipFile, ZipFile

        blob = self._blob(place.package)
        if blob is None:
            return None
        try:
            with ZipFile(blob) as package, package.open(f"modules/{path}") as entry:
                data = entry.read(_MOST_SOURCE_BYTES + 1)
            return data.decode() if len(data) <= _MOST_SOURCE_BYTES else None
        except (OSError, KeyError, ValueError, RuntimeError, NotImplementedError, EOFError, BadZipFile, zlib.error):
            return None

    def _in_file(self, view: View, place: _Place) -> str | None:
        table = view.layout.tables[ROOT_COMPONENT].get(_VERSIONS)
        if table is None or place.version is None:
            return None
        if self._versions is None:
            self._versions = {
                (str(row.get("module_id")), whole(row.get("version")) or 0): identity
                for identity, row in view.layout.rows(view.revisions, ROOT_COMPONENT, _VERSIONS)
            }
        identity = self._versions.get((place.module, place.version))
        row = None if identity is None else parsed(view.revisions.document(table.id, identity))
        source = None if row is None else row.get("source")
        return source if isinstance(source, str) else None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a module's source is: in the package with this storage key, or in the file as this version of it."""

    module: str
    package: str | None
    version: int | None


def _places(view: View) -> Iterator[tuple[str, _Place]]:
    rows, layout = view.revisions, view.layout
    packages = {
        str(row.get("_id")): row.get("storageKey") for _, row in layout.rows(rows, ROOT_COMPONENT, "_source_packages")
    }
    has_versions = _VERSIONS in layout.tables[ROOT_COMPONENT]
    for _, row in layout.rows(rows, ROOT_COMPONENT, "_modules"):
        path, package = row.get("path"), packages.get(str(row.get("sourcePackageId")))
        if isinstance(path, str) and row.get("deleted") is not True:
            version = whole(row.get("latestVersion")) if has_versions else None
            yield path, _Place(str(row.get("_id")), package if isinstance(package, str) else None, version)


def _specs(path: str, analyzed: JsonValue) -> Iterator[FunctionSpec]:
    if not isinstance(analyzed, dict):
        return
    for function in _objects(analyzed.get("functions")):
        kind, name, visibility = function.get("udfType"), function.get("name"), function.get("visibility")
        if kind in _KINDS and isinstance(name, str):
            yield FunctionSpec(
                cast(FunctionKind, kind),
                f"{path}:{name}",
                str(visibility.get("kind")) if isinstance(visibility, dict) else "public",
                _validator(function.get("args")),
                _validator(function.get("returns")),
            )
    for route in _objects(analyzed.get("httpRoutes")):
        where = route.get("route")
        if isinstance(where, dict):
            yield FunctionSpec("HttpAction", method=str(where.get("method")), path=str(where.get("path")))


def _validator(text: JsonValue) -> JsonValue:
    if not isinstance(text, str):
        return None
    try:
        validator: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return validator


def _objects(value: JsonValue) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

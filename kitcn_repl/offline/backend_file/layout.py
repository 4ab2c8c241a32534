"""What is where in a backend's file: components, tables and indexes (offline-formats.md 4.4 to 4.6)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from kitcn_repl.deployment.models import ROOT_COMPONENT, ComponentInfo
from kitcn_repl.offline.backend_file.errors import BackendFileError
from kitcn_repl.offline.backend_file.revisions import ID_BYTES, Revisions
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.forms import integer_of
from kitcn_repl.values.ids import MAX_TABLE_NUMBER, IdError, decode_id

_CREATION_TIME: Final = "_creationTime"
_DONE: Final = "done"
_TABLE_NAME: Final = re.compile("[A-Za-z_][A-Za-z0-9_]{0,63}")
_STATES: Final[Mapping[str, str]] = {
    "Backfilling": "backfilling",
    "backfilling": "backfilling",
    "backfilling2": "backfilling",
    "Backfilled": "backfilled",
    "Backfilled2": "backfilled",
    "backfilled": "backfilled",
    "backfilled2": "backfilled",
}


@dataclass(frozen=True, slots=True)
class Tablet:
    """A table as the file has it. `indexes` maps the fields of each complete database index, without a closing
    `_creationTime` (but for the index on that alone), to the index's id. `states` says of indexes by name
    whether they are `backfilling`, `backfilled` or `done`.
    """

    component: str
    name: str
    number: int
    id: bytes
    indexes: dict[tuple[str, ...], bytes] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)

    def index(self, fields: tuple[str, ...]) -> bytes | None:
        return self.indexes.get(_short(fields))


class Layout:
    """Components and active tables. Hidden and deleting tables, and those of unknown components, are left out."""

    def __init__(self, revisions: Revisions) -> None:
        self.damaged = 0
        names = dict(self._tables(revisions))
        by_name = {(namespace, name): tablet for tablet, (namespace, name, _) in names.items()}
        self.components = _components(self._rows(revisions, by_name.get((None, "_components"))))
        paths: dict[str | None, str] = {component.id: component.path for component in self.components if component.path}
        paths[None] = ROOT_COMPONENT
        self.tables: dict[str, dict[str, Tablet]] = {component.path: {} for component in self.components}
        by_id: dict[bytes, Tablet] = {}
        for identity, (namespace, name, number) in sorted(names.items(), key=lambda item: item[1][1]):
            if namespace in paths:
                tablet = Tablet(paths[namespace], name, number, identity)
                self.tables[tablet.component][name] = by_id[identity] = tablet
        for identity, document in revisions.documents(_tablet_named(revisions, "index_table_id")):
            if document is None:
                self.damaged += 1
            else:
                _add_index(by_id, identity, document)

    def rows(self, revisions: Revisions, component: str, name: str) -> Iterator[tuple[bytes, JsonObject]]:
        """The live documents of a small system table with their internal ids, but for damaged ones, which it counts."""
        tablet = self.tables.get(component, {}).get(name)
        yield from self._rows(revisions, None if tablet is None else tablet.id)

    def _rows(self, revisions: Revisions, tablet: bytes | None) -> Iterator[tuple[bytes, JsonObject]]:
        for identity, document in revisions.documents(tablet) if tablet is not None else ():
            if document is None:
                self.damaged += 1
            else:
                yield identity, document

    def _tables(self, revisions: Revisions) -> Iterator[tuple[bytes, tuple[str | None, str, int]]]:
        for identity, document in self._rows(revisions, _tablet_named(revisions, "tables_table_id")):
            name, number = document.get("name"), whole(document.get("number"))
            if document.get("state") != "active":
                continue
            is_name = isinstance(name, str) and _TABLE_NAME.fullmatch(name) is not None
            if not is_name or number is None or not 0 < number <= MAX_TABLE_NUMBER:
                self.damaged += 1
                continue
            namespace = document.get("namespace")
            owner = namespace.get("id") if isinstance(namespace, dict) else None
            yield identity, (owner if isinstance(owner, str) else None, str(name), number)


def whole(value: JsonValue) -> int | None:
    """The number in a stored int64 (or a float64 that is whole), None for anything else."""
    if isinstance(value, dict) and len(value) == 1:
        try:
            return integer_of(value.get("$integer"))
        except ValueError:
            return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def short_id(text: JsonValue) -> bytes | None:
    """An internal id from its form of 22 characters, or from a whole document id."""
    if not isinstance(text, str):
        return None
    try:
        if len(text) > 22:
            return decode_id(text).internal
        identity = base64.urlsafe_b64decode(text + "==")
    except (IdError, binascii.Error, ValueError):
        return None
    return identity if len(identity) == ID_BYTES else None


def _tablet_named(revisions: Revisions, setting: str) -> bytes:
    text = revisions.setting(setting)
    if text is None:
        if revisions.ts == 0:
            raise BackendFileError(
                f"{revisions.name} holds no deployment yet: its backend ended before its first start was complete."
            )
        raise BackendFileError(f"{revisions.name} is damaged: it does not say which table is which ({setting}).")
    try:
        tablet = short_id(json.loads(text))
    except (ValueError, RecursionError):
        tablet = None
    if tablet is None:
        raise BackendFileError(f"{revisions.name} is damaged: {setting} is no id.")
    return tablet


def _components(rows: Iterator[tuple[bytes, JsonObject]]) -> list[ComponentInfo]:
    """The app first, then by path. Where two share a path, the active one counts."""
    documents = {str(document.get("_id")): document for _, document in rows}
    root = ComponentInfo(id="", path=ROOT_COMPONENT)
    found: dict[str, ComponentInfo] = {}
    for identity, document in documents.items():
        path = _path(documents, identity)
        state = str(document.get("state") or "active")
        if path == ROOT_COMPONENT:
            root = ComponentInfo(id=identity, path=path, state=state)
        elif path is not None and (path not in found or state == "active"):
            found[path] = ComponentInfo(id=identity, path=path, name=path.rpartition("/")[2], state=state)
    return [root, *(found[path] for path in sorted(found))]


def _path(documents: Mapping[str, JsonObject], identity: str) -> str | None:
    """Names from the app down, joined; None for a component that hangs on nothing, or on itself."""
    names: list[str] = []
    for _ in range(len(documents)):
        document = documents.get(identity)
        if document is None:
            return None
        name, parent = document.get("name"), document.get("parent")
        if parent is None:
            return "/".join(reversed(names))
        if not isinstance(name, str) or not name or not isinstance(parent, str):
            return None
        names.append(name)
        identity = parent
    return None


def _add_index(tablets: Mapping[bytes, Tablet], identity: bytes, document: JsonObject) -> None:
    tablet = tablets.get(short_id(document.get("table_id")) or b"")
    config, name = document.get("config"), document.get("descriptor")
    if tablet is None or not isinstance(config, dict) or not isinstance(name, str):
        return
    on_disk = config.get("onDiskState")
    state = on_disk.get("type", on_disk.get("state")) if isinstance(on_disk, dict) else None
    if config.get("type") == "database" and state == "Enabled":
        fields = config.get("fields")
        tablet.indexes[_short(tuple(map(str, fields if isinstance(fields, list) else ())))] = identity
        tablet.states[name] = _DONE
    elif isinstance(state, str) and state in _STATES and tablet.states.get(name) != _DONE:
        # While a push changes an index, its new form is filled beside the old one, which serves until then.
        tablet.states[name] = _STATES[state]


def _short(fields: tuple[str, ...]) -> tuple[str, ...]:
    return fields[:-1] if len(fields) > 1 and fields[-1] == _CREATION_TIME else fields

"""References that no schema declares: ids found in documents.

An id carries the number of its table and a checksum, so a text that decodes to one is no accident. What can deceive:
an id pasted into a text field, and a field that holds ids of another component, whose tables have the same numbers.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kitcn_repl.deployment.errors import QueryFailedError, ServerTooOldError
from kitcn_repl.deployment.models import ROOT_COMPONENT, PageRequest
from kitcn_repl.deployment.protocol import Deployment
from kitcn_repl.deployment.together import together
from kitcn_repl.schema.model import Evidence, Schema, Table
from kitcn_repl.schema.validators import alternatives, fields_of
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.ids import IdError, decode_id, is_id

SAMPLE: Final = 150
"""Documents of a table that are looked at: so many of the newest, and as many of the oldest."""

# A field refers to something if all of its values are ids; or if at least three of them are, and a fifth of all.
_FEWEST_OF_MIXED: Final = 3
_LEAST_SHARE: Final = 0.2
# Of a field that does, ids of one more table count from two on, or from a twentieth of all values.
_FEWEST_OF_TARGET: Final = 2
_LEAST_SHARE_OF_TARGET: Final = 0.05

_AT_ONCE: Final = 8  # half of what a server runs at the same time by default
_MOST_ITEMS: Final = 256  # of one array or record
_MOST_DEEP: Final = 16
_MOST_NAMES: Final = 32  # more different names under one path: they are keys of a record
_TRIED: Final = 5
_TRIED_AT_ONCE: Final = 50
_SYSTEM_TARGETS: Final = frozenset({"_storage", "_scheduled_functions"})
_ID_LENGTHS: Final = range(31, 38)
_IDENTIFIER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of documents of `target` in a field of `table`. `path` is dotted, through arrays implicitly, `*` for the
    values of a record; `many` where it leads through one of these."""

    table: str
    path: str
    target: str
    evidence: Evidence
    many: bool = False


@dataclass(slots=True)
class _Node:
    """What was seen at a path: `values` that are no containers, ids among them by target, and what lies below."""

    values: int = 0
    ids: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    many: bool = False
    objects: int = 0
    seen: int = 0
    declared: bool = False
    children: dict[str, _Node] = field(default_factory=dict)

    def child(self, name: str) -> _Node:
        return self.children.setdefault(name, _Node())

    def absorb(self, other: _Node) -> None:
        self.values += other.values
        self.ids.update(other.ids)
        for target, examples in other.examples.items():
            self.examples.setdefault(target, []).extend(examples)
        self.many = True
        self.objects += other.objects
        self.seen += other.seen
        for name, node in other.children.items():
            self.child(name).absorb(node)


async def find_ids(deployment: Deployment, schema: Schema) -> list[Found]:
    """References in the documents of `schema`'s component, table by table; fields in order of their names.

    Up to `2 * SAMPLE` documents of each table are read, two pages at most; kitcn's own tables are passed over. An id is
    one of a table of the same component; where there are several components, at least one of a field's ids must exist.
    Ids in a form from before 2023 do not tell their table, and are not found. Raises a DeploymentError.
    """
    component = schema.component
    names = {
        number: name
        for number, name in (await deployment.table_mapping(component)).items()
        if not name.startswith("_") or name in _SYSTEM_TARGETS
    }
    tables = [table for table in schema.tables.values() if table.owner != "kitcn-internal" and table.count != 0]
    free = asyncio.Semaphore(_AT_ONCE)

    async def look(table: Table) -> _Node:
        async with free:
            return _seen(await _documents(deployment, table, component), table, names)

    nodes = await together([look(table) for table in tables])
    candidates = [
        (Found(table.name, path, target, Evidence(count, node.values), node.many), node.examples[target])
        for table, root in zip(tables, nodes, strict=True)
        for path, node in sorted(_paths(root, ""))
        for target, count in sorted(_targets(node).items())
    ]
    real = await _existing(deployment, component, candidates)
    return [found for found, _ in candidates if found in real]


async def _documents(deployment: Deployment, table: Table, component: str) -> list[JsonObject]:
    newest = await deployment.page(PageRequest(table.name, SAMPLE, component=component))
    # A short page that is not the last one: documents so large that the server stopped early.
    if newest.is_done or len(newest.documents) < SAMPLE or (table.count or SAMPLE + 1) <= SAMPLE:
        return newest.documents
    oldest = await deployment.page(PageRequest(table.name, SAMPLE, order="asc", component=component))
    known = {document.get("_id") for document in newest.documents}
    return [*newest.documents, *(each for each in oldest.documents if each.get("_id") not in known)]


def _seen(documents: Sequence[JsonObject], table: Table, names: Mapping[int, str]) -> _Node:
    root = _Node(objects=len(documents))
    for document in documents:
        for name, value in document.items():
            if not name.startswith("_"):
                known = (table.fields or {}).get(name)
                # what a sample of documents suggested says nothing new
                declared = known.validator if known is not None and known.origins != ("data",) else None
                _walk(root.child(name), value, declared, names, 0)
    return root


def _walk(node: _Node, value: JsonValue, validator: JsonObject | None, names: Mapping[int, str], depth: int) -> None:
    node.seen += 1
    if value is None or depth > _MOST_DEEP:
        return
    if isinstance(value, list):
        node.many = True
        inner = _inner(validator, "array")
        for item in value[:_MOST_ITEMS]:
            _walk(node, item, inner, names, depth + 1)
    elif isinstance(value, dict) and not (len(value) == 1 and next(iter(value)).startswith("$")):
        node.objects += 1
        node.declared = node.declared or "object" in _kinds(validator)
        is_record = _is_record(value, validator)
        for name, item in list(value.items())[:_MOST_ITEMS]:
            child = node.child("*" if is_record else name)
            child.many = child.many or is_record or node.many
            _walk(child, item, _inner(validator, name), names, depth + 1)
    else:
        node.values += 1
        target = _table_of(value, names)
        if target is not None:
            node.ids[target] += 1
            examples = node.examples.setdefault(target, [])
            if len(examples) < _TRIED:
                examples.append(str(value))


def _table_of(value: JsonValue, names: Mapping[int, str]) -> str | None:
    if not isinstance(value, str) or len(value) not in _ID_LENGTHS:
        return None
    try:
        return names.get(decode_id(value).table_number)
    except IdError:
        return None


def _kinds(validator: JsonObject | None) -> set[str]:
    return set() if validator is None else {str(each.get("type")) for each in alternatives(validator)}


def _is_record(value: JsonObject, validator: JsonObject | None) -> bool:
    kinds = _kinds(validator)
    if kinds & {"record", "object"}:
        return "object" not in kinds
    return any(not _IDENTIFIER.match(name) or is_id(name) for name in value)


def _inner(validator: JsonObject | None, name: str) -> JsonObject | None:
    """The validator of an array's items, or of an object's or record's field."""
    for each in alternatives(validator) if validator is not None else ():
        found: JsonValue = None
        if each.get("type") == "array" and name == "array":
            found = each.get("value")
        elif each.get("type") == "object":
            found = fields_of(each).get(name, {}).get("fieldType")
        elif each.get("type") == "record":
            values = each.get("values")
            found = values.get("fieldType") if isinstance(values, dict) else None
        if isinstance(found, dict):
            return found
    return None


def _paths(node: _Node, path: str) -> Iterator[tuple[str, _Node]]:
    if path and _is_record_after_all(node):
        merged = _Node()
        for child in node.children.values():
            merged.absorb(child)
        node.children = {"*": merged}
    for name, child in node.children.items():
        inner = f"{path}.{name}" if path else name
        if child.ids:
            yield inner, child
        yield from _paths(child, inner)


def _is_record_after_all(node: _Node) -> bool:
    names = node.children
    return (
        not node.declared
        and len(names) > _MOST_NAMES
        and all(child.seen * 2 < node.objects for child in names.values())
    )


def _targets(node: _Node) -> dict[str, int]:
    """The tables that a path's values refer to, by the thresholds above."""
    total = sum(node.ids.values())
    if total < node.values and (total < _FEWEST_OF_MIXED or total < node.values * _LEAST_SHARE):
        return {}
    return {
        target: count
        for target, count in node.ids.items()
        if count >= _FEWEST_OF_TARGET or count >= node.values * _LEAST_SHARE_OF_TARGET
    }


async def _existing(
    deployment: Deployment, component: str, candidates: Sequence[tuple[Found, list[str]]]
) -> set[Found]:
    """Those of which some id exists; all, where there is but one component and nothing to be confused with."""
    everything = {found for found, _ in candidates}
    components = await deployment.components() if candidates else []
    if len(components) < 2:
        return everything
    component_id = next((each.id for each in components if each.path == component), None)
    wanted = [(found, text) for found, texts in candidates for text in texts[:_TRIED]]
    real: set[Found] = set()
    for start in range(0, len(wanted), _TRIED_AT_ONCE):
        some = wanted[start : start + _TRIED_AT_ONCE]
        args: JsonObject = {
            "ids": [{"id": text, "tableName": found.target} for found, text in some],
            "componentId": None if component == ROOT_COMPONENT else component_id,
        }
        try:
            answer = (await deployment.system("_system/frontend/listById", args)).value
        except (QueryFailedError, ServerTooOldError):
            return everything
        documents = answer if isinstance(answer, list) else []
        real.update(found for (found, _), document in zip(some, documents, strict=False) if document is not None)
    return real

"""convex-ents: `defineEnt` and what its fields and edges add to a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from kitcn_repl.schema.model import Deletion, Field, Index, Place, Table, Unique
from kitcn_repl.schema.source.values import Call, Record, Unknown, Value
from kitcn_repl.schema.source.vocabulary import validators
from kitcn_repl.schema.source.vocabulary.convex import ConvexTable
from kitcn_repl.schema.source.vocabulary.ent_edges import EntEdge, connect
from kitcn_repl.schema.source.vocabulary.hosts import (
    ANYTHING,
    Builtin,
    constant,
    is_given,
    property_of,
    report_unknown,
    text,
)
from kitcn_repl.schema.source.vocabulary.schema import SchemaDefinition
from kitcn_repl.schema.source.vocabulary.validators import Validator, fields_of, validator_of


@dataclass(slots=True, eq=False)
class EntTable(ConvexTable):
    """An ent's definition."""

    edges: dict[str, EntEdge] = field(default_factory=dict)
    unique: list[Unique] = field(default_factory=list)
    defaults: dict[str, str] = field(default_factory=dict)
    deletion: Deletion | None = None
    deletion_delay: float | None = None

    def member(self, name: str, place: Place) -> Value:
        method = _METHODS.get(name)
        return _bound(self, method) if method is not None else ConvexTable.member(self, name, place)

    def model(self, key: str) -> Table:
        table = ConvexTable.model(self, key)
        unique = {each.fields[0] for each in self.unique}
        fields = {name: self._field(entry, unique) for name, entry in (table.fields or {}).items()}
        return replace(
            table,
            fields=fields if table.fields is not None else None,
            unique=tuple(self.unique),
            deletion=self.deletion,
            deletion_delay=self.deletion_delay,
        )

    def _field(self, entry: Field, unique: set[str]) -> Field:
        return replace(entry, unique=entry.name in unique, default=self.defaults.get(entry.name))

    def add_field(self, name: str, validator: Validator, place: Place) -> None:
        """Add a field to every object that the document may be."""
        if self.validator.kind == "union":
            members = (self._with(member, name, validator, place) for member in self.validator.members)
            self.validator = validators.union(*members)
        else:
            self.validator = self._with(self.validator, name, validator, place)

    def _with(self, document: Validator, name: str, validator: Validator, place: Place) -> Validator:
        if document.kind != "object":
            return document
        return validators.extended(document, validators.object_({name: validator}, {name: place}))

    def has(self, name: str) -> bool:
        documents = self.validator.members if self.validator.kind == "union" else (self.validator,)
        return any(name in document.fields for document in documents)

    def add_index(self, name: str, fields: tuple[str, ...], place: Place) -> None:
        self.indexes.append(Index(name, "database", fields, origins=("source",), place=place))


def _bound(table: EntTable, method: Callable[[EntTable, Call], None]) -> Builtin:
    def answer(call: Call) -> Value:
        method(table, call)
        return table

    return Builtin(answer)


def _field(table: EntTable, call: Call) -> None:
    name, options = text(call.argument(0)), call.argument(2)
    report_unknown(call.evaluator, "the name of an ent's field", call.argument(0))
    if name is None:
        table.validator = replace(table.validator, is_open=True)
        return
    if table.has(name):
        call.evaluator.problem(f'Duplicate field "{name}"', call.place)
        return
    validator = validator_of(call.argument(1), f"the field {name}", call.evaluator, call.place)
    default = property_of(options, "default")
    if is_given(default):
        known, value = constant(default)
        table.defaults[name] = json.dumps(value, ensure_ascii=False) if known else "…"
        validator = validator.as_optional()
    report_unknown(call.evaluator, f"the options of the field {name}", options)
    table.add_field(name, validator, call.place)
    is_unique = property_of(options, "unique") is True
    if is_unique or property_of(options, "index") is True:
        table.add_index(name, (name,), call.place)
    if is_unique:
        table.unique.append(Unique(name, (name,), place=call.place))


def _edge(table: EntTable, call: Call) -> None:
    name, options = _edge_name(call), call.argument(1)
    if name is None:
        return
    if name in table.edges:
        call.evaluator.problem(f'Duplicate edge "{name}"', call.place)
        return
    to = text(property_of(options, "to")) or f"{name}s"
    given_field, ref = text(property_of(options, "field")), property_of(options, "ref")
    if given_field is not None and is_given(ref):
        message = "Cannot specify both `field` and `ref` for the same edge"
        call.evaluator.problem(f"{message}: choose one to store the foreign key ({name})", call.place)
        return
    deletion = is_given(property_of(options, "deletion"))
    if is_given(ref):
        table.edges[name] = EntEdge(name, to, "one", "ref", call.place, ref=text(ref), has_deletion=deletion)
        return
    stored = given_field or f"{name}Id"
    optional = property_of(options, "optional") is True
    table.add_field(stored, validators.id_of(to).as_optional(optional), call.place)
    table.edges[name] = EntEdge(name, to, "one", "field", call.place, stored, optional=optional, has_deletion=deletion)
    table.add_index(stored, (stored,), call.place)


def _edges(table: EntTable, call: Call) -> None:
    name, options = _edge_name(call), call.argument(1)
    if name is None:
        return
    to = text(property_of(options, "to")) or name
    ref, junction = property_of(options, "ref"), text(property_of(options, "table"))
    inverse = text(property_of(options, "inverse"))
    if is_given(ref):
        deletion = is_given(property_of(options, "deletion"))
        table.edges[name] = EntEdge(name, to, "many", "field", call.place, ref=text(ref), has_deletion=deletion)
    else:
        table.edges[name] = EntEdge(
            name,
            to,
            "many",
            "ref",
            call.place,
            text(property_of(options, "field")),
            junction=junction,
            inverse_field=text(property_of(options, "inverseField")),
        )
    if inverse is not None:
        table.edges[inverse] = EntEdge(inverse, to, "many", "ref", call.place, junction=junction, inverse_of=name)


def _edge_name(call: Call) -> str | None:
    name = text(call.argument(0))
    if name is None:
        report_unknown(call.evaluator, "the name of an edge", call.argument(0))
    elif report_unknown(call.evaluator, f"the edge {name}", call.argument(1)):
        return None
    return name


def _deletion(table: EntTable, call: Call) -> None:
    mode = text(call.argument(0))
    report_unknown(call.evaluator, "the deletion behaviour of an ent", call.argument(0))
    if table.has("deletionTime"):
        already = f'Cannot enable "{mode}" deletion because "deletionTime" field was already defined.'
        call.evaluator.problem(already, call.place)
        return
    table.add_field("deletionTime", validators.NUMBER.as_optional(), call.place)
    table.deletion = "soft" if mode == "soft" else "scheduled"
    delay = property_of(call.argument(1), "delayMs")
    table.deletion_delay = float(delay) if isinstance(delay, float | int) else None


_METHODS: Mapping[str, Callable[[EntTable, Call], None]] = {
    "field": _field,
    "edge": _edge,
    "edges": _edges,
    "deletion": _deletion,
    "rule": lambda table, call: None,
}


def _define_ent(call: Call) -> Value:
    validator = fields_of(call.argument(0), "the fields of an ent", call.evaluator, call.place)
    return EntTable(validator, call.place)


def _from_table(call: Call) -> Value:
    table = call.argument(0)
    if isinstance(table, ConvexTable):
        return EntTable(table.validator, table.place, list(table.indexes))
    return table if isinstance(table, Unknown) else Unknown("what table it is made from is not known", call.place)


def _from_tables(call: Call) -> Value:
    given = call.argument(0)
    if not isinstance(given, Record):
        return given if isinstance(given, Unknown) else Unknown("what tables they are is not known", call.place)
    entries: dict[str, Value] = {
        key: EntTable(table.validator, table.place, list(table.indexes))
        for key, table in given.entries.items()
        if isinstance(table, ConvexTable)
    }
    return Record(entries, given.places, given.unknown)


def _define_schema(call: Call) -> Value:
    given = call.argument(0)
    if not isinstance(given, Record):
        return SchemaDefinition("ents", given, call.argument(1), call.place, call.evaluator)
    entries = dict(given.entries)
    ents = {key: table for key, table in entries.items() if isinstance(table, EntTable)}
    junctions, relations = connect(
        {key: list(table.edges.values()) for key, table in ents.items()},
        entries.keys(),
        {key for key, table in ents.items() if table.deletion is not None},
        call.evaluator,
    )
    for junction in junctions:
        table = EntTable(validators.object_({}), junction.place)
        for stored, target in zip(junction.fields, junction.targets, strict=True):
            table.add_field(stored, validators.id_of(target), junction.place)
        for name, fields in junction.indexes:
            table.add_index(name, fields, junction.place)
        entries[junction.name] = table
    tables = Record(entries, given.places, given.unknown)
    return SchemaDefinition(
        "ents", tables, call.argument(1), call.place, call.evaluator, known_relations=tuple(relations)
    )


ENTS: Mapping[str, Value] = {
    "defineEnt": Builtin(_define_ent),
    "defineEntSchema": Builtin(_define_schema),
    "defineEntFromTable": Builtin(_from_table),
    "defineEntsFromTables": Builtin(_from_tables),
    "*": ANYTHING,
}
"""The exports of `convex-ents`."""

"""The helpers of `convex-helpers` that schemas use, which kitcn also exports some of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kitcn_repl.schema.source.values import UNDEFINED, Call, Host, Record, Unknown, Value
from kitcn_repl.schema.source.vocabulary import validators
from kitcn_repl.schema.source.vocabulary.convex import ConvexTable
from kitcn_repl.schema.source.vocabulary.hosts import ANYTHING, Builtin, property_of, report_unknown, text, texts_of
from kitcn_repl.schema.source.vocabulary.schema import SchemaDefinition
from kitcn_repl.schema.source.vocabulary.validators import Validator, fields_of, validator_of

_DEPRECATED = validators.ANY.as_optional()


def _literals(call: Call) -> Value:
    for argument in call.arguments:
        report_unknown(call.evaluator, "the values of literals()", argument)
    return validators.literals(call.arguments)


def _nullable(call: Call) -> Value:
    inner = validator_of(call.argument(0), "the validator in nullable()", call.evaluator, call.place)
    return validators.union(validators.NULL, inner)


def _partial(call: Call) -> Value:
    given = call.argument(0)
    if isinstance(given, Validator):
        return _partial_validator(given)
    fields = fields_of(given, "the fields of partial()", call.evaluator, call.place)
    entries: dict[str, Value] = {name: entry.as_optional() for name, entry in fields.fields.items()}
    return Record(entries, dict(fields.places), list(given.unknown) if isinstance(given, Record) else [])


def _partial_validator(validator: Validator) -> Validator:
    if validator.kind == "union":
        members = (_partial_validator(member) for member in validator.members)
        return validators.union(*members).as_optional(validator.optional)
    return validators.partial(validator) if validator.kind == "object" else validator


def _pretend_required(call: Call) -> Value:
    return validator_of(call.argument(0), "pretendRequired()", call.evaluator, call.place).as_optional()


def _system_fields(call: Call) -> Value:
    table = text(call.argument(0))
    identity = validators.id_of(table) if table is not None else validators.UNKNOWN
    return Record({"_id": identity, "_creationTime": validators.NUMBER})


def _with_system_fields(call: Call) -> Value:
    fields = call.argument(1)
    system = _system_fields(call)
    if not isinstance(fields, Record) or not isinstance(system, Record):
        return fields
    return Record({**fields.entries, **system.entries}, fields.places, fields.unknown)


def _add_fields(call: Call) -> Value:
    given = fields_of(call.argument(0), "addFieldsToValidator()", call.evaluator, call.place)
    more = fields_of(call.argument(1), "addFieldsToValidator()", call.evaluator, call.place)
    if given.kind == "union":
        return validators.union(*(validators.extended(member, more) for member in given.members))
    return validators.extended(given, more)


def _table(call: Call) -> Value:
    """`Table(name, fields)`: an object with the table and its validators."""
    name = text(call.argument(0))
    fields = fields_of(call.argument(1), f"the fields of {name}", call.evaluator, call.place)
    system: dict[str, Validator] = {
        "_id": validators.id_of(name) if name is not None else validators.UNKNOWN,
        "_creationTime": validators.NUMBER,
    }
    with_system = validators.extended(fields, validators.object_(system))
    return Record(
        {
            "name": name if name is not None else UNDEFINED,
            "table": ConvexTable(fields, call.place),
            "doc": with_system,
            "withoutSystemFields": fields.member("fields", call.place),
            "withSystemFields": with_system.member("fields", call.place),
            "systemFields": Record(dict(system)),
            "_id": system["_id"],
        }
    )


def _pick(call: Call) -> Value:
    given, names = call.argument(0), call.argument(1)
    kept = set(texts_of(names))
    return _filtered(given, lambda name: name in kept, names, call)


def _omit(call: Call) -> Value:
    given, names = call.argument(0), call.argument(1)
    dropped = set(texts_of(names))
    return _filtered(given, lambda name: name not in dropped, names, call)


def _filtered(given: Value, keeps: Callable[[str], bool], names: Value, call: Call) -> Value:
    if not isinstance(given, Record):
        return Unknown("what fields it has is not known", call.place)
    report_unknown(call.evaluator, "the names of picked fields", names)
    entries = {name: entry for name, entry in given.entries.items() if keeps(name)}
    return Record(entries, given.places, given.unknown)


def _typed(call: Call) -> Value:
    return validators.V


def _doc(call: Call) -> Value:
    schema, name = call.argument(0), text(call.argument(1))
    tables = schema.tables if isinstance(schema, SchemaDefinition) else UNDEFINED
    table: Value = property_of(tables, name) if name is not None else UNDEFINED
    validator = table.member("validator", call.place) if isinstance(table, Host) else UNDEFINED
    if name is None or not isinstance(validator, Validator):
        return Unknown("the table of doc() is not known", call.place)
    system = {"_id": validators.id_of(name), "_creationTime": validators.NUMBER}
    return validators.extended(validator, validators.object_(system))


def _not_static(what: str) -> Builtin:
    return Builtin(lambda call: Unknown(f"{what} makes the validator when it runs", call.place))


def _required(call: Call) -> Value:
    return validator_of(call.argument(0), "vRequired()", call.evaluator, call.place).as_optional(False)


SHARED: Mapping[str, Value] = {
    "deprecated": _DEPRECATED,
    "pretend": Builtin(lambda call: _DEPRECATED),
    "pretendRequired": Builtin(_pretend_required),
}
"""Those that `kitcn/orm` exports too."""

VALIDATORS: Mapping[str, Value] = {
    **SHARED,
    "literals": Builtin(_literals),
    "nullable": Builtin(_nullable),
    "partial": Builtin(_partial),
    "brandedString": Builtin(lambda call: validators.STRING),
    "systemFields": Builtin(_system_fields),
    "withSystemFields": Builtin(_with_system_fields),
    "addFieldsToValidator": Builtin(_add_fields),
    "vRequired": Builtin(_required),
    "typedV": Builtin(_typed),
    "doc": Builtin(_doc),
    "string": validators.STRING,
    "number": validators.NUMBER,
    "float64": validators.NUMBER,
    "boolean": validators.BOOLEAN,
    "biging": validators.INT64,
    "int64": validators.INT64,
    "any": validators.ANY,
    "null_": validators.NULL,
    "arrayBuffer": validators.BYTES,
    **{name: validators.V.entries[name] for name in ("id", "object", "array", "bytes", "literal", "optional", "union")},
    "*": ANYTHING,
}
"""The exports of `convex-helpers/validators`."""

_ZOD = {
    name: _not_static(name)
    for name in ("zodToConvex", "zodToConvexFields", "zodOutputToConvex", "zodOutputToConvexFields")
}

HELPERS: Mapping[str, Mapping[str, Value]] = {
    "convex-helpers/validators": VALIDATORS,
    "convex-helpers/server": {"Table": Builtin(_table), "*": ANYTHING},
    "convex-helpers/server/zod": {**_ZOD, "*": ANYTHING},
    "convex-helpers/server/zod3": {**_ZOD, "*": ANYTHING},
    "convex-helpers/server/zod4": {**_ZOD, "*": ANYTHING},
    "convex-helpers": {"pick": Builtin(_pick), "omit": Builtin(_omit), "*": ANYTHING},
}

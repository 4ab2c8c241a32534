"""Tables that packages bring along, as their published source declares them."""

from __future__ import annotations

from collections.abc import Mapping

from kitcn_repl.schema.model import Index, Place
from kitcn_repl.schema.source.values import Call, Evaluator, Record, Value
from kitcn_repl.schema.source.vocabulary import validators
from kitcn_repl.schema.source.vocabulary.columns import Column
from kitcn_repl.schema.source.vocabulary.convex import ConvexTable
from kitcn_repl.schema.source.vocabulary.hosts import ANYTHING, Builtin
from kitcn_repl.schema.source.vocabulary.schema import Extension
from kitcn_repl.schema.source.vocabulary.table import KitcnTable, bind
from kitcn_repl.schema.source.vocabulary.validators import Validator

_STRING, _NUMBER, _BOOLEAN = validators.STRING, validators.NUMBER, validators.BOOLEAN
_Fields = Mapping[str, Validator]
_Indexes = Mapping[str, tuple[str, ...]]

_RATELIMIT_KIND = validators.literals(["identifier", "ip", "userAgent", "country"])
_RATELIMIT: Mapping[str, tuple[_Fields, _Indexes]] = {
    "ratelimit_state": (
        {
            "name": _STRING,
            "key": _STRING.as_optional(),
            "shard": _NUMBER,
            "value": _NUMBER,
            "ts": _NUMBER,
            "auxValue": _NUMBER.as_optional(),
            "auxTs": _NUMBER.as_optional(),
        },
        {"by_name_key_shard": ("name", "key", "shard"), "by_name_key": ("name", "key")},
    ),
    "ratelimit_dynamic_limit": (
        {"prefix": _STRING, "limit": _NUMBER, "updatedAt": _NUMBER},
        {"by_prefix": ("prefix",)},
    ),
    "ratelimit_protection_hit": (
        {
            "prefix": _STRING,
            "value": _STRING,
            "kind": _RATELIMIT_KIND,
            "hits": _NUMBER,
            "blockedUntil": _NUMBER.as_optional(),
            "updatedAt": _NUMBER,
        },
        {"by_prefix_value_kind": ("prefix", "value", "kind"), "by_prefix": ("prefix",)},
    ),
}
_KINDS = {"string": ("text", "ConvexText"), "float64": ("integer", "ConvexNumber"), "union": ("textEnum", "ConvexText")}


def _ratelimit_plugin(call: Call) -> Value:
    tables: dict[str, Value] = {
        name: _kitcn_table(name, fields, indexes, call.place, call.evaluator)
        for name, (fields, indexes) in _RATELIMIT.items()
    }
    return Extension("ratelimit", Record(tables), call.place, package="better-convex/plugins/ratelimit")


def _kitcn_table(name: str, fields: _Fields, indexes: _Indexes, place: Place, evaluator: Evaluator) -> KitcnTable:
    table = KitcnTable(name, place, evaluator)
    for field, validator in fields.items():
        kind, column_type = _KINDS[validator.kind]
        values = tuple(str(member.json["value"]) for member in validator.members)
        required = validator.as_optional(False)
        column = Column(kind, column_type, required, place, not_null=not validator.optional, values=values)
        table.columns[field] = bind(table, field, column, place)
    table.indexes.extend(
        Index(index, "database", on, origins=("source",), place=place) for index, on in indexes.items()
    )
    return table


def _convex_table(fields: _Fields, indexes: _Indexes) -> ConvexTable:
    found = [Index(name, "database", on, origins=("source",)) for name, on in indexes.items()]
    return ConvexTable(validators.object_(fields), None, found)


def _id(table: str) -> Validator:
    return validators.id_of(table)


_CONVEX_AUTH = Record(
    {
        "users": _convex_table(
            {
                "name": _STRING.as_optional(),
                "image": _STRING.as_optional(),
                "email": _STRING.as_optional(),
                "emailVerificationTime": _NUMBER.as_optional(),
                "phone": _STRING.as_optional(),
                "phoneVerificationTime": _NUMBER.as_optional(),
                "isAnonymous": _BOOLEAN.as_optional(),
            },
            {"email": ("email",), "phone": ("phone",)},
        ),
        "authSessions": _convex_table({"userId": _id("users"), "expirationTime": _NUMBER}, {"userId": ("userId",)}),
        "authAccounts": _convex_table(
            {
                "userId": _id("users"),
                "provider": _STRING,
                "providerAccountId": _STRING,
                "secret": _STRING.as_optional(),
                "emailVerified": _STRING.as_optional(),
                "phoneVerified": _STRING.as_optional(),
            },
            {
                "userIdAndProvider": ("userId", "provider"),
                "providerAndAccountId": ("provider", "providerAccountId"),
            },
        ),
        "authRefreshTokens": _convex_table(
            {
                "sessionId": _id("authSessions"),
                "expirationTime": _NUMBER,
                "firstUsedTime": _NUMBER.as_optional(),
                "parentRefreshTokenId": _id("authRefreshTokens").as_optional(),
            },
            {
                "sessionId": ("sessionId",),
                "sessionIdAndParentRefreshTokenId": ("sessionId", "parentRefreshTokenId"),
            },
        ),
        "authVerificationCodes": _convex_table(
            {
                "accountId": _id("authAccounts"),
                "provider": _STRING,
                "code": _STRING,
                "expirationTime": _NUMBER,
                "verifier": _STRING.as_optional(),
                "emailVerified": _STRING.as_optional(),
                "phoneVerified": _STRING.as_optional(),
            },
            {"accountId": ("accountId",), "code": ("code",)},
        ),
        "authVerifiers": _convex_table(
            {"sessionId": _id("authSessions").as_optional(), "signature": _STRING.as_optional()},
            {"signature": ("signature",)},
        ),
        "authRateLimits": _convex_table(
            {"identifier": _STRING, "lastAttemptTime": _NUMBER, "attemptsLeft": _NUMBER},
            {"identifier": ("identifier",)},
        ),
    }
)
_RATE_LIMITS = _convex_table(
    {"name": _STRING, "key": _STRING.as_optional(), "value": _NUMBER, "ts": _NUMBER}, {"name": ("name", "key")}
)
_MIGRATIONS = _convex_table(
    {
        "name": _STRING,
        "table": _STRING,
        "cursor": validators.union(_STRING, validators.NULL),
        "isDone": _BOOLEAN,
        "workerId": _id("_scheduled_functions").as_optional(),
        "processed": _NUMBER,
        "latestStart": _NUMBER,
        "latestEnd": _NUMBER.as_optional(),
    },
    {"name": ("name",)},
)

PLUGINS: Mapping[str, Mapping[str, Value]] = {
    "better-convex/plugins/ratelimit": {"ratelimitPlugin": Builtin(_ratelimit_plugin), "*": ANYTHING},
    "better-convex/plugins": {"ratelimitPlugin": Builtin(_ratelimit_plugin), "*": ANYTHING},
    "@convex-dev/auth/server": {"authTables": _CONVEX_AUTH, "*": ANYTHING},
    "convex-helpers/server/rateLimit": {"rateLimitTables": Record({"rateLimits": _RATE_LIMITS}), "*": ANYTHING},
    "convex-helpers/server/migrations": {"migrationsTable": _MIGRATIONS, "*": ANYTHING},
    "convex-helpers/server/sessions": {
        "vSessionId": _STRING,
        "SessionIdArg": Record({"sessionId": _STRING}),
        "*": ANYTHING,
    },
}
"""Package specifier -> exports."""

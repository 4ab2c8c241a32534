"""The demo's deployed schema: the tables of kitcn's own setup guide, and a table of every value type."""

from __future__ import annotations

from kitcn_repl.values import JsonObject, JsonValue

STRING: JsonObject = {"type": "string"}
NUMBER: JsonObject = {"type": "number"}
BOOLEAN: JsonObject = {"type": "boolean"}
ANY: JsonObject = {"type": "any"}


def required(validator: JsonObject) -> JsonObject:
    return {"fieldType": validator, "optional": False}


def optional(validator: JsonObject) -> JsonObject:
    return {"fieldType": validator, "optional": True}


def nullable(validator: JsonObject) -> JsonObject:
    """What kitcn compiles a column without `.notNull()` to: it may be missing, and it may be null."""
    return optional({"type": "union", "value": [{"type": "null"}, validator]})


CREATED_AT = optional(NUMBER)
UPDATED_AT = required(NUMBER)


def table(
    name: str,
    fields: JsonObject,
    indexes: dict[str, list[str]] | None = None,
    *,
    search: list[JsonValue] | None = None,
    vector: list[JsonValue] | None = None,
) -> JsonObject:
    database_indexes: list[JsonValue] = [
        {"indexDescriptor": index, "fields": [*columns, "_creationTime"]}
        for index, columns in sorted((indexes or {}).items())
    ]
    return {
        "tableName": name,
        "indexes": database_indexes,
        "stagedDbIndexes": [],
        "searchIndexes": search or [],
        "stagedSearchIndexes": [],
        "vectorIndexes": vector or [],
        "stagedVectorIndexes": [],
        "documentType": {"type": "object", "value": fields},
    }


def root_schema() -> JsonObject:
    account = table(
        "account",
        {
            "accountId": required(STRING),
            "providerId": required(STRING),
            "userId": required(STRING),
            "accessToken": nullable(STRING),
            "refreshToken": nullable(STRING),
            "idToken": nullable(STRING),
            "accessTokenExpiresAt": nullable(NUMBER),
            "refreshTokenExpiresAt": nullable(NUMBER),
            "scope": nullable(STRING),
            "password": nullable(STRING),
            "createdAt": CREATED_AT,
            "updatedAt": UPDATED_AT,
        },
        {"accountId": ["accountId"], "userId": ["userId"]},
    )
    jwks = table("jwks", {"publicKey": required(STRING), "privateKey": required(STRING), "createdAt": CREATED_AT})
    project = table(
        "project",
        {
            "name": required(STRING),
            "ownerId": required(STRING),
            "createdAt": CREATED_AT,
            "updatedAt": UPDATED_AT,
        },
        {"ownerId_updatedAt": ["ownerId", "updatedAt"]},
    )
    session = table(
        "session",
        {
            "token": required(STRING),
            "userId": required(STRING),
            "expiresAt": required(NUMBER),
            "createdAt": CREATED_AT,
            "updatedAt": UPDATED_AT,
            "ipAddress": nullable(STRING),
            "userAgent": nullable(STRING),
            "impersonatedBy": nullable(STRING),
        },
        {"token": ["token"], "userId": ["userId"]},
    )
    type_zoo = table(
        "typeZoo",
        {
            "label": required(STRING),
            "kind": required(STRING),
            "value": nullable(ANY),
            "embedding": nullable({"type": "array", "value": NUMBER}),
        },
        {"by_kind": ["kind"], "by_value": ["value"]},
        search=[{"indexDescriptor": "search_label", "searchField": "label", "filterFields": ["kind"]}],
        vector=[
            {"indexDescriptor": "by_embedding", "vectorField": "embedding", "dimensions": 4, "filterFields": ["kind"]}
        ],
    )
    user = table(
        "user",
        {
            "name": required(STRING),
            "email": required(STRING),
            "emailVerified": required(BOOLEAN),
            "image": nullable(STRING),
            "createdAt": CREATED_AT,
            "updatedAt": UPDATED_AT,
            "role": nullable(STRING),
            "banned": nullable(BOOLEAN),
            "banReason": nullable(STRING),
            "banExpires": nullable(NUMBER),
        },
        {"email": ["email"]},
    )
    verification = table(
        "verification",
        {
            "identifier": required(STRING),
            "value": required(STRING),
            "expiresAt": required(NUMBER),
            "createdAt": CREATED_AT,
            "updatedAt": UPDATED_AT,
        },
        {"identifier": ["identifier"]},
    )
    return {
        "tables": [account, jwks, project, session, type_zoo, user, verification],
        "schemaValidation": True,
    }


def component_schema() -> JsonObject:
    rate_limits = table(
        "rateLimits",
        {
            "name": required(STRING),
            "key": optional(STRING),
            "shard": required(NUMBER),
            "value": required(NUMBER),
            "ts": required(NUMBER),
        },
        {"name": ["name", "key", "shard"]},
    )
    return {"tables": [rate_limits], "schemaValidation": True}

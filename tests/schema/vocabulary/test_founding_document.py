"""The schema of the document that this project was founded on, exactly."""

from __future__ import annotations

from kitcn_repl.schema.convex_json import schema_json
from kitcn_repl.schema.source import read_source
from tests.schema.vocabulary.reading import BOOLEAN, NUMBER, STRING, fields_of, nullable
from tests.support import founding

SCHEMA = read_source(founding.SCHEMA, root=founding.SCHEMA.parent)

TEXT, TIME, FLAG = (STRING, False), (NUMBER, False), (BOOLEAN, False)
MAYBE_TEXT, MAYBE_TIME, MAYBE_FLAG = (nullable(STRING), True), (nullable(NUMBER), True), (nullable(BOOLEAN), True)
CREATED = {"createdAt": (NUMBER, True)}
TIMES = {**CREATED, "updatedAt": TIME}

FIELDS = {
    "user": {
        "name": TEXT,
        "email": TEXT,
        "emailVerified": FLAG,
        "image": MAYBE_TEXT,
        **TIMES,
        "role": MAYBE_TEXT,
        "banned": MAYBE_FLAG,
        "banReason": MAYBE_TEXT,
        "banExpires": MAYBE_TIME,
    },
    "session": {
        "token": TEXT,
        "userId": TEXT,
        "expiresAt": TIME,
        **TIMES,
        "ipAddress": MAYBE_TEXT,
        "userAgent": MAYBE_TEXT,
        "impersonatedBy": MAYBE_TEXT,
    },
    "account": {
        "accountId": TEXT,
        "providerId": TEXT,
        "userId": TEXT,
        "accessToken": MAYBE_TEXT,
        "refreshToken": MAYBE_TEXT,
        "idToken": MAYBE_TEXT,
        "accessTokenExpiresAt": MAYBE_TIME,
        "refreshTokenExpiresAt": MAYBE_TIME,
        "scope": MAYBE_TEXT,
        "password": MAYBE_TEXT,
        **TIMES,
    },
    "verification": {"identifier": TEXT, "value": TEXT, "expiresAt": TIME, **TIMES},
    "jwks": {"publicKey": TEXT, "privateKey": TEXT, **CREATED},
    "project": {"name": TEXT, "ownerId": TEXT, **TIMES},
}
INDEXES = {
    "user": {"email": ("email",)},
    "session": {"token": ("token",), "userId": ("userId",)},
    "account": {"accountId": ("accountId",), "userId": ("userId",)},
    "verification": {"identifier": ("identifier",)},
    "jwks": {},
    "project": {"ownerId_updatedAt": ("ownerId", "updatedAt")},
}
FOREIGN_KEYS = {"session": ("userId",), "account": ("userId",), "project": ("ownerId",)}
RELATIONS = [
    ("user", "projects", "many", "project", ("_id",), ("ownerId",), "owner"),
    ("user", "sessions", "many", "session", ("_id",), ("userId",), "user"),
    ("user", "accounts", "many", "account", ("_id",), ("userId",), "user"),
    ("session", "user", "one", "user", ("userId",), ("_id",), "sessions"),
    ("account", "user", "one", "user", ("userId",), ("_id",), "accounts"),
    ("project", "owner", "one", "user", ("ownerId",), ("_id",), "projects"),
]


def test_nothing_is_wrong_or_dynamic() -> None:
    assert (SCHEMA.problems, SCHEMA.dynamic) == ((), ())
    assert (SCHEMA.dialect, SCHEMA.strict) == ("kitcn", False)


def test_tables_and_fields() -> None:
    assert list(SCHEMA.tables) == list(FIELDS)
    for name, table in SCHEMA.tables.items():
        assert [(field.name, (field.validator, field.optional)) for field in fields_of(table).values()] == list(
            FIELDS[name].items()
        )
        assert table.declared_name == name
        assert not table.open


def test_indexes() -> None:
    assert {
        name: {index.name: index.fields for index in table.indexes} for name, table in SCHEMA.tables.items()
    } == INDEXES


def test_foreign_keys() -> None:
    assert {
        name: [
            (key.columns, key.target, key.target_columns, key.on_delete, key.on_update) for key in table.foreign_keys
        ]
        for name, table in SCHEMA.tables.items()
    } == {
        name: [(FOREIGN_KEYS[name], "user", ("_id",), "cascade", None)] if name in FOREIGN_KEYS else []
        for name in FIELDS
    }


def test_relations() -> None:
    assert [
        (
            relation.source,
            relation.name,
            relation.cardinality,
            relation.target,
            relation.from_fields,
            relation.to_fields,
            relation.inverse,
        )
        for relation in SCHEMA.relations
    ] == RELATIONS
    assert [relation.inferred for relation in SCHEMA.relations] == [True, True, True, False, False, False]
    assert {(relation.alias, relation.through, relation.where, relation.optional) for relation in SCHEMA.relations} == {
        (None, None, None, True)
    }


def test_owners() -> None:
    assert {name: table.owner for name, table in SCHEMA.tables.items()} == {
        "user": "auth",
        "session": "auth",
        "account": "auth",
        "verification": "auth",
        "jwks": "auth",
        "project": "own",
    }


def test_what_convex_deploys() -> None:
    deployed = schema_json(SCHEMA)
    tables = deployed["tables"]
    assert isinstance(tables, list)
    assert tables[-1] == {
        "tableName": "project",
        "indexes": [{"indexDescriptor": "ownerId_updatedAt", "fields": ["ownerId", "updatedAt"]}],
        "stagedDbIndexes": [],
        "searchIndexes": [],
        "stagedSearchIndexes": [],
        "vectorIndexes": [],
        "stagedVectorIndexes": [],
        "documentType": {
            "type": "object",
            "value": {
                "name": {"fieldType": STRING, "optional": False},
                "ownerId": {"fieldType": STRING, "optional": False},
                "createdAt": {"fieldType": NUMBER, "optional": True},
                "updatedAt": {"fieldType": NUMBER, "optional": False},
            },
        },
    }

"""A declared schema to complete with: no deployment, no source."""

from __future__ import annotations

from kitcn_repl.explore.completion import FieldWord, IndexWord, RelationWord, TableWord, Words
from kitcn_repl.offline.demo.schema import NUMBER, STRING, required
from kitcn_repl.values import JsonObject
from kitcn_repl.values.ids import encode_id

USER_NUMBER = 10_001
USER_ID = encode_id(USER_NUMBER, bytes(16))


def field(name: str, validator: JsonObject = STRING, *, references: str | None = None) -> FieldWord:
    return FieldWord(name, validator, references=references)


def fields(*words: FieldWord) -> dict[str, FieldWord]:
    return {word.name: word for word in words}


def literals(*values: str) -> JsonObject:
    return {"type": "union", "value": [{"type": "literal", "value": value} for value in values]}


_PROFILE: JsonObject = {
    "type": "object",
    "value": {
        "city": required(STRING),
        "age": required(NUMBER),
        "home": required({"type": "object", "value": {"street": required(STRING)}}),
    },
}
_ITEMS: JsonObject = {"type": "array", "value": {"type": "object", "value": {"sku": required(STRING)}}}

TABLES = (
    TableWord(
        "user",
        fields(
            field("name"),
            field("email"),
            FieldWord("role", literals("admin", "member"), values=("admin", "member")),
            field("profile", _PROFILE),
            field("tags", {"type": "array", "value": STRING}),
        ),
        (IndexWord("email", ("email",)), IndexWord("role_name", ("role", "name"))),
        (RelationWord("sessions", "session", many=True), RelationWord("project.ownerId", "project", many=True)),
    ),
    TableWord(
        "session",
        fields(field("token"), field("userId", references="user"), field("expiresAt", NUMBER)),
        (IndexWord("userId", ("userId", "_creationTime")),),
        (RelationWord("user", "user"),),
    ),
    TableWord(
        "project",
        fields(field("title"), field("ownerId", references="user"), field("items", _ITEMS)),
        (
            IndexWord("ownerId_updatedAt", ("ownerId", "updatedAt")),
            IndexWord("search_title", ("title",), "search", ("ownerId",)),
            IndexWord("by_embedding", ("embedding",), "vector"),
        ),
        (RelationWord("owner", "user"),),
    ),
    TableWord("aggregate_state", fields(field("value")), is_own=False),
)
_BY_NAME = {table.name: table for table in TABLES}
WORDS = Words(lambda: _BY_NAME, {USER_NUMBER: "user"}, ("messages:list", "users:get"))

USER = {"_id", "_creationTime", "name", "email", "role", "profile", "tags"}
SESSION = {"_id", "_creationTime", "token", "userId", "expiresAt"}
PROJECT = {"_id", "_creationTime", "title", "ownerId", "items"}
INNER = {"profile.city", "profile.age", "profile.home", "profile.home.street"}
ALL_TABLES = {"user", "session", "project", "aggregate_state"}

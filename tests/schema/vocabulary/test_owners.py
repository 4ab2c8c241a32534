"""Whose tables are whose: the app's own, Better Auth's, a plugin's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kitcn_repl.schema.plugin_lock import locked_tables
from tests.schema.vocabulary.reading import read_kitcn

AUTH = """
const user = convexTable('user', { name: text(), email: text(), emailVerified: boolean() });
const session = convexTable('session', { token: text(), userId: text(), expiresAt: timestamp() });
const organization = convexTable('organization', { name: text(), slug: text() });
const member = convexTable('member', { organizationId: text(), userId: text(), role: text() });
const todo = convexTable('todo', { title: text() });
"""


def test_tables_of_better_auth() -> None:
    schema = read_kitcn(AUTH + "export default defineSchema({ user, session, organization, member, todo });")
    assert [table.owner for table in schema.tables.values()] == ["auth", "auth", "auth", "auth", "own"]


def test_tables_of_better_auth_in_an_extension() -> None:
    schema = read_kitcn(
        AUTH
        + """
        const auth = defineSchemaExtension('auth', { user, session, mine: todo });
        export default defineSchema({ todo }).extend(auth);
        """
    )
    assert {name: (table.owner, table.plugin) for name, table in schema.tables.items()} == {
        "todo": ("own", None),
        "user": ("auth", "auth"),
        "session": ("auth", "auth"),
        "mine": ("auth", "auth"),
    }


def test_a_table_called_user_alone_is_no_table_of_better_auth() -> None:
    schema = read_kitcn("export default defineSchema({ user: convexTable('user', { name: text() }) });")
    assert schema.tables["user"].owner == "own"


def test_the_lock_file_of_plugins_says_whose_tables_are() -> None:
    lock = {"plugins": {"auth": {"schema": {"tables": {"people": {"owner": "local"}}}}}}
    schema = read_kitcn(
        "const people = convexTable('people', { n: text() });\n"
        "export default defineSchema({ people, t: convexTable('t', { n: text() }) });",
        {"convex/plugins.lock.json": json.dumps(lock)},
    )
    assert {name: (table.owner, table.plugin) for name, table in schema.tables.items()} == {
        "people": ("auth", "auth"),
        "t": ("own", None),
    }


def test_the_lock_file_of_plugins(tmp_path: Path) -> None:
    lock = {
        "plugins": {
            "auth": {"package": "kitcn", "schema": {"path": "x", "tables": {"people": {"owner": "local"}}}},
            "resend": {"schema": {"tables": {"mail": {"owner": "managed"}}}},
            "odd": 5,
        }
    }
    (tmp_path / "plugins.lock.json").write_text(json.dumps(lock))
    assert locked_tables(tmp_path) == {"people": "auth", "mail": "resend"}


@pytest.mark.parametrize("content", [None, "", "[]", '{"plugins": []}', "\xff"])
def test_a_lock_file_that_says_nothing(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "plugins.lock.json").write_bytes(content.encode("latin-1"))
    assert locked_tables(tmp_path) == {}

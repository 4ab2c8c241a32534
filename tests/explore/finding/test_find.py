"""Questions in the form of kitcn's ORM, asked of the demo and compared with plain Python over all documents."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from kitcn_repl.deployment.models import PageRequest
from kitcn_repl.errors import UsageError
from kitcn_repl.explore.data import read_rows
from kitcn_repl.explore.finding import find
from kitcn_repl.explore.finding.find import compile_find
from kitcn_repl.explore.inline import run_inline
from kitcn_repl.explore.workspace import Workspace
from kitcn_repl.values import JsonObject


async def _all(demo: Workspace, table: str) -> list[JsonObject]:
    return (await read_rows(demo.deployment, PageRequest(table, order="asc"), 4096)).documents


async def _ids(demo: Workspace, table: str, **settings: Any) -> list[str]:
    found = await find(demo.deployment, await demo.knowledge(), table, {"limit": 4096, **settings})
    return [str(document["_id"]) for document in found.documents]


WHERES: dict[str, tuple[Any, Any]] = {
    "equal": ({"role": "admin"}, lambda d: d.get("role") == "admin"),
    "null stands for missing": ({"image": None}, lambda d: d.get("image") is None),
    "not null": ({"image": {"isNotNull": True}}, lambda d: d.get("image") is not None),
    "is null false": ({"image": {"isNull": False}}, lambda d: d.get("image") is not None),
    "in": ({"role": {"in": ["admin", "owner"]}}, lambda d: d.get("role") in ("admin", "owner")),
    "not in": ({"role": {"notIn": ["admin"]}}, lambda d: d.get("role") != "admin"),
    "in nothing": ({"role": {"in": []}}, lambda d: False),
    "range": ({"updatedAt": {"gte": 1.767e12, "lt": 1.7705e12}}, lambda d: 1.767e12 <= d["updatedAt"] < 1.7705e12),
    "between": ({"updatedAt": {"between": [1.767e12, 1.77e12]}}, lambda d: 1.767e12 <= d["updatedAt"] <= 1.77e12),
    "empty range": ({"updatedAt": {"between": [2, 1]}}, lambda d: False),
    "a date is its milliseconds": (
        {"updatedAt": {"gt": "2026-01-15"}},
        lambda d: d["updatedAt"] > datetime(2026, 1, 15, tzinfo=UTC).timestamp() * 1000,
    ),
    "a Python date": (
        {"updatedAt": {"gt": date(2026, 1, 15)}},
        lambda d: d["updatedAt"] > datetime(2026, 1, 15, tzinfo=UTC).timestamp() * 1000,
    ),
    "a text is no number": ({"name": {"gt": 5}}, lambda d: False),
    "like": ({"email": {"like": "%.a%@example.com"}}, lambda d: re.search(r"\.a.*@example\.com$", d["email"])),
    "ilike": ({"name": {"ilike": "ada%"}}, lambda d: d["name"].lower().startswith("ada")),
    "a pattern is no regular expression": ({"email": {"like": ".*"}}, lambda d: d["email"] == ".*"),
    "starts": ({"name": {"startsWith": "A"}}, lambda d: d["name"].startswith("A")),
    "contains": ({"name": {"contains": "a"}}, lambda d: "a" in d["name"]),
    "or, not": (
        {"OR": [{"role": "admin"}, {"NOT": {"emailVerified": True}}]},
        lambda d: d.get("role") == "admin" or d.get("emailVerified") is not True,
    ),
    "or in a field": (
        {"name": {"OR": [{"startsWith": "A"}, {"startsWith": "B"}]}},
        lambda d: d["name"][0] in "AB",
    ),
    "kitcn's createdAt": ({"createdAt": {"lt": 1.768e12}}, lambda d: d["_creationTime"] < 1.768e12),
    "hostile text": ({"name": "'); return 1; //`${x}"}, lambda d: False),
}


@pytest.mark.parametrize("name", WHERES)
async def test_conditions_mean_what_they_say(demo: Workspace, name: str) -> None:
    where, expected = WHERES[name]
    users = await _all(demo, "user")
    assert await _ids(demo, "user", where=where) == [user["_id"] for user in users if expected(user)]


async def test_indexes_are_used_where_they_answer(demo: Workspace) -> None:
    known = await demo.knowledge()
    users = await _all(demo, "user")
    email = users[17]["email"]
    found = await find(demo.deployment, known, "user", {"where": {"email": email}})
    assert [user["_id"] for user in found.documents] == [users[17]["_id"]]
    assert '.withIndex("email", (q) => q.eq("email", ' in found.script
    assert found.cost is not None
    assert found.cost.documents_read == 1

    projects = await _all(demo, "project")
    owner = projects[5]["ownerId"]
    wanted = sorted((p for p in projects if p["ownerId"] == owner), key=lambda p: p["updatedAt"], reverse=True)  # type: ignore[arg-type,return-value]
    settings = {"where": {"ownerId": owner}, "order_by": {"updatedAt": "desc"}, "limit": 2}
    newest = await find(demo.deployment, known, "project", settings)
    assert [p["_id"] for p in newest.documents] == [p["_id"] for p in wanted[:2]]
    assert newest.more is (len(wanted) > 2)
    assert newest.cost is not None
    assert newest.cost.documents_read <= 3


async def test_order_without_an_index_is_put_in_order(demo: Workspace) -> None:
    users = await _all(demo, "user")
    wanted = sorted(users, key=lambda user: str(user["name"]).encode())
    names = [user["name"] for user in wanted]
    known = await demo.knowledge()
    found = await find(demo.deployment, known, "user", {"order_by": {"name": "asc"}, "limit": 7})
    assert [user["name"] for user in found.documents] == names[:7]
    assert found.more
    mixed = {"orderBy": {"role": "desc", "createdAt": "asc"}, "limit": 4096}
    found = await find(demo.deployment, known, "user", mixed)
    expected = sorted(users, key=lambda user: user["_creationTime"])  # type: ignore[arg-type,return-value]
    expected.sort(key=lambda user: str(user.get("role", "")), reverse=True)
    assert [user["_id"] for user in found.documents] == [user["_id"] for user in expected]


async def test_relations_are_loaded_below_relations(demo: Workspace) -> None:
    users = {str(user["_id"]): user for user in await _all(demo, "user")}
    sessions, projects = await _all(demo, "session"), await _all(demo, "project")
    settings = {
        "with": {
            "sessions": {"limit": 2, "order_by": {"createdAt": "desc"}, "columns": ["_id"]},
            "projects": {"with": {"owner": {"columns": {"name": True}}}, "where": {"name": {"contains": "e"}}},
        },
        "limit": 20,
    }
    found = await find(demo.deployment, await demo.knowledge(), "user", settings)
    assert [str(user["_id"]) for user in found.documents] == list(users)[:20]
    for user in found.documents:
        own = [{"_id": s["_id"]} for s in reversed(sessions) if s["userId"] == user["_id"]]
        assert user["sessions"] == own[:2]
        owned = [p["_id"] for p in projects if p["ownerId"] == user["_id"] and "e" in str(p["name"])]
        loaded = user["projects"]
        assert isinstance(loaded, list)
        assert sorted(p["_id"] for p in loaded) == sorted(owned)  # type: ignore[index,call-overload,type-var]
        assert all(p["owner"] == {"name": user["name"]} for p in loaded)  # type: ignore[index,call-overload]
    assert any("user.sessions: some have more than 2" in note for note in found.notes)


async def test_relations_as_conditions(demo: Workspace) -> None:
    sessions = await _all(demo, "session")
    with_sessions = {session["userId"] for session in sessions}
    everybody = [str(user["_id"]) for user in await _all(demo, "user")]
    assert await _ids(demo, "user", where={"sessions": True}) == [one for one in everybody if one in with_sessions]
    assert await _ids(demo, "user", where={"sessions": False}) == [one for one in everybody if one not in with_sessions]
    agent = sessions[3]["userAgent"]
    using = {session["userId"] for session in sessions if session.get("userAgent") == agent}
    found = await _ids(demo, "user", where={"sessions": {"userAgent": agent}})
    assert found == [one for one in everybody if one in using]


async def test_relations_may_be_a_list_and_lead_to_one(demo: Workspace) -> None:
    known = await demo.knowledge()
    found = await find(demo.deployment, known, "session", {"with": ["user"], "limit": 3})
    assert all(session["user"]["_id"] == session["userId"] for session in found.documents)  # type: ignore[index,call-overload]


async def test_columns(demo: Workspace) -> None:
    known = await demo.knowledge()
    kept = await find(demo.deployment, known, "user", {"columns": {"id": True, "name": True}, "limit": 1})
    assert set(kept.documents[0]) == {"_id", "name"}
    dropped = await find(demo.deployment, known, "user", {"columns": {"email": False}, "limit": 1})
    assert "email" not in dropped.documents[0]
    assert "name" in dropped.documents[0]


async def test_the_script_is_an_inline_query_by_itself(demo: Workspace) -> None:
    settings = {"where": {"role": "admin"}, "with": {"projects": {"limit": 1}}}
    known = await demo.knowledge()
    script = await compile_find(demo.deployment, known, "user", settings)
    found = await find(demo.deployment, known, "user", settings)
    answer = await run_inline(demo.deployment, script.text)
    assert isinstance(answer.value, dict)
    assert answer.value["documents"] == list(found.documents)


MISTAKES: dict[str, tuple[str, dict[str, Any], str]] = {
    "table": ("usr", {}, 'There is no table "usr"; did you mean "user"?'),
    "field": (
        "user",
        {"where": {"emial": "x"}},
        'user.where: there is no field "emial" in "user"; did you mean "email"?',
    ),
    "operator": (
        "user",
        {"where": {"name": {"gtt": 1}}},
        'user.where.name: there is no operator "gtt"; did you mean "gt"?',
    ),
    "relation": (
        "user",
        {"with": {"session": True}},
        'there is no relation "session" in "user"; did you mean "sessions"?',
    ),
    "setting": ("user", {"wher": {}}, 'user: there is no setting "wher"; did you mean "where"?'),
    "limit": ("user", {"limit": 0}, "user.limit is a whole number from 1 to 4,096, not 0."),
    "direction": ("user", {"order_by": {"name": "up"}}, "user.order_by.name is 'asc' or 'desc', not 'up'."),
    "deep": (
        "user",
        {"with": {"projects": {"with": {"owner": {"where": {"x": 1}}}}}},
        'user.with.projects.with.owner.where: there is no field "x" in "user"',
    ),
    "value": ("user", {"where": {"name": object()}}, "user.where.name: object is not a Convex type."),
    "columns": ("user", {"columns": {"name": True, "email": False}}, "either names fields to keep"),
    "list": ("user", {"where": {"name": {"in": "Ada"}}}, "user.where.name.in takes a list of values."),
    "text": ("user", {"where": {"name": {"like": 5}}}, "user.where.name.like takes a text, not 5."),
}


@pytest.mark.parametrize("name", MISTAKES)
async def test_mistakes_are_named_with_their_place(demo: Workspace, name: str) -> None:
    table, settings, message = MISTAKES[name]
    with pytest.raises(UsageError) as failure:
        await find(demo.deployment, await demo.knowledge(), table, settings)
    assert message in failure.value.message

"""A result as a sequence, as text, and as MIME bundles."""

from __future__ import annotations

import json

import pytest

from kitcn_repl import connect_async
from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.results import Result
from kitcn_repl.values.codec import Int64
from tests.results.support import demo, result_of


def test_a_list_is_a_sequence_of_its_items() -> None:
    result = result_of([{"n": Int64(1)}, {"n": Int64(2), "s": "x"}, {"n": Int64(3)}])
    assert len(result) == 3
    assert result[0] == {"n": Int64(1)}
    assert type(result[0]["n"]) is Int64
    assert result[-1]["n"] == 3
    assert [document["n"] for document in result] == [1, 2, 3]
    assert result["s"] == [None, "x", None]
    assert isinstance(result[1:], Result)
    assert result[1:].value == [{"n": 2, "s": "x"}, {"n": 3}]
    with pytest.raises(KeyError):
        result["t"]
    with pytest.raises(IndexError):
        result[3]


@pytest.mark.parametrize(
    ("value", "items"),
    [
        (None, []),
        ([], []),
        (5.0, [5.0]),
        ("text", ["text"]),
        ({"a": 1.0}, [{"a": 1.0}]),
        ([1.0, None, "x"], [1.0, None, "x"]),
        ({"page": [{"a": 1.0}], "isDone": False, "continueCursor": "c"}, [{"a": 1.0}]),
        ({"page": "not one"}, [{"page": "not one"}]),
    ],
    ids=str,
)
def test_every_value_is_a_sequence(value: object, items: list[object]) -> None:
    result = result_of(value)
    assert list(result) == items
    assert len(result) == len(items)
    assert bool(result) is bool(items)
    assert result.value == value


def test_an_object_is_indexed_by_field() -> None:
    result = result_of({"count": Int64(3), "names": ["a"]})
    assert result["count"] == 3
    assert result["names"] == ["a"]


def test_knows_where_it_is_from_and_what_it_cost() -> None:
    with demo() as deployment:
        result = deployment.query('console.log("hello"); return await ctx.db.query("user").take(3)')
    assert result.deployment == "demo (connect)"
    assert result.cost is not None
    assert result.cost.documents_read == 3
    assert result.elapsed is not None
    assert result.log_lines == ("[LOG] 'hello'",)
    assert len(result.documents) == 3
    assert "demo (connect) · read 3 of 32,000 documents" in repr(result)


def test_text_is_an_aligned_table_that_says_what_it_leaves_out() -> None:
    result = result_of([{"name": f"n{n}", "size": float(n)} for n in range(1234)])
    lines = repr(result).splitlines()
    assert lines[0] == "name  size"
    assert lines[2] == "n0       0"
    assert lines[-1] == "(showing 50 of 1,234)"
    assert len(lines) == 53
    assert repr(result.show(2)).splitlines()[-1] == "(showing 2 of 1,234)"


def test_text_masks_credentials() -> None:
    result = result_of([{"_id": "x", "password": "hunter2"}])
    assert "hunter2" not in repr(result)
    assert "(1 credential masked)" in repr(result)
    assert "hunter2" in repr(result.show(show_secrets=True))


def test_text_of_hostile_and_huge_values_stays_small() -> None:
    result = result_of({"a": "x" * 2**20, "b": "\x1b[31m\u202e", "c": [1.0] * 100_000})
    text = repr(result)
    assert len(text) < 40_000
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "… (1 MiB)" in text
    wide = repr(result_of([{f"c{n}": float(n) for n in range(10_000)}]))
    assert len(wide) < 5_000
    assert "columns not shown" in wide


def test_mime_bundle() -> None:
    result = result_of([{"password": "hunter2", "n": Int64(5)}])
    assert set(result._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert set(result._repr_mimebundle_(exclude=["text/html"])) == {"text/plain"}
    bundle = result._repr_mimebundle_(include=["application/json"])
    assert set(bundle) == {"application/json"}
    assert "hunter2" not in json.dumps(bundle)
    assert bundle["application/json"][0]["n"] == {"$integer": "BQAAAAAAAAA="}
    large = result_of(["x" * 200_000])
    assert large._repr_mimebundle_(include=["application/json"]) == {}


def test_related_documents_are_a_result_again() -> None:
    with demo() as deployment:
        users = deployment.query('ctx.db.query("user").take(3)')
        assert users.relations()[:3] == ["projects", "sessions", "accounts"]
        assert "session.impersonatedBy" in users.relations()
        sessions = users.related("sessions")
        assert {session["userId"] for session in sessions} <= {user["_id"] for user in users}
        assert sessions.cost is not None
        again = sessions.related("user")
        assert sorted(again["_id"]) == sorted({session["userId"] for session in sessions})
        assert users.related("project").value == users.related("projects").value
        expected = deployment.query(
            "(await ctx.db.query('session').collect()).filter((s) => ids.includes(s.userId)).map((s) => s._id)",
            {"ids": users["_id"]},
        )
        assert sorted(sessions["_id"]) == sorted(expected)
        assert len(users.related("sessions", limit=1)) == 3
        assert any("limit=" in notice for notice in users.related("sessions", limit=1).notices)


def test_related_says_what_is_wrong() -> None:
    with demo() as deployment:
        users = deployment.query('ctx.db.query("user").take(2)')
        with pytest.raises(UsageError, match=r"Did you mean 'sessions'"):
            users.related("session s")
        with pytest.raises(UsageError, match="not all of these have the _id"):
            deployment.query("[{a: 1}]").related("sessions")
        with pytest.raises(UsageError, match="no documents to start from"):
            deployment.query("[]").related("sessions")
    with pytest.raises(KitcnError, match="does not know which deployment"):
        result_of([{"_id": "x"}]).related("sessions")
    with pytest.raises(KitcnError, match="closed"):
        users.related("sessions")


async def test_related_with_an_event_loop() -> None:
    async with connect_async("demo") as deployment:
        users = await deployment.query('ctx.db.query("user").take(2)')
        with pytest.raises(KitcnError, match="related_async"):
            users.related("sessions")
        assert len(await users.related_async("sessions")) > 0


def test_a_result_without_a_deployment_is_a_value_all_the_same() -> None:
    result = result_of([{"_id": "x", "_creationTime": 1772452800000.0}])
    assert result.deployment is None
    assert str(result.to_pandas()["_creationTime"][0]) == "2026-03-02 12:00:00+00:00"


def test_what_related_leaves_out_is_told_in_good_english() -> None:
    with demo() as deployment:
        users = deployment.query('ctx.db.query("user").collect()')
        sessions = users["_id"], deployment.query('ctx.db.query("session").collect()')["userId"]
        many = [place for place, one in enumerate(sessions[0]) if sessions[1].count(one) > 1]
        one = users[many[0] : many[0] + 1].related("sessions", limit=1)
        assert one.notices == ("1 document has more than 1 of these; limit= reads more",)
        all_of_them = users.related("sessions", limit=1)
        assert all_of_them.notices[0] == f"{len(many)} documents have more than 1 of these; limit= reads more"

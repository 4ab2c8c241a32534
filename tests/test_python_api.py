"""Tables, documents and relations from Python, on the demo."""

from __future__ import annotations

import copy
import pickle
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kitcn_repl import Connection, KitcnError, connect, connect_async
from kitcn_repl.errors import UsageError
from kitcn_repl.results.documents import Document, Id


@pytest.fixture(scope="module")
def demo() -> Iterator[Connection]:
    with connect("demo") as connection:
        yield connection


def test_a_table_is_asked_with_conditions_and_order(demo: Connection) -> None:
    users = demo.table("user")
    everybody = [*users.order("asc")]
    assert len(everybody) == users.count() == 60
    admins = users.where(role="admin").order("asc").take(10)
    assert [user["_id"] for user in admins] == [user["_id"] for user in everybody if user.get("role") == "admin"]
    both = users.where("updatedAt >= 2026-01-15", "role != admin").take(100)
    since = 1768435200000
    assert {user["_id"] for user in both} == {
        user["_id"] for user in everybody if user["updatedAt"] >= since and user.get("role") != "admin"
    }
    assert "updatedAt: 2026-01-15 is read as 1768435200000" in both.notices
    newest = users.first()
    assert newest is not None
    assert newest["_id"] == everybody[-1]["_id"]
    assert users.where(role="nobody").first() is None
    by_email = users.order("asc", index="email").take(60)
    assert [user["email"] for user in by_email] == sorted(user["email"] for user in everybody)
    assert users.where(email=everybody[3]["email"]).take(1).notices[-1] == "index email"


def test_parts_of_a_question_can_be_used_again(demo: Connection) -> None:
    users = demo.table("user")
    admins = users.where(role="admin")
    assert repr(admins) == '<table user where role eq "admin", desc>'
    assert repr(users) == "<table user, desc>"
    assert len(users.take(100)) > len(admins.take(100)) > 0


def test_what_is_cut_is_announced(demo: Connection) -> None:
    assert demo.table("user").take(3).notices == ("The first 3; there are more.",)
    assert demo.table("user").take(60).notices == ()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda demo: demo.table("usr").take(1), 'There is no table "usr"; did you mean "user"?'),
        (lambda demo: demo.table("usr").count(), 'There is no table "usr"; did you mean "user"?'),
        (lambda demo: demo.table("user").where("role").take(1), "is not 'FIELD OP VALUE'"),
        (lambda demo: demo.table("user").where(role={1, 2}), "Argument role: a set has no order; pass a list."),
        (lambda demo: demo.table("user").order("up"), "order is 'asc' or 'desc', not 'up'."),
        (lambda demo: demo.table("user").take("5"), "A number of documents is needed, not '5'."),
        (lambda demo: demo.table("user").take(-1), "A number of documents is needed, not -1."),
        (lambda demo: demo.table("user").where(role="admin").count(), "Only whole tables are counted"),
        (lambda demo: demo.table("user").first().follow("updatedAt"), "updatedAt holds no id."),
        (lambda demo: demo.table("user").first().follow("name"), "name holds no id."),
        (lambda demo: demo.table("user").first().related.take("sesions"), "Did you mean 'sessions'?"),
    ],
    ids=[
        "table",
        "count",
        "condition",
        "value",
        "order",
        "text",
        "negative",
        "part",
        "no id",
        "text no id",
        "relation",
    ],
)
def test_mistakes_are_one_line(demo: Connection, ask: Any, message: str) -> None:
    with pytest.raises(KitcnError) as failure:
        ask(demo)
    assert message in failure.value.message
    assert "\n" not in failure.value.message


def test_an_id_in_a_document_can_be_followed(demo: Connection) -> None:
    project = demo.table("project").first()
    assert project is not None
    owner = project["ownerId"]
    assert isinstance(owner, Id)
    user = owner.follow()
    assert user is not None
    assert user["_id"] == owner
    assert project.follow("ownerId") == user
    assert user.id == owner
    assert demo.get(user.id) == user
    assert project.follow("missing") is None
    deleted = demo.query("ctx.db.query('session').first()")[0]
    gone = Id(_another(str(deleted["_id"])), demo.origin())
    assert gone.follow() is None


def _another(document_id: str) -> str:
    """An id of the same table that nothing has."""
    from kitcn_repl.values.ids import decode_id, encode_id

    return encode_id(decode_id(document_id).table_number, bytes(16))


def test_relations_are_walked_in_both_directions(demo: Connection) -> None:
    session = demo.table("session").first()
    assert session is not None
    user = session.related["user"][0]
    assert isinstance(user, Document)
    assert user["_id"] == session["userId"]
    assert "sessions" in list(user.related)
    sessions = user.related.sessions
    assert session["_id"] in [other["_id"] for other in sessions]
    assert all(other["userId"] == user["_id"] for other in sessions)
    assert {"sessions", "projects"} <= set(user.related._ipython_key_completions_())
    assert "sessions" in dir(user.related)
    assert "sessions" in repr(user.related)
    with pytest.raises(KeyError):
        user.related["nothing"]
    with pytest.raises(AttributeError, match="nothing"):
        _ = user.related.nothing
    assert len(user.related.take("sessions", limit=1)) == min(1, len(sessions))


def test_documents_in_results_are_the_same_kind(demo: Connection) -> None:
    first = demo.query("ctx.db.query('project').first()")[0]
    assert isinstance(first, Document)
    assert first.related["owner"][0]["_id"] == first["ownerId"]
    assert demo.documents("user", limit=2)[0].related


def test_find_loads_relations_in_one_query(demo: Connection) -> None:
    found = demo.find(
        "user", where={"role": "admin"}, with_={"sessions": {"limit": 1}, "projects": True}, order_by="email", limit=2
    )
    assert [user["email"] for user in found] == sorted(user["email"] for user in found)
    assert all(isinstance(session, Document) for user in found for session in user["sessions"])
    assert all(project["ownerId"] == user["_id"] for user in found for project in user["projects"])
    assert found.more
    assert found.cost is not None
    by_hand = demo.query(found.script).value
    assert isinstance(by_hand, dict)
    assert by_hand["documents"] == found.value
    assert demo.find_script("user", where={"role": "admin"}).startswith("const SCAN")
    with pytest.raises(UsageError, match='there is no relation "sesions" in "user"; did you mean "sessions"'):
        demo.find("user", with_=["sesions"])


def test_credentials_are_masked_where_people_look(demo: Connection) -> None:
    session = demo.table("session").first()
    assert session is not None
    token = str(session["token"])
    user = demo.find("user", where={"_id": session["userId"]}, with_=["sessions"])[0]
    for shown in (repr(session), session._repr_html_(), repr(user), user._repr_html_()):
        assert token not in shown
    assert "••••••••" in repr(session)


def test_documents_are_kept_as_plain_values(demo: Connection) -> None:
    user = demo.table("user").first()
    assert user is not None
    kept = pickle.loads(pickle.dumps(user))
    assert type(kept) is dict
    assert kept == user
    assert type(kept["_id"]) is str


async def test_with_an_event_loop_results_are_awaited() -> None:
    async with connect_async("demo") as demo:
        found = await demo.find("user", with_=["sessions"], limit=3)
        assert all(isinstance(user["sessions"], list) for user in found)
        assert len(await found.related_async("projects")) > 0
        user = await demo.get(str(found[0]["_id"]))
        assert user is not None
        assert user["_id"] == found[0]["_id"]
        with pytest.raises(KitcnError, match="event loop"):
            found.related("projects")


def test_an_id_in_a_document_is_a_condition(demo: Connection) -> None:
    session = demo.table("session").first()
    assert session is not None
    found = demo.table("session").where(userId=session["userId"]).take(100)
    assert session["_id"] in found["_id"]
    assert set(found["userId"]) == {session["userId"]}


def test_values_of_other_libraries_are_conditions(demo: Connection) -> None:
    import numpy as np
    import pandas as pd

    sessions = demo.table("session").take(5)
    frame = sessions.to_pandas()
    owners = demo.find("user", where={"_id": {"in": frame["userId"]}})
    assert {user["_id"] for user in owners} == set(frame["userId"])
    newest = sessions[0]["expiresAt"]
    moment = pd.Timestamp(newest, unit="ms", tz="UTC")
    for value in (moment, np.float64(newest)):
        assert sessions[0]["_id"] in demo.table("session").where(expiresAt=value).take(5)["_id"]
    assert len(demo.find("session", where={"expiresAt": moment.to_pydatetime()})) > 0
    with pytest.raises(UsageError, match="has no Convex type"):
        demo.find("session", where={"expiresAt": pd.Timedelta("1s")})


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda demo: demo.get(None), "An id is a text, not NoneType."),
        (lambda demo: demo.query(5), "A query is a text, not int."),
        (lambda demo: demo.query("1", [1]), "Arguments are values by name, such as {'limit': 5}, not list."),
        (lambda demo: demo.table("user").where(5), "A condition is a text such as 'age >= 18', not int."),
        (lambda demo: demo.table("user").take(1).related("sessions", limit=0), "limit is a whole number of at least 1"),
        (lambda demo: demo.table("user").take(1).show("x"), "limit is a whole number of at least 1, not 'x'."),
        (lambda demo: demo.table("user").take(1).to_pandas(times="updated"), "times names 'updated', and there is no"),
    ],
    ids=["id", "query", "arguments", "condition", "limit", "show", "times"],
)
def test_what_is_no_question_at_all(demo: Connection, ask: Any, message: str) -> None:
    with pytest.raises(UsageError) as failure:
        ask(demo)
    assert message in failure.value.message


def test_results_can_be_kept_and_copied(demo: Connection) -> None:
    result = demo.find("user", limit=2)
    _ = result.rows, result.value
    kept = pickle.loads(pickle.dumps(result))
    for one in (kept, copy.deepcopy(result)):
        assert one.value == result.value
        assert one.script == result.script
        assert one.origin is None
    assert len(copy.copy(result).related("sessions")) > 0


def test_a_query_that_is_under_way_when_the_connection_is_closed_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool:
        deployment = connect(url=f"http://127.0.0.1:{server.getsockname()[1]}", admin_key="test|key")
        asked = pool.submit(deployment.query, "5")
        connection, _ = server.accept()
        with connection:
            connection.recv(1)
            deployment.close()
            with pytest.raises(KitcnError, match="closed"):
                asked.result(60)


def test_a_forked_process_hears_that_it_has_no_connection() -> None:
    """And it ends."""
    program = """
import os, sys
from kitcn_repl import KitcnError, connect
demo = connect("demo")
demo.query("1")
child = os.fork()
if child == 0:
    try:
        demo.query("2")
    except KitcnError as error:
        print(error.message, error.hint, flush=True)
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
print(demo.query("3")[0])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "A connection does not work in a forked process. Connect again there.\n3.0\n"


def test_no_frame_of_ours_holds_a_key_that_was_given() -> None:
    """Tracebacks may show local variables."""
    with pytest.raises(KitcnError) as failure:
        connect("nothing", admin_key="prod:happy-otter-123|0123456789abcdef")
    frames = [frame for frame, _ in traceback.walk_tb(failure.value.__traceback__)][1:]
    assert frames
    assert "0123456789abcdef" not in "".join(repr(frame.f_locals) for frame in frames)


async def test_a_table_is_read_with_an_event_loop_too() -> None:
    async with connect_async("demo") as demo:
        admins = await demo.table("user").where(role="admin").take_async(3)
        assert {user["role"] for user in admins} == {"admin"}

"""The Python front door, on the real demo."""

from __future__ import annotations

import pytest

from kitcn_repl import KitcnError, connect, connect_async
from kitcn_repl.deployment.errors import ReadonlyError
from kitcn_repl.explore.functions import UnknownFunctionError
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.values.codec import Int64
from tests.support.served import served


def test_asks_a_question_without_an_event_loop() -> None:
    with connect("demo") as deployment:
        answer = deployment.query("(await ctx.db.query('user').collect()).length")
        assert answer.value == 60
        assert answer.cost is not None
        assert answer.cost.documents_read == 60


def test_values_are_pythons_own() -> None:
    with connect("demo") as deployment:
        answer = deployment.query("[1n, 1, 'x', null, true, new ArrayBuffer(2), {a: [0.5]}]")
    assert answer.value == [Int64(1), 1.0, "x", None, True, b"\0\0", {"a": [0.5]}]
    assert isinstance(answer.value, list)
    assert type(answer.value[0]) is Int64


def test_arguments_arrive_as_constants() -> None:
    with connect("demo") as deployment:
        answer = deployment.query(
            "ctx.db.query('user').filter(q => q.eq(q.field('role'), role)).take(limit)",
            {"role": "admin", "limit": 2},
        )
    assert isinstance(answer.value, list)
    assert len(answer.value) == 2


def test_reads_tables_documents_and_functions() -> None:
    with connect("demo") as deployment:
        assert {table.name for table in deployment.tables()} >= {"user", "project"}
        newest = deployment.documents("user", limit=1)[0]
        assert deployment.get(str(newest["_id"])) == newest
        assert deployment.call("users:byEmail", {"email": newest["email"]}) == newest
        with pytest.raises(ReadonlyError, match="mutation"):
            deployment.call("projects:rename", {"id": "x", "name": "y"})
        with pytest.raises(UnknownFunctionError, match="users:list"):
            deployment.call("users:lists")


def test_failures_are_one_kind_of_error() -> None:
    with connect("demo") as deployment, pytest.raises(KitcnError, match="boom"):
        deployment.query("throw new Error('boom')")
    with pytest.raises(KitcnError, match="needs --admin-key"):
        connect("http://127.0.0.1:1")


def test_can_be_closed_twice() -> None:
    deployment = connect("demo")
    deployment.close()
    deployment.close()


async def test_asks_a_live_deployment_with_an_event_loop() -> None:
    with served(Offline(demo_dataset())) as server:
        async with connect_async(server.url, admin_key=server.admin_key) as deployment:
            assert (await deployment.query("1 + 1")).value == 2
            assert (await deployment.info()).name == "demo"

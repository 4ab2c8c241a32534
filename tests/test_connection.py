"""The Python front door, on the real demo."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from kitcn_repl import KitcnError, connect, connect_async
from kitcn_repl.deployment.errors import ReadonlyError
from kitcn_repl.errors import UsageError
from kitcn_repl.explore.functions import UnknownFunctionError
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.values.codec import Int64, Value
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


def test_a_closed_connection_says_so() -> None:
    with connect("demo") as deployment:
        pass
    with pytest.raises(KitcnError, match="The connection to demo is closed"):
        deployment.query("1")


def test_a_forgotten_connection_ends_with_the_program() -> None:
    program = "from kitcn_repl import connect\nkept = connect('demo')\nprint(kept.query('2').value, connect('demo'))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", program], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "2.0 <Connection demo (connect)>\n")
    assert "Warning" not in done.stderr
    assert "Exception" not in done.stderr


async def test_works_within_a_running_event_loop() -> None:
    with connect("demo") as deployment:
        assert deployment.query("1 + 1").value == 2


def test_ctrl_c_gives_up_the_question_and_not_the_connection() -> None:
    async def interrupted() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()

    with connect("demo") as deployment:
        with pytest.raises(KeyboardInterrupt):
            deployment._run(interrupted)
        assert deployment.query("1").value == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"x": {"y": [object()]}}, r"Argument x: object is not a Convex type \(at y\[0\]\)"),
        ({"x": 2**70}, "Argument x: 1180591620717411303424 is beyond"),
        ({1: 2}, "Argument names must be strings, not int"),
        ({"a b": 1}, '"a b" is not a JavaScript identifier'),
    ],
)
def test_arguments_that_cannot_be(args: dict[str, Value], message: str) -> None:
    with connect("demo") as deployment, pytest.raises(UsageError, match=message):
        deployment.query("1", args)

"""`connect()` under every fault: a `KitcnError` of one line without the key, and the connection works when the server
is well again."""

from __future__ import annotations

import asyncio

import pytest

from kitcn_repl import KitcnError, connect, connect_async
from kitcn_repl.deployment.errors import UnreachableError
from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.deployment.transport import Timeouts
from tests.faults.table import BRIEF, ENDLESS, KEY, SECRETS
from tests.support.faults import FaultyServer, in_thread, succeed

SAMPLE = ["reset in the body", "bytes without sense", "no gzip", "a proxy's page", "429 for an hour", "an echo"]


def check(error: KitcnError) -> None:
    assert error.message
    assert "\n" not in error.message
    assert [secret for secret in SECRETS if secret in f"{error} {error!r} {error.hint}"] == []
    assert error.__cause__ is None


async def test_async() -> None:
    async def under(fault: str) -> None:
        async with FaultyServer() as server, connect_async(url=server.url, admin_key=KEY) as deployment:
            server.on("*", BRIEF[fault])
            for ask in (lambda: deployment.query("1"), deployment.tables, lambda: deployment.call("a:b")):
                with pytest.raises(KitcnError) as caught:
                    await ask()
                check(caught.value)
            server.on("*", succeed(7))
            assert (await deployment.query("1")).value == 7

    await asyncio.gather(*map(under, BRIEF))


@pytest.mark.parametrize("fault", SAMPLE)
def test_sync(fault: str) -> None:
    with in_thread(FaultyServer()) as server, connect(url=server.url, admin_key=KEY) as deployment:
        server.on("*", BRIEF[fault])
        with pytest.raises(KitcnError) as caught:
            deployment.query("1")
        check(caught.value)
        server.on("*", succeed(7))
        assert deployment.query("1").value == 7


@pytest.mark.parametrize("fault", ENDLESS)
async def test_who_cancels_leaves_nothing_behind(fault: str) -> None:
    async with FaultyServer() as server, connect_async(url=server.url, admin_key=KEY) as deployment:
        server.on("*", ENDLESS[fault])
        asking = asyncio.create_task(deployment.query("1"))
        await server.until(lambda: len(server.requests) == 1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await server.until(lambda: server.open_connections == 0)
        server.on("*", succeed(7))
        assert (await deployment.query("1")).value == 7


@pytest.mark.parametrize("fault", ENDLESS)
async def test_nobody_is_waited_for_without_end(fault: str) -> None:
    """A byte now and then is no sign of life: the whole answer has its time."""
    patience = Timeouts(connect=1.0, read=0.3, write=0.3, total=0.5)
    async with FaultyServer() as server:
        server.on("*", ENDLESS[fault])
        remote = Remote(server.url, KEY, timeouts=patience)
        with pytest.raises(UnreachableError, match="did not answer in time") as caught:
            await remote.run_module(QueryModule("export default 1"))
        check(caught.value)
        await server.until(lambda: server.open_connections == 0)
        await remote.aclose()

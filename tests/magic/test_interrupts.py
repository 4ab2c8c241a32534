"""Interrupting cells, and `--watch`, in a real kernel."""

from __future__ import annotations

import asyncio
from threading import Thread

import pytest

from kitcn_repl.deployment.remote import Remote
from kitcn_repl.offline.demo import demo_dataset
from tests.magic.kernels import Kernel, Ran
from tests.support.faults import FaultyServer, hang, succeed
from tests.support.served import Served, served


def change(server: Served, weather: str) -> None:
    """From another thread: the caller's has a loop."""

    async def work() -> None:
        remote = Remote(server.url, server.admin_key)
        await remote.change_environment_variables({"WEATHER": weather})
        await remote.aclose()

    thread = Thread(target=lambda: asyncio.run(work()))
    thread.start()
    thread.join()


def test_watch_updates_one_display_until_interrupted(kernel: Kernel) -> None:
    weathers = ["rain", "snow"]
    asked = 0

    def step(ran: Ran) -> bool:
        """Changes what is watched whenever the last change is shown."""
        nonlocal asked
        if len(ran.shown) + len(ran.updated) <= asked:
            return False
        asked += 1
        if asked > len(weathers):
            return True
        change(server, weathers[asked - 1])
        return False

    kernel.run("%config KitcnMagics.watch_interval = 0.1")
    with served(demo_dataset()) as server:
        flags = f"--url {server.url} --admin-key {server.admin_key}"
        ran = kernel.run(f"%%kitcn --watch -o seen {flags}\nprocess.env.WEATHER ?? 'fair'", interrupt=step)
    assert ran.status == "ok", ran
    assert ran.text == "Asking every 0.1 s; interrupt to stop.\nStopped after 2 changes.\n"
    shown = [bundle["text/plain"].splitlines()[0] for bundle in (*ran.shown, *ran.updated)]
    assert shown == ['"fair"', '"rain"', '"snow"']
    assert len(ran.shown) == 1
    assert kernel.value("seen.value") == "snow"


def test_watching_a_query_that_fails_is_an_error(kernel: Kernel) -> None:
    ran = kernel.run("%%kitcn --demo --watch\nthrow new Error('no')")
    assert ran.told.startswith("InlineQueryError: no")


@pytest.mark.parametrize("code", ["%%kitcn {}\n1", "%kitcn data user {}"], ids=["cell", "command"])
async def test_an_interrupt_ends_the_query_itself(kernel: Kernel, code: str) -> None:
    """The server sees the connection go, and the kernel lives on."""
    async with FaultyServer() as server:
        server.on("*", hang)

        def run() -> Ran:
            flags = f"--url {server.url} --admin-key test|key"
            return kernel.run(code.format(flags))

        running = asyncio.create_task(asyncio.to_thread(run))
        await server.until(lambda: len(server.requests) > 0)
        await asyncio.to_thread(kernel.interrupt)
        ran = await running
        await server.until(lambda: server.open_connections == 0)
        server.on("*", succeed(5))
    assert ran.status == "error"
    assert ran.told == "Interrupted."
    assert (await asyncio.to_thread(kernel.run, "%%kitcn --demo\n6")).plain.startswith("6\n")


def test_logs_are_followed_until_interrupted(kernel: Kernel) -> None:
    with served(demo_dataset()) as server:
        flags = f"--url {server.url} --admin-key {server.admin_key}"
        ran = kernel.run(f"%kitcn logs --history 3 {flags}", interrupt=lambda ran: "[LOG]" in ran.text)
    assert ran.status == "ok", ran

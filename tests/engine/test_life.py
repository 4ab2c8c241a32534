"""Processes: one for each query, started ahead, killed on cancellation, never trusted, never left behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kitcn_repl.deployment.errors import QueryFailedError, RequestRejectedError
from kitcn_repl.errors import KitcnError
from kitcn_repl.offline.catalog import Catalog
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.engine import Engine, Limits, deno
from kitcn_repl.offline.engine.answers import Answers
from kitcn_repl.offline.engine.conversation import Conversation, Job
from kitcn_repl.offline.engine.functions import Functions
from kitcn_repl.offline.engine.process import QueryProcess
from kitcn_repl.offline.store import Store
from kitcn_repl.offline.store.sqlite import memory_store
from tests.engine.world import NOTES, World, module, note, note_id


def children() -> set[int]:
    task = Path(f"/proc/{os.getpid()}/task")
    if not task.is_dir():
        pytest.skip("this system has no /proc to look for child processes")
    while True:
        # A thread may end while it is looked at; its children are then another's.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            return {int(pid) for thread in task.iterdir() for pid in (thread / "children").read_text().split()}


async def until(condition: Callable[[], bool]) -> None:
    """Processes tell nobody when they come and go, so that there is nothing to wait for but to look."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_nothing_is_left_behind(world: World) -> None:
    before = children()
    await world.ask("return 1")
    await world.failure("throw 1")
    await world.failure("const a = []; for (;;) a.push(new Array(1e6).fill(a.length))")
    assert children() == before


async def test_cancelling_kills_the_query(dataset: Dataset, deno_cache: Path) -> None:
    world = World(Engine(dataset, Limits(user_seconds=600), cache_dir=deno_cache))
    before = children()
    running = asyncio.create_task(world.ask("for (;;);"))
    await until(lambda: children() != before)
    running.cancel()
    async with asyncio.timeout(60):  # it would compute for ten times as long
        with pytest.raises(asyncio.CancelledError):
            await running
    assert children() == before
    assert await world.ask("return 1") == 1


async def test_cancelling_twice_leaves_nothing_either(dataset: Dataset, deno_cache: Path) -> None:
    world = World(Engine(dataset, Limits(user_seconds=600), cache_dir=deno_cache))
    before = children()
    running = asyncio.create_task(world.ask("for (;;);"))
    await until(lambda: children() != before)
    for _ in range(2):
        running.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await running
    await world.engine.aclose()
    assert children() == before


async def test_closing_ends_the_queries_that_run(dataset: Dataset, deno_cache: Path) -> None:
    world = World(Engine(dataset, Limits(user_seconds=600), cache_dir=deno_cache))
    before = children()
    running = asyncio.create_task(world.complaint("for (;;) await ctx.db.query('notes').collect()"))
    await until(lambda: children() != before)
    await world.engine.aclose()
    assert children() == before
    assert await running == "The deployment was closed while the function ran"


async def test_a_spare_process_waits_for_the_next_query(world: World) -> None:
    before = children()
    world.engine.prewarm()
    world.engine.prewarm()
    await until(lambda: len(children() - before) == 1)
    (spare,) = children() - before
    assert await world.ask("globalThis.left = 1; return typeof left") == "number"
    assert await world.ask("return typeof left") == "undefined"
    await until(lambda: len(children() - before) == 1)
    assert spare not in children()
    await world.engine.aclose()
    assert children() == before


async def test_a_spare_that_died_is_replaced(world: World) -> None:
    before = children()
    world.engine.prewarm()
    await until(lambda: children() != before)
    for pid in children() - before:
        os.kill(pid, signal.SIGKILL)
    assert await world.ask("return 5") == 5


async def test_queries_at_the_same_time(world: World) -> None:
    body = "return (await ctx.db.query('notes').withIndex('by_tag').collect()).length + {}"
    values = await asyncio.gather(*(world.ask(body.replace("{}", str(i))) for i in range(8)))
    assert values == [10 + i for i in range(8)]


def test_a_query_ends_with_its_python(deno_cache: Path) -> None:
    # A process whose parent was killed reads the end of its stdin.
    script = (
        "import asyncio, os, sys\n"
        "from pathlib import Path\n"
        "from kitcn_repl.offline.engine.limits import Limits\n"
        "from kitcn_repl.offline.engine.process import QueryProcess\n"
        f"process = QueryProcess(Limits(), Path({str(deno_cache)!r}))\n"
        "process.boot(); print(process.pid, flush=True); sys.stdin.read()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    assert parent.stdout is not None and parent.stdin is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    parent.stdin.close()

    def is_gone() -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except FileNotFoundError:
            return True

    if sys.platform == "linux":
        asyncio.run(until(is_gone))


@pytest.mark.skipif(sys.platform != "linux", reason="resource limits are set from outside on Linux only")
async def test_a_process_has_hard_limits(deno_cache: Path) -> None:
    import resource

    process = QueryProcess(Limits(), deno_cache)
    try:
        process.boot()
        assert process.receive()[0] == "R"
        process.start_counting()
        assert resource.prlimit(process.pid, resource.RLIMIT_CORE) == (0, 0)
        assert resource.prlimit(process.pid, resource.RLIMIT_CPU)[1] == 11
        assert resource.prlimit(process.pid, resource.RLIMIT_DATA)[1] < 1 << 30
    finally:
        process.close()


def test_what_deno_is_given(deno_cache: Path) -> None:
    command = deno.command(64)
    assert "--no-prompt" in command and "--cached-only" in command
    assert not [argument for argument in command if argument.startswith(("--allow", "-A", "--unstable"))]
    assert set(deno.environment(deno_cache)) == {"DENO_DIR", "DENO_NO_UPDATE_CHECK", "NO_COLOR", "TZ", "HOME"}


def frame(text: bytes) -> bytes:
    return struct.pack(">I", len(text)) + text


def done(**facts: object) -> bytes:
    return frame(b"D" + json.dumps({"status": "done", "path": "p", "size": 1, "problem": None, **facts}).encode())


STAY = "sys.stdin.buffer.read()"


def converse(
    dataset: Dataset, folder: Path, output: bytes, *, then: str = STAY, limits: Limits | None = None
) -> object:
    """What the host makes of a process that writes `output` whatever it is told."""
    told = folder / "output"
    told.write_bytes(output)
    script = (
        f"import os, sys, time\nsys.stdout.buffer.write(open({str(told)!r}, 'rb').read())\nsys.stdout.flush()\n{then}"
    )
    process = QueryProcess(limits or Limits(), folder, [sys.executable, "-S", "-c", script])
    process._is_booted = True
    functions = Functions(dataset)
    answers = Answers(dataset, Catalog(dataset), functions, frozenset({""}))
    try:
        return Conversation(process, Job({"path": "testQuery.js"}), answers, limits or Limits()).run().value
    finally:
        process.close()


READY = frame(b"R")
GET = json.dumps([{"op": "get", "component": "widgets", "table": None, "id": note_id(1), "system": False}]).encode()


def test_a_process_that_keeps_to_the_protocol(dataset: Dataset, tmp_path: Path) -> None:
    assert converse(dataset, tmp_path, READY + frame(b"V1") + frame(b"V2") + done(), then=STAY) == 12


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (b"", "ended unexpectedly (status 0)"),
        (b"garbage that is no frame at all", "malformed frame"),
        (frame(b"X"), "did not start"),
        (READY, "ended unexpectedly (status 0)"),
        (READY + b"\xff\xff\xff\xff", "malformed frame"),
        (READY + b"\x00\x00\x00\x00", "malformed frame"),
        (READY + frame(b"?"), "malformed message"),
        (READY + frame(b"D{"), "malformed message"),
        (READY + frame(b"D[]"), "malformed message"),
        (READY + frame(b'D{"status": "won"}'), "malformed message"),
        (READY + frame(b"D" + b"[" * 100_000), "malformed message"),
        (READY + done(), "malformed message"),
        (READY + frame(b"V{") + done(), "malformed message"),
        (READY + frame(b"Q{}"), "malformed message"),
        (READY + frame(b"Q[5]"), "malformed message"),
        (READY + frame(b'Q[{"op": 5}]'), "malformed message"),
        (READY + frame(b'Q[{"op": "next", "stream": 0}]'), "malformed message"),
        (READY + frame(b'Q[{"op": "next", "stream": true}]'), "malformed message"),
        (READY + frame(b'Q[{"op": "cursors", "stream": -1}]'), "malformed message"),
        (READY + frame(b'Q[{"op": "open", "component": ""}]'), "malformed message"),
        (READY + frame(b"VNaN") + done(), "malformed message"),
        (READY + frame(b'V{"$integer": 5}') + done(), "malformed message"),
        (READY + frame(b'V{"a": {"\\u0024bytes": "!"}}') + done(), "malformed message"),
        (READY + frame(b"V" + b"[" * 65 + b"]" * 65) + done(), "malformed message"),
        (READY + frame(b'D{"status": "failed", "text": "x", "data": {"$float": []}}'), "malformed message"),
        (READY + frame(b"Q" + GET), "malformed message"),  # another component
        (READY + frame(b"V" + b"1" * 4_000_000) * 40 + done(), "return value is too large"),
        (READY + frame(b"V1") + done(size=1 << 40), "return value is too large (actual: 1024 GiB, limit: 16 MiB)"),
    ],
)
def test_forged_output(dataset: Dataset, tmp_path: Path, output: bytes, text: str) -> None:
    then = "" if "ended" in text else STAY
    with pytest.raises((QueryFailedError, RequestRejectedError)) as failed:
        converse(dataset, tmp_path, output, then=then)
    assert text in failed.value.message
    assert len(failed.value.message) < 500


def test_logs_are_bounded_even_when_forged(dataset: Dataset, tmp_path: Path) -> None:
    output = READY + frame(b"L" + b"x" * 1_000_000) * 3 + frame(b"Ly") * 1000
    with pytest.raises(QueryFailedError) as failed:
        converse(dataset, tmp_path, output, then="")
    assert len(failed.value.log_lines) <= 260
    assert max(map(len, failed.value.log_lines)) < 33_000


def test_a_process_that_neither_reads_nor_writes(dataset: Dataset, tmp_path: Path) -> None:
    limits = Limits(user_seconds=0.05, wall_factor=4)
    with pytest.raises(QueryFailedError, match="timed out"):
        converse(dataset, tmp_path, READY, then="time.sleep(60)", limits=limits)


def test_a_process_that_asks_without_end(dataset: Dataset, tmp_path: Path) -> None:
    asking = f"while True: os.write(1, {frame(b'Q[]')!r})"
    with pytest.raises(QueryFailedError, match="timed out"):
        converse(dataset, tmp_path, READY, then=asking, limits=Limits(user_seconds=0.2, wall_factor=4))


def test_system_time_is_limited(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(RequestRejectedError) as rejected:
        converse(dataset, tmp_path, READY + frame(b"Q[]"), then=STAY, limits=Limits(system_seconds=0))
    assert rejected.value.code == "SystemTimeoutError"


async def test_an_index_that_is_built_first_takes_no_time_from_the_query(dataset: Dataset) -> None:
    notes = [note(number, tag=f"{number % 7}") for number in range(1, 40_001)]

    def store() -> Store:
        return memory_store({"notes": notes}, numbers={"notes": NOTES})

    measured = store()
    started = time.monotonic()
    measured.prepare(measured.tables("")["notes"], ("tag", "_creationTime"))
    limits = Limits(system_seconds=(time.monotonic() - started) / 2)
    measured.close()

    engine = Engine(replace(dataset, store=store()), limits)
    query = module('return await ctx.db.query("notes").withIndex("by_tag", (q) => q.eq("tag", "3")).first()')
    found = await engine.run(query)
    await engine.aclose()
    assert isinstance(found.value, dict)
    assert found.value["tag"] == "3"


@pytest.mark.parametrize(
    ("path", "reason"), [("/nowhere/deno", "No such file or directory"), ("/dev/null", "Permission denied")]
)
async def test_a_deno_that_does_not_start(
    world: World, monkeypatch: pytest.MonkeyPatch, path: str, reason: str
) -> None:
    monkeypatch.setattr(deno, "find_deno", lambda: path)
    with pytest.raises(KitcnError, match=f"Cannot start Deno .{path}.: {reason}") as failed:
        await world.engine.run(module("return 1"))
    assert not isinstance(failed.value, QueryFailedError)


async def test_a_value_is_not_lost_with_the_next_spare(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.engine.prewarm()
    monkeypatch.setattr(deno, "find_deno", lambda: "/nowhere/deno")
    assert await world.ask("return 5") == 5


async def test_a_cache_that_cannot_be_written(dataset: Dataset, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert await World(Engine(dataset, cache_dir=blocked / "deno")).ask("return 1") == 1


async def test_without_deno_the_way_to_get_it_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "deno", None)  # what `import` finds where the package is not installed
    deno.find_deno.cache_clear()
    try:
        with pytest.raises(deno.OfflineSupportMissingError, match=r"pip install 'kitcn-repl\[offline\]'"):
            await world.engine.run(module("return 1"))
    finally:
        deno.find_deno.cache_clear()


def test_what_deno_says_about_its_end_is_told(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(QueryFailedError, match=r"ended unexpectedly \(status 3: error: \[31mnot good\)"):
        converse(dataset, tmp_path, READY, then="sys.stderr.write('\\nerror: \\x1b[31mnot good\\nmore'); sys.exit(3)")


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGTRAP])
def test_a_dump_of_v8_is_not(dataset: Dataset, tmp_path: Path, number: int) -> None:
    dump = "# Fatal error in, line 0: addresses"
    with pytest.raises(QueryFailedError) as failed:
        converse(
            dataset,
            tmp_path,
            READY,
            then=f"sys.stderr.write({dump!r}); sys.stderr.flush(); os.kill(os.getpid(), {number})",
        )
    assert f"ended unexpectedly (status -{number})" in failed.value.message

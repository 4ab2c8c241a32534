"""Commands that need Convex's control plane, when it is the one with the fault: one clear line, and nothing changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cli.console import Console
from tests.cli.workplace import At, at_work
from tests.faults.table import BRIEF, check_safe, check_told
from tests.support.control_plane import ACCESS_TOKEN
from tests.support.faults import FaultyServer, cut_in_half, every, forward, hang, in_thread

COMMANDS = [
    ["deployment", "list"],
    ["deployment", "select", "prod"],
    ["deployment", "create", "dev/mine", "--type", "dev"],
    ["env", "default", "list", "--type", "dev"],
    ["env", "default", "set", "A", "1", "--type", "dev"],
    ["env", "list"],
    ["insights"],
    ["data", "user"],
    ["run", "--inline-query", "1"],
]
MOST_REQUESTS = 12


@pytest.fixture
def at(tmp_path: Path) -> Iterator[At]:
    with at_work(tmp_path) as at:
        yield at


def variables(at: At, plane: FaultyServer) -> dict[str, str]:
    """Those of somebody who is logged in there."""
    found = at.place.variables(CONVEX_PROVISION_HOST=plane.url)
    folder = at.place.home / f".convex-test-{plane.port}"
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(f'{{"accessToken": "{ACCESS_TOKEN}"}}')
    return found


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
async def test_one_clear_line(at: At, command: list[str]) -> None:
    files = at.files()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(len(BRIEF)))

    async def under(fault: str) -> None:
        async with FaultyServer() as plane:
            plane.on("*", BRIEF[fault])
            console = Console(cwd=at.folder, variables=variables(at, plane))
            outcome = await asyncio.to_thread(console, *command, "-q")
            assert 0 < len(plane.requests) <= MOST_REQUESTS, (fault, len(plane.requests))
        assert outcome.out == "", fault
        assert outcome.code in (1, 3, 4), (fault, outcome.err)
        check_told(outcome.err)
        assert ACCESS_TOKEN not in outcome.err, fault

    await asyncio.gather(*map(under, BRIEF))
    assert at.files() == files


@pytest.mark.parametrize("fault", ["cut off", "500", "a guest network's page", "an echo", "bytes without sense"])
def test_a_login_that_fails_keeps_the_old_one(at: At, fault: str) -> None:
    with in_thread(FaultyServer()) as plane:
        plane.on("*", BRIEF[fault])
        known = variables(at, plane)
        config = at.place.home / f".convex-test-{plane.port}" / "config.json"
        before = config.read_bytes()
        console = Console(cwd=at.folder, variables=known, tty=True, stdin_tty=True)
        outcome = console("login", "--force", "--no-open", "--override-auth-url", f"{plane.url}/oidc")
    assert outcome.code in (1, 4), outcome.err
    check_safe(outcome.err)
    assert outcome.lines[-1].startswith("Error: "), outcome.err
    assert config.read_bytes() == before
    assert [path.name for path in config.parent.iterdir()] == ["config.json"]


async def test_every_fifth_answer_cut_off(at: At) -> None:
    """A real control plane on a bad way: a command says what is right, or that it failed; `.env.local` is whole."""
    right = (await asyncio.to_thread(at, "deployment", "list", "-q")).out
    before = at.env_file.read_text()
    codes = set()
    async with FaultyServer() as plane:
        good = forward(at.plane.url)
        plane.on("*", every(5, cut_in_half(good), good))
        console = Console(cwd=at.folder, variables=variables(at, plane))
        for number in range(8):
            outcome = await asyncio.to_thread(console, "deployment", "list", "-q")
            codes.add(outcome.code)
            if outcome.code:
                check_told(outcome.err)
            else:
                assert outcome.out == right
            outcome = await asyncio.to_thread(console, "deployment", "select", ("staging", "dev")[number % 2], "-q")
            codes.add(outcome.code)
            if outcome.code:
                assert at.env_file.read_text() == before
            before = at.env_file.read_text()
    assert len(codes) == 2


async def test_a_silent_cloud_does_not_keep_the_deployment_s_own_answers(at: At) -> None:
    """With a URL and a key nobody else is needed."""
    async with FaultyServer() as plane, FaultyServer() as deployment:
        plane.on("*", hang)
        deployment.on("*", BRIEF["wrong key"])
        console = Console(cwd=at.folder, variables=variables(at, plane))
        where = ("--url", deployment.url, "--admin-key", "dev:x|y", "-q")
        outcome = await asyncio.wait_for(asyncio.to_thread(console, "data", "user", *where), 30)
        assert outcome.code == 4
        check_told(outcome.err)
        assert plane.requests == []

"""`kitcn env` when servers misbehave: one clear line, the documented exit code, nothing changed, no secret told."""

from __future__ import annotations

import asyncio
import logging
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from tests.cli.at_work import PROD, AtWork, at_work
from tests.cli.console import Console
from tests.support.control_plane import ACCESS_TOKEN, echo, half_an_answer, html, refused, status
from tests.support.faults import (
    Behaviour,
    FaultyServer,
    Peer,
    Received,
    close,
    cut_off,
    refuse,
    reply_json,
    text,
)
from tests.support.faults import html as page

REPOSITORY = Path(__file__).parents[2]
LIST, CHANGE = "/api/v1/list_environment_variables", "/api/update_environment_variables"
KEY = "dev:happy-otter-123|planted-admin-key="
PLANTED = ("planted-new-value", "planted-old-value", "planted-admin-key", ACCESS_TOKEN)
READ_FAULTS: dict[str, tuple[ASGIApp, int]] = {
    "401": (refused(401, "AccessTokenInvalid", "no"), 4),
    "403": (refused(403, "OperationNotPermitted", "you may not"), 4),
    "404": (refused(404, "ProjectNotFound", "gone"), 3),
    "429": (refused(429, "RateLimited", "slow down", retry_after=0), 4),
    "500": (status(500), 4),
    "html": (html(), 4),
    "half": (half_an_answer(), 4),
    "echo": (echo(400), 1),
}


@pytest.fixture
def work(tmp_path: Path) -> Iterator[AtWork]:
    with at_work(tmp_path) as work:
        yield work


def no_secret(*texts: str) -> None:
    assert [secret for secret in PLANTED if secret in "".join(texts)] == []


@pytest.mark.parametrize("fault", READ_FAULTS)
@pytest.mark.parametrize("path", ["/api/", "/v1/projects/"])
def test_the_control_plane_misbehaves(work: AtWork, fault: str, path: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    behaviour, code = READ_FAULTS[fault]
    work.plane.fail(path, behaviour)
    before = dict(work.plane.world.defaults)
    for argv in (["list"], ["get", "API_HOST"], ["set", "API_HOST", PLANTED[0]], ["remove", "API_HOST"]):
        outcome = work("env", "default", *argv, "-q")
        assert (outcome.code, outcome.out) == (code, "")
        assert outcome.err.startswith("Error: ")
        assert len(outcome.lines) == 1
        assert "unexpectedly" not in outcome.err
        no_secret(outcome.err, caplog.text)
    assert work.plane.world.defaults == before


@pytest.mark.parametrize("fault", ["429", "500", "html", "half", "echo"])
@pytest.mark.parametrize("debug", [False, True], ids=["", "debug"])
def test_a_change_of_defaults_is_sent_once(
    work: AtWork, fault: str, debug: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = f"/v1/projects/{work.plane.world.projects[0].id}/update_"
    work.plane.fail(path, READ_FAULTS[fault][0])
    variables = {"KITCN_DEBUG": "1"} if debug else {}
    outcome = work("env", "default", "set", "API_HOST", PLANTED[0], "-q", variables=variables)
    assert (outcome.code, outcome.out) == (READ_FAULTS[fault][1], "")
    assert len(work.changes_sent()) == 1
    if fault != "echo":
        assert "Whether the change was made is not known: look with kitcn env default list." in outcome.err
    no_secret(outcome.err, caplog.text)


async def echoing(received: Received, peer: Peer) -> None:
    message = f"{received.headers['authorization']} {received.body.decode()}"
    await refuse(400, "InvalidEnvironmentVariable", message)(received, peer)


CHANGE_FAULTS: dict[str, tuple[Behaviour, int, str]] = {
    "echo": (echoing, 1, "***"),
    "required": (refuse(400, "RequiredEnvironmentVariable", "A is required by the app"), 1, "required by the app"),
    "wrong key": (refuse(401, "BadAdminKey", "bad"), 4, "does not accept the admin key"),
    "no permission": (refuse(403, "OperationNotPermitted", "you may not"), 4, "you may not"),
    "busy": (refuse(429, "RateLimited", "slow down"), 4, "Whether the change was made is not known"),
    "down": (refuse(503, "Overloaded", "later"), 4, "Whether the change was made is not known"),
    "page": (page(), 4, "Whether the change was made is not known"),
    "half": (cut_off(b'{"a'), 4, "Whether the change was made is not known"),
    "closed": (close, 4, "Whether the change was made is not known"),
}


@pytest.mark.parametrize("fault", CHANGE_FAULTS)
@pytest.mark.parametrize("debug", [False, True], ids=["", "debug"])
async def test_the_deployment_misbehaves(fault: str, debug: bool, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    behaviour, code, says = CHANGE_FAULTS[fault]
    console = Console(variables={"KITCN_DEBUG": "1"} if debug else {})
    async with FaultyServer() as server:
        server.on(LIST, reply_json({"environmentVariables": {"A": PLANTED[1]}})).on(CHANGE, behaviour)
        server.on("/version", text("1.48.0"))
        where = ("--url", server.url, "--admin-key", KEY, "-q")
        for argv in (["set", "A", PLANTED[0]], ["remove", "A"]):
            outcome = await asyncio.to_thread(console, "env", *argv, *where)
            assert (outcome.code, outcome.out) == (code, ""), outcome.err
            assert "unexpectedly" not in outcome.err
            no_secret(outcome.err, caplog.text)
            if not debug:
                assert outcome.lines[-1].startswith("Error: ")
                assert says in outcome.err or argv[0] == "remove"
        assert len(server.to(CHANGE)) == 2


async def test_a_key_that_may_set_but_not_see() -> None:
    async with FaultyServer() as server:
        server.on(LIST, refuse(403, "OperationNotPermitted", "you may not")).on(CHANGE, reply_json({}))
        where = ("--url", server.url, "--admin-key", KEY)
        done = await asyncio.to_thread(Console(), "env", "set", "A", PLANTED[0], *where)
        assert done.code == 0
        assert "This key may not see the variables that are there" in done.err
        assert server.to(CHANGE)[0].json == {"changes": [{"name": "A", "value": PLANTED[0]}]}
        refused_ = await asyncio.to_thread(Console(stdin="A=1\n"), "env", "set", *where)
        assert refused_.code == 1
        forced = await asyncio.to_thread(Console(stdin="A=1\n"), "env", "set", "--force", *where)
        assert (forced.code, len(server.to(CHANGE))) == (0, 2)
        prod = ("--url", server.url, "--admin-key", KEY.replace("dev:", "prod:"))
        assert (await asyncio.to_thread(Console(), "env", "set", "A", "1", *prod)).code == 1
        assert len(server.to(CHANGE)) == 2


def test_diff_says_which_side_fails(work: AtWork) -> None:
    work.plane.fail("/v1/projects/", refused(500, "Broken", "down"))
    outcome = work("env", "diff", "dev", "default:dev")
    assert (outcome.code, outcome.out, len(outcome.lines)) == (4, "", 1)


def test_a_corrupt_login_is_named(work: AtWork) -> None:
    path = work.place.log_in("x")
    path.write_text("{nonsense")
    outcome = work("env", "default", "list")
    assert (outcome.code, outcome.out) == (4, "")
    assert "config.json" in outcome.err
    assert path.read_text() == "{nonsense"


def started(work: AtWork, *argv: str, stdin: int) -> subprocess.Popen[bytes]:
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1", **work.place.variables()}
    return subprocess.Popen(
        [sys.executable, "-m", "kitcn_repl", "env", *argv],
        cwd=work.place.folder, env=variables, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_without_a_terminal_nothing_waits(work: AtWork) -> None:
    for argv in (["set", "A"], ["set", "A", "1", "--prod"], ["default", "remove", "API_HOST", "--type", "prod"]):
        process = started(work, *argv, stdin=subprocess.DEVNULL)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 1, err
    assert work.changes_sent() == []


def test_on_a_real_terminal_the_value_is_not_echoed(work: AtWork) -> None:
    """And it is stored as it was typed; prod is changed after its name was typed."""
    for argv, answers in (
        (["set", "A"], ["planted-new-value"]),
        (["set", "A", "--prod"], ["planted-new-value", PROD]),
    ):
        seen = typed_at(work, argv, answers)
        assert b"planted" not in seen, seen
        assert b"Successfully set A" in seen
    assert work.variables()["A"] == work.variables(PROD)["A"] == "planted-new-value"
    assert b"nothing was changed" in typed_at(work, ["set", "A", "other", "--prod"], [""])
    assert work.variables(PROD)["A"] == "planted-new-value"


def typed_at(work: AtWork, argv: list[str], answers: list[str]) -> bytes:
    """All that a terminal shows while each question is answered."""
    process_id, terminal = pty.fork()
    if process_id == 0:
        os.chdir(work.place.folder)
        variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1", "TERM": "dumb"}
        command = [sys.executable, "-m", "kitcn_repl", "env", *argv]
        os.execve(command[0], command, {**variables, **work.place.variables()})
    seen = b""
    left = list(answers)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 1.0)
        if not ready:
            continue
        try:
            piece = os.read(terminal, 10_000)
        except OSError:
            break
        if not piece:
            break
        seen += piece
        if left and seen.endswith((b"): ", b"to go on: ")):
            os.write(terminal, left.pop(0).encode() + b"\n")
    os.close(terminal)
    os.waitpid(process_id, 0)
    return seen

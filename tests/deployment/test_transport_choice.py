"""Which transport is used, and what importing and using one costs."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import pytest

from kitcn_repl.deployment.address import parse_address
from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.deployment.transport import needs_proxy
from tests.deployment.support import KEY, RUN
from tests.deployment.system import system
from tests.support.faults import FaultyServer, succeed

HTTPS = parse_address("https://happy-otter-123.convex.cloud")
PROXY = "http://proxy.example:8080"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"HTTPS_PROXY": PROXY}, True),
        ({"https_proxy": PROXY}, True),
        ({"ALL_PROXY": PROXY}, True),
        ({"HTTPS_PROXY": ""}, False),
        ({"HTTP_PROXY": PROXY}, False),
        ({"NO_PROXY": "*"}, False),
    ],
)
@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="the system's own settings may name a proxy here")
def test_proxies_of_the_environment(environment: dict[str, str], expected: bool) -> None:
    assert needs_proxy(HTTPS, environment) is expected


def test_loopback_needs_no_proxy() -> None:
    assert not needs_proxy(parse_address("http://127.0.0.1:3210"), {"HTTP_PROXY": PROXY})


async def test_requests_go_through_the_proxy(server: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    server.on(f"http://deployment.test{RUN}", succeed(9))
    remote = Remote("http://deployment.test", KEY)
    assert (await remote.run_module(QueryModule("x"))).value == 9
    await remote.aclose()


async def test_an_inline_query_and_a_look_at_the_tables_import_little(server: FaultyServer) -> None:
    server.on(RUN, succeed([]))
    names = {"page": [{"name": "user"}], "isDone": True, "continueCursor": "end"}
    system(server, cli_S_tables=names, frontend_S_tableSize=1.0)
    program = f"""
import asyncio, json, sys
from kitcn_repl.deployment.models import QueryModule
from kitcn_repl.deployment.remote import Remote
async def main():
    remote = Remote({server.url!r}, {KEY!r})
    await remote.run_module(QueryModule("x"))
    await remote.tables()
    await remote.aclose()
asyncio.run(main())
print(json.dumps(sorted(sys.modules)))
"""
    done = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=subprocess.PIPE)
    output, _ = await done.communicate()
    assert done.returncode == 0
    loaded = set(json.loads(output))
    heavy = {"pydantic", "rich", "click", "httpx2", "anyio", "convex", "sqlite3", "email", "http", "urllib.request"}
    assert loaded & heavy == set()

"""Answers of deployments and of the management service: real ones, recorded, and then harmed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from kitcn_repl.control_plane.client import ControlPlane
from kitcn_repl.deployment.address import parse_address
from kitcn_repl.deployment.errors import QueryFailedError, RequestRejectedError
from kitcn_repl.deployment.models import FunctionName, PageRequest, QueryModule
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.deployment.retry import NO_RETRIES
from kitcn_repl.deployment.transport import Answer, Request, Timeouts, Transport, TransportError, open_transport
from kitcn_repl.errors import KitcnError
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.targets.authorization import Authorization
from tests.fuzz import hostile
from tests.fuzz.harness import Family
from tests.fuzz.oracle import SECRET, assert_no_secret, assert_safe_to_show, clear_line, told
from tests.support.control_plane import ACCESS_TOKEN, small_world, stand_in
from tests.support.served import served

Ask = Callable[[Any], Awaitable[object]]

URL = "http://127.0.0.1:3210"
_MODULE = QueryModule("export default 1")
_USER = "user"

OF_DEPLOYMENT: dict[str, Ask] = {
    "info": lambda remote: remote.info(),
    "tables": lambda remote: remote.tables(),
    "page": lambda remote: remote.page(PageRequest(_USER, 5)),
    "get": lambda remote: remote.get("jd7a2b3c4d5e6f7g8h9j0k1m2n3p4q5r"),
    "table_mapping": lambda remote: remote.table_mapping(),
    "schema": lambda remote: remote.schema(),
    "indexes": lambda remote: remote.indexes(),
    "components": lambda remote: remote.components(),
    "function_spec": lambda remote: remote.function_spec(),
    "environment_variables": lambda remote: remote.environment_variables(),
    "function_logs": lambda remote: remote.function_logs(0.0),
    "function_metrics": lambda remote: remote.function_metrics(
        [FunctionName("user.js:list", "Query")], lambda now: now - 3_600_000
    ),
    "run_module": lambda remote: remote.run_module(_MODULE),
    "call": lambda remote: remote.call("user:list", {}),
    "in a component": lambda remote: remote.tables("rateLimiter"),
    "change_environment_variables": lambda remote: remote.change_environment_variables({"A": SECRET}),
}
OF_CONTROL_PLANE: dict[str, Ask] = {
    "teams": lambda plane: plane.teams(),
    "members": lambda plane: plane.members(1003),
    "projects": lambda plane: plane.projects(1003),
    "project": lambda plane: plane.project("acme", "chess"),
    "deployment": lambda plane: plane.deployment("happy-otter-101"),
    "project_deployments": lambda plane: plane.project_deployments(1005),
    "team_deployments": lambda plane: plane.team_deployments(1003),
    "local_deployments": lambda plane: plane.local_deployments(1003),
    "regions": lambda plane: plane.regions(1003),
    "classes": lambda plane: plane.classes(1003),
    "default_variables": lambda plane: plane.default_variables(1005),
    "usage_rows": lambda plane: plane.usage_rows(1003, "q", "brave-cat-103", "2026-01-01", "2026-01-03"),
    "access_tokens": lambda plane: plane.access_tokens(),
    "opt_ins": lambda plane: plane.opt_ins(),
    "project_of_deployment": lambda plane: plane.access.project_of_deployment("happy-otter-101"),
    "credentials": lambda plane: plane.access.credentials_by_name("happy-otter-101", {"projectName": "chess"}),
}

_STATUSES = (
    200,
    200,
    200,
    200,
    200,
    200,
    200,
    560,
    201,
    204,
    301,
    400,
    401,
    403,
    404,
    408,
    413,
    418,
    429,
    500,
    503,
    504,
    599,
)
_TYPES = (
    "application/json",
    "application/json",
    "application/json",
    "application/problem+json",
    "text/plain",
    "text/html; charset=x",
    "",
    "\x1b[31m",
    "application/json; charset=utf-16",
    "x" * 5000,
)
_CODES = (
    "BadAdminKey",
    "BadDeployKey",
    "AccessTokenInvalid",
    "ProjectNotFound",
    "InvalidCursor",
    "\x1b[2J",
    "a\nb",
    "x" * 2000,
    "",
    5,
)


@dataclass(frozen=True)
class Question:
    """What is asked (`deployment tables`), and the answers that come, in turn; the last one again and again."""

    name: str
    answers: tuple[Answer, ...]


class Scripted:
    """A transport that gives prepared answers, whatever is asked."""

    def __init__(self, answers: tuple[Answer, ...]) -> None:
        self._answers = answers
        self.sent = 0

    async def send(self, _request: Request) -> Answer:
        self.sent += 1
        if self.sent > 3000:
            raise AssertionError("asked without end")
        return self._answers[min(self.sent, len(self._answers)) - 1]

    async def aclose(self) -> None:
        pass


class _Recording:
    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.heard: list[Answer] = []

    async def send(self, request: Request) -> Answer:
        answer = await self._inner.send(request)
        self.heard.append(answer)
        return answer

    async def aclose(self) -> None:
        await self._inner.aclose()


@cache
def recorded() -> dict[str, tuple[Answer, ...]]:
    """What the demo, served, and the stand-in for the management service answer to each question."""
    return asyncio.run(_record())


async def _record() -> dict[str, tuple[Answer, ...]]:
    found: dict[str, tuple[Answer, ...]] = {}

    async def ask(name: str, question: Ask, open_client: Callable[[Transport], Any], url: str) -> None:
        transport = _Recording(open_transport(parse_address(url), Timeouts()))
        client = open_client(transport)
        try:
            await question(client)
        except KitcnError:
            pass  # a refusal is an answer too
        finally:
            await client.aclose()
        found[name] = tuple(transport.heard)

    said: dict[str, object] = {
        "status": "success",
        "value": {"a": [1.5, {"$integer": "AQAAAAAAAAA="}]},
        "logLines": ["[LOG] 'x'"],
    }
    for name in ("get", "run_module", "call"):
        found[f"deployment {name}"] = (Answer(200, {"content-type": "application/json"}, json.dumps(said).encode()),)
    with served(demo_dataset()) as server:
        for name, question in OF_DEPLOYMENT.items():
            if f"deployment {name}" in found:
                continue
            await ask(
                f"deployment {name}",
                question,
                lambda transport: Remote(server.url, server.admin_key, transport=transport, retry=NO_RETRIES),
                server.url,
            )
    with stand_in(small_world()) as plane:
        authorization = Authorization("access token", ACCESS_TOKEN, "the test")
        for name, question in OF_CONTROL_PLANE.items():
            await ask(
                f"plane {name}",
                question,
                lambda transport: ControlPlane(plane.url, authorization, transport=transport, retry=NO_RETRIES),
                plane.url,
            )
    return found


def make(random: Random) -> Question:
    name = random.choice(list(recorded()))
    answers = list(recorded()[name]) or [Answer(200, {"content-type": "application/json"}, b"{}")]
    for _ in range(random.choice((1, 1, 2))):
        at = random.randrange(len(answers))
        answers[at] = harmed(random, answers[at])
    return Question(name, tuple(answers))


def harmed(random: Random, answer: Answer) -> Answer:
    kind = random.randrange(12)
    headers, status, body = dict(answer.headers), answer.status, answer.body
    if kind < 7:
        body = harmed_body(random, body)
    elif kind == 7:
        said = {
            "code": random.choice(_CODES),
            "message": random.choice((hostile.text(random), f"your key {SECRET} is bad", "x" * 9000)),
        }
        status, body = (
            random.choice(_STATUSES[7:]),
            hostile.dumped(random, hostile.mutated_json(random, said, 1) if random.random() < 0.3 else said),
        )
        headers["content-type"] = "application/json"
    elif kind == 8:
        status = random.choice(_STATUSES)
    elif kind == 9:
        headers["content-type"] = random.choice(_TYPES)
    elif kind == 10:
        status, headers["retry-after"] = (
            429,
            random.choice(("5", "-1", "1e999", "x", "Wed, 21 Oct 2099 07:28:00 GMT", "9" * 400, "nan")),
        )
        headers["location"] = hostile.text(random)
    else:
        headers["x-convex-deprecation-state"] = hostile.text(random)
        headers["x-convex-deprecation-message"] = f"{hostile.text(random)} {SECRET}"
        body = hostile.mutated_bytes(random, body)
    return Answer(status, headers, body)


def harmed_body(random: Random, body: bytes) -> bytes:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return hostile.mutated_bytes(random, body)
    kind = random.randrange(6)
    if kind == 0:
        value = hostile.value(random)
    elif kind == 1 and isinstance(value, dict):
        value = {
            "status": "error",
            "errorMessage": f"{hostile.text(random)} {SECRET}",
            "errorData": hostile.value(random),
            "logLines": [],
        }
    else:
        value = hostile.mutated_json(random, value)
    return hostile.dumped(random, value)


def check(case: Question, _folder: Path) -> str:
    return asyncio.run(_check(case))


async def _check(case: Question) -> str:
    transport = Scripted(case.answers)
    side, _, name = case.name.partition(" ")
    if side == "deployment":
        client: Remote | ControlPlane = Remote(URL, SECRET, transport=transport, retry=NO_RETRIES)
        ask = OF_DEPLOYMENT[name]
    else:
        client = ControlPlane(
            URL, Authorization("access token", SECRET, "the test"), transport=transport, retry=NO_RETRIES
        )
        ask = OF_CONTROL_PLANE[name]
    try:
        found = await ask(client)
    except (QueryFailedError, RequestRejectedError) as error:
        # What a function or the server itself says, at any length; it is shown, and holds no key.
        assert_no_secret(f"{error.message} {error.hint} {error}")
        assert_safe_to_show(told(error))
        return "failed"
    except TransportError as error:
        raise AssertionError("a transport's own error came through") from error
    except KitcnError as error:
        clear_line(error, quotes_server=True)
        return "refused"
    else:
        repr(found)
        for notice in getattr(client, "notices", ()):
            assert_no_secret(notice)
    finally:
        await client.aclose()
    return "read"


def _written(case: Question) -> bytes:
    return b"\n".join([case.name.encode(), *(b"%d %s" % (answer.status, answer.body) for answer in case.answers)])


FAMILY = Family("answers", make, check, _written, lambda size: (24 << 20) + 40 * size)

"""Metrics of a live deployment: what is asked, how the answers are read, and deployments that do not tell."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from kitcn_repl.deployment.errors import MalformedAnswerError, ServerTooOldError
from kitcn_repl.deployment.models import FunctionMetrics, FunctionName
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.deployment.retry import NO_RETRIES
from tests.deployment.support import KEY
from tests.support.faults import Behaviour, FaultyServer, Peer, Received, reply, reply_json

LIST = FunctionName("users.js:list", "Query")
RENAME = FunctionName("projects.js:rename", "Mutation")
HEALTH = FunctionName("GET /health", "HttpAction")
T = {"secs_since_epoch": 1772452800, "nanos_since_epoch": 0}


def hour_before(present: float) -> float:
    return present - 3_600_000


def parameters(received: Received) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(received.target).query).items()}


def rates(by_metric: dict[str, int]) -> Behaviour:
    """Answers events a second over the hour that is asked about."""

    async def act(received: Received, peer: Peer) -> None:
        value = by_metric[parameters(received)["metric"]] / 3600
        await reply_json([[T, value]])(received, peer)

    return act


async def measure(server: FaultyServer, *functions: FunctionName, component: str = "") -> list[FunctionMetrics]:
    remote = Remote(server.url, KEY, retry=NO_RETRIES)
    try:
        return await remote.function_metrics(functions, hour_before, component)
    finally:
        await remote.aclose()


def told(server: FaultyServer, top: list[Any]) -> None:
    server.on("/api/app_metrics/function_call_count_top_k", reply_json(top))
    server.on("/api/app_metrics/udf_rate", rates({"invocations": 7, "errors": 2, "cacheHits": 30, "cacheMisses": 10}))
    latency = [[50, [[T, 0.004]]], [95, [[T, 0.25]]], [99, [[T, None]]]]
    server.on("/api/app_metrics/latency_percentiles", reply_json(latency))


async def test_counts_times_and_cache_hits() -> None:
    async with FaultyServer() as server:
        told(server, [["users:list", [[T, 40.0]]], ["GET /health", [[T, None]]]])
        found = await measure(server, LIST, RENAME, HEALTH)
        assert found == [
            FunctionMetrics(40, 2, 30, 10, {50: 0.004, 95: 0.25}),
            FunctionMetrics(0, 0),
            FunctionMetrics(0, 0),
        ]
        asked = [parameters(each) for each in server.requests]
        assert asked[0]["k"] == "25"
        assert {each["udfPath"] for each in asked[1:]} == {"users.js:list"}
        assert json.loads(asked[-1]["percentiles"]) == [50, 95, 99]
        window = json.loads(asked[0]["window"])
        assert window["num_buckets"] == 1
        assert window["end"]["secs_since_epoch"] - window["start"]["secs_since_epoch"] in (3600, 3601)
        assert abs(window["end"]["secs_since_epoch"] - time.time()) < 600
        assert all(each.headers["authorization"] == f"Convex {KEY}" for each in server.requests)


async def test_functions_beyond_the_most_called_are_asked_for() -> None:
    async with FaultyServer() as server:
        told(server, [["users.js:list", [[T, 40.0]]], ["_rest", [[T, 7.0]]]])
        _, rename = await measure(server, LIST, RENAME)
        assert rename == FunctionMetrics(7, 2, None, None, {50: 0.004, 95: 0.25})


async def test_a_function_of_a_component() -> None:
    async with FaultyServer() as server:
        told(server, [["users.js:list", [[T, 40.0]]], ["mail/users.js:list", [[T, 3.0]]]])
        (found,) = await measure(server, LIST, component="mail")
        assert found.calls == 3
        assert parameters(server.requests[-1])["componentPath"] == "mail"


async def test_a_server_without_the_list_of_the_most_called() -> None:
    async with FaultyServer() as server:
        told(server, [])
        server.on("/api/app_metrics/function_call_count_top_k", reply(status=404))
        server.on("/instance_name", reply(b"happy-otter-123", content_type="text/plain"))
        (found,) = await measure(server, RENAME)
        assert found.calls == 7


async def test_a_server_that_does_not_tell() -> None:
    async with FaultyServer() as server:
        server.on("/instance_name", reply(b"happy-otter-123", content_type="text/plain"))
        with pytest.raises(ServerTooOldError, match="/api/app_metrics/udf_rate"):
            await measure(server, LIST, RENAME)


@pytest.mark.parametrize("answer", [{}, [["users:list", 5]], [["users:list", [[T, "many"]]]], None], ids=repr)
async def test_answers_of_another_form(answer: Any) -> None:
    async with FaultyServer() as server:
        server.on("/api/app_metrics/function_call_count_top_k", reply_json(answer))
        with pytest.raises(MalformedAnswerError):
            await measure(server, LIST)

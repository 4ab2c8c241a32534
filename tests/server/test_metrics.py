"""The metrics endpoints (deployment-api 7.3), asked as the dashboard asks."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from kitcn_repl.deployment.models import FunctionName
from kitcn_repl.deployment.remote import Remote
from kitcn_repl.offline.demo import demo_dataset
from tests.support.served import Served, served

NAMES = [
    FunctionName("users.js:list", "Query"),
    FunctionName("projects.js:rename", "Mutation"),
    FunctionName("users.js:sendWelcome", "Action"),
    FunctionName("GET /health", "HttpAction"),
    FunctionName("users.js:nobody", "Query"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(demo_dataset()) as server:
        yield server


def day_before(present: float) -> float:
    return present - 24 * 3_600_000


def window(buckets: object = 1, seconds: int = 86400) -> str:
    """A day that ends now; the server moves it to the demo's own present."""
    end = int(time.time())
    moments = {"start": end - seconds, "end": end}
    return json.dumps(
        {
            **{name: {"secs_since_epoch": at, "nanos_since_epoch": 0} for name, at in moments.items()},
            "num_buckets": buckets,
        }
    )


def ask(server: Served, route: str, key: str | None = None, **parameters: str) -> tuple[int, Any]:
    target = f"{server.url}/api/app_metrics/{route}?{urllib.parse.urlencode(parameters)}"
    headers = {"Authorization": f"Convex {key or server.admin_key}", "Convex-Client": "dashboard-0.0.0"}
    try:
        with urllib.request.urlopen(urllib.request.Request(target, headers=headers)) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


async def test_over_the_network_it_is_what_the_log_says(server: Served) -> None:
    remote = Remote(server.url, server.admin_key)
    told = await remote.function_metrics(NAMES, day_before)
    assert told == await server.offline.function_metrics(NAMES, day_before)
    assert told[0].calls > 100
    assert told[0].cache_hits and told[0].cache_misses
    assert told[0].cache_hits + told[0].cache_misses == told[0].calls
    assert told[2].errors > 0
    assert told[1].latency[50] <= told[1].latency[95] <= told[1].latency[99]
    assert (told[4].calls, told[4].latency) == (0, {})
    await remote.aclose()


def test_buckets_add_up(server: Served) -> None:
    status, series = ask(server, "udf_rate", udfPath="users.js:list", metric="invocations", window=window(24))
    assert status == 200
    assert len(series) == 24
    starts = [moment["secs_since_epoch"] for moment, _ in series]
    assert [later - earlier for earlier, later in pairwise(starts)] == [3600] * 23
    _, ((_, whole),) = ask(server, "udf_rate", path="users:list", metric="invocations", window=window())
    assert round(sum(rate for _, rate in series) * 3600) == round(whole * 86400) > 0


def test_the_most_called_functions_and_the_rest(server: Served) -> None:
    _, every = ask(server, "function_call_count_top_k", window=window(), k="25")
    counts = {name: series[0][1] for name, series in every}
    assert "_rest" not in counts
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    _, two = ask(server, "function_call_count_top_k", window=window(), k="2")
    assert [name for name, _ in two] == [*list(counts)[:2], "_rest"]
    assert sum(series[0][1] for _, series in two) == sum(counts.values())


@pytest.mark.parametrize(
    ("route", "parameters", "status", "code"),
    [
        ("function_call_count_top_k", {"k": "26"}, 400, "InvalidTopKParameter"),
        ("function_call_count_top_k", {"k": "0"}, 400, "InvalidTopKParameter"),
        ("udf_rate", {"udfPath": "a:b", "metric": "moods"}, 500, "InternalServerError"),
        ("udf_rate", {"metric": "errors"}, 400, "BadQueryArgs"),
        ("latency_percentiles", {"udfPath": "a:b", "percentiles": "[1,2,3,4,5,6]"}, 500, "InternalServerError"),
        ("latency_percentiles", {"udfPath": "a:b", "percentiles": "half"}, 500, "InternalServerError"),
        ("udf_rate", {"udfPath": "a:b", "metric": "errors", "window": "soon"}, 500, "InternalServerError"),
        ("udf_rate", {"udfPath": "a:b", "metric": "errors", "window": window(0)}, 500, "InternalServerError"),
        ("udf_rate", {"udfPath": "a:b", "metric": "errors", "window": window(1, -5)}, 500, "InternalServerError"),
    ],
    ids=["k above", "k below", "metric", "no path", "percentiles", "no list", "no window", "no buckets", "backwards"],
)
def test_what_cannot_be_answered(
    server: Served, route: str, parameters: dict[str, str], status: int, code: str
) -> None:
    answered, body = ask(server, route, **{"window": window(), **parameters})
    assert (answered, body["code"]) == (status, code)


def test_a_key_is_needed(server: Served) -> None:
    status, body = ask(server, "function_call_count_top_k", key="demo|wrong", window=window())
    assert (status, body["code"]) == (401, "BadAdminKey")

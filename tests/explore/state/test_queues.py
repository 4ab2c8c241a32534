"""Scheduled functions, rate limits and the email queue, as their tables tell."""

from __future__ import annotations

from kitcn_repl.explore.state.emails import email_queue
from kitcn_repl.explore.state.ratelimits import rate_limits
from kitcn_repl.explore.state.scheduled import scheduled_jobs
from kitcn_repl.values import JsonObject, JsonValue
from tests.support.backend import NOW, Backend


def job(kind: str, time: float, name: str = "jobs.js:sweep", **other: JsonValue) -> JsonObject:
    state: JsonObject = {"kind": kind}
    if "error" in other:
        state["error"] = other.pop("error")
    return {"name": name, "args": [], "scheduledTime": time, "state": state, **other}


async def test_jobs_to_come_first_then_the_latest() -> None:
    world = Backend()
    work: JsonValue = [{"workType": "cascade-delete", "table": "post", "cursor": None}]
    world.add(
        "_scheduled_functions",
        [
            job("success", 10.0, completedTime=11.0),
            job("failed", 20.0, completedTime=21.0, error="Uncaught Error: boom"),
            job("pending", 50.0),
            job("pending", 40.0, name="generated/server.js:scheduledMutationBatch", args=work),
        ],
    )
    deployment = world.offline()
    found = await scheduled_jobs(deployment, 10)
    assert [(item.function, item.state, item.scheduled_time, item.work, item.error) for item in found.jobs] == [
        ("generated/server:scheduledMutationBatch", "pending", 40.0, "cascade-delete post", None),
        ("jobs:sweep", "pending", 50.0, None, None),
        ("jobs:sweep", "failed", 20.0, None, "Uncaught Error: boom"),
        ("jobs:sweep", "success", 10.0, None, None),
    ]
    assert not found.more
    bounded = await scheduled_jobs(deployment, 2)
    assert len(bounded.jobs) == 2
    assert bounded.more


async def test_nothing_is_scheduled() -> None:
    world = Backend()
    world.add("note", [{}])
    assert (await scheduled_jobs(world.offline(), 5)).jobs == ()


async def test_rate_limits_add_shards_up() -> None:
    world = Backend()
    name = "ratelimit:default:free"
    world.add(
        "ratelimitState",
        [
            {"name": name, "key": "u1", "shard": 0.0, "value": 3.0, "ts": 100.0},
            {"name": name, "key": "u1", "shard": 1.0, "value": 4.0, "ts": 200.0},
            {"name": "own", "shard": 0.0, "value": 1.0, "ts": 50.0},
        ],
    )
    world.add("ratelimitDynamicLimit", [{"prefix": "ratelimit:default", "limit": 5.0, "updatedAt": 7.0}])
    found = await rate_limits(world.offline(), 10)
    assert found is not None
    assert [(item.name, item.key, item.value, item.shards, item.updated_at) for item in found.limits] == [
        ("own", None, 1.0, 1, 50.0),
        (name, "u1", 7.0, 2, 200.0),
    ]
    assert (found.limits[1].bucket, found.limits[1].tier, found.limits[0].bucket) == ("default", "free", None)
    assert [(item.prefix, item.limit) for item in found.dynamic] == [("ratelimit:default", 5.0)]


async def test_emails_in_either_spelling() -> None:
    for emails, events in (("resendEmails", "resendDeliveryEvents"), ("resend_emails", "resend_delivery_events")):
        world = Backend()
        ids = world.add(
            emails,
            [
                {"status": "waiting", "to": ["a@x.test"], "subject": "Hi", "attempt": 0.0, "html": "secret"},
                {"status": "failed", "to": ["b@x.test", "c@x.test"], "attempt": 3.0, "errorMessage": "refused"},
                {"status": "waiting", "to": []},
            ],
        )
        world.add(
            events,
            [
                {"emailId": ids[1], "eventType": "email.sent"},
                {"emailId": ids[1], "eventType": "email.bounced", "message": "no such box"},
            ],
        )
        found = await email_queue(world.offline(), 10)
        assert found is not None
        assert found.by_status == (("waiting", 2), ("failed", 1))
        assert found.oldest_waiting == NOW + 1
        failed = found.emails[1]
        assert (failed.to, failed.error, failed.last_event) == (
            ("b@x.test", "c@x.test"),
            "refused",
            "email.bounced: no such box",
        )
        assert "secret" not in repr(found)


async def test_plugins_that_are_not_installed() -> None:
    world = Backend()
    world.add("note", [{}])
    deployment = world.offline()
    assert await rate_limits(deployment, 5) is None
    assert await email_queue(deployment, 5) is None

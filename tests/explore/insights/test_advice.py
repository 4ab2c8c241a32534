"""Advice speaks of the table, the index and the functions that are meant."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from kitcn_repl.deployment.errors import UnavailableError
from kitcn_repl.explore.insights.advice import Dialect, with_advice
from kitcn_repl.explore.insights.model import Advice, Insight
from kitcn_repl.explore.insights.rows import insight_of_row
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.values import JsonObject


@pytest.fixture
async def demo() -> AsyncIterator[Offline]:
    offline = Offline(demo_dataset())
    yield offline
    await offline.aclose()


def _read(function: str, table: str | None, component: str = "-root-component-") -> Insight:
    calls = [{"table_name": table, "documents_read": 30_000, "bytes_read": 9}] if table else []
    event = {"timestamp": "2026-03-02T11:00:00", "calls": calls, "success": True}
    insight = insight_of_row(
        ["documentsReadThreshold", function, component, json.dumps({"count": 1, "recentEvents": [event]})]
    )
    assert insight is not None
    return insight


def _conflict(function: str, *events: tuple[str, str]) -> Insight:
    made = [
        {
            "timestamp": "2026-03-02T11:00:00",
            "occ_retry_count": 1,
            "occ_document_id": document,
            "occ_write_source": source,
        }
        for document, source in events
    ]
    details: JsonObject = {"occCalls": len(events), "occTableName": "project", "recentEvents": made}  # type: ignore[dict-item]
    insight = insight_of_row(["occRetried", function, "-root-component-", json.dumps(details)])
    assert insight is not None
    return insight


async def _advice(deployment: Offline, insight: Insight, dialect: Dialect = "kitcn") -> Advice:
    (advised,) = await with_advice([insight], deployment, dialect)
    return advised.advice


async def test_an_index_that_is_there_is_named(demo: Offline) -> None:
    advice = await _advice(demo, _read("projects:byOwner", "project"))
    assert "through its index ownerId_updatedAt (ownerId is an argument)" in advice.sentences[0]
    assert '.withIndex("ownerId_updatedAt", (q) => q.eq("ownerId", ownerId))' in advice.sentences[0]
    assert (advice.index, advice.is_deployed) == (None, True)


@pytest.mark.parametrize(
    ("dialect", "line"), [("kitcn", 'index("email").on(t.email)'), ("convex", '.index("by_email", ["email"])')]
)
async def test_an_index_that_is_missing_is_written_out(demo: Offline, dialect: Dialect, line: str) -> None:
    schema = await demo.schema()
    assert schema is not None
    for table in schema["tables"]:  # type: ignore[union-attr]
        table["indexes"] = []  # type: ignore[index,call-overload]
    bare = Offline(replace(demo_dataset(), schemas={"": schema}))
    advice = await _advice(bare, _read("users:byEmail", "user"), dialect)
    await bare.aclose()
    assert advice.index == line
    assert line in advice.sentences[0]
    assert "pages" in advice.sentences[1]


async def test_without_the_tables_of_an_event_the_functions_file_tells(demo: Offline) -> None:
    """As in the log, which has totals only."""
    advice = await _advice(demo, _read("users:list", None))
    assert "pages" in advice.sentences[0]
    assert "those of user: email" in advice.sentences[0]


async def test_a_function_that_is_gone_is_told(demo: Offline) -> None:
    assert (await _advice(demo, _read("users:old", "user"))).is_deployed is False
    assert (await _advice(demo, _read("users:old", "nowhere", "no/such/component"))).is_deployed is None


async def test_one_contended_document_is_named(demo: Offline) -> None:
    advice = await _advice(demo, _conflict("projects:rename", ("doc1", "projects:rename"), ("doc1", "projects:rename")))
    assert "2 of 2 conflicts are about one document (doc1)" in advice.sentences[0]
    assert "conflicts with itself" in advice.sentences[1]


async def test_other_writers_are_named(demo: Offline) -> None:
    advice = await _advice(demo, _conflict("projects:rename", ("doc1", "a:x"), ("doc2", "b:y"), ("doc3", "a:x")))
    assert "Read less of table project" in advice.sentences[0]
    assert "Do not let a:x and b:y write at the same time" in advice.sentences[1]


async def test_a_deployment_that_does_not_answer_costs_precision_only(demo: Offline) -> None:
    class Silent:
        async def schema(self, component: str = "") -> JsonObject:
            raise UnavailableError("busy", status=503)

    (advised,) = await with_advice([_read("users:byEmail", "user")], Silent(), None)  # type: ignore[arg-type]
    assert advised.advice.is_deployed is None
    assert "no more of user than is needed" in advised.advice.sentences[0]

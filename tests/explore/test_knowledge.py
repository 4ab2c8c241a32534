"""What is known, from a deployment, from source, and from both."""

from __future__ import annotations

from pathlib import Path

import pytest

from kitcn_repl.deployment.errors import QueryFailedError
from kitcn_repl.deployment.models import Page, PageRequest
from kitcn_repl.errors import KitcnError
from kitcn_repl.explore.knowledge import know
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.schema.model import Edge, Evidence
from tests.schema.deployments import Data

SOURCE = """
import { convexTable, defineSchema, index, text } from 'kitcn/orm';

export const user = convexTable('user', { name: text().notNull() });
export const session = convexTable('session', { userId: text().notNull().references(() => user.id) });
export const plan = convexTable('plan', { name: text() }, (t) => [index('name').on(t.name)]);

export default defineSchema({ user, session, plan }).relations((r) => ({
  session: { user: r.one.user({ from: r.session.userId, to: r.user.id }) },
  user: { sessions: r.many.session() },
}));
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "schema.ts"
    path.write_text(SOURCE, encoding="utf-8")
    return path


async def test_a_deployment_and_its_source(source: Path) -> None:
    offline = Offline(demo_dataset())
    knowledge = await know(offline, source=source)
    await offline.aclose()
    assert knowledge.source is not None
    assert knowledge.deployed is not None
    origins = {name: table.origins for name, table in knowledge.schema.tables.items()}
    assert origins["user"] == ("source", "deployment")
    assert origins["plan"] == ("source",)
    assert origins["project"] == ("deployment",)
    edges = {(edge.source, edge.name): edge for edge in knowledge.edges}
    assert edges["session", "user"].origins == ("relation", "foreign_key", "data")
    assert edges["session", "user"].evidence == Evidence(240, 240)
    assert edges["user", "sessions"].origins == ("relation",)
    assert edges["project", "ownerId"] == Edge(
        "project",
        "ownerId",
        "one",
        "user",
        ("ownerId",),
        ("_id",),
        ("data",),
        optional=False,
        evidence=Evidence(140, 140),
    )
    assert knowledge.tables[540] == "_storage"
    assert knowledge.notes == ()


async def test_a_deployment_alone_says_what_is_missing() -> None:
    offline = Offline(demo_dataset())
    knowledge = await know(offline)
    unsampled = await know(offline, sample=False)
    await offline.aclose()
    assert [edge.origins for edge in knowledge.edges] == [("data",)] * 5
    assert len(knowledge.notes) == 1
    assert "declared relations" in knowledge.notes[0]
    assert unsampled.edges == ()
    assert unsampled.notes == knowledge.notes


async def test_a_source_alone(source: Path) -> None:
    knowledge = await know(None, source=source)
    assert [(edge.source, edge.name) for edge in knowledge.edges] == [("user", "sessions"), ("session", "user")]
    assert knowledge.deployed is None
    assert knowledge.notes == ()


async def test_a_source_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(KitcnError):
        await know(None, source=tmp_path / "nothing.ts")


async def test_without_a_schema_the_notes_say_so() -> None:
    data = Data()
    data.add("user")
    offline = data.open()
    knowledge = await know(offline)
    await offline.aclose()
    assert any(note.startswith("The deployment has no schema") for note in knowledge.notes)


class _Unreadable(Offline):
    async def page(self, request: PageRequest) -> Page:
        raise QueryFailedError("Too busy")


async def test_data_that_cannot_be_read_is_a_note() -> None:
    offline = _Unreadable(demo_dataset())
    knowledge = await know(offline)
    await offline.aclose()
    assert set(knowledge.schema.tables) >= {"user", "session"}
    assert knowledge.notes[-1] == "Ids in the data were not looked for: Too busy"

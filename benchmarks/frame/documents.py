"""A snapshot of any number of documents, in the layout of a real export."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.support.snapshots import README, UNIFORM, Content, document_id, line, tables_file, write_snapshot

EVENTS: Final = 10001
ACTORS: Final = 10002
ACTOR_COUNT: Final = 100


def write_documents(path: Path, count: int) -> None:
    """`events` has `count` documents of about 330 bytes, which refer to 100 `actors`."""
    entries: list[tuple[str, Content]] = [
        ("README.md", README),
        ("_tables/documents.jsonl", tables_file({"events": EVENTS, "actors": ACTORS})),
        ("actors/documents.jsonl", _actors()),
        ("actors/generated_schema.jsonl", UNIFORM),
        ("events/documents.jsonl", _events(count)),
        ("events/generated_schema.jsonl", UNIFORM),
    ]
    write_snapshot(path, entries, level=1)


def _actors() -> bytes:
    return b"".join(
        line({"_creationTime": 1760726496000.0 + number, "_id": document_id(ACTORS, number), "name": f"Actor {number}"})
        for number in range(ACTOR_COUNT)
    )


def _events(count: int) -> Iterator[bytes]:
    """Pieces of `documents.jsonl`, keys in the order of an export."""
    source = random.Random(7)
    words = [source.randbytes(source.randint(2, 5)).hex() for _ in range(500)]
    batch: list[bytes] = []
    for index in range(count):
        batch.append(
            line(
                {
                    "_creationTime": 1760726497000.0 + source.random() * 1e9,
                    "_id": document_id(EVENTS, index),
                    "actorId": document_id(ACTORS, source.randrange(ACTOR_COUNT)),
                    "body": " ".join(source.choices(words, k=source.randint(3, 28))),
                    "done": index % 3 == 0,
                    "kind": source.choice(("created", "updated", "removed")),
                    "position": {"x": source.random(), "y": float(index)},
                    "score": source.randrange(1000) / 10,
                    "tags": source.choices(words, k=2),
                }
            )
        )
        if len(batch) == 1000:
            yield b"".join(batch)
            batch = []
    yield b"".join(batch)


SCHEMA: Final = """
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  actors: defineTable({ name: v.string() }),
  events: defineTable({
    actorId: v.id("actors"),
    body: v.string(),
    done: v.boolean(),
    kind: v.string(),
    position: v.object({ x: v.number(), y: v.number() }),
    score: v.number(),
    tags: v.array(v.string()),
  })
    .index("by_actor", ["actorId"])
    .index("by_score", ["score"]),
});
"""


def write_project(folder: Path) -> Path:
    """A folder whose schema gives the snapshot's table its indexes."""
    (folder / "convex").mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"name": "events", "dependencies": {"convex": "*"}}\n')
    (folder / "convex" / "schema.ts").write_text(SCHEMA)
    return folder

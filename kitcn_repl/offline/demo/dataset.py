"""Puts the demo together: documents, schema, functions, environment, and a clock that stands still."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from kitcn_repl.deployment.models import ComponentInfo
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.demo.documents import COMPONENT_ID, NOW, ROOT_ID, TABLE_NUMBERS, DemoDocuments, Documents
from kitcn_repl.offline.demo.functions import FUNCTIONS, MODULES
from kitcn_repl.offline.demo.schema import component_schema, root_schema
from kitcn_repl.offline.store.bounds import creation_rank
from kitcn_repl.offline.store.writer import Rows, StoreWriter
from kitcn_repl.values import JsonObject
from kitcn_repl.values.javascript import stringify

COMPONENT = "rateLimiter"
ENVIRONMENT = {
    "BETTER_AUTH_SECRET": "demo-secret-not-a-real-one",
    "DEPLOY_ENV": "demo",
    "RESEND_API_KEY": "re_demo_000000000000",
    "SITE_URL": "http://localhost:3000",
}


def demo_dataset() -> Dataset:
    """The demo, built in memory in a few milliseconds. Deterministic to the byte, `Date.now()` and ids included."""
    documents = DemoDocuments().build()
    writer = StoreWriter(":memory:")
    writer.add_component(ComponentInfo(id=ROOT_ID, path=""))
    writer.add_component(ComponentInfo(id=COMPONENT_ID, path=COMPONENT, name=COMPONENT))
    for (component, name), rows in documents.items():
        table = writer.add_table(component, name, TABLE_NUMBERS[component, name])
        writer.add_rows(table, _stored(sorted(rows, key=lambda row: str(row["_id"]))))
    package = Path(__file__).with_name("functions")  # importlib.resources would cost as much as all the documents
    return Dataset(
        name="demo",
        note="built-in demo data",
        store=writer.finish(),
        schemas={"": root_schema(), COMPONENT: component_schema()},
        modules={path: (package / path).read_text(encoding="utf-8") for path in MODULES},
        functions=FUNCTIONS,
        logs=lambda: _entries(documents),
        environment=ENVIRONMENT,
        clock=lambda: NOW,
        random_seed=2026,
    )


def _entries(documents: Documents) -> list[JsonObject]:
    from kitcn_repl.offline.demo.log_day import DemoDay  # most who look at the demo never ask for its log

    return DemoDay(documents).entries()


def _stored(documents: list[JsonObject]) -> Rows:
    """As `StoreWriter.add_documents` would read them from text."""
    texts = [stringify(document) for document in documents]
    return Rows(
        [str(document["_id"]) for document in documents],
        [creation_rank(cast(float, document["_creationTime"])) for document in documents],
        texts,
        sum(len(text.encode()) for text in texts),
    )

"""Puts the demo together: documents, schema, functions, environment, and a clock that stands still."""

from __future__ import annotations

from importlib.resources import files

from kitcn_repl.deployment.models import ComponentInfo
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.demo.documents import COMPONENT_ID, NOW, ROOT_ID, TABLE_NUMBERS, DemoDocuments
from kitcn_repl.offline.demo.functions import FUNCTIONS, MODULES
from kitcn_repl.offline.demo.log_day import DemoDay
from kitcn_repl.offline.demo.schema import component_schema, root_schema
from kitcn_repl.offline.store.sqlite import StoreWriter
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
        writer.add_documents(
            table, (stringify(row, None).encode() for row in sorted(rows, key=lambda row: str(row["_id"])))
        )
    package = files("kitcn_repl.offline.demo") / "functions"
    return Dataset(
        name="demo",
        note="built-in demo data",
        store=writer.finish(),
        schemas={"": root_schema(), COMPONENT: component_schema()},
        modules={path: (package / path).read_text(encoding="utf-8") for path in MODULES},
        functions=FUNCTIONS,
        logs=lambda: DemoDay(documents).entries(),
        environment=ENVIRONMENT,
        clock=lambda: NOW,
        random_seed=2026,
    )

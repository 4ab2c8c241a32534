"""Query operators: the same JavaScript under the genuine `convex/server` and on an offline deployment."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kitcn_repl.deployment.models import FunctionSpec
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.engine import Engine
from kitcn_repl.offline.store.sqlite import memory_store
from kitcn_repl.values import JsonObject
from kitcn_repl.values.ids import encode_id
from tests.conformance.genuine import HERE
from tests.conformance.operator_rows import DOCUMENTS, FUNCTIONS, INDEXES, ROWS
from tests.engine.world import SHA, module
from tests.support.node import run_module

DOCS, OTHER, FILES = 10001, 10002, 540
IDS = [encode_id(DOCS, number.to_bytes(16, "big")) for number in range(len(DOCUMENTS))]
FILE = encode_id(FILES, bytes(16))
_ANY: JsonObject = {"type": "any"}


def _dataset() -> Dataset:
    documents = [
        {"_id": id_, "_creationTime": 1000.0 + number, **document}
        for number, (id_, document) in enumerate(zip(IDS, DOCUMENTS, strict=True))
    ]
    file = {"_id": FILE, "_creationTime": 5.0, "sha256": SHA, "size": 11.0, "contentType": None, "internalId": "x"}
    schema: dict[str, Any] = {
        "tables": [
            {
                "tableName": "docs",
                "indexes": [{"indexDescriptor": name, "fields": fields} for name, fields in INDEXES.items()],
                "searchIndexes": [
                    {"indexDescriptor": "search_text", "searchField": "text", "filterFields": ["rank"]},
                ],
            },
            {"tableName": "other", "indexes": []},
        ]
    }
    names = ("double", "page")
    return Dataset(
        "operators",
        memory_store(
            json.loads(json.dumps({"docs": documents, "other": [], "_storage": [file]})),
            {"docs": DOCS, "other": OTHER, "_storage": FILES},
        ),
        schemas={"": schema},
        modules={"given.js": f'import {{ query }} from "./_generated/server";\n{FUNCTIONS}'},
        functions=tuple(FunctionSpec("Query", f"given.js:{name}", "public", _ANY, _ANY) for name in names),
    )


async def _ours(folder: Path) -> dict[str, Any]:
    engine = Engine(_dataset(), cache_dir=folder)
    parts = "".join(f"[{json.dumps(name)}, async () => {snippet}],\n" for name, snippet in ROWS.items())
    body = f"""
        const ids = {json.dumps(IDS)}, storageId = {json.dumps(FILE)};
        const given = {{ double: "given:double", page: "given:page" }};
        const found = {{}};
        for (const [name, run] of [{parts}]) {{
          try {{
            found[name] = {{ value: await run() }};
          }} catch (error) {{
            found[name] = {{ error: error.message }};
          }}
        }}
        return JSON.stringify(found);"""
    try:
        result = await engine.run(module(body))
    finally:
        await engine.aclose()
    answers: dict[str, Any] = json.loads(str(result.value))
    return answers


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, tuple[Any, Any]]:
    """What each snippet gave: of the genuine one, of ours."""
    genuine = run_module(
        (HERE / "operators.mjs").read_text(encoding="utf-8"),
        {"documents": DOCUMENTS, "functions": FUNCTIONS, "indexes": INDEXES, "rows": ROWS},
    )
    ours = asyncio.run(_ours(tmp_path_factory.mktemp("deno")))
    return {name: (genuine[name], ours[name]) for name in ROWS}


@pytest.mark.parametrize(
    "name", [pytest.param(name, id=name, marks=pytest.mark.conforms("operator", name)) for name in ROWS]
)
def test_the_same_answer(name: str, answers: Mapping[str, tuple[Any, Any]]) -> None:
    genuine, ours = answers[name]
    assert "value" in genuine, genuine
    assert ours == genuine

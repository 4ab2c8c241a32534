"""The Functions tab in tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kitcn_tui.app import KitcnApp
from kitcn_tui.functions.result import Answer
from kitcn_tui.functions.view import FunctionsView
from textual.pilot import Pilot

from kitcn_repl.deployment.models import FunctionSpec
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.values import JsonObject, JsonValue
from tests.tui.support import until

MODULE = """
import { query } from "convex:/_system/repl/wrappers.js";
export const search = query({ handler: async (ctx, args) => args });
export const nothing = query({ handler: async () => "nothing to say" });
"""
_STRING: JsonObject = {"type": "string"}
_NULL: JsonObject = {"type": "null"}
_STATES: list[JsonValue] = [{"type": "literal", "value": state} for state in ("draft", "open", "closed")]
_FIELDS: JsonObject = {
    "text": {"fieldType": _STRING, "optional": False},
    "author": {"fieldType": {"type": "id", "tableName": "user"}, "optional": True},
    "state": {"fieldType": {"type": "union", "value": [*_STATES, _NULL]}, "optional": True},
    "pinned": {"fieldType": {"type": "boolean"}, "optional": False},
    "since": {"fieldType": {"type": "number"}, "optional": True},
    "counter": {"fieldType": {"type": "bigint"}, "optional": True},
    "tags": {"fieldType": {"type": "array", "value": _STRING}, "optional": True},
    "filter": {
        "fieldType": {
            "type": "object",
            "value": {
                "kind": {"fieldType": _STRING, "optional": False},
                "most": {"fieldType": {"type": "number"}, "optional": True},
            },
        },
        "optional": True,
    },
}


def rich_dataset() -> Dataset:
    """The demo with a query that takes arguments of every kind."""
    demo = demo_dataset()
    functions = (
        FunctionSpec("Query", "posts.js:search", "public", {"type": "object", "value": _FIELDS}, {"type": "any"}),
        FunctionSpec("Query", "posts.js:nothing", "public", {"type": "object", "value": {}}, _STRING),
    )
    return replace(demo, modules={**demo.modules, "posts.js": MODULE}, functions=(*demo.functions, *functions))


async def opened(app: KitcnApp, pilot: Pilot[Any], function: str | None = None) -> FunctionsView:
    """The tab with its list, the metrics in it, and the cursor on a function."""
    await until(pilot, lambda: app.main.stage.active is not None, "the start")
    await pilot.press("6")
    await until(pilot, lambda: bool(app.query(FunctionsView)), "the tab")
    view = app.query_one(FunctionsView)
    await until(pilot, lambda: view.listing.item is not None, "the list")
    if function is not None:
        assert view.listing.go_to(function)
    await until(pilot, lambda: view.is_settled, "the metrics")
    await pilot.pause()
    return view


def name_of(view: FunctionsView) -> str | None:
    """The item under the cursor."""
    item = view.listing.item
    return None if item is None else item.name


async def answered(view: FunctionsView, pilot: Pilot[Any]) -> Answer:
    """The answer of the call that was just begun."""
    result = view.pane.result
    await until(pilot, lambda: result.answer is not None and not result.has_class("running"), "an answer")
    await pilot.pause()
    assert result.answer is not None
    return result.answer

"""The demo with deployed queries worth watching."""

from __future__ import annotations

from dataclasses import replace

from kitcn_repl.deployment.models import FunctionSpec
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.values import JsonObject

MODULE = """
import { query } from "convex:/_system/repl/wrappers.js";

export const weather = query({
  handler: async (ctx, args) => {
    const weather = process.env.WEATHER ?? "fair";
    console.log("looking out", weather);
    if (weather === "storm") throw new Error("too dark to see");
    return { weather, exact: [5n, 0.1, NaN, -0], ...args };
  },
});

export const steady = query({ handler: async () => null });

export const who = query({ handler: async (ctx) => await ctx.auth.getUserIdentity() });

export const due = query({
  handler: async (ctx, { after }) => ({
    after,
    due: { __crpc: 1, t: "$date", v: 1772452800000 },
    tasks: [{ at: { __crpc: 1, t: "$date", v: 0.5 } }],
  }),
});
"""

_ANY: JsonObject = {"type": "any"}
_AFTER: JsonObject = {"type": "object", "value": {"after": {"fieldType": _ANY, "optional": True}}}


def watchable_dataset() -> Dataset:
    demo = demo_dataset()
    functions = (
        FunctionSpec("Query", "sky.js:weather", "public", _ANY, _ANY),
        FunctionSpec("Query", "sky.js:steady", "public", _ANY, _ANY),
        FunctionSpec("Query", "sky.js:who", "public", _ANY, _ANY),
        FunctionSpec("Query", "sky.js:due", "public", _AFTER, _ANY),
    )
    return replace(demo, modules={**demo.modules, "sky.js": MODULE}, functions=(*demo.functions, *functions))

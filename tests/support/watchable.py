"""The demo with deployed queries worth watching, and a network in between that can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

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


@dataclass
class Cable:
    """Passes every connection to `url` on to a server, until it is cut."""

    url: str
    accepted: int = 0
    is_cut: bool = False
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self, *, mend: bool = True) -> None:
        """End all connections; with `mend` new ones are passed on again."""
        self.is_cut = not mend
        for writer in tuple(self._open):
            writer.transport.abort()

    def mend(self) -> None:
        self.is_cut = False


@asynccontextmanager
async def cable_to(server: str) -> AsyncIterator[Cable]:
    parts = urlsplit(server)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if cable.is_cut:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(parts.hostname, parts.port)
        cable.accepted += 1
        ends = {writer, far_writer}
        cable._open |= ends
        both = [asyncio.create_task(carry(reader, far_writer)), asyncio.create_task(carry(far_reader, writer))]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for task in both:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)
        cable._open -= ends
        for end in ends:
            end.transport.abort()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    cable = Cable(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
    try:
        yield cable
    finally:
        listening.close()
        cable.cut(mend=False)
        await asyncio.sleep(0)

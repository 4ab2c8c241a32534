"""Real IPython kernels for tests: cells go in, what the notebook would show comes out."""

from __future__ import annotations

import ast
import asyncio
import os
import re
import subprocess
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from anyio.from_thread import start_blocking_portal
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

T = TypeVar("T")
_PRIVATE = ("CONVEX_", "KITCN_", "JUPYTER", "COLUMNS", "LINES")

ROOT = Path(__file__).parents[2]
TIMEOUT = 60.0
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def variables(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """A process's environment that knows nothing of who runs the tests, and finds the package."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_PRIVATE)}
    folders = {
        name: str(home / name.lower())
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "KITCN_STATE_DIR")
    }
    return kept | folders | {"HOME": str(home), "PYTHONPATH": str(ROOT)} | dict(more or {})


@dataclass(slots=True)
class Ran:
    """What a cell showed. `shown` are MIME bundles of results and displays, `updated` those that replaced one."""

    status: str = ""
    text: str = ""
    shown: list[dict[str, Any]] = field(default_factory=list)
    updated: list[dict[str, Any]] = field(default_factory=list)
    error: tuple[str, str, str] | None = None
    """Name, message and the traceback's text, without colours."""

    @property
    def plain(self) -> str:
        (only,) = self.shown
        return str(only["text/plain"])

    @property
    def html(self) -> str:
        (only,) = self.shown
        return str(only["text/html"])

    @property
    def told(self) -> str:
        """The error as the notebook shows it."""
        assert self.error is not None, self
        return self.error[2]

    def hear(self, message: dict[str, Any]) -> None:
        content = message["content"]
        match message["msg_type"]:
            case "stream":
                self.text += _ANSI.sub("", content["text"])
            case "execute_result" | "display_data":
                self.shown.append(content["data"])
            case "update_display_data":
                self.updated.append(content["data"])
            case "error":
                told = "\n".join(content["traceback"])
                self.error = content["ename"], content["evalue"], _ANSI.sub("", told)


class Kernel:
    """A running kernel. Cells run in it one after another; the client's event loop has a thread of its own."""

    def __init__(self, manager: AsyncKernelManager, client: AsyncKernelClient, loop: asyncio.AbstractEventLoop) -> None:
        self._manager = manager
        self._client = client
        self._loop = loop

    def run(self, code: str, *, interrupt: Callable[[Ran], bool] | None = None) -> Ran:
        """Run a cell to its end; it is interrupted as soon as `interrupt` says so of what it showed."""
        ran = Ran()
        interruptions: list[asyncio.Future[None]] = []

        def hear(message: dict[str, Any]) -> None:
            ran.hear(message)
            if interrupt is not None and not interruptions and interrupt(ran):
                interruptions.append(asyncio.ensure_future(self._manager.interrupt_kernel()))

        async def execute() -> None:
            reply = await self._client.execute_interactive(code, output_hook=hear, timeout=TIMEOUT)
            ran.status = reply["content"]["status"]
            for task in interruptions:
                await task

        self._wait(execute())
        return ran

    def value(self, expression: str) -> str:
        """The text of what an expression of Python is."""

        async def ask() -> dict[str, Any]:
            reply = await self._client.execute_interactive(
                "", user_expressions={"it": f"str({expression})"}, output_hook=lambda _message: None, timeout=TIMEOUT
            )
            answer: dict[str, Any] = reply["content"]["user_expressions"]["it"]
            return answer

        answer = self._wait(ask())
        assert answer["status"] == "ok", answer
        text: str = ast.literal_eval(answer["data"]["text/plain"])
        return text

    def complete(self, marked: str) -> list[str]:
        """The texts after completion at the `|`, as an editor would have them, up to the cursor."""
        cursor = marked.index("|")
        code = marked.replace("|", "", 1)
        reply = self._wait(self._complete(code, cursor))
        assert reply["status"] == "ok", reply
        return [code[: reply["cursor_start"]] + each for each in reply["matches"]]

    async def _complete(self, code: str, cursor: int) -> dict[str, Any]:
        asked: Any = self._client.complete(code, cursor, reply=True, timeout=TIMEOUT)
        reply: dict[str, Any] = (await asked)["content"]
        return reply

    def interrupt(self) -> None:
        async def work() -> None:
            await self._manager.interrupt_kernel()

        self._wait(work())

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(TIMEOUT)


@contextmanager
def running_kernel(home: Path, more: Mapping[str, str] | None = None, *, load: bool = True) -> Iterator[Kernel]:
    """Ends the kernel afterwards, whatever happens. It works in `home`."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(_running(home, more)) as kernel:
        if load:
            loaded = kernel.run("%load_ext kitcn_repl")
            assert loaded.status == "ok", loaded
        yield kernel


@asynccontextmanager
async def _running(home: Path, more: Mapping[str, str] | None) -> AsyncIterator[Kernel]:
    manager = AsyncKernelManager(kernel_name="python3")
    await manager.start_kernel(env=variables(home, more), cwd=str(home), stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=TIMEOUT)
        yield Kernel(manager, client, asyncio.get_running_loop())
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        manager.context.destroy(0)

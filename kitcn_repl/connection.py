"""Use from Python: `connect("demo")` for plain code, `connect_async` for code with an event loop."""

from __future__ import annotations

import atexit
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from kitcn_repl.deployment.models import ROOT_COMPONENT, DeploymentInfo, Order, PageRequest, TableInfo
from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.explore.data import read_rows
from kitcn_repl.explore.inline import ReadCost, run_inline
from kitcn_repl.explore.opening import open_target
from kitcn_repl.explore.selecting import find_target
from kitcn_repl.explore.sources import indexes_source
from kitcn_repl.targets.precedence import select
from kitcn_repl.targets.target import Target, TargetFlags
from kitcn_repl.values import JsonObject, JsonValue
from kitcn_repl.values.codec import Value, decode, encode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from anyio.from_thread import BlockingPortal

    from kitcn_repl.deployment.protocol import Deployment

Result = TypeVar("Result")
Document = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Answer:
    """The value of a query as Python values (int64 as `Int64`, bytes as bytes), its log lines, and what it read."""

    value: Value
    log_lines: tuple[str, ...]
    cost: ReadCost | None
    elapsed: float
    notices: tuple[str, ...] = ()


class AsyncConnection:
    """An open deployment. Values go in and come out as Python values; every failure is a `KitcnError`.

    `target` says which deployment this is, and why.
    """

    def __init__(self, deployment: Deployment, target: Target) -> None:
        self._deployment = deployment
        self._is_closed = False
        self.target = target

    @property
    def deployment(self) -> Deployment:
        if self._is_closed:
            raise KitcnError(f"The connection to {self.target.name} is closed.")
        return self._deployment

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.target.label}>"

    async def info(self) -> DeploymentInfo:
        return await self.deployment.info()

    async def query(
        self, text: str, args: Mapping[str, Value] | None = None, *, component: str = ROOT_COMPONENT
    ) -> Answer:
        """Run an inline query. `args` arrive in it as constants of their names; a plain int arrives as a number."""
        result = await run_inline(self.deployment, text, args=_encoded(args), component=component)
        return Answer(decode(result.value), result.log_lines, result.cost, result.elapsed, result.notices)

    async def call(
        self, path: str, args: Mapping[str, Value] | None = None, *, component: str = ROOT_COMPONENT
    ) -> Value:
        """Call a deployed query. Mutations and actions are refused (ReadonlyError)."""
        from kitcn_repl.explore.functions import call_query

        return decode((await call_query(self.deployment, path, _encoded(args), component=component)).value)

    async def tables(self, component: str = ROOT_COMPONENT) -> list[TableInfo]:
        return await self.deployment.tables(component)

    async def documents(
        self, table: str, *, limit: int = 100, order: Order = "desc", component: str = ROOT_COMPONENT
    ) -> list[Document]:
        """The first `limit` documents by creation time."""
        rows = await read_rows(self.deployment, PageRequest(table, order=order, component=component), limit)
        return [_document(row) for row in rows.documents]

    async def get(self, document_id: str, *, component: str = ROOT_COMPONENT) -> Document | None:
        document = await self.deployment.get(document_id, component)
        return None if document is None else _document(document)

    async def aclose(self) -> None:
        """Closing twice does no harm."""
        if not self._is_closed:
            self._is_closed = True
            await self._deployment.aclose()


class Connection:
    """The same, for code without an event loop; a background thread runs one. Close it, or use it with `with`."""

    def __init__(self, connection: AsyncConnection, portal: BlockingPortal, stack: ExitStack) -> None:
        self._connection = connection
        self._portal = portal
        self._stack = stack
        # A forgotten connection would wait at exit for its thread, which the interpreter has ended by then.
        atexit.register(self.close)

    @property
    def target(self) -> Target:
        return self._connection.target

    def info(self) -> DeploymentInfo:
        return self._run(self._connection.info)

    def query(self, text: str, args: Mapping[str, Value] | None = None, *, component: str = ROOT_COMPONENT) -> Answer:
        """Run an inline query. `args` arrive in it as constants of their names; a plain int arrives as a number."""
        return self._run(lambda: self._connection.query(text, args, component=component))

    def call(self, path: str, args: Mapping[str, Value] | None = None, *, component: str = ROOT_COMPONENT) -> Value:
        """Call a deployed query. Mutations and actions are refused (ReadonlyError)."""
        return self._run(lambda: self._connection.call(path, args, component=component))

    def tables(self, component: str = ROOT_COMPONENT) -> list[TableInfo]:
        return self._run(lambda: self._connection.tables(component))

    def documents(
        self, table: str, *, limit: int = 100, order: Order = "desc", component: str = ROOT_COMPONENT
    ) -> list[Document]:
        """The first `limit` documents by creation time."""
        return self._run(lambda: self._connection.documents(table, limit=limit, order=order, component=component))

    def get(self, document_id: str, *, component: str = ROOT_COMPONENT) -> Document | None:
        return self._run(lambda: self._connection.get(document_id, component=component))

    def close(self) -> None:
        """Closing twice does no harm."""
        atexit.unregister(self.close)
        self._stack.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.target.label}>"

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, operation: Callable[[], Awaitable[Result]]) -> Result:
        _ = self._connection.deployment  # A closed one says so.
        future = self._portal.start_task_soon(operation)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # After ctrl-c nobody waits for the answer.
            raise


@asynccontextmanager
async def connect_async(
    selector: str | None = None, *, url: str | None = None, admin_key: str | None = None
) -> AsyncIterator[AsyncConnection]:
    """`async with connect_async("demo") as deployment: await deployment.query(...)`. Arguments as for `connect`."""
    target = await _target(selector, url, admin_key)
    connection = AsyncConnection(await open_target(target, source=indexes_source(target, Path.cwd())), target)
    try:
        yield connection
    finally:
        await connection.aclose()


def connect(selector: str | None = None, *, url: str | None = None, admin_key: str | None = None) -> Connection:
    """Open a deployment: `demo`, `snapshot:backup.zip`, `http://...` with `admin_key`; else what the environment names.

    Raises NoDeploymentError or UsageError for what names no deployment, SnapshotError for a bad file. A live deployment
    is contacted by the first question.
    """
    from anyio.from_thread import start_blocking_portal

    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        stack.callback(portal.call, portal.stop, True)  # Waits for nothing that ctrl-c left behind.
        opening = connect_async(selector, url=url, admin_key=admin_key)
        connection = stack.enter_context(portal.wrap_async_context_manager(opening))
        return Connection(connection, portal, stack.pop_all())


async def _target(selector: str | None, url: str | None, admin_key: str | None) -> Target:
    flags = TargetFlags(deployment=selector, url=url, admin_key=admin_key)
    return await find_target(select(flags, os.environ, Path.cwd()))


def _encoded(args: Mapping[str, Value] | None) -> JsonObject:
    encoded: JsonObject = {}
    for name, value in (args or {}).items():
        if not isinstance(name, str):
            raise UsageError(f"Argument names must be strings, not {type(name).__name__}.")
        try:
            encoded[name] = encode(value)
        except ValueError as error:
            raise UsageError(f"Argument {name}: {error}.") from None
    return encoded


def _document(encoded: Mapping[str, JsonValue]) -> Document:
    return {name: decode(value) for name, value in encoded.items()}

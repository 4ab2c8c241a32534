"""Use from Python: `connect("demo")` for plain code, `connect_async` for code with an event loop."""

from __future__ import annotations

import atexit
import os
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from kitcn_repl.deployment.models import ROOT_COMPONENT, DeploymentInfo, Order, PageRequest, TableInfo
from kitcn_repl.errors import KitcnError, UsageError
from kitcn_repl.explore.data import read_rows
from kitcn_repl.explore.inline import run_inline
from kitcn_repl.explore.workspace import Surroundings, Workspace, open_workspace
from kitcn_repl.results import Origin, Result
from kitcn_repl.results.arguments import encoded_arguments, own_values
from kitcn_repl.results.documents import Document
from kitcn_repl.results.found import Find, Found, found
from kitcn_repl.results.table import Table
from kitcn_repl.targets.target import Target, TargetFlags
from kitcn_repl.values import JsonValue
from kitcn_repl.values.codec import Value, decode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from anyio.from_thread import BlockingPortal

    from kitcn_repl.deployment.protocol import Deployment
    from kitcn_repl.offline.snapshot import ImportProgress
    from kitcn_repl.results.origin import Wait

T = TypeVar("T")

_CLOSED = "The connection that this is from is closed."


class _Thread:
    """Runs work where a connection's event loop is, and waits for it. That thread does not come along into a forked
    process: there nobody would ever answer."""

    def __init__(self, portal: BlockingPortal) -> None:
        self._portal = portal
        self._process = os.getpid()

    @property
    def is_here(self) -> bool:
        return os.getpid() == self._process

    def start(self, work: Callable[[], Awaitable[T]]) -> Future[T]:
        if not self.is_here:
            raise KitcnError("A connection does not work in a forked process.", hint="Connect again there.")
        try:
            return self._portal.start_task_soon(work)
        except RuntimeError:  # anyio's word for a portal that has been left
            raise KitcnError(_CLOSED) from None

    def forget(self) -> None:
        """In a forked process: nothing is waited for, not even when the interpreter ends."""
        with suppress(StopIteration):
            self._portal.stop().send(None)

    def __call__(self, work: Callable[[], Awaitable[T]]) -> T:
        future = self.start(work)
        try:
            return future.result()
        except CancelledError:
            raise KitcnError(_CLOSED) from None
        except BaseException:
            future.cancel()  # After ctrl-c nobody waits for the answer.
            raise


class AsyncConnection:
    """An open deployment, for code with an event loop; `connect_async` makes it.

    Values go in and come out as Python values: int64 as `Int64`, bytes as bytes, everything else as JSON would have it;
    times are float milliseconds since 1970. Every method that asks may raise a `DeploymentError` (not reached, not
    allowed, refused by the server), and KitcnError once the connection is closed. `component` is a mounted component's
    path, such as `workflow/workpool`; empty is the app itself. `target` says which deployment this is, and why.
    """

    def __init__(self, workspace: Workspace, wait: Wait | None = None) -> None:
        """`wait` lets results ask further questions from code without an event loop."""
        self.workspace = workspace
        self.target = workspace.target
        self._wait = wait
        self._origins: dict[str, Origin] = {}
        self._is_closed = False

    @property
    def deployment(self) -> Deployment:
        """The `Deployment` beneath, whose values are encoded. Raises KitcnError when the connection is closed."""
        if self._is_closed:
            raise KitcnError(f"The connection to {self.target.name} is closed.")
        return self.workspace.deployment

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.target.label}>"

    async def info(self) -> DeploymentInfo:
        """Who answers: its name, its version, its address. Asks the server. Raises DeploymentError."""
        return await self.deployment.info()

    async def query(
        self, text: str, args: Mapping[str, Any] | None = None, *, component: str = ROOT_COMPONENT
    ) -> Result:
        """Run an inline query in JavaScript or TypeScript: an expression, statements, or a whole module.

        `args` arrive in it as constants of their names; a plain int arrives as a number, an `Int64` as a bigint. The
        result holds the value, the log lines and what was read. Raises InlineQueryError, with the place in `text`, for
        a query that fails; UsageError for arguments that are no Convex values; DeploymentError if nobody answers.
        """
        text = _as_text("A query", text)
        result = await run_inline(self.deployment, text, args=encoded_arguments(args), component=component)
        return Result(
            result.value,
            log_lines=result.log_lines,
            cost=result.cost,
            elapsed=result.elapsed,
            notices=result.notices,
            origin=self.origin(component),
        )

    def origin(self, component: str = ROOT_COMPONENT) -> Origin:
        """What results from here know of where they are from; shared, so that all of them learn together."""
        if component not in self._origins:
            of_root = component == self.workspace.component
            workspace = self.workspace if of_root else self.workspace.in_component(component)
            self._origins[component] = Origin(workspace, self._wait)
        return self._origins[component]

    async def call(self, path: str, args: Mapping[str, Any] | None = None, *, component: str = ROOT_COMPONENT) -> Value:
        """What a deployed query such as `users:list` returns, for these arguments.

        Raises ReadonlyError for a mutation or action, which is not sent; UsageError for arguments that are no Convex
        values; QueryFailedError if the function fails, also for arguments that its validator refuses; KitcnError for a
        function that is not there; DeploymentError if nobody answers.
        """
        from kitcn_repl.explore.functions import call_query

        return decode((await call_query(self.deployment, path, encoded_arguments(args), component=component)).value)

    async def tables(self, component: str = ROOT_COMPONENT) -> list[TableInfo]:
        """The user's tables by name, with the number of documents and of bytes that the server keeps of them.

        Raises DeploymentError.
        """
        return await self.deployment.tables(component)

    async def documents(
        self, table: str, *, limit: int = 100, order: Order = "desc", component: str = ROOT_COMPONENT
    ) -> list[dict[str, Value]]:
        """The `limit` newest documents by creation time, or with `order="asc"` the oldest, as plain dicts.

        Raises KitcnError for a table that is not there, DeploymentError.
        """
        rows = await read_rows(self.deployment, PageRequest(table, order=order, component=component), limit)
        return [_document(row) for row in rows.documents]

    async def get(self, document_id: str, *, component: str = ROOT_COMPONENT) -> dict[str, Value] | None:
        """The document with this id, whose table the id tells; None if there is none.

        Raises UsageError for what is no text, RequestRejectedError for a text that is no id.
        """
        document = await self.deployment.get(_as_text("An id", document_id), component)
        return None if document is None else _document(document)

    def table(self, name: str, *, component: str = ROOT_COMPONENT) -> Table:
        """As `Connection.table`; its documents come with `await table.take_async(limit)`. Nothing is asked yet."""
        return Table(self.origin(component), PageRequest(name, component=component))

    async def find(self, table: str, *, component: str = ROOT_COMPONENT, **settings: Unpack[Find]) -> Found:
        """Ask as in kitcn's ORM: `find("user", where={"role": "admin"}, with_={"sessions": True}, limit=20)`.

        One inline query reads the documents with all relations that are wanted; without `order_by` they come oldest
        first, or along the index that answers a range in `where`. The result's `script` is that query. Raises
        UsageError that names the place of a mistake, and DeploymentError if nothing could be read.
        """
        from kitcn_repl.explore.finding import find

        origin = self.origin(component)
        return found(await find(self.deployment, await origin.learn(), table, own_values(settings)), origin)

    async def find_script(self, table: str, *, component: str = ROOT_COMPONENT, **settings: Unpack[Find]) -> str:
        """The inline query that `find` would run, as JavaScript. Raises as `find` does, UsageError for a mistake."""
        from kitcn_repl.explore.finding.find import compile_find

        known = await self.origin(component).learn()
        script = await compile_find(self.deployment, known, table, own_values(settings))
        return script.text

    async def aclose(self) -> None:
        """Close it, and whatever it started. Closing twice does no harm."""
        if not self._is_closed:
            self._is_closed = True
            await self.workspace.aclose()


class Connection:
    """An open deployment, for code without an event loop; `connect` makes it. A background thread runs the loop.

    Close it, or use it with `with`. Values and failures are those of `AsyncConnection`: every method that asks may
    raise a `DeploymentError`, and KitcnError once the connection is closed or in a forked process.

    >>> from kitcn_repl import connect
    >>> with connect("demo") as deployment:
    ...     deployment.query("(await ctx.db.query('user').take(n)).map((user) => user.name)", {"n": 2}).value
    ['Ada Abe', 'Bruno Haddad']
    """

    def __init__(self, connection: AsyncConnection, thread: _Thread, stack: ExitStack) -> None:
        self._connection = connection
        self._thread = thread
        self._stack = stack
        # A forgotten connection would wait at exit for its thread, which the interpreter has ended by then.
        atexit.register(self.close)

    @property
    def target(self) -> Target:
        """Which deployment this is, and why: `target.label` says it in a line. Its key is never shown."""
        return self._connection.target

    def info(self) -> DeploymentInfo:
        """Who answers: its name, its version, its address. Asks the server. Raises DeploymentError."""
        return self._run(self._connection.info)

    def query(self, text: str, args: Mapping[str, Any] | None = None, *, component: str = ROOT_COMPONENT) -> Result:
        """Run an inline query in JavaScript or TypeScript: an expression, statements, or a whole module.

        `args` arrive in it as constants of their names; a plain int arrives as a number, an `Int64` as a bigint. The
        result holds the value, the log lines and what was read. Raises InlineQueryError, with the place in `text`, for
        a query that fails; UsageError for arguments that are no Convex values; DeploymentError if nobody answers.
        """
        return self._run(lambda: self._connection.query(text, args, component=component))

    def call(self, path: str, args: Mapping[str, Any] | None = None, *, component: str = ROOT_COMPONENT) -> Value:
        """What a deployed query such as `users:list` returns, for these arguments.

        Raises ReadonlyError for a mutation or action, which is not sent; UsageError for arguments that are no Convex
        values; QueryFailedError if the function fails, also for arguments that its validator refuses; KitcnError for a
        function that is not there; DeploymentError if nobody answers.
        """
        return self._run(lambda: self._connection.call(path, args, component=component))

    def tables(self, component: str = ROOT_COMPONENT) -> list[TableInfo]:
        """The user's tables by name, with the number of documents and of bytes that the server keeps of them.

        Raises DeploymentError.
        """
        return self._run(lambda: self._connection.tables(component))

    def documents(
        self, table: str, *, limit: int = 100, order: Order = "desc", component: str = ROOT_COMPONENT
    ) -> list[Document]:
        """The `limit` newest documents by creation time, or with `order="asc"` the oldest.

        Raises KitcnError for a table that is not there, DeploymentError.
        """
        return list(self.table(table, component=component).order(order).take(limit))

    def get(self, document_id: str, *, component: str = ROOT_COMPONENT) -> Document | None:
        """The document, whose ids can be followed and whose relations walked; None if there is none.

        Raises UsageError for what is no text, RequestRejectedError for a text that is no id.
        """
        text = _as_text("An id", document_id)
        found = self._run(lambda: self._connection.deployment.get(text, component))
        return None if found is None else Document(found, self.origin(component))

    def table(self, name: str, *, component: str = ROOT_COMPONENT) -> Table:
        """A table to ask: `table("user").where("age >= 18", role="admin").order("desc").take(10)`.

        Nothing is asked yet, so that a table that is not there is told by the first question.
        """
        return self._connection.table(name, component=component)

    def find(self, table: str, *, component: str = ROOT_COMPONENT, **settings: Unpack[Find]) -> Found:
        """Ask as in kitcn's ORM: `find("user", where={"role": "admin"}, with_={"sessions": True}, limit=20)`.

        One inline query reads the documents with all relations that are wanted; without `order_by` they come oldest
        first, or along the index that answers a range in `where`. The result's `script` is that query. Raises
        UsageError that names the place of a mistake, and DeploymentError if nothing could be read.

        >>> from kitcn_repl import connect
        >>> with connect("demo") as deployment:
        ...     [user["name"] for user in deployment.find("user", where={"role": "admin"}, order_by={"name": "desc"})]
        ['Óscar Ivanova', 'Uma Eze', 'Ada Abe']
        """
        return self._run(lambda: self._connection.find(table, component=component, **settings))

    def find_script(self, table: str, *, component: str = ROOT_COMPONENT, **settings: Unpack[Find]) -> str:
        """The inline query that `find` would run, as JavaScript. Raises as `find` does, UsageError for a mistake."""
        return self._run(lambda: self._connection.find_script(table, component=component, **settings))

    def origin(self, component: str = ROOT_COMPONENT) -> Origin:
        """What results from here know of where they are from."""
        return self._connection.origin(component)

    def start(self, operation: Callable[[], Awaitable[T]]) -> Future[T]:
        """Let something run where the deployment lives, while the caller goes on. Raises KitcnError if it is closed."""
        _ = self._connection.deployment
        return self._thread.start(operation)

    def close(self) -> None:
        """Close it, and end its thread. Closing twice does no harm."""
        atexit.unregister(self.close)
        if self._thread.is_here:
            self._stack.close()
        else:
            self._thread.forget()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.target.label}>"

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, operation: Callable[[], Awaitable[T]]) -> T:
        _ = self._connection.deployment  # A closed one says so.
        return self._thread(operation)


@asynccontextmanager
async def connect_async(
    selector: str | None = None, *, url: str | None = None, admin_key: str | None = None
) -> AsyncIterator[AsyncConnection]:
    """As `connect`, for code with an event loop: `async with connect_async("demo") as deployment`.

    Arguments and failures are those of `connect`. Raises NoDeploymentError, UsageError, SnapshotError and
    BackendFileError when the block is entered.
    """
    flags, admin_key = TargetFlags(deployment=selector, url=url, admin_key=admin_key), None
    async with _opened(flags, _surroundings(), reason=_reason(flags)) as connection:
        yield connection


def connect(selector: str | None = None, *, url: str | None = None, admin_key: str | None = None) -> Connection:
    """Open a deployment for reading. Without arguments it is the one that the current folder and the environment name.

    `selector` is what `--deployment` takes: `demo`, `dev`, `prod`, `local`, `happy-otter-123`, `snapshot:backup.zip`,
    `sqlite:FILE`, `team:project:reference`, or an address. `url` needs `admin_key`. docs/selection.md has the rules.

    A live deployment is contacted by the first question. Raises NoDeploymentError where no deployment is named, or none
    of that name is there; UsageError for arguments that contradict each other; SnapshotError or BackendFileError for a
    bad file; KitcnError where the management service is asked for the deployment and does not answer.

    >>> from kitcn_repl import connect
    >>> with connect("demo") as deployment:
    ...     deployment.table("user").count()
    60
    """
    flags, admin_key = TargetFlags(deployment=selector, url=url, admin_key=admin_key), None
    # Tracebacks that show local variables must not find a key here.
    return connect_with(flags, _surroundings(), reason=_reason(flags))


def connect_with(
    flags: TargetFlags,
    surroundings: Surroundings,
    *,
    reason: str | None = None,
    progress: Callable[[ImportProgress], None] | None = None,
) -> Connection:
    """As `connect`, for whatever the flags and the surroundings select. `reason` says why, where the caller knows it
    better; `progress` is called from another thread."""
    from anyio.from_thread import start_blocking_portal

    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        stack.callback(portal.call, portal.stop, True)  # Waits for nothing that ctrl-c left behind.
        thread = _Thread(portal)
        opening = _opened(flags, surroundings, wait=thread, reason=reason, progress=progress)
        connection = stack.enter_context(portal.wrap_async_context_manager(opening))
        return Connection(connection, thread, stack.pop_all())


@asynccontextmanager
async def _opened(
    flags: TargetFlags,
    surroundings: Surroundings,
    *,
    wait: Wait | None = None,
    reason: str | None = None,
    progress: Callable[[ImportProgress], None] | None = None,
) -> AsyncIterator[AsyncConnection]:
    workspace = await open_workspace(flags, surroundings, progress=progress)
    if reason is not None:
        workspace.target = replace(workspace.target, reason=reason)
    connection = AsyncConnection(workspace, wait)
    try:
        yield connection
    finally:
        await connection.aclose()


def _reason(flags: TargetFlags) -> str | None:
    """Why this deployment, if the caller said so; else what there is around them says it."""
    return None if flags == TargetFlags() else "connect"


def _surroundings() -> Surroundings:
    return Surroundings(Path.cwd(), os.environ)


def _as_text(what: str, given: object) -> str:
    if not isinstance(given, str):
        raise UsageError(f"{what} is a text, not {type(given).__name__}.")
    return given


def _document(encoded: Mapping[str, JsonValue]) -> dict[str, Value]:
    return {name: decode(value) for name, value in encoded.items()}

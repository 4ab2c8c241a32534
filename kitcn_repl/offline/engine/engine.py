"""Runs queries offline: a fresh process for each, started ahead of time where that helps."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from kitcn_repl.deployment.errors import DeploymentError, ReadonlyError
from kitcn_repl.deployment.models import ROOT_COMPONENT, FunctionResult, QueryModule
from kitcn_repl.errors import KitcnError
from kitcn_repl.offline.catalog import Catalog
from kitcn_repl.offline.dataset import Dataset
from kitcn_repl.offline.engine.answers import Answers
from kitcn_repl.offline.engine.conversation import Conversation, Job
from kitcn_repl.offline.engine.deno import default_cache_dir
from kitcn_repl.offline.engine.functions import FunctionError, Functions
from kitcn_repl.offline.engine.limits import Limits
from kitcn_repl.offline.engine.process import ProcessEnded, QueryProcess, TimeIsUp
from kitcn_repl.offline.engine.report import failure
from kitcn_repl.values import JsonObject

_CONCURRENT_QUERIES = 16
"""As many as a Convex deployment runs at a time by default; more wait."""


class Engine:
    """JavaScript queries over a dataset. Queries may run at the same time; each has its own process.

    The store is read in threads. Methods belong to one event loop.
    """

    def __init__(self, dataset: Dataset, limits: Limits | None = None, *, cache_dir: Path | None = None) -> None:
        self._dataset = dataset
        self._limits = limits or Limits()
        self._cache_dir = cache_dir or default_cache_dir()
        self._catalog = Catalog(dataset)
        self._functions = Functions(dataset)
        self._spare: QueryProcess | None = None
        self._keeps_spare = False
        self._background: set[asyncio.Future[None]] = set()
        self._running: dict[_Execution, asyncio.Future[FunctionResult]] = {}
        self._pool: ThreadPoolExecutor | None = None

    async def run(self, module: QueryModule, *, component: str = ROOT_COMPONENT) -> FunctionResult:
        """Run a module whose default export is a query, as `/api/run_test_function` does.

        Raises RequestRejectedError (InvalidModules, InvalidTestQuery, UnsupportedTestQuery, ComponentPathNotFound,
        SystemTimeoutError), QueryFailedError, OfflineSupportMissingError.
        """
        self._catalog.check_component(component)
        path = module.path if module.path.endswith(".js") else f"{module.path}.js"
        facts: JsonObject = {"isolated": path, "path": path, "source": module.source, "args": [{}]}
        return await self._execute(Job({**facts, **self._circumstances(component, None)}, module.source_map))

    async def call(
        self,
        path: str,
        args: JsonObject,
        *,
        component: str = ROOT_COMPONENT,
        identity: JsonObject | None = None,
        internal: bool = True,
    ) -> FunctionResult:
        """Call a deployed query with encoded arguments; `internal` says whether internal ones may be called too.

        Raises QueryFailedError, RequestRejectedError, and ReadonlyError for mutations and actions.
        """
        self._catalog.check_component(component)
        try:
            function = self._functions.find(path, component, internal=internal)
            kind = function.spec.function_type if function.spec else "Query"
            if kind != "Query":
                raise ReadonlyError(f"{function.path} is of kind {kind}; an offline deployment runs queries only.")
            self._functions.check_arguments(function, args)
            self._functions.check_query(function, args, component)
        except FunctionError as error:
            raise failure(str(error)) from None
        facts: JsonObject = {"isolated": None, "path": function.module, "name": function.name, "args": [args]}
        result = await self._execute(Job({**facts, **self._circumstances(component, identity)}))
        problem = self._functions.problem_with_value(function, result.value, component)
        if problem is not None:
            raise failure(f"ReturnsValidationError: {problem}", log_lines=result.log_lines)
        return result

    def prewarm(self) -> None:
        """Have a process ready for the next query, from now on after each one too. Needs a running event loop."""
        self._keeps_spare = True
        if self._spare is None or not self._spare.is_running:
            self._spare = QueryProcess(self._limits, self._cache_dir)
            self._in_background(self._spare.boot)

    async def aclose(self) -> None:
        """End all processes. Queries that still run fail."""
        self._keeps_spare = False
        for execution in self._running:
            execution.cancel()
        busy: set[asyncio.Future[Any]] = {*self._background, *self._running.values()}
        if busy:
            await asyncio.wait(busy)
        if self._spare is not None:
            self._spare.close()
            self._spare = None
        if self._pool is not None:
            self._pool.shutdown(wait=False)
            self._pool = None

    def _threads(self) -> ThreadPoolExecutor:
        # Own threads: a query holds one while it runs, and the event loop's are few.
        if self._pool is None:
            self._pool = ThreadPoolExecutor(_CONCURRENT_QUERIES, thread_name_prefix="kitcn-query")
        return self._pool

    def _circumstances(self, component: str, identity: JsonObject | None) -> JsonObject:
        limits, dataset = self._limits, self._dataset
        seed = dataset.random_seed if dataset.random_seed is not None else secrets.randbits(32)
        return {
            "component": component,
            "identity": identity,
            "now": dataset.clock(),
            "seed": seed & 0xFFFFFFFF,
            "environment": dict(dataset.environment) if component == ROOT_COMPONENT else {},
            "deployment": {"name": dataset.name, "region": None, "class": "s16"},
            "limits": {
                "documentsRead": limits.documents_read,
                "bytesRead": limits.bytes_read,
                "databaseQueries": limits.database_queries,
                "resultBytes": limits.result_bytes,
            },
        }

    async def _execute(self, job: Job) -> FunctionResult:
        spare, self._spare = self._spare, None
        answers = Answers(self._dataset, self._catalog, self._functions, frozenset((str(job.facts["component"]),)))
        execution = _Execution(spare, lambda: QueryProcess(self._limits, self._cache_dir))
        converse = partial(Conversation.run_with, job=job, answers=answers, limits=self._limits)
        running = asyncio.get_running_loop().run_in_executor(self._threads(), execution.run, converse)
        self._running[execution] = running
        running.add_done_callback(partial(self._forget, execution))
        try:
            return await asyncio.shield(running)
        except DeploymentError:
            if execution.is_cancelled:
                raise failure("The deployment was closed while the function ran") from None
            raise
        except asyncio.CancelledError:
            execution.cancel()
            await asyncio.wait([running])
            raise
        finally:
            if self._keeps_spare:
                with contextlib.suppress(KitcnError):  # the next query says it too, and this one may have its value
                    self.prewarm()

    def _forget(self, execution: _Execution, running: asyncio.Future[FunctionResult]) -> None:
        del self._running[execution]
        if not running.cancelled():
            running.exception()  # now it counts as seen, also if nobody waits any more

    def _in_background(self, boot: Callable[[], None]) -> None:
        def quietly() -> None:
            with contextlib.suppress(ProcessEnded, TimeIsUp):
                boot()

        task = asyncio.get_running_loop().run_in_executor(self._threads(), quietly)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


class _Execution:
    """A query on its way, in its thread; `cancel` may come from another one at any time."""

    def __init__(self, spare: QueryProcess | None, start: Callable[[], QueryProcess]) -> None:
        self._process = spare
        self._start = start
        self.is_cancelled = False

    def run(self, converse: Callable[[QueryProcess], FunctionResult]) -> FunctionResult:
        process = self._spare_that_lives() or self._start()
        self._process = process
        try:
            if self.is_cancelled:
                process.kill()
            return converse(process)
        finally:
            process.close()

    def _spare_that_lives(self) -> QueryProcess | None:
        spare = self._process
        if spare is None:
            return None
        try:
            spare.wait_until_ready()
        except ProcessEnded:
            spare.close()
            return None
        return spare

    def cancel(self) -> None:
        self.is_cancelled = True
        if self._process is not None:
            self._process.kill()

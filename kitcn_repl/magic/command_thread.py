"""A command of the command line, run for a cell: in a thread of its own, since a kernel's has an event loop already."""

from __future__ import annotations

import asyncio
import contextvars
import io
import threading
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from kitcn_repl.cli.environment import Environment
from kitcn_repl.cli.main import invoke
from kitcn_repl.cli.session import Session
from kitcn_repl.targets.target import Target


class _CellSession(Session):
    """A session whose deployment the notebook may have chosen before, for a `reason` of its own."""

    reason: str | None = None

    async def target(self) -> Target:
        target = await super().target()
        return target if self.reason is None else replace(target, reason=self.reason)


class Command:
    """`argv` without the program's name. Data goes to `stdout`, which is a terminal if `for_people`; notes go to
    `stderr`. `reason` says why this deployment, where no flag that somebody typed does."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        stdout: TextIO,
        stderr: TextIO,
        for_people: bool,
        width: int,
        cwd: Path,
        variables: Mapping[str, str],
        reason: str | None = None,
    ) -> None:
        self._argv = list(argv)
        self._interrupted = False
        self._task: asyncio.Task[Any] | None = None
        self._failure: BaseException | None = None
        self._code = 0
        self.session = _CellSession(
            Environment(
                stdin=io.StringIO(),
                stdout=stdout,
                stderr=stderr,
                cwd=cwd,
                clock=time.monotonic,
                variables=variables,
                stdout_is_tty=for_people,
                stderr_is_tty=True,
                width=width,
                run_async=self._run_async,
            )
        )
        self.session.reason = reason

    def run(self) -> int:
        """The exit code. Raises KitcnError, and KeyboardInterrupt once the command has been cancelled."""
        # The context says which cell the output belongs to.
        context = contextvars.copy_context()
        thread = threading.Thread(target=context.run, args=(self._work,), name="kitcn command", daemon=True)
        thread.start()
        try:
            thread.join()
        except KeyboardInterrupt:
            self._cancel()
            thread.join()
            raise
        if self._failure is not None:
            raise self._failure
        return self._code

    def _work(self) -> None:
        try:
            self._code = invoke(self._argv, self.session)
            self.session.flush()
        except BaseException as error:
            self._failure = error

    def _run_async(self, work: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            self._task = loop.create_task(work)
            if self._interrupted:
                self._task.cancel()
            try:
                return loop.run_until_complete(self._task)
            except asyncio.CancelledError:
                raise KeyboardInterrupt from None
            finally:
                self._task = None

    def _cancel(self) -> None:
        self._interrupted = True
        task = self._task
        if task is not None:
            task.get_loop().call_soon_threadsafe(task.cancel)

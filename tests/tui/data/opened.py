"""The Data tab of a running application, for its tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kitcn_tui.data.view import DataView
from kitcn_tui.grid.grid import Grid
from textual.pilot import Pilot

from kitcn_repl.deployment.models import Page, PageRequest
from kitcn_repl.targets.target import TargetFlags
from tests.support.snapshots import snapshot_entries, write_snapshot
from tests.tui.support import running, until


class Opened:
    """The application at a table, whose first rows are there."""

    def __init__(self, app: Any, pilot: Pilot[Any]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def view(self) -> DataView:
        return self.app.main.query_one(DataView)  # type: ignore[no-any-return]

    @property
    def grid(self) -> Grid:
        return self.view.grid

    @property
    def rows(self) -> Any:
        return self.view.rows

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        names = {" ": "space", "=": "equals_sign", '"': "quotation_mark", ">": "greater_than_sign", "_": "underscore"}
        await self.pilot.press(*(names.get(sign, sign) for sign in text))

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        await until(self.pilot, condition, what)

    async def at_rest(self) -> None:
        """Everything that is looked at was read."""
        await self.until(lambda: self.rows is not None and not self.rows.is_reading, "the end of reading")
        await self.pilot.pause()

    async def go_to_column(self, name: str) -> None:
        places = [column.name for column in self.grid.columns.shown]
        await self.press("home", *["right"] * places.index(name))
        assert self.grid.column is not None
        assert self.grid.column.name == name

    def column(self, name: str) -> list[object]:
        """The values on the screen."""
        first, last = self.grid.window
        found = (self.grid.source.row(place) for place in range(first, min(last + 1, self.grid.source.size)))
        return [row.document.get(name) for row in found if row is not None]


@asynccontextmanager
async def opened(
    folder: Path,
    start: str = "user",
    *,
    size: tuple[int, int] = (120, 36),
    flags: TargetFlags | None = None,
    variables: dict[str, str] | None = None,
) -> AsyncIterator[Opened]:
    async with running(folder, start=start, size=size, flags=flags, variables=variables) as (app, pilot):
        await until(pilot, lambda: bool(app.main.query(DataView)), "the Data tab")
        data = Opened(app, pilot)
        await data.until(lambda: data.rows is not None and data.rows.total is not None, "the number of rows")
        await data.at_rest()
        await data.until(lambda: bool(data.grid.typing.fields) or start not in ("user", "project", "typeZoo"), "fields")
        yield data


def snapshot(folder: Path, **tables: list[Any]) -> TargetFlags:
    return TargetFlags(snapshot=str(write_snapshot(folder / "made.zip", snapshot_entries(tables))))


class Doctored:
    """A deployment whose pages pass through a hand of the test's own."""

    def __init__(self, deployment: Any, hand: Callable[[PageRequest, Callable[[], Awaitable[Page]]], Awaitable[Page]]):
        self._deployment = deployment
        self._hand = hand

    def __getattr__(self, name: str) -> Any:
        return getattr(self._deployment, name)

    async def page(self, request: PageRequest) -> Page:
        return await self._hand(request, lambda: self._deployment.page(request))


def slow(seconds: float, log: list[str]) -> Callable[[PageRequest, Callable[[], Awaitable[Page]]], Awaitable[Page]]:
    """Pages that take so long; what was given up is noted."""

    async def hand(request: PageRequest, ask: Callable[[], Awaitable[Page]]) -> Page:
        log.append("asked")
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            log.append("given up")
            raise
        log.append("answered")
        return await ask()

    return hand

"""The Document tab with servers that are slow, and that go away."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from kitcn_tui.document.json_lines import json_lines
from kitcn_tui.document.view import DocumentView
from kitcn_tui.outline.rows import Row
from kitcn_tui.places import DocumentPlace
from kitcn_tui.widgets.failure import Failure

from kitcn_repl.deployment.errors import UnreachableError
from kitcn_repl.deployment.models import PageRequest
from kitcn_repl.explore.workspace import Workspace
from kitcn_repl.values import JsonObject
from tests.tui.document.test_document_view import PROJECT, USER, is_complete, opened, view, ways
from tests.tui.support import running, screen_text, until


class Gate:
    """Holds up what the application asks its deployment, or answers that it cannot be reached."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.is_dead = False
        self.asked: list[str] = []
        self.cancelled: list[str] = []

    def guard(self, name: str, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def guarded(*args: Any, **named: Any) -> Any:
            self.asked.append(name)
            try:
                await self.open.wait()
            except asyncio.CancelledError:
                self.cancelled.append(name)
                raise
            if self.is_dead:
                raise UnreachableError("Cannot reach the deployment.")
            return await method(*args, **named)

        return guarded


@contextmanager
def gated(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    with monkeypatch.context() as patch:
        for name in ("get", "run_module", "table_mapping"):
            patch.setattr(workspace.deployment, name, gate.guard(name, getattr(workspace.deployment, name)))
        yield gate


async def test_related_documents_show_before_a_slow_server_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, start=PROJECT) as (app, pilot):
        await opened(pilot, PROJECT)
        with gated(view(app).workspace, monkeypatch) as gate:
            gate.open.clear()
            await pilot.press("down", "down", "down", "enter")
            await until(pilot, lambda: "quentin.fischer42@example.com" in screen_text(app), "the document")
            assert not is_complete(app, USER)
            # keys go on working, and going elsewhere ends what nobody waits for
            await pilot.press("down", "r", "o", "o", "o", "backspace")
            await until(pilot, lambda: "get" in gate.cancelled, "the end of the request")
            assert "Warehouse sync 10" in screen_text(app)
            gate.open.set()
            await opened(pilot, PROJECT)


async def test_a_document_that_was_never_seen_says_that_it_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, start=PROJECT) as (app, pilot):
        await opened(pilot, PROJECT)
        page = await view(app).workspace.deployment.page(PageRequest("verification", limit=1))
        unseen = str(page.documents[0]["_id"])
        with gated(view(app).workspace, monkeypatch) as gate:
            gate.open.clear()
            view(app).go(DocumentPlace(unseen, "verification"))
            await until(pilot, lambda: "Loading …" in screen_text(app), "the loading state")
            gate.is_dead = True
            gate.open.set()
            await until(pilot, lambda: "Not reached" in screen_text(app), "the failure")
            gate.is_dead = False
            await pilot.press("enter")
            await until(pilot, lambda: "identifier" in screen_text(app), "the document")


async def test_a_server_that_dies_takes_nothing_from_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, start=PROJECT) as (app, pilot):
        await opened(pilot, PROJECT)
        with gated(view(app).workspace, monkeypatch) as gate:
            gate.is_dead = True
            await pilot.press("down", "down", "down", "enter")
            await until(pilot, lambda: bool(app.query(Failure)), "the failure")
            text = screen_text(app)
            assert "quentin.fischer42@example.com" in text
            assert "Not reached" in text
            gate.is_dead = False
            view(app).query_one(Failure).action_retry()
            await opened(pilot, USER)
            assert not app.query(Failure)
            assert view(app).here() == DocumentPlace(USER, "user", "_id")


async def test_coming_back_soon_asks_for_no_relations_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path, start=PROJECT) as (app, pilot):
        await opened(pilot, PROJECT)
        with gated(view(app).workspace, monkeypatch) as gate:
            await pilot.press("r", "enter")
            await opened(pilot, USER)
            await pilot.press("backspace")
            await opened(pilot, PROJECT)
            await until(pilot, lambda: gate.asked.count("get") == 2, "the document asked for again")
            assert gate.asked.count("run_module") == 1
            view(app).action_reload()
            await until(pilot, lambda: gate.asked.count("run_module") == 2, "relations asked for again")
            await opened(pilot, PROJECT)


async def test_a_scan_waits_for_somebody_to_want_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kitcn_tui.document.neighbours._SMALL", 10)
    async with running(tmp_path, start=USER) as (app, pilot):
        await opened(pilot, USER)
        way = ways(app)["←session.impersonatedBy"]
        assert way.progress == "offered"
        await pilot.press("r", "end", "up", "up")
        await until(pilot, lambda: view(app).at == "←session.impersonatedBy", "the way under the cursor")
        text = screen_text(app)
        assert "scan ≤ 240?" in text
        assert isinstance(view(app), DocumentView)
        await pilot.press("enter")
        await until(pilot, lambda: way.related is not None, "the scan")
        assert way.related is not None
        assert way.related.via == "scan of at most 241 documents"


async def test_json_that_comes_late_covers_nothing_newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_wanted, is_made = threading.Event(), threading.Event()

    def late(document: JsonObject) -> Sequence[Row]:
        is_wanted.wait()
        try:
            return json_lines(document)
        finally:
            is_made.set()

    monkeypatch.setattr("kitcn_tui.document.page.json_lines", late)
    async with running(tmp_path, start=PROJECT) as (app, pilot):
        await opened(pilot, PROJECT)
        await pilot.press("o", "o")
        assert view(app).form == "json"
        await pilot.press("o")
        assert "_creationTime  2026-02-26" in screen_text(app)
        is_wanted.set()
        await asyncio.to_thread(is_made.wait)
        await pilot.pause()
        assert "_creationTime  2026-02-26" in screen_text(app)
        assert '"_creationTime"' not in screen_text(app)

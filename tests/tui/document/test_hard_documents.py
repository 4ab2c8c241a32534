"""Documents that are large, deep or hostile: they are opened, walked through, and never break or hold up the screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from kitcn_tui.places import DocumentPlace
from rich.cells import cell_len

from kitcn_repl.deployment.models import PageRequest
from kitcn_repl.targets.target import TargetFlags
from kitcn_repl.values import JsonObject, JsonValue
from tests.support.snapshots import document_id, snapshot_entries, users, write_snapshot
from tests.tui.document.test_document_view import opened, view
from tests.tui.support import SMALL, running, screen_text, until

HARD, HOSTILE = 10002, 10003
EVIL = "\x1b[2J\x1b[31mred [bold]markup[/bold] 漢字テスト 👩‍👩‍👧‍👦 עברית \u202e\x07\r\nend"


def _nested(depth: int) -> JsonValue:
    value: JsonValue = "bottom"
    for level in range(depth):
        value = [value] if level % 2 else {"in": value}
    return value


def _documents() -> list[JsonObject]:
    contents: list[JsonObject] = [
        {"name": "text", "big": "x" * 1_000_000},
        {"name": "list", "big": [{"n": float(at), "t": f"item {at}"} for at in range(8192)]},
        {"name": "wide", "big": "漢字👩‍👩‍👧‍👦" * 20_000},
        {"name": "deep", "big": _nested(60)},
        {f"field{at:04}": f"value {at}" for at in range(1000)},
    ]
    return [
        {"_creationTime": 1760726497000.5 + at, "_id": document_id(HARD, at), **content}
        for at, content in enumerate(contents)
    ]


def _hostile() -> JsonObject:
    return {
        "_creationTime": 1760726497000.5,
        "_id": document_id(HOSTILE, 0),
        "name": EVIL,
        "author": document_id(10001, 1),
        "gone": document_id(10001, 99),
        "stranger": document_id(777, 1),
        "nested": {"password": "hunter2", EVIL[8:20].replace("\x1b", ""): EVIL},
    }


def _snapshot(folder: Path) -> TargetFlags:
    tables: dict[str, Sequence[JsonValue]] = {"users": users(9), "hard": _documents(), "hostile": [_hostile()]}
    return TargetFlags(snapshot=str(write_snapshot(folder / "hard.zip", snapshot_entries(tables))))


@pytest.mark.slow
async def test_large_documents(tmp_path: Path) -> None:
    flags = _snapshot(tmp_path)
    async with running(tmp_path, flags=flags, start=document_id(HARD, 0), size=SMALL) as (app, pilot):
        for at in range(5):
            if at:
                view(app).go(DocumentPlace(document_id(HARD, at), "hard"))
            await opened(pilot, document_id(HARD, at))
            shown = view(app).fields
            place = next((at for at, row in enumerate(shown.rows) if getattr(row, "name", "") == "big"), 3)
            shown.move_to(place)
            await pilot.press("E", "end")
            await pilot.pause()
            assert all(cell_len(line) <= SMALL[0] for line in screen_text(app).splitlines())
            if at == 0:
                assert len(shown.rows) > 10_000
            elif at == 1:
                # more than that is not unfolded at once; the items themselves are all there
                assert len(shown.rows) > 20_000
                assert getattr(shown.row, "name", None) == "8191"
            elif at == 3:
                assert any(getattr(row, "stored", None) == "bottom" for row in shown.rows)
            if at == 0:
                await pilot.press("pageup", "home", "down", "down", "down", "left")
            # as JSON, and back
            await pilot.press("home", "o", "o")
            await until(pilot, lambda: screen_text(app).count('"_creationTime":') == 1, "JSON")
            await pilot.press("end", "o")
            await pilot.pause()


async def test_a_hostile_document(tmp_path: Path) -> None:
    flags = _snapshot(tmp_path)
    the_id = document_id(HOSTILE, 0)
    async with running(tmp_path, flags=flags, start=the_id, size=(200, 60)) as (app, pilot):
        await opened(pilot, the_id)
        page = await view(app).workspace.deployment.page(PageRequest("hostile"))
        assert page.documents == [_hostile()]
        for _form in range(3):
            text = screen_text(app)
            assert not set(text) & set("\x1b\x07\r\u202e")
            assert "[bold]markup[/bold]" in text
            assert "hunter2" not in text
            await pilot.press("down", "down", "E", "down", "down", "o")
            await pilot.pause()
        text = screen_text(app)
        assert f"✗ {document_id(10001, 99)}" in text
        assert f'⚠ "{document_id(777, 1)}"' in text
        await pilot.press("r", "end")
        assert view(app).is_in_pane

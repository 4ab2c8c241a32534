"""The Document tab in the running application, on the demo."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from kitcn_tui.document.asking import AskForId
from kitcn_tui.document.neighbours import Path as Way
from kitcn_tui.document.relations import DocumentRow, PathRow
from kitcn_tui.document.view import DocumentView
from kitcn_tui.places import DocumentPlace, Place, SchemaPlace, TablePlace
from kitcn_tui.widgets.failure import Failure
from textual.pilot import Pilot
from textual.widgets import Input

from kitcn_repl.deployment.models import PageRequest
from kitcn_repl.values.ids import encode_id
from tests.tui.support import LARGE, SMALL, WIDE, check_picture, running, screen_text, until

USER = "js750br7q6s4f6e49a4t0hrsgd7zp69x"
PROJECT = "jd7618m61qye37p198xjwfyv7n81wamc"


def view(app: Any) -> DocumentView:
    return cast(DocumentView, app.query_one(DocumentView))


def is_complete(app: Any, document_id: str) -> bool:
    found = list(app.query(DocumentView))
    opened = found[0].opened if found else None
    if opened is None or opened.document_id != document_id or opened.around is None:
        return False
    return all(path.progress in ("found", "offered") for path in opened.around.paths)


async def opened(pilot: Pilot[Any], document_id: str) -> None:
    await until(pilot, lambda: is_complete(pilot.app, document_id), f"opening {document_id}")


async def failure(pilot: Pilot[Any]) -> Failure:
    """The failure that the view shows, and that has the keys."""
    shown = view(pilot.app)
    await until(pilot, lambda: any(one.has_focus for one in shown.query(Failure)), "the failure")
    return shown.query_one(Failure)


class Places:
    """Collects where a view wants to go, and stays."""

    def __init__(self, shown: DocumentView, monkeypatch: pytest.MonkeyPatch) -> None:
        self.places: list[Place] = []
        monkeypatch.setattr(shown, "go", self._go)

    def _go(self, place: Place, *, replacing: bool = False) -> None:
        self.places.append(place)


def ways(app: Any) -> dict[str, Way]:
    around = view(app).opened.around  # type: ignore[union-attr]
    return {path.key: path for path in around.paths}  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [SMALL, WIDE, LARGE], ids=["80x24", "120x36", "200x60"])
async def test_pictures(tmp_path: Path, size: tuple[int, int]) -> None:
    name = f"{size[0]}x{size[1]}"
    async with running(tmp_path, start=USER, size=size) as (app, pilot):
        await opened(pilot, USER)
        await pilot.press("r", "down")
        await pilot.pause()
        await check_picture(app, f"document-user-{name}")


async def test_following_a_relation_is_one_key_and_back_is_one_too(tmp_path: Path) -> None:
    async with running(tmp_path, start=PROJECT) as (app, pilot):
        await opened(pilot, PROJECT)
        assert "Quentin Fischer" in screen_text(app)
        await pilot.press("down", "down", "down", "enter")
        # the related document is shown at once: it was read with the relations
        await until(pilot, lambda: view(app).opened.document_id == USER, "following ownerId")  # type: ignore[union-attr]
        await opened(pilot, USER)
        assert view(app).here() == DocumentPlace(USER, "user", "_id")
        await pilot.press("backspace")
        await opened(pilot, PROJECT)
        assert view(app).here() == DocumentPlace(PROJECT, "project", "ownerId")
        await pilot.press("r", "enter")
        await opened(pilot, USER)
        await pilot.press("backspace")
        await opened(pilot, PROJECT)
        assert view(app).here() == DocumentPlace(PROJECT, "project", "→owner")
        assert view(app).is_in_pane


async def test_relations_in_both_directions_with_their_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path, start=USER) as (app, pilot):
        await opened(pilot, USER)
        found = ways(app)
        assert list(found) == ["←projects", "←sessions", "←accounts", "←session.impersonatedBy", "←account.accountId"]
        counts = {key: str(path.related.count) for key, path in found.items() if path.related is not None}
        assert counts == {
            "←projects": "1",
            "←sessions": "5",
            "←accounts": "1",
            "←session.impersonatedBy": "0",
            "←account.accountId": "1",
        }
        here = view(app)
        went = Places(here, monkeypatch)
        await pilot.press("r", "down", "down")
        assert here.at == "←sessions"
        await pilot.press("enter")
        assert not found["←sessions"].is_open
        await pilot.press("right", "down")
        row = here.pane.outline.row
        assert isinstance(row, DocumentRow)
        await pilot.press("enter")
        assert went.places == [DocumentPlace(row.document_id, "session")]
        await pilot.press("a", "left", "a")
        assert went.places[1:] == [TablePlace("session", conditions=(f'userId = "{USER}"',))] * 2
        await pilot.press("d", "S")
        assert went.places[3:] == [TablePlace("user", document_id=USER), SchemaPlace("user")]


async def test_forms(tmp_path: Path) -> None:
    async with running(tmp_path, start=PROJECT) as (app, pilot):
        await opened(pilot, PROJECT)
        assert "_creationTime  2026-02-26 07:47:37.579 UTC" in screen_text(app)
        await pilot.press("o")
        await pilot.pause()
        text = screen_text(app)
        assert "_creationTime" not in text
        assert "createdAt  Date 2026-02-26T07:47:37.579Z" in text
        assert "▸ owner      Quentin Fischer" in text
        await pilot.press("end", "right", "down")
        assert view(app).at == "owner.createdAt"
        await pilot.press("o")
        await until(pilot, lambda: '"_creationTime": 1772092057579.0012,' in screen_text(app), "JSON")
        await pilot.click("#form-stored")
        await pilot.pause()
        assert "_creationTime  2026-02-26" in screen_text(app)


async def test_an_id_is_typed(tmp_path: Path) -> None:
    async with running(tmp_path, start=PROJECT) as (app, pilot):
        await opened(pilot, PROJECT)
        await pilot.press("i")
        line = view(app).query_one(AskForId).query_one(Input)
        assert line.has_focus
        line.value = USER
        await until(pilot, lambda: "in user" in screen_text(app), "the table's name")
        line.value = "js75"
        await until(pilot, lambda: "Invalid ID length 4" in screen_text(app), "the problem")
        await pilot.press("escape")
        assert view(app).fields.has_focus
        await pilot.press("i")
        line.value = f"  {USER} "
        await pilot.press("enter")
        await opened(pilot, USER)


@pytest.mark.parametrize(
    ("document_id", "said"),
    [
        (f"{PROJECT[:-1]}0", "is no document id"),
        (encode_id(10900, bytes(16)), "which is not a table here"),
    ],
    ids=["no id", "no table"],
)
async def test_what_cannot_be_opened_says_why(tmp_path: Path, document_id: str, said: str) -> None:
    async with running(tmp_path, start=PROJECT) as (app, pilot):
        await opened(pilot, PROJECT)
        view(app).go(DocumentPlace(document_id))
        assert said in (await failure(pilot)).error.message
        await pilot.press("backspace")
        await opened(pilot, PROJECT)
        assert "Warehouse sync 10" in screen_text(app)


async def test_a_deleted_document(tmp_path: Path) -> None:
    async with running(tmp_path, start=PROJECT) as (app, pilot):
        await opened(pilot, PROJECT)
        tables = view(app).query_one(AskForId).tables
        number = next(number for number, name in tables.items() if name == "user")
        view(app).go(DocumentPlace(encode_id(number, bytes([7] * 16)), "user"))
        assert "it may have been deleted" in (await failure(pilot)).error.message


async def test_credentials_are_masked_until_asked_for(tmp_path: Path) -> None:
    async with running(tmp_path, start=USER) as (app, pilot):
        await opened(pilot, USER)
        related = ways(app)["←accounts"].related
        assert related is not None
        account = str(related.documents[0]["_id"])
        password = str(related.documents[0]["password"])
        view(app).go(DocumentPlace(account, "account"))
        await opened(pilot, account)
        assert "••••••••" in screen_text(app)
        for _form in range(3):
            assert password[:20] not in screen_text(app)
            await pilot.press("o")
            await pilot.pause()
        await pilot.press("x")
        await until(pilot, lambda: password[:20] in screen_text(app), "the password")


async def test_copying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(tmp_path, start=PROJECT) as (app, pilot):
        await opened(pilot, PROJECT)
        copied: list[str] = []
        monkeypatch.setattr(app, "copy_to_clipboard", copied.append)
        await pilot.press("c", "down", "down", "y", "enter")
        await until(pilot, lambda: copied == [PROJECT, "Warehouse sync 10"], "the value")
        await pilot.press("y", *"orm", "enter")
        await until(pilot, lambda: len(copied) == 3, "the document")
        assert '"createdAt": "2026-02-26T07:47:37.579Z"' in copied[2]


async def test_the_mouse(tmp_path: Path) -> None:
    async with running(tmp_path, start=PROJECT) as (app, pilot):
        await opened(pilot, PROJECT)
        rows = screen_text(app).splitlines()
        y = next(at for at, row in enumerate(rows) if "ownerId" in row)
        await pilot.click(offset=(rows[y].index("js750"), y))
        await opened(pilot, USER)
        pane = view(app).pane.outline
        place = next(at for at, row in enumerate(pane.rows) if isinstance(row, PathRow) and row.path.key == "←sessions")
        await pilot.click(pane, offset=(1, place))
        assert not ways(app)["←sessions"].is_open
        await pilot.click(pane, offset=(20, place - 1))
        await opened(pilot, PROJECT)


async def test_a_resize_while_loading_and_a_tab_left_meanwhile(tmp_path: Path) -> None:
    async with running(tmp_path, start=USER, size=LARGE) as (app, pilot):
        await until(pilot, lambda: bool(app.query(DocumentView)), "the view")
        await pilot.resize_terminal(*SMALL)
        await pilot.press("3", "2")
        await opened(pilot, USER)
        await pilot.resize_terminal(*WIDE)
        await pilot.pause()
        assert "Quentin Fischer" in screen_text(app)


async def test_a_document_of_a_component_and_the_way_out_of_it(tmp_path: Path) -> None:
    async with running(tmp_path, start=PROJECT) as (app, pilot):
        await opened(pilot, PROJECT)
        deployment = view(app).workspace.deployment
        page = await deployment.page(PageRequest("rateLimits", component="rateLimiter"))
        limited, *_ = [each for each in page.documents if await deployment.get(str(each["key"])) is not None]
        view(app).go(DocumentPlace(str(limited["_id"])))
        await opened(pilot, str(limited["_id"]))
        text = screen_text(app)
        assert "component rateLimiter" in text
        rows = view(app).pane.outline.rows
        said = " ".join(span.text for row in rows for span in row.left(80))
        assert said == "No relations of this table are known."
        await pilot.press("down", "down", "down", "enter")
        await opened(pilot, str(limited["key"]))
        assert "component rateLimiter" not in screen_text(app)

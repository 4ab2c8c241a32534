"""Arguments of every kind, from the form to the function."""

from __future__ import annotations

from pathlib import Path

import pytest
from kitcn_tui.functions.form import ArgumentEntry
from kitcn_tui.functions.view import FunctionsView
from textual.widgets import Select, TextArea

from kitcn_repl.targets.target import TargetFlags
from tests.support.served import served
from tests.tui.functions.support import answered, opened, rich_dataset
from tests.tui.support import SMALL, WIDE, check_picture, running, screen_text, until


def entry(view: FunctionsView, name: str) -> ArgumentEntry:
    form = view.pane.form
    assert form is not None
    return next(one for one in form.entries if one.entry_name == name)


@pytest.mark.parametrize("size", [SMALL, WIDE], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_kind_of_argument(tmp_path: Path, size: tuple[int, int]) -> None:
    with served(rich_dataset()) as server:
        flags = TargetFlags(url=server.url, admin_key=server.admin_key)
        async with running(tmp_path, flags=flags, size=size) as (app, pilot):
            view = await opened(app, pilot, "posts:search")
            await until(pilot, lambda: view.pane.form is not None, "the form")
            await pilot.press("enter")
            await pilot.pause()
            await check_picture(app, f"functions-form-{size[0]}x{size[1]}")
            await pilot.press("ctrl+j")
            await until(pilot, lambda: screen_text(app).count("✗ is missing") == 2, "what is missing")
            assert app.focused is entry(view, "text").input
            form = view.pane.form
            assert form is not None
            form.fill(
                {
                    "text": '""',
                    "state": "null",
                    "pinned": "false",
                    "since": "2026-03-02",
                    "counter": "7",
                    "tags": "['a',",
                    "filter": '{kind: "x", mots: 1}',
                }
            )
            await until(pilot, lambda: "is no JSON" in _problem(view, "tags"), "what is wrong with the list")
            await until(pilot, lambda: "did you mean most?" in _problem(view, "filter"), "and within the object")
            await pilot.press("ctrl+j")
            assert view.pane.result.answer is None
            assert app.focused is entry(view, "tags").input
            area, select = entry(view, "tags").input, entry(view, "state").input
            assert isinstance(area, TextArea)
            assert isinstance(select, Select)
            area.text = "['a',\n 'b']"
            entry(view, "filter").text = "{kind: 'x', most: 1}"
            await pilot.press("ctrl+j")
            answer = await answered(view, pilot)
            assert answer.value == {
                "text": "",
                "state": None,
                "pinned": False,
                "since": 1772409600000,
                "counter": {"$integer": "BwAAAAAAAAA="},
                "tags": ["a", "b"],
                "filter": {"kind": "x", "most": 1},
            }


def _problem(view: FunctionsView, name: str) -> str:
    return str(entry(view, name).query_one(".entry-problem").render())


async def test_a_query_without_arguments(tmp_path: Path) -> None:
    with served(rich_dataset()) as server:
        flags = TargetFlags(url=server.url, admin_key=server.admin_key)
        async with running(tmp_path, flags=flags) as (app, pilot):
            view = await opened(app, pilot, "posts:nothing")
            await until(pilot, lambda: "no arguments" in screen_text(app), "that there are none")
            await pilot.press("ctrl+j")
            assert (await answered(view, pilot)).value == "nothing to say"
            assert "string" in screen_text(app)
            entry(view, " identity").text = "nobody"
            await until(pilot, lambda: "parse identity" in _problem(view, " identity"), "that it is no identity")

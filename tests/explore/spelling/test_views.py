"""What was copied is really run: a command by the command line, a query by the runtime; a cell is read by the magic."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from kitcn_repl.explore.browsing.exporting import all_pages
from kitcn_repl.explore.browsing.table_view import TableView, prepare
from kitcn_repl.explore.inline.run import run_inline
from kitcn_repl.explore.spelling.conditions import condition_text
from kitcn_repl.explore.spelling.views import (
    LIMIT,
    document_command,
    documents_cell,
    documents_query,
    view_cell,
    view_command,
    view_query,
)
from kitcn_repl.magic.cell_options import CellOptions, parse_cell_options
from kitcn_repl.offline.demo import demo_dataset
from kitcn_repl.offline.offline import Offline
from kitcn_repl.targets.target import Target
from kitcn_repl.values import JsonObject, JsonValue
from tests.cli.console import Console, Outcome

DEMO = Target("demo", "demo", "--demo")
VIEWS = (
    TableView("user"),
    TableView("user", order="asc"),
    TableView("user", ('role = "admin"',)),
    TableView("user", ("role = admin", "_creationTime > 2026-01-20"), "asc"),
    TableView("user", ("banned != true", "name >= 'N'")),
    TableView("user", ("banReason = undefined",)),
    TableView("session", ("expiresAt < 2026-03-01",)),
    TableView("project", (), "asc", "ownerId_updatedAt"),
    TableView("typeZoo", ("int64 = 5n",)),
    TableView("typeZoo", ('text = "it\'s \\"quoted\\" $(x) `y` \\\\ \\n ünï"',)),
    TableView("rateLimits", component="rateLimiter"),
)


@pytest.fixture
async def demo() -> AsyncIterator[Offline]:
    offline = Offline(demo_dataset())
    yield offline
    await offline.aclose()


async def rows(demo: Offline, view: TableView) -> list[JsonObject]:
    prepared = await prepare(demo, view)
    return [document async for page in all_pages(demo, prepared) for document in page][:LIMIT]


async def command_line(words: list[str]) -> Outcome:
    """In a thread, since it has an event loop of its own."""
    return await asyncio.to_thread(Console(), *words, "--format", "json")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view.table} {' and '.join(view.conditions)}"[:30])
async def test_a_view_shows_the_same_rows_as_a_command_a_query_and_a_cell(demo: Offline, view: TableView) -> None:
    expected = await rows(demo, view)
    prepared = await prepare(demo, view)

    words = shlex.split(view_command(prepared, DEMO))
    assert words[0] == "kitcn"
    outcome = await command_line(words[1:])
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out) == expected

    answer = await run_inline(demo, view_query(prepared), component=view.component)
    assert answer.value == expected

    first, _, text = view_cell(prepared, DEMO).partition("\n")
    magic, *flags = shlex.split(first)
    options = parse_cell_options(flags)
    assert magic == "%%kitcn"
    assert isinstance(options, CellOptions)
    assert options.flags.demo
    assert options.component == view.component
    assert text == view_query(prepared)


async def test_a_view_by_an_index_that_has_another_order_is_copied_in_that_order(demo: Offline) -> None:
    owners = Counter(str(project["ownerId"]) for project in await rows(demo, TableView("project")))
    ((owner, _count),) = owners.most_common(1)
    view = TableView("project", (f"ownerId = {owner}",))
    expected = await rows(demo, view)
    prepared = await prepare(demo, view)
    outcome = await command_line(shlex.split(view_command(prepared, DEMO))[1:])
    assert json.loads(outcome.out) == expected
    assert len(expected) > 1


async def test_documents_are_copied_by_their_ids(demo: Offline) -> None:
    users = await rows(demo, TableView("user"))
    ids = [str(user["_id"]) for user in users[:3]]
    outcome = await command_line(shlex.split(document_command(ids[0], DEMO))[1:])
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out) in (users[0], [users[0]])
    assert (await run_inline(demo, documents_query(ids[:1]))).value == users[0]
    assert (await run_inline(demo, documents_query(ids))).value == users[:3]
    assert documents_cell(ids, DEMO) == f"%%kitcn --demo\n{documents_query(ids)}"


async def test_every_value_can_be_filtered_by_or_is_refused(demo: Offline) -> None:
    """The condition made from a cell finds the cell's document, for every type of value."""
    found = 0
    for document in await rows(demo, TableView("typeZoo")):
        for name, value in document.items():
            text = condition_text(name, value)
            if text is None:
                continue
            matching = await rows(demo, TableView("typeZoo", (text,)))
            assert document in matching, text
            found += 1
    assert found > 100


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("open", 'state = "open"'),
        ({"$integer": "BQAAAAAAAAA="}, "state = 5n"),
        (None, "state = null"),
        (1.5, "state = 1.5"),
        ([1.0, "a"], 'state = [1,"a"]'),
    ],
)
def test_a_cell_as_a_condition(value: JsonValue, text: str) -> None:
    assert condition_text("state", value) == text


def test_a_missing_field_as_a_condition() -> None:
    assert condition_text("state", None, is_set=False) == "state = undefined"


def test_no_key_is_ever_copied() -> None:
    target = Target("live", "happy-otter-123", "--url", url="http://127.0.0.1:3210", admin_key="secret")
    assert "secret" not in document_command("x", target)
    assert "--url http://127.0.0.1:3210" in document_command("x", target)

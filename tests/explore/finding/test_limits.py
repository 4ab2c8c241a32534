"""Questions of tables that are larger than what one query may read: part of the answer, and a word on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kitcn_repl.explore.finding import find
from kitcn_repl.explore.workspace import Surroundings, Workspace, open_workspace
from kitcn_repl.targets.target import TargetFlags
from kitcn_repl.values import JsonValue
from tests.support.snapshots import USERS, document_id, snapshot_entries, users, write_snapshot

MANY = 21_000
LARGE = 30


@pytest.fixture
async def large(tmp_path: Path) -> AsyncIterator[Workspace]:
    """`users`, `orders` that name one each, and `files` of 0.9 MB."""
    orders: list[JsonValue] = [
        {"_creationTime": 1.0 + at, "_id": document_id(USERS + 1, at), "userId": document_id(USERS, at % 5000)}
        for at in range(5000)
    ]
    files: list[JsonValue] = [
        {"_creationTime": 1.0 + at, "_id": document_id(USERS + 2, at), "text": "x" * 900_000} for at in range(LARGE)
    ]
    path = tmp_path / "large.zip"
    write_snapshot(path, snapshot_entries({"users": users(MANY), "orders": orders, "files": files}), level=1)
    surroundings = Surroundings(tmp_path, {"KITCN_STATE_DIR": str(tmp_path / "state")})
    workspace = await open_workspace(TargetFlags(snapshot=str(path)), surroundings)
    yield workspace
    await workspace.aclose()


@pytest.mark.slow
async def test_what_limits_leave_out_is_told(large: Workspace) -> None:
    known = await large.knowledge()
    ask = large.deployment, known

    last = await find(*ask, "users", {"where": {"age": 20 + MANY - 1}})
    assert last.documents == ()
    assert last.more
    assert last.cut
    assert last.notes == ("users: only 20000 documents were looked through; there may be more.",)

    oldest = await find(*ask, "users", {"order_by": {"age": "desc"}, "limit": 1})
    assert "The order is only among the documents that were looked through." in oldest.notes

    first = await find(*ask, "users", {"limit": 4096})
    assert (len(first.documents), first.more, first.cut, first.notes) == (4096, True, False, ())

    files = await find(*ask, "files", {})
    assert 0 < len(files.documents) < LARGE
    assert files.notes == ("files: one query can read no more (bytes); there may be more.",)

    orders = await find(*ask, "orders", {"with": ["userId"], "limit": 4096})
    assert len(orders.documents) == 4096
    assert orders.notes == ("users: one query can read no more (database queries); there may be more.",)
    assert isinstance(orders.documents[0]["userId"], dict)


async def test_a_document_that_many_refer_to_is_read_once(demo: Workspace) -> None:
    sessions = await find(demo.deployment, await demo.knowledge(), "session", {"with": ["user"]})
    owners = {session["userId"] for session in sessions.documents}
    assert len(owners) < len(sessions.documents)
    assert sessions.cost is not None
    assert sessions.cost.queries == 1 + len(owners)
